"""Verifying PDF seals: ours and others', and every way to spoil one."""

from __future__ import annotations

import contextlib
import io
import re
import time
import zlib
from typing import Any

import pytest
from asn1crypto import cms, x509
from asn1crypto import keys as asn1_keys
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tessella.errors import DecodeError, LimitError, SealError, TessellaError
from tessella.seals import pades
from tessella.seals.pades import _revisions, _signature, _writing
from tessella.verdicts import Verdict
from tests.seals.pades.support import (
    AT,
    AT_UTC,
    CLOCK,
    KEY,
    KEYS,
    ROOT,
    STAMP,
    appended,
    certified,
    codes,
    foreign,
    open_sealed,
    original,
    plain,
    reader,
    sealed,
)
from tests.trust.pki import DAY

RANGE = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)")


def only(result: pades.PadesResult) -> pades.SignatureResult:
    (one,) = result.signatures
    return one


# --- what holds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", KEYS)
def test_own_seal_passes(algorithm: str) -> None:
    result = pades.verify(pades.seal(original(), KEYS[algorithm], at=AT)).require()
    found = only(result)
    assert (found.field, found.algorithm, found.coverage, found.changes) == (
        "Seal1",
        algorithm,
        "file",
        "none",
    )
    assert (found.baseline, found.timestamp, found.signing_time) == ("B-B", Verdict.NOT_APPLICABLE, AT_UTC)
    assert found.certificate_chain == KEYS[algorithm].certificate_chain
    assert (result.problems, found.notes) == ((), ())


def test_own_seal_with_time_stamp_passes() -> None:
    found = only(pades.verify(pades.seal(original(), KEY, at=AT, timestamp=STAMP)).require())
    (stamp,) = found.timestamps
    assert (found.baseline, stamp.kind, stamp.verdict, stamp.authority) == (
        "B-T",
        "sigTst",
        Verdict.PASSED,
        "Fjord clock",
    )
    assert found.stamped_at == stamp.time


def test_pdf_that_only_mentions_ranges_has_no_seal() -> None:
    assert pades.verify(foreign({"a.txt": b"/ByteRange"})).verdict is Verdict.NOT_APPLICABLE


def test_pdf_without_seal_is_told_apart_from_a_good_one() -> None:
    result = pades.verify(original())
    assert (result.verdict, result.signatures, pades.parse(original()).names) == (
        Verdict.NOT_APPLICABLE,
        (),
        (),
    )
    with pytest.raises(SealError) as caught:
        result.require()
    assert caught.value.code == "seal.none"


def foreign_signer(algorithm: str = "ES256", **options: Any) -> signers.SimpleSigner:
    key = certified(algorithm)
    private = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=x509.Certificate.load(key.certificate_chain[0]),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore.from_certs([x509.Certificate.load(ROOT.der)]),
        **options,
    )


def by_pyhanko(pdf: bytes, signer: signers.SimpleSigner | None = None, **options: Any) -> bytes:
    """The PDF signed by pyHanko."""
    chosen: dict[str, Any] = {
        "field_name": "Signature",
        "md_algorithm": "sha256",
        "subfilter": fields.SigSeedSubFilter.PADES,
    } | options
    out = io.BytesIO()
    signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        signers.PdfSignatureMetadata(**chosen),
        signer=signer or foreign_signer(),
        output=out,
    )
    return out.getvalue()


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(
    ("algorithm", "pss", "name"), [("RS256", False, "RS"), ("RS256", True, "PS"), ("ES384", False, "ES")]
)
def test_signature_by_pyhanko_passes(algorithm: str, pss: bool, name: str, digest: str) -> None:
    data = by_pyhanko(foreign(), foreign_signer(algorithm, prefer_pss=pss), md_algorithm=digest)
    found = only(pades.verify(data).require())
    assert (found.algorithm, found.coverage, found.baseline) == (f"{name}{digest[3:]}", "file", "B-B")


def test_older_adobe_signature_passes_and_is_no_baseline() -> None:
    data = by_pyhanko(plain(stream_xrefs=True), subfilter=fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED)
    found = only(pades.verify(data).require())
    assert (found.verdict, found.baseline) == (Verdict.PASSED, "")


# --- what may follow ---------------------------------------------------------------------------------


