"""How fast is selective disclosure in badges (``ecdsa-sd-2023``)? Beside the raw primitive, and beside other software.

An Open Badge with some 60 statements: sealed for its holder, a part of it derived, both verified. The raw rate is that of as
many P-256 signatures, made or verified one after the other; the peer is ``@digitalbazaar/ecdsa-sd-2023-cryptosuite`` on
Node.js, where it is installed. All in one run, measured in turns.

    python -m benchmarks.selective_bench
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.independent.install import programs
from tests.independent.support import ask

from benchmarks.badges import AT, badge
from benchmarks.verify_bench import signer
from tessella.keys import PrivateKey, ResolvedKey, resolve_verification_method
from tessella.seals.data_integrity import add_selective_proof, base_proof_of, derive, verify_proofs

ROUNDS = 5
SECONDS = 0.6
MANDATORY = ("/issuer", "/validFrom", "/credentialSubject/achievement/name")
SHOWN = ("/credentialSubject/identifier", "/credentialSubject/achievement/criteria")


class Task(NamedTuple):
    """One thing to measure: ours, the same number of bare signatures (deriving makes none), and what to ask the peer."""

    name: str
    run: Callable[[], Any]
    raw: Callable[[], Any] | None
    item: dict[str, Any]


def rate(run: Callable[[], Any]) -> float:
    """Calls per second."""
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        run()
        count += 1
    return count / (time.perf_counter() - start)


def resolve(method: str, purpose: str) -> ResolvedKey:
    return resolve_verification_method(method)


def must_hold(document: dict[str, Any]) -> None:
    (result,) = verify_proofs(document, resolve)
    if result.error is not None:
        raise result.error


def tasks() -> list[Task]:
    """Sealing, deriving, and verifying what was sealed and what was derived."""
    key = signer("ES256")
    document = badge(1, key.public_key.did_key)
    sealed = add_selective_proof(document, key, mandatory=MANDATORY, created=AT)
    derived = derive(sealed, SHOWN)
    many, few = len(base_proof_of(sealed)[1].signatures) + 1, len(derived.proof.signatures) + 1
    message, own = b"x" * 150, PrivateKey.generate("ES256")
    signature, public = own.sign(message), own.public_key

    def sign(count: int) -> Callable[[], Any]:
        return lambda: [own.sign(message) for _ in range(count)]

    def verify(count: int) -> Callable[[], Any]:
        def run() -> None:
            for _ in range(count):
                public.verify(signature, message)

        return run

    issue = {"kind": "issue", "credential": document, "suite": "ecdsa-sd-2023", "mandatory": list(MANDATORY)}
    return [
        Task(f"seal ({many} signatures)", lambda: add_selective_proof(document, key, mandatory=MANDATORY, created=AT),
             sign(many), issue),
        Task("derive", lambda: derive(sealed, SHOWN), None,
             {"kind": "derive", "credential": sealed, "pointers": list(SHOWN)}),
        Task(f"verify derived ({few})", lambda: must_hold(derived.document), verify(few),
             {"kind": "data-integrity", "credential": derived.document}),
        Task(f"verify base ({many})", lambda: must_hold(sealed), verify(many),
             {"kind": "confirm", "credential": sealed}),
    ]  # fmt: skip


def main() -> int:
    try:
        programs()
        peer = True
    except ImportError:
        peer = False
    for task in tasks():
        ours, ratios = [], []
        task.run()
        for _ in range(ROUNDS):
            ours.append(rate(task.run))
            if task.raw is not None:
                ratios.append(ours[-1] / rate(task.raw))
        line = f"{task.name:24} {statistics.median(ours):7.0f}/s"
        if ratios:
            line += f"   {statistics.median(ratios):4.0%} of as many bare signatures"
        if peer:
            (answer,) = ask({"items": [task.item], "seconds": 2 * SECONDS})
            if "perSecond" not in answer or answer.get("error"):
                raise RuntimeError(answer.get("error"))
            theirs = answer["perSecond"]
            line += f"   {statistics.median(ours) / theirs:5.1f}x the peer ({theirs:.0f}/s)"
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
