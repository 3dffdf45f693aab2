"""Sealing PDFs: proven by others' software, what the file was before stays, and what is not understood is refused."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.status import SignatureCoverageLevel

from tessella.containers import read_pdf
from tessella.errors import (
    DecodeError,
    KeyMaterialError,
    LimitError,
    SealError,
    StateError,
    TessellaError,
    UnsupportedError,
)
from tessella.keys import PrivateKey
from tessella.seals import pades
from tessella.seals.pades import _reading, _seal, _syntax
from tests.seals.pades.support import (
    AT,
    AT_UTC,
    ATTACHMENTS,
    CLOCK,
    KEY,
    KEYS,
    STAMP,
    appended,
    certified,
    foreign,
    independent,
    original,
    plain,
    reader,
    sealed,
)
from tests.trust.pki import DAY, Authority

HOLE = re.compile(rb"<[0-9a-f]{1000,}>")


def signed_data(data: bytes) -> Any:
    contents = reader(data).get_fields()["Seal1"]["/V"]["/Contents"]
    return cms.ContentInfo.load(contents.original_bytes)["content"]


# --- proven by others --------------------------------------------------------------------------------


@pytest.mark.parametrize("stamped", [False, True], ids=["B-B", "B-T"])
@pytest.mark.parametrize("algorithm", KEYS)
def test_seal_is_intact_trusted_and_whole_by_pyhanko(algorithm: str, stamped: bool) -> None:
    data = pades.seal(original(), KEYS[algorithm], at=AT, timestamp=STAMP if stamped else None)
    status = independent(data)
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert (status.timestamp_validity is not None) is stamped
    if stamped:
        assert (status.timestamp_validity.intact, status.timestamp_validity.trusted) == (True, True)
    assert status.signer_reported_dt == AT_UTC


@pytest.mark.parametrize(
    "pdf",
    [plain(stream_xrefs=True), plain(stream_xrefs=False), foreign(), foreign({"a.json": b"{}"})],
    ids=["cross-reference stream", "table", "pypdf", "pypdf with a file"],
)
def test_other_pdfs_are_sealed_in_their_own_kind(pdf: bytes) -> None:
    data = pades.seal(pdf, KEY, at=AT)
    status = independent(data)
    assert (status.intact, status.valid, status.coverage) == (True, True, SignatureCoverageLevel.ENTIRE_FILE)
    assert len(reader(data).pages) == 1
    tail = data[len(pdf) :]
    assert (b"/Type /XRef" in tail, b"\nxref\n" in tail) == (
        (True, False) if b"/XRef" in pdf else (False, True)
    )


def test_result_begins_with_the_original() -> None:
    assert sealed().startswith(original())


def test_signature_is_a_pades_baseline() -> None:
    """EN 319 142-1 §6.3: the time in M and not in the CMS, the certificate named by SHA-256, one signer, all certificates."""
    (signer,) = signed_data(sealed())["signer_infos"]
    assert {one["type"].native for one in signer["signed_attrs"]} == {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
        "cms_algorithm_protection",
    }
    value = reader(sealed()).get_fields()["Seal1"]["/V"]
    assert (value["/SubFilter"], value["/M"]) == ("/ETSI.CAdES.detached", "D:20260504082030+00'00'")
    assert value["/Name"] == "Fjordakademiet"
    chain = [one.chosen.dump() for one in signed_data(sealed())["certificates"]]
    assert sorted(chain) == sorted(KEY.certificate_chain)


def test_signed_attributes_are_in_der() -> None:
    """What is signed must be what others encode anew: a SET OF in order (X.690 §11.6)."""
    (signer,) = signed_data(sealed())["signer_infos"]
    attributes = signer["signed_attrs"]
    assert attributes.untag().dump(force=True) == attributes.untag().dump()
    assert sorted(one.dump() for one in attributes) == [one.dump() for one in attributes]


# --- what stays --------------------------------------------------------------------------------------


def test_attachments_stay_byte_for_byte() -> None:
    assert {one.name: one.data for one in read_pdf(sealed())} == ATTACHMENTS


def test_identifiers_of_pdf_a_and_pdf_ua_stay() -> None:
    found = [str(reader(data).trailer["/Root"]["/Metadata"].get_data()) for data in (original(), sealed())]
    assert found[0] == found[1]
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in found[1]
    assert "<pdfuaid:part>1</pdfuaid:part>" in found[1]


def test_text_of_the_pages_stays() -> None:
    texts = [[page.extract_text() for page in reader(data).pages] for data in (original(), sealed())]
    assert texts[0] == texts[1]


def test_field_keeps_the_rules_of_pdf_a() -> None:
    """ISO 19005-3 §6.3.2 (flags), §6.3.3 (no appearance needed without size), §6.4 (no actions, no NeedAppearances)."""
    root = reader(sealed()).trailer["/Root"]
    (field,) = root["/AcroForm"]["/Fields"]
    widget = field.get_object()
    assert (widget["/F"], widget["/Rect"], widget["/FT"], widget["/Subtype"]) == (
        132,
        [0, 0, 0, 0],
        "/Sig",
        "/Widget",
    )
    assert not {"/A", "/AA", "/AP"} & widget.keys()
    assert dict(root["/AcroForm"]).keys() == {"/Fields", "/SigFlags"}
    assert root["/AcroForm"]["/SigFlags"] == 3
    assert set(root["/Perms"]) == {"/DocMDP"}
    (reference,) = widget["/V"]["/Reference"]
    assert not {"/DigestMethod", "/DigestValue", "/DigestLocation"} & reference.keys()


def test_field_keeps_the_rules_of_pdf_ua() -> None:
    """ISO 14289-1 §7.18.1 (a name for people), §7.18.3 (Tabs), §7.18.4 (inside a form element)."""
    root = reader(sealed()).trailer["/Root"]
    page = reader(sealed()).pages[0]
    (annotation,) = page["/Annots"]
    widget = annotation.get_object()
    assert (widget["/TU"], page["/Tabs"]) == ("Electronic seal of Fjordakademiet", "/S")
    tree = root["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    element = parents[widget["/StructParent"]].get_object()
    assert (element["/S"], element["/K"]["/Type"]) == ("/Form", "/OBJR")
    assert element["/K"].raw_get("/Obj").idnum == annotation.idnum
    document = element["/P"].get_object()
    assert document["/S"] == "/Document"
    assert document["/K"][-1].get_object() == element
    assert tree["/ParentTreeNextKey"] == widget["/StructParent"] + 1


def test_update_keeps_the_syntax_of_pdf_a() -> None:
    """ISO 19005-3 §6.1.3, §6.1.4, §6.1.9: nothing behind the last %%EOF but one end of line, keywords on lines of their own."""
    tail = sealed()[len(original()) :]
    assert tail.endswith(b"%%EOF\n")
    assert tail.startswith(b"\n")
    assert re.findall(rb"[^\n]endobj|endobj[^\n]|\d+ \d+ obj[^\n]", tail) == []
    assert len(HOLE.findall(tail)) == 1
    assert len(HOLE.findall(tail)[0]) % 2 == 0


def test_file_identifier_keeps_its_first_part_and_changes_its_second() -> None:
    before, after = (reader(data).trailer["/ID"] for data in (original(), sealed()))
    assert before[0] == after[0]
    assert before[1] != after[1]


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_accepts_the_sealed_certificate(flavour: str, tmp_path: Path) -> None:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(pades.seal(original(), KEY, at=AT, timestamp=STAMP))
    told = subprocess.run(
        ["verapdf", "--flavour", flavour, "--format", "text", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.startswith("PASS"), told.stdout


# --- the same again ----------------------------------------------------------------------------------


def test_equal_input_gives_equal_bytes_with_rsa() -> None:
    again = [pades.seal(original(), KEYS["RS256"], at=AT) for _ in range(2)]
    assert again[0] == again[1]


def test_equal_input_gives_equal_bytes_but_for_the_signature() -> None:
    again = [pades.seal(original(), KEY, at=AT) for _ in range(2)]
    assert again[0] != again[1]
    assert HOLE.sub(b"<>", again[0]) == HOLE.sub(b"<>", again[1])


def test_chain_is_read_once_for_a_batch() -> None:
    _seal.template.cache_clear()
    for _ in range(3):
        pades.seal(original(), KEY, at=AT)
    assert (_seal.template.cache_info().misses, _seal.template.cache_info().hits) == (1, 2)


def test_large_time_stamp_gets_the_room_it_needs() -> None:
    asked = []

    def stamp(message: bytes) -> bytes:
        asked.append(message)
        return TALKATIVE(message)

    status = independent(pades.seal(original(), KEY, at=AT, timestamp=stamp))
    assert (status.bottom_line, status.timestamp_validity.intact, len(asked)) == (True, True, 2)


def _talkative() -> Any:
    """An authority that sends thirty certificates along."""
    others = [Authority(f"Fjord root {number}") for number in range(30)]
    stamp = CLOCK.at(AT_UTC)

    def with_others(message: bytes) -> bytes:
        token = cms.ContentInfo.load(stamp(message))
        signed = token["content"]
        found = [one.chosen.dump() for one in signed["certificates"]] + [one.der for one in others]
        signed["certificates"] = [
            cms.CertificateChoices("certificate", cms.Certificate.load(der)) for der in found
        ]
        return bytes(token.dump(force=True))

    return with_others


TALKATIVE = _talkative()


# --- more than one seal ------------------------------------------------------------------------------


def test_second_seal_after_an_open_one_leaves_both_intact() -> None:
    once = pades.seal(original(), KEY, at=AT, final=False)
    twice = pades.seal(once, KEYS["RS256"], at=AT)
    assert [independent(twice, number).bottom_line for number in range(2)] == [True, True]
    assert sorted(reader(twice).get_fields()) == ["Seal1", "Seal2"]


def test_second_seal_after_a_final_one_is_refused() -> None:
    with pytest.raises(StateError) as caught:
        pades.seal(sealed(), KEY, at=AT)
    assert caught.value.code == "seal.pdf-final"


def test_existing_form_and_annotations_are_kept() -> None:
    def form(out: Any) -> None:
        page = out.root["/Pages"]["/Kids"][0]
        widget = generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): generic.pdf_string("Seal1"),
                pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 9, 9)]),
            }
        )
        reference = out.add_object(widget)
        page["/Annots"] = out.add_object(generic.ArrayObject([reference]))
        fields = out.add_object(generic.ArrayObject([reference]))
        out.root["/AcroForm"] = out.add_object(generic.DictionaryObject({pdf_name("/Fields"): fields}))
        out.update_container(page)
        out.update_root()

    data = pades.seal(appended(plain(stream_xrefs=False), form), KEY, at=AT)
    assert independent(data).bottom_line
    assert sorted(reader(data).get_fields()) == ["Seal1", "Seal2"]
    assert len(reader(data).pages[0]["/Annots"].get_object()) == 2


# --- refused -----------------------------------------------------------------------------------------


def encrypted() -> bytes:
    out = pypdf.PdfWriter(clone_from=io.BytesIO(plain(stream_xrefs=False)))
    out.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    out.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("pdf", "error", "code"),
    [
        (b"", DecodeError, "container.pdf"),
        (b"no pdf at all", DecodeError, "container.pdf"),
        (original()[:-200], DecodeError, "container.pdf"),
        (original()[:1000] + original()[1010:], DecodeError, "container.pdf"),
        (original() + b"and more", DecodeError, "container.pdf"),
        (encrypted(), UnsupportedError, "container.encrypted"),
        (original().replace(b"trailer\n<<", b"trailer\n<</XRefStm 9"), UnsupportedError, "unsupported.pdf"),
        (re.sub(rb"/Root \d+", b"/Root 999", original()), DecodeError, "container.pdf"),
    ],
    ids=["empty", "text", "cut off", "bytes lost", "bytes behind", "encrypted", "hybrid", "wrong root"],
)
def test_unfit_pdf_is_refused(pdf: bytes, error: type[TessellaError], code: str) -> None:
    with pytest.raises(error) as caught:
        pades.seal(pdf, KEY, at=AT)
    assert caught.value.code == code


def test_pdf_that_is_too_large_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        pades.seal(b"%PDF-1.7" + bytes(pades.MAX_PDF_BYTES), KEY, at=AT)
    assert caught.value.code == "container.size"


def test_packed_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "MAX_INFLATED_BYTES", 10)
    with pytest.raises(LimitError) as caught:
        pades.seal(plain(stream_xrefs=True), KEY, at=AT)
    assert caught.value.code == "container.size"


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(DecodeError):
        _syntax.value_end(b"[" * 10_000 + b"]" * 10_000, 0)


def test_cross_references_in_a_circle_are_refused() -> None:
    pdf = plain(stream_xrefs=False)
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    with pytest.raises(DecodeError):
        pades.seal(pdf.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % start), KEY, at=AT)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (PrivateKey.generate("Ed25519"), "key.algorithm"),
        (PrivateKey.generate("ES256"), "key.certificate"),
        (certified("ES256", start=AT_UTC + DAY), "key.validity"),
        (certified("ES256", end=AT_UTC - DAY), "key.validity"),
    ],
    ids=["algorithm", "no certificate", "not yet", "no more"],
)
def test_unfit_key_is_refused(key: PrivateKey, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        pades.seal(original(), key, at=AT)
    assert caught.value.code == code


def test_certificate_of_another_key_is_refused() -> None:
    class Borrowed:
        algorithm = "ES256"
        public_jwk = PrivateKey.generate("ES256").public_jwk
        verification_method = ""
        certificate_chain = KEY.certificate_chain
        sign = KEY.sign

    with pytest.raises(KeyMaterialError) as caught:
        pades.seal(original(), Borrowed(), at=AT)
    assert caught.value.code == "key.mismatch"


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(SealError) as caught:
        pades.seal(original(), KEY, at=AT.replace(tzinfo=None))
    assert caught.value.code == "seal.time"


def test_time_stamp_over_other_bytes_is_refused() -> None:
    with pytest.raises(SealError) as caught:
        pades.seal(original(), KEY, at=AT, timestamp=lambda message: STAMP(message + b"!"))
    assert caught.value.code == "seal.timestamp"


# --- anything goes in --------------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_mutated_pdf_is_refused_or_sealed_well(data: st.DataObject) -> None:
    pdf = bytearray(data.draw(st.sampled_from([plain(stream_xrefs=True), plain(stream_xrefs=False)])))
    for _ in range(data.draw(st.integers(1, 3))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    try:
        result = pades.seal(bytes(pdf), KEY, at=AT)
    except TessellaError:
        return
    assert result.startswith(bytes(pdf))
    try:
        PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"]
    except Exception:  # what was broken before the seal is none of its making
        return
    assert pades.verify(result).signatures[0].coverage == "file"


@given(st.dictionaries(st.text(min_size=1).map(lambda t: "/" + t), st.integers(), max_size=5))
def test_dictionary_survives_reading_and_writing(entries: dict[str, int]) -> None:
    raw = {name.encode(): b"%d" % value for name, value in entries.items()}
    assert _syntax.dictionary_entries(_syntax.dictionary_bytes(raw)) == raw


@given(st.text())
def test_text_string_is_read_back_by_pypdf(text: str) -> None:
    if "\0" in text or any(0xD800 <= ord(one) < 0xE000 for one in text):
        return
    raw = _syntax.text_bytes(text)
    assert _syntax.value_end(raw, 0) == len(raw)
    read = pypdf.generic.read_object(io.BytesIO(raw + b" "), None)
    assert read == text