def renewed(data: bytes, *, crls: tuple[bytes, ...] = ()) -> bytes:
    """The file with a security store and a document time stamp (B-LTA), by pyHanko."""
    out = IncrementalPdfFileWriter(io.BytesIO(data))
    store = DocumentSecurityStore(out)
    store.register_vri(None, certs=(x509.Certificate.load(ROOT.der),), crls=tuple(map(_crl, crls)))
    out.root["/DSS"] = store.as_pdf_object()
    out.update_root()
    buffer = io.BytesIO()
    out.write(buffer)
    stamped = io.BytesIO()
    PdfTimeStamper(_stamper()).timestamp_pdf(
        IncrementalPdfFileWriter(buffer), "sha256", validation_context=None, output=stamped
    )
    return stamped.getvalue()


def _crl(der: bytes) -> Any:
    from asn1crypto import crl

    return crl.CertificateList.load(der)


def _stamper() -> DummyTimeStamper:
    private = CLOCK.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        tsa_cert=x509.Certificate.load(CLOCK.der),
        tsa_key=asn1_keys.PrivateKeyInfo.load(private),
        certs_to_embed=[x509.Certificate.load(ROOT.der)],
        fixed_dt=AT_UTC + DAY,
    )


def test_renewal_may_follow_and_is_read() -> None:
    crl = ROOT.crl(ROOT.certificate, AT_UTC, issued=AT_UTC)
    result = pades.verify(renewed(pades.seal(original(), KEY, at=AT, timestamp=STAMP), crls=(crl,))).require()
    found = only(result)
    assert (found.coverage, found.changes, found.baseline) == ("revision", "validation-data", "B-LTA")
    assert [(one.kind, one.verdict) for one in found.timestamps] == [
        ("sigTst", Verdict.PASSED),
        ("arcTst", Verdict.PASSED),
    ]
    assert (found.extras.crls, found.extras.certificates) == ((crl,), (ROOT.der,))
    assert found.stamped_at == AT_UTC.replace(second=33)
    assert len(found.notes) == 1


def test_document_time_stamp_over_changed_bytes_fails_with_the_seal() -> None:
    data = renewed(pades.seal(original(), KEY, at=AT))
    position = data.index(b"/DSS")
    spoilt = data[:position] + b"/DSX" + data[position + 4 :]
    (stamp,) = only(pades.verify(spoilt)).timestamps
    assert (stamp.kind, stamp.verdict) == ("arcTst", Verdict.FAILED)


def test_time_stamp_alone_is_no_seal() -> None:
    result = pades.verify(renewed(original()))
    assert (result.verdict, result.signatures, codes(result)) == (Verdict.INDETERMINATE, (), ["seal.none"])


def test_two_seals_are_both_judged() -> None:
    result = pades.verify(pades.seal(open_sealed(), KEYS["RS256"], at=AT)).require()
    assert [(one.field, one.coverage, one.changes) for one in result.signatures] == [
        ("Seal1", "revision", "signatures"),
        ("Seal2", "file", "none"),
    ]


def test_second_seal_on_a_final_one_breaks_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_writing, "_check_open", lambda file, catalog: None)
    result = pades.verify(pades.seal(sealed(), KEYS["RS256"], at=AT))
    assert [one.verdict for one in result.signatures] == [Verdict.FAILED, Verdict.PASSED]
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.pdf-changed"])


def with_text_field(pdf: bytes) -> bytes:
    """The PDF with a form field that says "Grade 6"."""

    def form(out: Any) -> None:
        page = out.root["/Pages"]["/Kids"][0]
        widget = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): generic.pdf_string("grade"),
                pdf_name("/V"): generic.pdf_string("Grade 6"),
                pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 90, 20)]),
            }
        )
        reference = out.add_object(widget)
        page["/Annots"] = generic.ArrayObject([reference])
        out.root["/AcroForm"] = generic.DictionaryObject(
            {pdf_name("/Fields"): generic.ArrayObject([reference])}
        )
        out.update_container(page)
        out.update_root()

    return appended(pdf, form)


def _filled(out: Any) -> None:
    field = out.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.pdf_string("Grade 10")
    out.update_container(field)


