"""How fast are the bytes to sign? Rates, and ratios against PyLD and the raw Ed25519 primitive in the same run.

Every credential is distinct (learner, dates, identifiers) while issuer and achievement repeat, as in real
batches. No credential is used twice. Rounds are interleaved and a ratio is the median of the rounds' ratios, so
that a busy machine slows all terms alike.

    python -m benchmarks.canonical_bench
"""

from __future__ import annotations

import hashlib
import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from benchmarks.badges import badge
from tessella.canonical import Kind, Template, canonicalize, default_contexts, jcs, loads, rdfc10, to_quads

ROUNDS = 7
BATCH = 100
SLOW_BATCH = 4
"""The general way and PyLD take ten milliseconds a credential: four of them tell enough."""

ISSUER = "did:web:ribeira.example"
VARIABLES = {
    "/id": Kind.IRI,
    "/credentialSubject/id": Kind.IRI,
    "/credentialSubject/identifier/0/identityHash": Kind.TEXT,
    "/credentialSubject/licenseNumber": Kind.TEXT,
    "/credentialSubject/result/0/value": Kind.TEXT,
}


class Sample(NamedTuple):
    """One credential in the forms that the jobs take."""

    document: dict[str, Any]
    text: bytes
    values: Mapping[str, str]


class Job(NamedTuple):
    """One line of the table: what is done with a sample, with how many, and the line it is compared with."""

    name: str
    run: Callable[[Sample], object]
    batch: int = BATCH
    beside: str = ""


def sample(number: int) -> Sample:
    """The credential of one learner."""
    document = badge(number, ISSUER)
    values = {}
    for pointer in VARIABLES:
        value: Any = document
        for step in pointer[1:].split("/"):
            value = value[int(step) if isinstance(value, list) else step]
        values[pointer] = value
    return Sample(document, json.dumps(document).encode(), values)


def load_context(url: str, _options: Any) -> dict[str, Any]:
    """PyLD's document loader, from the pinned contexts."""
    document = default_contexts().document(url)
    return {
        "contextUrl": None,
        "documentUrl": url,
        "document": document,
        "contentType": "application/ld+json",
    }


def jobs() -> list[Job]:
    """The lines of the table."""
    template = Template(badge(0, ISSUER), VARIABLES)
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load_context}
    key = Ed25519PrivateKey.generate()
    public, signature, config = (
        key.public_key(),
        key.sign(bytes(64)),
        hashlib.sha256(b"configuration").digest(),
    )

    def digest(data: bytes) -> bytes:
        return config + hashlib.sha256(data).digest()

    def verify(data: bytes) -> None:
        digest(data)
        public.verify(signature, bytes(64))

    return [
        Job("raw Ed25519 sign", lambda s: key.sign(bytes(64))),
        Job("raw Ed25519 verify", lambda s: public.verify(signature, bytes(64))),
        Job("json.loads", lambda s: json.loads(s.text)),
        Job("loads (strict)", lambda s: loads(s.text), beside="json.loads"),
        Job("rfc8785", lambda s: rfc8785.dumps(s.document)),
        Job("jcs", lambda s: jcs(s.document), beside="rfc8785"),
        Job("PyLD normalize", lambda s: jsonld.normalize(s.document, options), SLOW_BATCH),
        Job("the general way", lambda s: rdfc10(to_quads(s.document)), SLOW_BATCH, "PyLD normalize"),
        Job("canonicalize", lambda s: canonicalize(s.document), beside="PyLD normalize"),
        Job("template, canonical", lambda s: template.canonical(s.values), beside="PyLD normalize"),
        Job("template, jcs", lambda s: template.jcs(s.values), beside="rfc8785"),
        Job(
            "sign one, rdfc", lambda s: key.sign(digest(canonicalize(s.document))), beside="raw Ed25519 sign"
        ),
        Job(
            "sign many, rdfc",
            lambda s: key.sign(digest(template.canonical(s.values))),
            beside="raw Ed25519 sign",
        ),
        Job("sign one, jcs", lambda s: key.sign(digest(jcs(s.document))), beside="raw Ed25519 sign"),
        Job("sign many, jcs", lambda s: key.sign(digest(template.jcs(s.values))), beside="raw Ed25519 sign"),
        Job("verify, rdfc", lambda s: verify(canonicalize(loads(s.text))), beside="raw Ed25519 verify"),
        Job("verify, jcs", lambda s: verify(jcs(loads(s.text))), beside="raw Ed25519 verify"),
    ]


def rate(job: Job, samples: Sequence[Sample]) -> float:
    """Samples per second of processor time (other work on the machine does not count)."""
    start = time.process_time()
    for one in samples:
        job.run(one)
    return len(samples) / (time.process_time() - start)


def main() -> int:
    """Print the table."""
    table = jobs()
    rates: dict[str, list[float]] = {job.name: [] for job in table}
    learners = itertools.count()
    for _ in range(ROUNDS):
        for job in table:
            rates[job.name].append(rate(job, [sample(next(learners)) for _ in range(job.batch)]))
    size = len(orjson.dumps(badge(0, ISSUER)))
    sys.stdout.write(f"Open Badges 3.0 credentials of {size} bytes, one core\n")
    for job in table:
        line = f"{job.name:20} {statistics.median(rates[job.name]):9.0f}/s"
        if job.beside:
            ratio = statistics.median(a / b for a, b in zip(rates[job.name], rates[job.beside], strict=True))
            line += f"   {ratio:7.2f} x {job.beside}"
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
