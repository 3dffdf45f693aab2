"""From an upload to what is in it."""

import contextlib
import io
import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tessella.containers import Kind, bake_png, bake_svg, credentials_in, detect, extract, make_qr
from tessella.containers._limits import Budget
from tessella.errors import DecodeError, LimitError, TessellaError, UnsupportedError
from tests.containers.test_archive import packed
from tests.containers.test_pdf import pdf
from tests.containers.test_png import png
from tests.support import shared

JWS = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
SD_JWT = JWS + "~WyJzYWx0IiwgIm5hbWUiLCAiQW5hIl0~"
CREDENTIAL = (
    b'{"@context": ["https://www.w3.org/ns/credentials/v2"],  "type": ["VerifiableCredential"], "n": 1.50}'
)
JADES = b'{"payload": "{}", "signatures": [{"protected": "e30", "signature": "c2ln"}]}'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (CREDENTIAL, Kind.JSON),
        (b" \n[1]", Kind.JSON),
        (b'{"cut', Kind.JSON),
        (JADES, Kind.JADES_JSON),
        (b'{"payload": "e30", "protected": "e30", "signature": "c2ln"}', Kind.JADES_JSON),
        (JWS.encode(), Kind.JWS_COMPACT),
        (JWS.encode() + b"\r\n", Kind.JWS_COMPACT),
        (SD_JWT.encode(), Kind.SD_JWT),
        (SD_JWT.encode() + JWS.encode(), Kind.SD_JWT),
        (b"abc.def.ghi", Kind.TEXT),
        (b"e30.e30.c2ln", Kind.TEXT),
        (b"https://school.example/badge/1", Kind.URL),
        (b"openid-credential-offer://?credential_offer_uri=x", Kind.URL),
        (b"Dear verifier", Kind.TEXT),
        (png(), Kind.PNG),
        (b"\xff\xd8\xff\xe0", Kind.JPEG),
        (SVG, Kind.SVG),
        (b'\xef\xbb\xbf<?xml version="1.0"?><elmo/>', Kind.XML),
        (SVG.decode().encode("utf-16"), Kind.SVG),
        (pdf({}), Kind.PDF),
        (b"\n\n%PDF-1.4", Kind.PDF),
        (packed({"a": b"b"}), Kind.ZIP),
        (packed({"xl/workbook.xml": b"<a/>"}), Kind.XLSX),
        (b"\xef\xbb\xbf" + CREDENTIAL, Kind.JSON),
        (CREDENTIAL.decode().encode("utf-16"), Kind.JSON),
        (JWS.encode("utf-16-le"), Kind.JWS_COMPACT),
        (JWS.encode("utf-16-be"), Kind.JWS_COMPACT),
    ],
)
def test_kind_is_told_from_the_content(data: bytes, kind: Kind) -> None:
    assert detect(data) is kind


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "container.empty"),
        (b" \n", "container.empty"),
        (b"\x00\x01\x02\x03\xff\xfe", "container.unknown"),
        (b"GIF89a\x00\x00\xff\xff", "container.unknown"),
        ("Zürich".encode("latin-1"), "input.encoding"),
        (b"PK\x03\x04abc", "container.truncated"),
        (b"<elmo", "container.truncated"),
        (b"<1>", "container.xml"),
    ],
)
def test_unreadable_upload_has_a_clear_code(data: bytes, code: str) -> None:
    with pytest.raises(DecodeError) as caught:
        detect(data)
    assert caught.value.code == code


@given(st.binary(max_size=200))
def test_no_input_raises_a_foreign_error(data: bytes) -> None:
    with contextlib.suppress(TessellaError):
        extract(data)


def found(data: bytes) -> list[tuple[Kind, str]]:
    return [(item.kind, item.where) for item in extract(data)]


def test_plain_credential_is_itself() -> None:
    (item,) = extract(CREDENTIAL)
    assert (item.kind, item.data, item.where, item.notes) == (Kind.JSON, CREDENTIAL, "", ())


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xef\xbb\xbf" + CREDENTIAL, "input.byte-order-mark"),
        (CREDENTIAL.decode().encode("utf-16"), "input.utf-16"),
        (CREDENTIAL.decode().encode("utf-16-le"), "input.utf-16"),
    ],
)
def test_byte_order_marks_are_taken_off_and_noted(data: bytes, note: str) -> None:
    (item,) = extract(data)
    assert (item.data, item.notes) == (CREDENTIAL, (note,))