def test_form_filled_in_after_the_seal_is_not_vouched_for() -> None:
    once = by_pyhanko(with_text_field(plain(stream_xrefs=False)))
    result = pades.verify(appended(once, _filled))
    assert (result.verdict, only(result).changes, codes(result)) == (
        Verdict.INDETERMINATE,
        "form-fields",
        ["seal.pdf-form"],
    )


def test_form_filled_in_after_a_final_seal_fails() -> None:
    once = pades.seal(with_text_field(plain(stream_xrefs=False)), KEY, at=AT)
    result = pades.verify(appended(once, _filled))
    assert (result.verdict, only(result).changes) == (Verdict.FAILED, "other")


def _saved_again(out: Any) -> None:
    """What programs write when they add validation data: the date of saving and their name."""
    before = out.trailer["/Info"] if "/Info" in out.trailer else generic.DictionaryObject()
    info = generic.DictionaryObject({name: before.raw_get(name) for name in before})
    info[pdf_name("/ModDate")] = generic.pdf_date(AT_UTC + DAY)
    info[pdf_name("/Producer")] = generic.pdf_string("another")
    out.set_info(out.add_object(info))


def test_date_of_saving_may_change() -> None:
    result = pades.verify(appended(open_sealed(), _saved_again))
    assert (result.verdict, only(result).changes) == (Verdict.PASSED, "validation-data")


# --- attacks -----------------------------------------------------------------------------------------


def _other_page(out: Any) -> None:
    """Shadow attack, replacing: the page's content is another object now."""
    page = out.root["/Pages"]["/Kids"][0]
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf (Grade 10) Tj ET")
    page["/Contents"] = out.add_object(stream)
    out.update_container(page)


def _overlay(out: Any) -> None:
    """Shadow attack, hiding and showing: something is drawn over the page."""
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf (Grade 10) Tj ET")
    out.add_stream_to_page(0, out.add_object(stream))


def _annotation(out: Any) -> None:
    page = out.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Contents"): generic.pdf_string("Grade 10"),
            pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 90, 20)]),
        }
    )
    listed = page.get("/Annots", generic.ArrayObject())
    page["/Annots"] = generic.ArrayObject([*listed, out.add_object(note)])
    out.update_container(page)


def _other_attachment(out: Any) -> None:
    names = out.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1].get_object()["/EF"]["/F"]
    stream._data = b'{"id": "urn:credential:9"}'
    stream._encoded_data = None
    out.mark_update(stream.container_ref)


def _title(out: Any) -> None:
    """Viewers show the title above the page."""
    out.set_info(
        out.add_object(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string("Diploma")}))
    )


def _xmp_title(out: Any) -> None:
    text = b"<x:xmpmeta><dc:title><rdf:Alt><rdf:li>Diploma</rdf:li></rdf:Alt></dc:title></x:xmpmeta>"
    entries = {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
    out.root["/Metadata"] = out.add_object(generic.StreamObject(entries, stream_data=text))
    out.update_root()


@pytest.mark.parametrize("seal", ["final", "open"])
@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (_other_page, ("pages",)),
        (_overlay, ("pages",)),
        (_annotation, ()),
        (_other_attachment, ("attachments",)),
        (_title, ()),
        (_xmp_title, ()),
    ],
    ids=["page", "overlay", "annotation", "attachment", "title", "title in XMP"],
)
def test_change_after_the_seal_fails_and_is_named(change: Any, parts: tuple[str, ...], seal: str) -> None:
    once = sealed() if seal == "final" else open_sealed()
    result = pades.verify(appended(once, change))
    found = only(result)
    assert (result.verdict, found.coverage, found.changes) == (Verdict.FAILED, "revision", "other")
    assert (found.changed_parts, codes(result)) == (parts, ["seal.pdf-changed"])


@pytest.mark.parametrize("part", ["pages", "attachment", "field", "cross references"])
def test_changed_byte_inside_the_seal_fails(part: str) -> None:
    data = sealed()
    pdf = reader(data)
    positions = {
        "pages": data.index(b"endstream") - 20,
        "attachment": data.index(b"/EmbeddedFile") + 60,
        "field": data.index(b"/TU (Electronic") + 8,
        "cross references": data.rindex(b"/Prev") + 1,
    }
    assert len(pdf.pages) > 0
    spoilt = bytearray(data)
    spoilt[positions[part]] ^= 1
    try:
        result = pades.verify(bytes(spoilt))
    except DecodeError:
        return
    assert result.verdict in (Verdict.FAILED, Verdict.NOT_APPLICABLE)


