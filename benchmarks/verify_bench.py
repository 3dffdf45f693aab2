"""How fast is verification? Rates beside the raw primitive and beside peers, as ratios measured in one run.

Every figure goes through the public API, ``verify(bytes, policy=PROOF_ONLY)``, with strict parsing and distinct
credentials. Rounds are interleaved (ours, raw, peer, ours …) and the ratio is the median of the rounds' ratios, so
that a busy machine slows all terms alike.

    python -m benchmarks.verify_bench
"""

from __future__ import annotations

import gc
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from joserfc import jws
from joserfc.jwk import JWKRegistry
from pyld import jsonld

from benchmarks.badges import AT, proved, token
from tessella.canonical import default_contexts
from tessella.keys import PrivateKey, base58btc_decode, base64url_decode
from tessella.seals.data_integrity import hash_data
from tessella.verdicts import Verdict
from tessella.verification import PROOF_ONLY, Surroundings, verify

ROUNDS = 7
BATCH = 200
"""Enough that what a peer leaves in the processor's caches does not count."""
PEER_BATCH = 3
"""PyLD takes ten milliseconds a credential: three of them tell enough."""

Job = Callable[[], None]


class Case(NamedTuple):
    """One line of the table: ours, the raw primitive over the same messages, a peer, and the target ratio."""

    name: str
    target: float
    sealed: Sequence[bytes]
    raw: Sequence[Job]
    peer_name: str
    peer: Callable[[bytes], None]
    peer_batch: int


class Line(NamedTuple):
    """What was measured: rates per second and the medians of the ratios."""

    name: str
    rate: float
    raw_rate: float
    of_raw: float
    target: float
    peer_name: str
    times_peer: float

    def __str__(self) -> str:
        mark = "ok " if self.of_raw >= self.target else "LOW"
        return (
            f"{self.name:18} {self.rate:7.0f}/s   {self.of_raw:5.0%} of raw {self.raw_rate:6.0f}/s "
            f"(target {self.target:.0%} {mark})   {self.times_peer:5.1f}x {self.peer_name}"
        )


def signer(algorithm: str) -> PrivateKey:
    """A key under its own did:key."""
    key = PrivateKey.generate(algorithm)
    return key.with_verification_method(key.public_key.did_key_url)


def raw_job(key: PrivateKey, signature: bytes, message: bytes) -> Job:
    """The primitive alone, as `cryptography` offers it."""
    jwk = key.public_jwk
    if jwk["kty"] == "OKP":
        public = ed25519.Ed25519PublicKey.from_public_bytes(base64url_decode(jwk["x"]))
        return lambda: public.verify(signature, message)
    x, y = (int.from_bytes(base64url_decode(jwk[name]), "big") for name in "xy")
    point = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    half = len(signature) // 2
    der = utils.encode_dss_signature(
        int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    )
    algorithm = ec.ECDSA(hashes.SHA256())
    return lambda: point.verify(der, message, algorithm)


def data_integrity(cryptosuite: str, algorithm: str, target: float, count: int) -> Case:
    """A Data Integrity suite; the peer is PyLD with ``cryptography`` doing the same for an RDF suite."""
    key = signer(algorithm)
    sealed, raw = [], []
    for number in range(count):
        document = proved(number, key, cryptosuite)
        sealed.append(json.dumps(document).encode())
        proof = document.pop("proof")
        signature = base58btc_decode(proof.pop("proofValue")[1:])
        hashed = hash_data(document, proof, algorithm=key.algorithm)
        raw.append(raw_job(key, signature, hashed.signing_input))
    return Case(cryptosuite, target, sealed, raw, "PyLD", pyld_verifier(key), PEER_BATCH)


def _load_context(url: str, _options: Any) -> dict[str, Any]:
    document = default_contexts().document(url)
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": document,
        "contentType": "application/ld+json",
    }


def pyld_verifier(key: PrivateKey) -> Callable[[bytes], None]:
    """Verify ``eddsa-rdfc-2022`` with PyLD: parse, canonicalise document and proof options, hash, verify."""
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load_context}

    def check(data: bytes) -> None:
        document = json.loads(data)
        proof = document.pop("proof")
        signature = base58btc_decode(proof.pop("proofValue")[1:])
        config = {**proof, "@context": document["@context"]}
        hashed = b"".join(
            hashlib.sha256(jsonld.normalize(part, options).encode()).digest() for part in (config, document)
        )
        if document["type"] and proof["cryptosuite"] == "eddsa-rdfc-2022":
            key.public_key.verify(signature, hashed)

    return check


def vc_jwt(algorithm: str, target: float, count: int) -> Case:
    """VC-JWT; the peer is joserfc, which checks the signature and parses the payload without further questions."""
    key = signer(algorithm)
    sealed = [token(number, key) for number in range(count)]
    raw = []
    for one in sealed:
        message, _, signature = one.decode().rpartition(".")
        raw.append(raw_job(key, base64url_decode(signature), message.encode()))
    public = JWKRegistry.import_key({k: v for k, v in key.public_jwk.items() if k != "alg"})
    name = "EdDSA" if algorithm == "Ed25519" else algorithm

    def peer(data: bytes) -> None:
        json.loads(jws.deserialize_compact(data, public, algorithms=[name]).payload)

    return Case(f"VC-JWT {name}", target, sealed, raw, "joserfc", peer, BATCH)


def measure(case: Case, rounds: int = ROUNDS) -> Line:
    """Interleaved rounds over credentials that no earlier round has seen."""
    here = Surroundings(at=AT)
    gc.collect()
    gc.freeze()  # the prepared credentials and keys are the benchmark's, not what a verifier holds
    ours, raws, peers = [], [], []
    for number in range(rounds):
        part = slice(number * BATCH, (number + 1) * BATCH)
        batch, raw = case.sealed[part], case.raw[part]
        ours.append(rate([partial(must_pass, one, here) for one in batch]))
        raws.append(rate(raw))
        peers.append(rate([partial(case.peer, one) for one in batch[: case.peer_batch]]))
    return Line(
        case.name,
        statistics.median(ours),
        statistics.median(raws),
        statistics.median(a / b for a, b in zip(ours, raws, strict=True)),
        case.target,
        case.peer_name,
        statistics.median(a / b for a, b in zip(ours, peers, strict=True)),
    )


def must_pass(data: bytes, here: Surroundings) -> None:
    """Verify as a user does, and make sure that something was verified."""
    if verify(data, policy=PROOF_ONLY, surroundings=here).verdict is not Verdict.PASSED:
        raise RuntimeError("a benchmark credential does not verify")


def rate(jobs: Sequence[Job]) -> float:
    """Jobs done per second of processor time (other programs on the machine do not count)."""
    start = time.process_time()
    for job in jobs:
        job()
    return len(jobs) / (time.process_time() - start)


def cases(count: int = ROUNDS * BATCH) -> list[Case]:
    """The lines of issue 2, "Speed"."""
    return [
        data_integrity("eddsa-rdfc-2022", "Ed25519", 0.40, count),
        data_integrity("eddsa-jcs-2022", "Ed25519", 0.45, count),
        vc_jwt("Ed25519", 0.60, count),
        vc_jwt("ES256", 0.45, count),
    ]


def main() -> int:
    """Print the table."""
    for case in cases():
        sys.stdout.write(f"{measure(case)}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
