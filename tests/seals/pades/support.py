"""PDFs and keys for the tests of PAdES; everybody is invented."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pypdf
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509 import KeyUsage
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tessella.keys import PrivateKey
from tessella.rendering import certificate
from tessella.seals import pades
from tests.rendering.samples import AWARD
from tests.trust.pki import Authority, TimestampAuthority, seal_certificate

AT = dt.datetime(2026, 5, 4, 10, 20, 30, 999_000, tzinfo=dt.timezone(dt.timedelta(hours=2)))
AT_UTC = dt.datetime(2026, 5, 4, 8, 20, 30, tzinfo=dt.UTC)
ROOT = Authority("Fjord root")
CLOCK = TimestampAuthority(ROOT)
STAMP = CLOCK.at(AT_UTC + dt.timedelta(seconds=3))
SEALING = KeyUsage(True, True, False, False, False, False, False, False, False)  # with non-repudiation
ATTACHMENTS = {"edc.jsonld": b'{"id": "urn:credential:1"}', "badge.json": b'{"name": "Tarefangst"}'}


def certified(algorithm: str, authority: Authority = ROOT, **options: Any) -> PrivateKey:
    key = PrivateKey.generate(algorithm, rsa_bits=2048)
    public = load_der_public_key(key.public_key.to_spki_der())
    options.setdefault("extensions", [SEALING])
    der = seal_certificate(authority, public, **options).public_bytes(Encoding.DER)
    return key.with_certificates([der, authority.der])


KEYS = {algorithm: certified(algorithm) for algorithm in ("RS256", "ES256", "ES384")}
KEY = KEYS["ES256"]


@lru_cache(maxsize=1)
def original() -> bytes:
    """A certificate of ours with two attachments, not sealed."""
    return certificate(AWARD, issued_at=AT, attachments=ATTACHMENTS)


@lru_cache(maxsize=1)
def sealed() -> bytes:
    return pades.seal(original(), KEY, at=AT)


@lru_cache(maxsize=1)
def open_sealed() -> bytes:
    """Sealed without certifying: others may add to it."""
    return pades.seal(original(), KEY, at=AT, final=False)


def plain(**options: Any) -> bytes:
    """A PDF by pyHanko with a page that says "Grade 6", with cross-reference streams or tables."""
    out = writer.PdfFileWriter(**options)
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf (Grade 6) Tj ET")
    page = writer.PageObject(contents=out.add_object(stream), media_box=(0, 0, 200, 100))
    out.insert_page(page)
    if options.get("stream_xrefs"):
        packed = out.prepare_object_stream()
        out.add_object(generic.DictionaryObject({pdf_name("/Odd#name"): pdf_name("/x")}), obj_stream=packed)
        out.root["/Extension"] = out.add_object(pdf_name("/packed"), obj_stream=packed)
    buffer = io.BytesIO()
    out.write(buffer)
    return buffer.getvalue()


def foreign(attachments: dict[str, bytes] | None = None) -> bytes:
    """A PDF by pypdf, with a cross-reference table and no structure."""
    out = pypdf.PdfWriter()
    out.add_blank_page(200, 100)
    for name, content in (attachments or {}).items():
        out.add_attachment(name, content)
    buffer = io.BytesIO()
    out.write(buffer)
    return buffer.getvalue()


def independent(data: bytes, number: int = 0) -> Any:
    """What pyHanko's own validator says of a seal."""
    signature = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures[number]
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(ROOT.der)],
        moment=AT_UTC + dt.timedelta(hours=1),
        allow_fetching=False,
    )
    return asyncio.run(async_validate_pdf_signature(signature, context))


def reader(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data), strict=True)


def appended(data: bytes, change: Callable[[Any], None]) -> bytes:
    """The file with an incremental update by pyHanko."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    out = IncrementalPdfFileWriter(io.BytesIO(data))
    change(out)
    buffer = io.BytesIO()
    out.write(buffer)
    return buffer.getvalue()


def codes(result: pades.PadesResult) -> list[str]:
    return [problem.code for problem in result.problems]