def test_content_between_the_ranges_fails() -> None:
    """Signature wrapping: the hole is wider than the signature, and something stands in it."""
    data = sealed()
    numbers = [int(one) for one in RANGE.search(data).groups()[:3]]  # type: ignore[union-attr]
    room = data[numbers[0] : numbers[1]]
    smuggled = data[: numbers[1]] + b"/Evil (Grade 10)" + data[numbers[1] :]
    moved = RANGE.sub(
        lambda one: (b"/ByteRange [0 %d %d %d]" % (numbers[0], numbers[1] + 16, numbers[2])).ljust(
            len(one[0])
        ),
        smuggled,
        count=1,
    )
    assert room.startswith(b"<")
    assert _verdict(moved) is Verdict.FAILED


def test_wrapped_signature_fails() -> None:
    """Signature wrapping as it was found in viewers: what is signed stays byte for byte, but its second part moves, and where
    the cross references were there are others now, which lead to another signature dictionary and another page."""
    data = SMALL
    first, second, length = (int(one) for one in RANGE.search(data).groups()[:3])  # type: ignore[union-attr]
    references = data.rindex(b"xref\n", 0, data.rindex(b"startxref"))
    trailer = data[data.rindex(b"trailer") : data.rindex(b"startxref")]
    hole, between, after = data[first:second], data[second:references], data[second:]
    entries = {
        int(re.findall(rb"(\d+) 0 obj", data[int(offset) :])[0]): int(offset)
        for offset in re.findall(rb"(\d{10}) 00000 n", data[references:])
    }
    number = max(entries, key=lambda one: entries[one])
    page = next(one for one in entries if b"/Type /Page/" in data[entries[one] :].partition(b"endobj")[0])

    def evil(moved: int) -> bytes:
        objects = {
            page: b"<</Type/Page/MediaBox[0 0 9 9]/Parent 2 0 R>>",
            number: b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20260504082030Z)"
            b"/ByteRange[0 %d %d %d]/Contents %s>>" % (first, second + moved, length, hole),
        }
        places, bodies = dict(entries), b""
        start = (
            references + len(b"xref\n") + len(entries) * len(b"000 1\n0123456789 00000 n\r\n") + len(trailer)
        )
        for one, body in objects.items():
            places[one] = start + len(bodies)
            bodies += b"%d 0 obj\n%s\nendobj\n" % (one, body)
        table = b"".join(b"%03d 1\n%010d 00000 n\r\n" % one for one in sorted(places.items()))
        return between + b"xref\n" + table + trailer + bodies

    moved = 0
    while len(evil(moved)) != moved:
        moved = len(evil(moved))
    wrapped = data[:second] + evil(moved) + after
    assert wrapped.replace(evil(moved), b"") == data
    result = pades.verify(wrapped)
    assert only(result).certificate_chain == ()
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.pdf-range"])


def test_range_that_leaves_out_the_end_fails() -> None:
    data = sealed()
    numbers = [int(one) for one in RANGE.search(data).groups()[:3]]  # type: ignore[union-attr]
    short = RANGE.sub(
        lambda one: (b"/ByteRange [0 %d %d %d]" % (numbers[0], numbers[1], numbers[2] - 40)).ljust(
            len(one[0])
        ),
        data,
        count=1,
    )
    assert _verdict(short) is Verdict.FAILED


@pytest.mark.parametrize(
    "numbers",
    [
        (),
        (0, 10),
        (0, 10, 20, 30, 40, 50),
        (1, 10, 20, 30),
        (0, 20, 10, 30),
        (0, 10, 20, 10**9),
        (0, -1, 20, 30),
        (0, 10, 20, -5),
        (0, 0, 0, 0),
    ],
)
def test_odd_ranges_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(SealError) as caught:
        _signature.strict_range(bytes(100), numbers, b"")
    assert caught.value.code == "seal.pdf-range"


def _verdict(data: bytes) -> Verdict:
    """The verdict; a file that cannot be read counts as failed."""
    try:
        return pades.verify(data).verdict
    except DecodeError:
        return Verdict.FAILED


def contents_of(data: bytes) -> tuple[int, int]:
    found = re.search(rb"<[0-9A-Fa-f]{1000,}>", data)
    assert found is not None
    return found.start() + 1, found.end() - 1


