"""The certificate: complete, deterministic, archivable, and deaf to what its texts would like it to do."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import subprocess
import sys
from typing import Any

import pytest
import zxingcpp
from PIL import Image as Picture

from tessella.errors import LimitError, SchemaError
from tessella.model import Award, Image, Learner, MicroCredential, Outcome, RecordType
from tessella.rendering import (
    CertificateStyle,
    Edition,
    SealerFacts,
    Signatory,
    certificate,
    edition_in,
    plain_words,
    readable_colour,
)
from tessella.text import speak
from tests.rendering.samples import AWARD, ISSUED, MICRO_CREDENTIAL, OUTCOMES, UNIVERSITY, changed

pypdf = pytest.importorskip("pypdf")

URL = "https://verify.westhaven.example/c/7Q4K"
TEST_BAND = "Sealed with a test certificate — not valid as proof"


def made(award: Award = AWARD, **options: Any) -> Any:
    """The certificate as a pypdf reader."""
    return pypdf.PdfReader(
        io.BytesIO(certificate(award, **{"issued_at": ISSUED, "verify_url": URL, **options}))
    )


def words(reader: Any, *pages: int) -> str:
    """The text of the pages (all by default) with single spaces."""
    chosen = [reader.pages[n] for n in pages] or reader.pages
    return " ".join(" ".join(page.extract_text() for page in chosen).replace("\u200b", "").split())


def described(**values: Any) -> Award:
    result: Award = changed(AWARD, micro_credential=changed(MICRO_CREDENTIAL, **values))
    return result


def test_certificate_has_all_elements() -> None:
    text = words(made())
    for section in plain_words(AWARD):
        for row in section.rows:
            for value in (row.label, *row.values):
                assert re.sub(r"\s+", "", value) in re.sub(r"\s+", "", text), row.element


def test_first_page_says_who_achieved_what() -> None:
    text = words(made(sealed_by=SealerFacts(name="Westhaven Seal", means="advanced electronic seal")), 0)
    for wanted in (
        "Westhaven University of Technology",
        "Micro-credential",
        "Sustainable Water Management",
        "awarded to Aoife Ní Bhriain",
        *OUTCOMES,
        "125 hours; 5 ECTS credits",
        "EQF level 7: as the second cycle",
        "as claimed by",
        "Issued 21 November 2026",
        "Assessed 4 November 2026 Awarded 12 November 2026",
        "May count towards “Postgraduate Diploma in Environmental Engineering”, decided by",
        "Electronically sealed by Westhaven Seal (advanced electronic seal)",
        "No. WH-2026-0417",
        URL,
    ):
        assert re.sub(r"\s+", "", wanted) in re.sub(r"\s+", "", text), wanted
    assert "entitled" not in words(made())


def test_no_identifiers_of_the_learner_are_printed() -> None:
    text = words(made())
    assert "1234567X" not in text
    assert "aoife@example.org" not in text


def test_certificate_is_equal_in_another_process() -> None:
    script = (
        "import hashlib; from tests.rendering.samples import *; from tessella.rendering import certificate;"
        f"print(hashlib.sha256(certificate(AWARD, issued_at=ISSUED, verify_url={URL!r})).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (
        run.stdout.strip() == hashlib.sha256(certificate(AWARD, issued_at=ISSUED, verify_url=URL)).hexdigest()
    )


def test_certificate_declares_archiving_and_accessibility_standards() -> None:
    reader = made()
    catalog = reader.trailer["/Root"]
    metadata = catalog["/Metadata"].get_object().get_data().decode()
    found = dict(re.findall(r"<(pdfaid:part|pdfaid:conformance|pdfuaid:part)>([^<]+)<", metadata))
    assert found == {"pdfaid:part": "3", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "en"
    assert reader.metadata.title == "Micro-credential: Sustainable Water Management"
    assert reader.metadata.author == "Westhaven University of Technology"
    assert reader.metadata.creation_date == ISSUED


def test_attachments_come_back_byte_for_byte() -> None:
    files = {"credential.json": b'{"a": "\xc3\xa9"}\n', "badge.png": bytes(range(256)), "empty.txt": b""}
    reader = made(attachments=files)
    assert {name: content[0] for name, content in reader.attachments.items()} == files
    relations = [file.get_object()["/AFRelationship"] for file in reader.trailer["/Root"]["/AF"]]
    assert relations == ["/Alternative"] * 3


@pytest.mark.parametrize("name", ["", "../x.json", "a/b", "a\\b", ".hidden", "a\nb", "x" * 121])
def test_attachment_name_is_a_plain_file_name(name: str) -> None:
    with pytest.raises(SchemaError) as caught:
        made(attachments={name: b"x"})
    assert caught.value.code == "rendering.attachment-name"


def test_attachments_too_large() -> None:
    with pytest.raises(LimitError) as caught:
        made(attachments={"a.json": b"x" * (8 * 2**20 + 1)})
    assert caught.value.code == "rendering.attachments"


def test_test_certificate_says_so_on_every_page() -> None:
    for page in range(3):
        assert words(made(test=True), page).count(TEST_BAND) == 1
    assert TEST_BAND not in words(made())


@pytest.mark.parametrize(
    "record_type", [kind for kind in RecordType if kind is not RecordType.MICRO_CREDENTIAL]
)
def test_other_records_are_never_called_micro_credential(record_type: RecordType) -> None:
    text = words(made(described(record_type=record_type))).lower()
    assert "micro-credential" not in text
    assert "european standard" not in text


HOSTILE = (
    '#panic("x") *bold* _it_ $x$ `raw` <label> @ref [a] #image("/etc/passwd") \\ // = - + / "q" %(x)s {0}'
)


def test_markup_in_texts_is_inert() -> None:
    award = changed(
        described(
            title={"en": HOSTILE},
            description={"en": HOSTILE},
            outcomes=(Outcome(title={"en": HOSTILE}),),
            awarding_bodies=(changed(UNIVERSITY, name={"en": HOSTILE}),),
        ),
        learner=Learner(full_name=HOSTILE),
        number=HOSTILE,
    )
    text = re.sub(r"\s+", "", words(made(award, sealed_by=SealerFacts(name=HOSTILE))))
    assert text.count(re.sub(r"\s+", "", HOSTILE)) >= 7


def test_control_characters_are_not_printed() -> None:
    award = changed(AWARD, learner=Learner(full_name="Ann\x00\x1b[31m\u202e \nLee\ud800"))
    assert "Ann[31m Lee" in words(made(award), 0)


def test_missing_glyph_names_characters_script_place_and_remedy() -> None:
    award = changed(AWARD, learner=Learner(full_name="李小龍"))
    with pytest.raises(SchemaError) as caught:
        made(award)
    error = caught.value
    assert (error.code, error.got, error.place) == (
        "rendering.missing-glyph",
        "U+674E U+5C0F U+9F8D",
        "learner",
    )
    assert "Han" in error.message
    assert "李 小 龍" in error.message
    assert "Noto font" in error.hint


def test_missing_glyph_in_the_supplement_names_the_element() -> None:
    with pytest.raises(SchemaError) as caught:
        made(described(prerequisites=changed(MICRO_CREDENTIAL.prerequisites, text={"en": "日本語"})))
    assert caught.value.place == "Prerequisites to enrol"


@pytest.mark.parametrize(
    "name",
    [
        "ليلى الحداد",
        "Ελένη Παππά",
        "Наталія Шевченко",
        "ศรีสุข ใจดี",
        "अनीता शर्मा",
        "Nguyễn Thị Ái",
        "Þórður Ægisson",
    ],
)
def test_names_in_many_scripts(name: str) -> None:
    award = changed(AWARD, learner=Learner(full_name=name, latin_name="Latin Form"))
    assert "Latin Form" in words(made(award), 0)


def test_long_words_many_outcomes_and_long_names_stay_on_the_first_page() -> None:
    award = changed(
        described(
            title={"en": "Donaudampfschifffahrtsgesellschaft" * 9},
            outcomes=tuple(
                Outcome(id=str(n), title={"en": f"Outcome {n:02} " + "explain " * 30}) for n in range(40)
            ),
            awarding_bodies=tuple(
                changed(UNIVERSITY, name={"en": f"University of the {n}th District"}) for n in range(12)
            ),
        ),
        learner=Learner(full_name="Xavier" * 60),
    )
    reader = made(award, test=True)
    first = words(reader, 0)
    assert "Verify this certificate" in first
    assert re.search(r"and \d+ more in the supplement", first)
    everything = re.sub(r"\s+", "", words(reader))
    assert all(f"Outcome{n:02}explain" in everything for n in range(40))
    assert "Xavier" * 60 in everything


def test_bare_record() -> None:
    award = Award(micro_credential=MicroCredential(title={"en": "Care"}), learner=Learner())
    text = words(made(award, verify_url=""))
    assert "Issued 21 November 2026" in text
    assert text.count("not stated") == 14


def test_qr_code_holds_the_text(tmp_path: Any) -> None:
    for options, wanted in (({}, URL), ({"qr_text": "HTTPS://X.EXAMPLE/1"}, "HTTPS://X.EXAMPLE/1")):
        file = tmp_path / "c.pdf"
        file.write_bytes(certificate(AWARD, issued_at=ISSUED, **{"verify_url": URL, **options}))
        done = _painted(file)
        assert [code.text for code in zxingcpp.read_barcodes(done)] == [wanted]


def _painted(file: Any) -> Picture.Image:
    try:
        run = subprocess.run(
            ["pdftoppm", "-r", "120", "-f", "1", "-l", "1", "-png", str(file)],
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        pytest.skip("pdftoppm is not installed")
    return Picture.open(io.BytesIO(run.stdout))


def test_qr_text_too_long() -> None:
    with pytest.raises(LimitError) as caught:
        made(qr_text="x" * 4000)
    assert caught.value.code == "rendering.qr-text"


def test_verify_url_must_be_a_web_address() -> None:
    with pytest.raises(SchemaError) as caught:
        made(verify_url="javascript:alert(1)")
    assert caught.value.code == "rendering.verify-url"


def test_time_without_zone() -> None:
    with pytest.raises(SchemaError) as caught:
        made(issued_at=dt.datetime(2026, 11, 21))
    assert caught.value.code == "rendering.naive-time"


def test_no_title() -> None:
    with pytest.raises(SchemaError) as caught:
        made(described(title={"en": " \x00 "}))
    assert caught.value.code == "rendering.no-title"


def _with_logo(logo: Image) -> Award:
    return described(awarding_bodies=(changed(UNIVERSITY, logo=logo),))


def test_logo_is_shown() -> None:
    picture = io.BytesIO()
    Picture.new("RGB", (40, 20), "#123456").save(picture, "PNG")
    plain = len(certificate(AWARD, issued_at=ISSUED))
    award = _with_logo(Image(content=picture.getvalue(), media_type="image/png"))
    assert len(certificate(award, issued_at=ISSUED)) > plain


def test_logo_of_unknown_type_or_too_large_is_left_out() -> None:
    plain = certificate(AWARD, issued_at=ISSUED)
    for logo in (
        Image(content=b"x", media_type="image/tiff"),
        Image(content=b"x" * 600_000, media_type="image/png"),
    ):
        assert certificate(_with_logo(logo), issued_at=ISSUED) == plain


def test_damaged_logo_is_a_named_error() -> None:
    with pytest.raises(SchemaError) as caught:
        made(_with_logo(Image(content=b"\x89PNG nothing", media_type="image/png")))
    assert caught.value.code == "rendering.typesetting"


def test_labels_follow_the_active_translation() -> None:
    with speak({"Learning outcomes achieved": "Saavutetut oppimistulokset", "awarded to": "saaja"}):
        reader = made(languages=("fi", "en"))
    assert "Saavutetut oppimistulokset" in words(reader, 0)
    assert reader.trailer["/Root"]["/Lang"] == "fi"


def test_time_of_issuing_may_have_microseconds() -> None:
    exact = certificate(AWARD, issued_at=ISSUED)
    assert certificate(AWARD, issued_at=ISSUED.replace(microsecond=123456)) == exact


DEAN = Signatory(name="Prof. Marijke ten Hoopen", function={"en": "Dean of Engineering", "nl": "Decaan"})


def test_certificate_in_several_languages_has_a_first_page_in_each() -> None:
    style = CertificateStyle(
        editions=tuple(edition_in(tag) for tag in ("en", "nl", "de")), signatories=(DEAN,)
    )
    reader = made(described(title={"en": "Clean water", "nl": "Schoon water"}), style=style)
    pages = [words(reader, number) for number in range(4)]
    assert [("Clean water" in page, "Schoon water" in page) for page in pages[:3]] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert ["awarded to" in pages[0], "toegekend aan" in pages[1], "verliehen an" in pages[2]] == [True] * 3
    assert [
        "Nederlands, pagina 2" in pages[0],
        "English, page 1" in pages[1],
        "Dean of Engineering" in pages[0],
        "Decaan" in pages[1],
    ] == [True] * 4
    assert ["Supplement" in page for page in pages] == [False, False, False, True]
    assert reader.pages[1].get("/StructParents") is not None  # every edition is tagged


def test_certificate_in_several_languages_keeps_the_standards() -> None:
    style = CertificateStyle(
        editions=(edition_in("en"), edition_in("fr")), signatories=(DEAN,), colour="#ffcc00"
    )
    metadata = (
        made(style=style, attachments={"credential.json": b"{}"}).xmp_metadata.stream.get_data().decode()
    )
    assert ("<pdfaid:part>3</pdfaid:part>" in metadata, "<pdfuaid:part>1</pdfuaid:part>" in metadata) == (
        True,
        True,
    )


def test_edition_with_supplement_has_one() -> None:
    one = Edition(languages=("en",))
    for second, count in ((one, 1), (Edition(languages=("en",), supplement=True), 2)):
        text = words(made(style=CertificateStyle(editions=(one, second))))
        assert text.count("The elements of the European standard") == count


def test_warning_is_on_every_edition_once() -> None:
    reader = made(test=True, style=CertificateStyle(editions=(edition_in("en"), edition_in("de"))))
    assert [words(reader, n).count(TEST_BAND) for n in range(3)] == [1, 0, 1]
    assert words(reader, 1).count("kein gültiger Nachweis") == 1


def drawing(colour: str) -> Image:
    data = io.BytesIO()
    Picture.new("RGB", (40, 12), colour).save(data, "PNG")
    return Image(content=data.getvalue(), media_type="image/png")


def test_style_brings_logo_and_signatories() -> None:
    plain = made(style=CertificateStyle(signatories=(DEAN,)))
    person = Signatory(name="Ada", picture=drawing("#224488"))
    signed = made(style=CertificateStyle(signatories=(person,), logo=drawing("#882244")))
    assert (len(plain.pages[0].images), len(signed.pages[0].images)) == (0, 2)


def test_colour_is_made_readable() -> None:
    printed, stated = readable_colour("#FFCC00")
    assert (stated < 2, printed != "#ffcc00", readable_colour("#0b1c66")[0]) == (True, True, "#0b1c66")
    for wrong in ("red", "#fff", "", "#12345g"):
        with pytest.raises(SchemaError) as caught:
            readable_colour(wrong)
        assert caught.value.code == "rendering.colour"


@pytest.mark.parametrize(
    "style", [CertificateStyle(signatories=(DEAN,) * 4), CertificateStyle(editions=(edition_in("en"),) * 7)]
)
def test_style_has_limits(style: CertificateStyle) -> None:
    with pytest.raises(LimitError) as caught:
        made(style=style)
    assert caught.value.code == "rendering.style"


def test_many_signatories_and_outcomes_stay_on_the_first_page() -> None:
    outcomes = tuple(Outcome(id=f"o{n}", title={"en": f"Outcome {n} " + "word " * 18}) for n in range(14))
    style = CertificateStyle(signatories=(DEAN,) * 3, editions=(edition_in("en"), edition_in("nl")))
    reader = made(described(outcomes=outcomes), style=style)
    assert [
        "Verify this certificate" in words(reader, 0),
        "Dit certificaat controleren" in words(reader, 1),
    ] == [True, True]


def test_words_of_first_pages_keep_their_placeholders() -> None:
    for tag in ("de", "fr", "nl", "es", "it"):
        for template, translated in (edition_in(tag).catalogue or {}).items():
            names = re.findall(r"%\(\w+\)s", template)
            assert sorted(re.findall(r"%\(\w+\)s", translated)) == sorted(names), (tag, template)
