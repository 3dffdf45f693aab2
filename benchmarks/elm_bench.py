"""How fast is the form check of European Digital Credentials? Against pySHACL and pyrudof with the official shapes.

The two SHACL validators get their shapes loaded beforehand; their time includes turning JSON-LD into RDF, as ours does. Rounds are
interleaved and a ratio is the median of the rounds' ratios, so that a busy machine slows all terms alike. Writing and
reading are shown beside, as rates. Needs the official shapes and samples (see ``tests.support``).

    python -m benchmarks.elm_bench
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.formats.elm import oracle
from tests.formats.elm.awards import AWARDS, CREDENTIAL_ID, ISSUED, PNG, SEAL
from tests.formats.elm.samples import OFFICIAL, sample

from tessella.formats.elm import audit, read, validate, write

ROUNDS = 5
OURS = 40
"""Repetitions of ours in a round: one takes half a millisecond, too short to time alone."""


def seconds(run: Callable[[], object], times: int) -> float:
    """The mean time of one run."""
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def documents() -> dict[str, dict[str, Any]]:
    """The official conforming samples and two of our own awards."""
    made = {
        "official: certificate of participation": sample(OFFICIAL[0]),
        "official: Annex I micro-credential": sample(OFFICIAL[3]),
    }
    for name in ("minimal", "rich"):
        award = AWARDS[name]
        made[f"ours: {name}"] = write(
            award,
            credential_id=CREDENTIAL_ID,
            issued_at=ISSUED,
            issuer=award.micro_credential.awarding_bodies[0],
            image=PNG,
            seal=SEAL,
        )
    return made


def compare(document: dict[str, Any]) -> tuple[float, float, float]:
    """Our time for one validation, and how many times longer pySHACL and pyrudof take."""
    ours, by_pyshacl, by_pyrudof = [], [], []
    for _ in range(ROUNDS):
        mine = seconds(lambda: validate(document), OURS)
        ours.append(mine)
        by_pyshacl.append(seconds(lambda: oracle.conforms(document), 1) / mine)
        by_pyrudof.append(seconds(lambda: oracle.conforms_fast(document), 2) / mine)
    return statistics.median(ours), statistics.median(by_pyshacl), statistics.median(by_pyrudof)


def main() -> int:
    """Print the tables. Fails when the three verdicts are not the same."""
    slowest = float("inf")
    print(f"{'validate':45}{'ours':>10}{'pySHACL':>12}{'pyrudof':>12}")
    for name, document in documents().items():
        if validate(document) or not oracle.conforms(document)[0] or not oracle.conforms_fast(document):
            print(f"{name}: the verdicts differ", file=sys.stderr)
            return 1
        mine, shacl, rudof = compare(document)
        slowest = min(slowest, shacl)
        print(f"{name:45}{mine * 1e3:>7.2f} ms{shacl:>10.0f} x{rudof:>10.0f} x")
    print(f"\n{'a second':45}{'write':>10}{'read':>12}{'audit':>12}")
    for name, award in AWARDS.items():
        body = award.micro_credential.awarding_bodies[0]

        def make(award: Any = award, body: Any = body) -> dict[str, Any]:
            return write(
                award, credential_id=CREDENTIAL_ID, issued_at=ISSUED, issuer=body, image=PNG, seal=SEAL
            )

        document = make()
        rates = [
            1 / seconds(run, 30) for run in (make, lambda d=document: read(d), lambda d=document: audit(d))
        ]
        print(f"{name:45}{rates[0]:>10.0f}{rates[1]:>12.0f}{rates[2]:>12.0f}")
    print(f"\nsmallest ratio to pySHACL: {slowest:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
