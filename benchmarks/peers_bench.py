"""Verification beside ``@digitalbazaar/vc`` and ``jose`` on Node.js: the same credentials, measured in turns.

python -m benchmarks.peers_bench
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from tests.independent.install import programs
from tests.independent.support import ask

from benchmarks.badges import AT, proved, token
from benchmarks.verify_bench import must_pass, signer
from tessella.verification import Surroundings

ROUNDS = 3
SECONDS = 2.0


def ours(items: list[bytes]) -> float:
    """Verifications per second through the public API, over distinct credentials."""
    around = Surroundings(at=AT)
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        must_pass(items[count % len(items)], around)
        count += 1
    return count / (time.perf_counter() - start)


def main() -> int:
    try:
        programs()
    except ImportError:
        print("Node.js is not installed: no comparison with its libraries.")
        return 0
    key = signer("Ed25519")
    badges = [json.dumps(proved(number, key, "eddsa-rdfc-2022")).encode() for number in range(2000)]
    tokens = [token(number, key) for number in range(2000)]
    jwk = {**key.public_jwk, "alg": "EdDSA"}
    rows = (
        (
            "eddsa-rdfc-2022",
            "@digitalbazaar/vc",
            badges,
            {"kind": "data-integrity", "credential": json.loads(badges[0])},
        ),
        ("VC-JWT EdDSA", "jose", tokens, {"kind": "jwt", "token": tokens[0].decode(), "jwk": jwk}),
    )
    for name, peer, items, item in rows:
        ratios, rates, theirs = [], [], []
        for _ in range(ROUNDS):
            rates.append(ours(items))
            (answer,) = ask({"items": [item], "seconds": SECONDS})
            if not answer["verified"]:
                raise RuntimeError(answer["error"])
            theirs.append(answer["perSecond"])
            ratios.append(rates[-1] / theirs[-1])
        print(
            f"{name:18} {statistics.median(rates):7.0f}/s   {statistics.median(ratios):5.1f}x {peer} "
            f"({statistics.median(theirs):.0f}/s)"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
