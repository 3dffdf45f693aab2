"""How fast are certificates sealed? Beside pyHanko as it comes, and beside the raw signature, as ratios of one run.

The same PDF/A-3 certificate with an attachment is sealed again and again (PAdES B-B). Both sides load key and chain once before
the batch; pyHanko runs with its defaults. Rounds are interleaved; ratios are medians of the rounds' ratios.

    python -m benchmarks.pades_bench
"""

from __future__ import annotations

import datetime as dt
import io
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import Award, Learner, MicroCredential, Organisation
from tessella.rendering import certificate
from tessella.seals import pades

ROUNDS = 5
SECONDS = 0.7
TARGET = 2.0
"""Times pyHanko's rate out of the box."""

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)

Job = Callable[[], object]


def sample() -> bytes:
    body = Organisation(name={"en": "Ribeira Institute"})
    course = MicroCredential(title={"en": "Water-wise viticulture"}, awarding_bodies=(body,))
    award = Award(micro_credential=course, learner=Learner(full_name="Iria Souto"), awarded_on=NOW.date())
    return certificate(award, issued_at=NOW, attachments={"badge.json": b"{}" * 3000})


def by_pyhanko(key: PrivateKey) -> Callable[[bytes], bytes]:
    private = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    first, *others = (x509.Certificate.load(der) for der in key.certificate_chain)
    signer = signers.SimpleSigner(
        signing_cert=first,
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore.from_certs(others),
    )

    def sign(pdf: bytes) -> bytes:
        out = io.BytesIO()
        stated = signers.PdfSignatureMetadata(field_name="Seal1", subfilter=fields.SigSeedSubFilter.PADES)
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), stated, signer=signer, output=out)
        return out.getvalue()

    return sign


def raw(key: PrivateKey) -> Job:
    private = key._key
    if isinstance(private, rsa.RSAPrivateKey):
        return partial(private.sign, b"x" * 200, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return partial(private.sign, b"x" * 200, ec.ECDSA(hashes.SHA256()))
    raise TypeError(type(private))


def rate(job: Job) -> float:
    start, count = time.process_time(), 0
    while time.process_time() - start < SECONDS:
        job()
        count += 1
    return count / (time.process_time() - start)


def line(algorithm: str, name: str, pdf: bytes, authority: TestCertificateAuthority) -> str:
    key = authority.issue_seal("Ribeira Institute", algorithm=algorithm)
    ours: Job = partial(pades.seal, pdf, key, at=NOW)
    theirs: Job = partial(by_pyhanko(key), pdf)
    limit = raw(key)
    for job in (ours, theirs, limit):
        job()
    measured = [(rate(ours), rate(theirs), rate(limit)) for _ in range(ROUNDS)]
    ratio = statistics.median(one[0] / one[1] for one in measured)
    share = statistics.median(one[0] / one[2] for one in measured)
    own, others, bare = (statistics.median(column) for column in zip(*measured, strict=True))
    mark = "ok " if ratio >= TARGET else "LOW"
    return (
        f"PAdES B-B {name:10} {own:6.0f}/s   {ratio:5.1f}x pyHanko ({others:.0f}/s; target {TARGET:.0f}x {mark})   "
        f"{share:4.0%} of raw {bare:.0f}/s"
    )


def main() -> int:
    pdf = sample()
    authority = TestCertificateAuthority(NOW - dt.timedelta(days=1))
    print(f"Sealing a PDF/A-3 certificate of {len(pdf)} bytes, one core, key and chain loaded once")
    for algorithm, name in (("ES256", "P-256"), ("RS256", "RSA-2048")):
        print(line(algorithm, name, pdf, authority))
    return 0


if __name__ == "__main__":
    sys.exit(main())