def with_contents(data: bytes, new: bytes) -> bytes:
    start, end = contents_of(data)
    return data[:start] + new.hex().encode().ljust(end - start, b"0") + data[end:]


def signed_of(data: bytes) -> Any:
    start, end = contents_of(data)
    return cms.ContentInfo.load(bytes.fromhex(data[start:end].decode()))


def test_signature_of_another_file_fails() -> None:
    other = pades.seal(plain(stream_xrefs=False), KEY, at=AT)
    result = pades.verify(with_contents(sealed(), signed_of(other).dump()))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.digest"])


def test_exchanged_certificate_fails() -> None:
    """Another certificate with the same issuer and serial number, so that the signer is found: the digest in ESS gives it away."""
    signed = signed_of(sealed())
    own = signed["content"]["certificates"][0].chosen
    imposter = x509.Certificate.load(certified("ES256", organization="Somebody else").certificate_chain[0])
    imposter["tbs_certificate"]["serial_number"] = own.serial_number
    forged = x509.Certificate.load(imposter.dump(force=True))
    signed["content"]["certificates"] = [cms.CertificateChoices("certificate", forged)]
    result = pades.verify(with_contents(sealed(), signed.dump(force=True)))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.pdf-signature"])


def test_signature_by_another_key_fails() -> None:
    class Other:
        algorithm, public_jwk, verification_method = KEY.algorithm, KEY.public_jwk, ""
        certificate_chain = KEY.certificate_chain
        sign = certified("ES256").sign

    result = pades.verify(pades.seal(original(), Other(), at=AT))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.signature"])


def test_certificate_left_out_leaves_it_open() -> None:
    signed = signed_of(sealed())
    signed["content"]["certificates"] = []
    result = pades.verify(with_contents(sealed(), signed.dump(force=True)))
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["seal.no-certificate"])


def test_something_behind_the_signature_fails() -> None:
    result = pades.verify(with_contents(sealed(), signed_of(sealed()).dump() + b"\0\0more"))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.pdf-signature"])


def test_sha1_is_no_proof() -> None:
    data = by_pyhanko(foreign(), foreign_signer("RS256"), md_algorithm="sha256")
    signed = signed_of(data)
    signer = signed["content"]["signer_infos"][0]
    signer["digest_algorithm"] = {"algorithm": "sha1"}
    result = pades.verify(with_contents(data, signed.dump(force=True)))
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["seal.algorithm"])


def _emptied(out: Any) -> None:
    field = out.root["/AcroForm"]["/Fields"][0]
    del field["/V"]
    out.update_container(field)


def _without_form(out: Any) -> None:
    del out.root["/AcroForm"]
    out.update_root()


@pytest.mark.parametrize("strip", [_emptied, _without_form], ids=["field emptied", "form removed"])
def test_seal_taken_out_by_an_update_is_told(strip: Any) -> None:
    result = pades.verify(appended(sealed(), strip))
    assert (result.verdict, result.removed, codes(result)) == (Verdict.FAILED, 1, ["seal.pdf-removed"])


@pytest.mark.parametrize("name", [b"/AcroForm", b"/Fields"])
def test_seal_that_nothing_leads_to_is_not_passed_over(name: bytes) -> None:
    result = pades.verify(SMALL.replace(name, name[:-1] + b"x"))
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["unsupported.pdf-seal"])


def test_seal_without_its_range_is_refused() -> None:
    with pytest.raises(DecodeError):
        pades.verify(SMALL.replace(b"/ByteRange", b"/ByteRangx"))


def test_file_cut_back_to_before_the_seal_has_none() -> None:
    assert pades.verify(sealed()[: len(original())]).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.995, 0.9999])
def test_truncated_file_does_not_pass(keep: float) -> None:
    data = sealed()
    with contextlib.suppress(TessellaError):
        assert pades.verify(data[: int(len(data) * keep)]).verdict is not Verdict.PASSED