@pytest.mark.parametrize(
    ("envelope", "path"),
    [
        ('{"verifiableCredential": %s, "options": {}}', "$.verifiableCredential"),
        ('{"credential": [%s], "compactJwsString": []}', "$.credential[0]"),
        ('[{"credential": %s}]', "$[0].credential"),
        ('{"credentials": [{"credential": %s}]}', "$.credentials[0].credential"),
    ],
)
def test_envelope_is_opened_byte_for_byte(envelope: str, path: str) -> None:
    assert credentials_in((envelope % CREDENTIAL.decode()).encode()) == ((path, CREDENTIAL),)


def test_strings_in_envelopes_are_the_credentials() -> None:
    assert credentials_in(json.dumps({"compactJwsString": [JWS, SD_JWT]}).encode()) == (
        ("$.compactJwsString[0]", JWS.encode()),
        ("$.compactJwsString[1]", SD_JWT.encode()),
    )


def test_enveloped_credential_is_its_data_url() -> None:
    document = {
        "@context": "x",
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{JWS}",
    }
    assert found(json.dumps(document).encode()) == [(Kind.JWS_COMPACT, "$.id")]


def test_presentation_is_listed_after_what_is_in_it() -> None:
    document = {"type": ["VerifiablePresentation"], "verifiableCredential": [json.loads(CREDENTIAL), JWS]}
    assert found(json.dumps(document).encode()) == [
        (Kind.JSON, "$.verifiableCredential[0]"),
        (Kind.JWS_COMPACT, "$.verifiableCredential[1]"),
        (Kind.PRESENTATION, ""),
    ]


def test_sealed_records_stay_closed() -> None:
    clr = {"@context": ["x"], "type": ["ClrCredential"], "credentialSubject": {"verifiableCredential": [{}]}}
    assert found(json.dumps(clr).encode()) == [(Kind.JSON, "")]
    assert found(JADES) == [(Kind.JADES_JSON, "")]


def test_repeated_key_is_refused_anywhere() -> None:
    with pytest.raises(DecodeError) as caught:
        extract(b'{"verifiableCredential": {"a": 1, "a": 2}}')
    assert caught.value.code == "input.duplicate-key"


def test_deep_json_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        extract(b"[" * 100_000 + b"]" * 100_000)
    assert caught.value.code == "input.depth"


def test_envelopes_within_envelopes_are_opened_to_a_limit() -> None:
    deep = CREDENTIAL.decode()
    for _ in range(10):
        deep = '{"credential": ' + deep + "}"
    ((path, content),) = credentials_in(deep.encode())
    assert (path, content) == ("$" + ".credential" * 7, deep.encode()[7 * 15 : -7])


def test_pictures_give_what_is_baked_in() -> None:
    assert found(bake_png(png(), CREDENTIAL)) == [(Kind.JSON, "openbadgecredential")]
    assert found(bake_svg(SVG, JWS.encode())) == [(Kind.JWS_COMPACT, "openbadgecredential")]
    assert found(SVG) == []


def test_picture_without_baked_credential_gives_its_qr_code() -> None:
    (item,) = extract(make_qr("https://school.example/v/1", picture="png"))
    assert (item.kind, item.where, item.data) == (Kind.URL, "QR", b"https://school.example/v/1")


def test_pdf_gives_itself_and_its_attachments() -> None:
    document = pdf({"credential.json": CREDENTIAL, "letter.txt": b"Dear verifier"})
    assert found(document) == [(Kind.PDF, ""), (Kind.JSON, "credential.json")]


def test_archive_is_opened_through_all_layers() -> None:
    inner = packed(
        {"badge.png": bake_png(png(), JWS.encode()), "thumbs.db": b"\0\1\xff", "readme.txt": b"hello"}
    )
    assert found(packed({"a.jsonld": JADES, "more.zip": inner, "empty": b""})) == [
        (Kind.JADES_JSON, "a.jsonld"),
        (Kind.JWS_COMPACT, "more.zip > badge.png > openbadgecredential"),
    ]


def test_unreadable_part_is_listed_and_does_not_stop_the_others() -> None:
    first, second = extract(packed({"cut.png": bake_png(png(), CREDENTIAL)[:-20], "ok.json": CREDENTIAL}))
    assert first.problem is not None
    assert (first.where, first.problem.code) == ("cut.png", "container.truncated")
    assert (second.kind, second.problem) == (Kind.JSON, None)


def nested(levels: int) -> bytes:
    data = CREDENTIAL
    for _ in range(levels):
        data = packed({"a.zip": data})
    return data


def test_containers_within_containers_are_limited() -> None:
    assert found(nested(6)) == [(Kind.JSON, " > ".join(["a.zip"] * 6))]
    (item,) = extract(nested(7))
    assert item.problem is not None
    assert (item.where, item.problem.code) == (" > ".join(["a.zip"] * 7), "container.depth")


