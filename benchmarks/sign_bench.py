"""How fast is sealing? Rates beside the raw Ed25519 signature of ``cryptography``, as ratios of one run.

One document goes in as parsed JSON and comes out as sealed bytes through `add_proof`; a series goes through `SealedSeries`, every
award with values of its own. Rounds are interleaved; ratios are medians of the rounds' ratios.

    python -m benchmarks.sign_bench
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from benchmarks.badges import AT, badge
from benchmarks.verify_bench import signer
from tessella.canonical import Kind
from tessella.keys import PrivateKey
from tessella.seals import jose
from tessella.seals.data_integrity import SealedSeries, add_proof

ROUNDS = 7
BATCH = 300

VARIABLES = {
    "/id": Kind.IRI,
    "/credentialSubject/id": Kind.IRI,
    "/credentialSubject/identifier/0/identityHash": Kind.TEXT,
    "/credentialSubject/licenseNumber": Kind.TEXT,
}

Job = Callable[[int], object]


class Case(NamedTuple):
    """One line of the table: what seals award number *n*, and the share of the raw rate it should reach."""

    name: str
    target: float
    job: Job


def one_by_one(key: PrivateKey, suite: str) -> Job:
    issuer = key.verification_method.partition("#")[0]
    documents = [badge(number, issuer) for number in range(BATCH * ROUNDS * 2)]

    def job(number: int) -> object:
        return msgspec.json.encode(add_proof(documents[number], key, cryptosuite=suite, created=AT))

    return job


def series(key: PrivateKey, suite: str) -> Job:
    document = badge(0, key.verification_method.partition("#")[0])
    sealed = SealedSeries(document, VARIABLES, key, cryptosuite=suite, created=AT)

    def job(number: int) -> object:
        return sealed.seal(
            {
                "/id": f"urn:uuid:5f0c1d2e-0000-4000-8000-{number:012d}",
                "/credentialSubject/id": f"urn:uuid:9a8b7c6d-0000-4000-8000-{number:012d}",
                "/credentialSubject/identifier/0/identityHash": f"Learner Number {number}",
                "/credentialSubject/licenseNumber": f"RI-2026-{number:06d}",
            }
        )

    return job


def vc_jwt(key: PrivateKey) -> Job:
    issuer = key.verification_method.partition("#")[0]
    documents = [badge(number, issuer) for number in range(BATCH * ROUNDS * 2)]
    return lambda number: jose.sign_vc_jwt(documents[number], key)


def raw() -> Job:
    private = ed25519.Ed25519PrivateKey.generate()
    messages = [number.to_bytes(64, "big") for number in range(BATCH * ROUNDS * 2)]
    return lambda number: private.sign(messages[number])


def rate(job: Job, first: int) -> float:
    start = time.process_time()
    for number in range(first, first + BATCH):
        job(number)
    return BATCH / (time.process_time() - start)


def measure(cases: Sequence[Case]) -> list[str]:
    base = raw()
    rates: dict[str, list[float]] = {case.name: [] for case in cases}
    shares: dict[str, list[float]] = {case.name: [] for case in cases}
    raw_rates = []
    for case in cases:
        rate(case.job, 0)
    gc.collect()
    gc.freeze()  # the prepared documents are the benchmark's, not what an issuer holds
    for number in range(1, ROUNDS + 1):
        first = number * BATCH
        for case in cases:
            unit = rate(base, first)
            raw_rates.append(unit)
            ours = rate(case.job, first)
            rates[case.name].append(ours)
            shares[case.name].append(ours / unit)
    lines = []
    for case in cases:
        share = statistics.median(shares[case.name])
        mark = "ok " if share >= case.target else "LOW"
        lines.append(
            f"{case.name:34} {statistics.median(rates[case.name]):7.0f}/s   {share:5.0%} of raw "
            f"{statistics.median(raw_rates):6.0f}/s (target {case.target:.0%} {mark})"
        )
    return lines


def main() -> int:
    key = signer("Ed25519")
    size = len(msgspec.json.encode(badge(1, "did:key:x")))
    print(f"Sealing Open Badges 3.0 of {size} bytes, one core")
    cases = [
        Case("eddsa-rdfc-2022, one document", 0.10, one_by_one(key, "eddsa-rdfc-2022")),
        Case("eddsa-rdfc-2022, a series", 0.25, series(key, "eddsa-rdfc-2022")),
        Case("eddsa-jcs-2022, one document", 0.40, one_by_one(key, "eddsa-jcs-2022")),
        Case("eddsa-jcs-2022, a series", 0.40, series(key, "eddsa-jcs-2022")),
        Case("VC-JWT EdDSA", 0.40, vc_jwt(key)),
    ]
    for line in measure(cases):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