@pytest.mark.parametrize(
    "tail",
    [
        b"%a comment\n",
        b"3 0 obj\n<</Type/Page>>\nendobj\n",
        b"3 0 obj\n<</Type/Page>>\nendobj\nstartxref\n0\n%%EOF\n",
        b"3 0 obj\n<</Type/Page>>\nendobj\n%%EOF\n",
        b"trailer\n<</Root 1 0 R>>\n%%EOF\n",
    ],
    ids=["comment", "object", "object with a wrong end", "object with an end", "trailer"],
)
def test_bytes_behind_the_seal_do_not_pass(tail: bytes) -> None:
    """Incremental saving attack: readers that repair files would show what stands there."""
    assert _verdict(sealed() + tail) is not Verdict.PASSED


def test_bytes_with_the_old_end_repeated_do_not_pass() -> None:
    end = sealed()[sealed().rindex(b"startxref") :]
    assert _verdict(sealed() + b"3 0 obj\n<</Type/Page>>\nendobj\n" + end) is Verdict.FAILED


def test_file_that_breaks_the_rules_passes_only_when_sealed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a lenient reader makes of bytes behind the seal may be another thing than what a viewer shows."""
    strictly = _revisions.PdfFileReader

    def lenient(stream: Any, *, strict: bool) -> Any:
        if strict:
            raise PdfReadError("not by the rules")
        return strictly(stream, strict=False)

    once = pades.seal(original(), KEY, at=AT)
    more = renewed(once)
    assert pades.verify(more).verdict is Verdict.PASSED
    monkeypatch.setattr(_revisions, "PdfFileReader", lenient)
    assert pades.verify(once).verdict is Verdict.PASSED
    assert pades.verify(more).verdict is Verdict.FAILED


# --- hostile input -----------------------------------------------------------------------------------


def test_too_large_file_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        pades.verify(b"%PDF-1.7" + bytes(pades.MAX_PDF_BYTES))
    assert caught.value.code == "container.size"


def test_no_pdf_is_refused() -> None:
    with pytest.raises(DecodeError):
        pades.verify(b"PK\3\4")


def test_too_many_seals_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_revisions, "MAX_SIGNATURES", 1)
    with pytest.raises(LimitError):
        pades.verify(pades.seal(open_sealed(), KEY, at=AT))


def test_too_many_revisions_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_revisions, "MAX_REVISIONS", 1)
    with pytest.raises(LimitError):
        pades.verify(sealed())


@pytest.mark.parametrize("reads", range(480, 520))
def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch, reads: int) -> None:
    """Wherever it ends, also where the reader makes an error of its own of it."""
    monkeypatch.setattr(_revisions, "MAX_READS", reads)
    with pytest.raises(LimitError) as caught:
        pades.verify(sealed())
    assert caught.value.code == "seal.pdf-work"


def test_bomb_in_a_cross_reference_stream_is_refused_quickly() -> None:
    packed = zlib.compress(bytes(400_000_000), 9)
    head = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/W[1 4 2]/Size 9/Root 2 0 R/ByteRange[0 1 2 3]/Filter/FlateDecode/Length "
    pdf = head + b"%d>>\nstream\n" % len(packed) + packed + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"
    start = time.process_time()
    with pytest.raises(TessellaError):
        pades.verify(pdf)
    assert time.process_time() - start < 5


def test_deeply_nested_objects_raise_our_errors_only() -> None:
    data = sealed().replace(b"/Lang", b"/L" + b"[" * 20_000 + b"]" * 20_000 + b"/Lang", 1)
    assert _verdict(data) is not Verdict.PASSED


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_flipped_bit_never_passes_unless_nothing_signs_it(data: st.DataObject) -> None:
    """In the hole alone there are bytes that nobody signs: the filler, and parts of the CMS that say nothing."""
    good = SMALL
    position = data.draw(st.integers(0, len(good) - 1))
    spoilt = bytearray(good)
    spoilt[position] ^= 1 << data.draw(st.integers(0, 7))
    start, end = contents_of(good)
    try:
        result = pades.verify(bytes(spoilt))
    except TessellaError:
        return
    if result.verdict is Verdict.PASSED:
        assert start <= position < end
        assert only(result).certificate_chain[:1] == KEY.certificate_chain[:1]


SMALL = pades.seal(plain(stream_xrefs=False), KEY, at=AT)


@given(st.binary(max_size=400), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_spliced_bytes_raise_our_errors_only(noise: bytes, position: int) -> None:
    at = position % len(SMALL)
    with contextlib.suppress(TessellaError):
        pades.verify(SMALL[:at] + noise + SMALL[at:])