def test_part_beyond_its_own_limit_does_not_stop_the_others() -> None:
    bomb = packed({"zeros": b"0" * 2_000_000})
    first, second = extract(packed({"bomb.zip": bomb, "ok.json": CREDENTIAL}))
    assert first.problem is not None
    assert (first.where, first.problem.code) == ("bomb.zip", "container.ratio")
    assert (second.where, second.problem) == ("ok.json", None)


def test_containers_do_not_multiply_their_limits() -> None:
    many = packed({f"{number}": b"hello" for number in range(4_900)})
    wide = packed({f"{number}.zip": many for number in range(5)})
    with pytest.raises(LimitError) as caught:
        extract(wide)
    assert caught.value.code == "container.budget"


def test_opened_bytes_are_limited_together() -> None:
    with pytest.raises(LimitError) as caught:
        Budget(max_bytes=10).spend(11, "a.zip")
    assert (caught.value.code, caught.value.place) == ("container.budget", "a.zip")


def scanned(text: str) -> bytes:
    """A page with a picture of a QR code, as a scanner makes it."""
    page = Image.new("L", (600, 800), 255)
    page.paste(Image.open(io.BytesIO(make_qr(text, picture="png", scale=4))).convert("L"), (40, 40))
    out = io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()


def test_scanned_page_gives_its_qr_code() -> None:
    assert found(scanned(JWS)) == [(Kind.PDF, ""), (Kind.JWS_COMPACT, "QR")]


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_photo_gives_its_qr_code(form: str) -> None:
    photo = io.BytesIO()
    Image.open(io.BytesIO(make_qr(JWS, picture="png"))).convert("L").save(photo, form)
    assert found(photo.getvalue()) == [(Kind.JWS_COMPACT, "QR")]


def test_missing_qr_reader_is_told_only_when_nothing_else_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    logo = make_qr("logo", picture="png")
    (alone,) = extract(packed({"logo.png": logo}))
    assert alone.problem is not None
    assert alone.problem.code == "unsupported.qr"
    assert found(packed({"logo.png": logo, "ok.json": CREDENTIAL})) == [(Kind.JSON, "ok.json")]


def test_outlook_file_is_named() -> None:
    with pytest.raises(UnsupportedError) as caught:
        extract(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    assert caught.value.code == "container.outlook"


def test_official_samples_are_opened() -> None:
    for name, kind in (
        ("simple.json", Kind.JSON),
        ("simple.jwt", Kind.JWS_COMPACT),
        ("simple-json.png", Kind.JSON),
        ("simple-jwt.svg", Kind.JWS_COMPACT),
    ):
        (item,) = extract(shared(f"vc/1edtech/ob30/{name}").read_bytes())
        assert item.kind is kind
    (item,) = extract(shared("vc/1edtech/ob20/simple-badge.png").read_bytes())
    assert (item.kind, item.where) == (Kind.JSON, "openbadges")


def test_europass_sample_is_a_sealed_json() -> None:
    sample = next(iter(sorted(shared("edc").rglob("*signed*.jsonld"))))
    assert [item.kind for item in extract(sample.read_bytes())] == [Kind.JADES_JSON]


def test_found_credentials_are_limited() -> None:
    with pytest.raises(LimitError) as caught:
        extract(json.dumps([{}] * 10_001).encode())
    assert caught.value.code == "container.found"


def test_what_lies_beside_credentials_is_passed_over() -> None:
    letter = packed(
        {
            "[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>", "word/document.xml": b"<a/>",
            "word/media/image1.png": bake_png(png(), JWS.encode()),
        }
    )  # fmt: skip
    archive = packed(
        {
            "a.json": CREDENTIAL, "letter.docx": letter, "data.json": b'{"version": 1, "courses": []}',
            "page.html": b"<!DOCTYPE html><p>Dear <br> verifier", "old.xml": b"<diploma/>",
        }
    )  # fmt: skip
    found = {one.where: one.kind for one in extract(archive)}
    assert found == {
        "a.json": Kind.JSON,
        "letter.docx > word/media/image1.png > openbadgecredential": Kind.JWS_COMPACT,
        "old.xml": Kind.XML,
    }


@pytest.mark.parametrize("member", ["type", "issuer", "proof", "credentialSubject", "credential"])
def test_spoilt_credential_in_an_archive_is_not_passed_over(member: str) -> None:
    spoilt = json.dumps({member: "x", "note": "y"}).encode()
    assert len(extract(packed({"a.json": CREDENTIAL, "b.json": spoilt}))) == 2
