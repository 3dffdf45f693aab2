"""Mails and mailboxes."""

import contextlib
import io
import time
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.containers import Kind, bake_png, detect, extract, is_mail, read_mail
from tessella.errors import DecodeError, LimitError, TessellaError
from tests.containers.test_archive import packed
from tests.containers.test_pdf import pdf
from tests.containers.test_png import png

CREDENTIAL = b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"]}'
JWS = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"


def mail(
    *attachments: tuple[str, bytes], text: str = "Dear helpdesk,\n\nplease see the file.\n"
) -> EmailMessage:
    """A mail as programs write it."""
    message = EmailMessage()
    message["From"] = "Sanne de Vries <sanne@learners.example>"
    message["To"] = "helpdesk@uni.example"
    message["Subject"] = "My certificate – Zeugnis"
    message["Date"] = "Sun, 22 Nov 2026 09:00:00 +0100"
    message.set_content(text)
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def found(data: bytes) -> list[tuple[Kind, str]]:
    return [(item.kind, item.where) for item in extract(data) if item.kind is not Kind.PDF]


def test_attachments_are_found_by_their_names() -> None:
    data = mail(("badge.json", CREDENTIAL), ("Zertifikat für Ana.json", CREDENTIAL)).as_bytes()
    assert detect(data) is Kind.MAIL
    assert found(data) == [(Kind.JSON, "badge.json"), (Kind.JSON, "Zertifikat für Ana.json")]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_content_comes_byte_for_byte(newline: bytes) -> None:
    data = mail(("badge.json", CREDENTIAL)).as_bytes().replace(b"\n", newline)
    assert [part.data for part in read_mail(data) if not part.is_text] == [CREDENTIAL]


def test_name_encoded_as_a_header_is_decoded() -> None:
    data = (
        b"From: a@b.example\nDate: now\nMIME-Version: 1.0\nContent-Type: application/json\n"
        b'Content-Disposition: attachment; filename="=?utf-8?q?Pr=C3=BCfung=2Ejson?="\n\n{}'
    )
    assert [part.name for part in read_mail(data)] == ["Prüfung.json"]


def test_trail_leads_through_mail_archive_pdf_and_picture() -> None:
    document = pdf({"badge.png": bake_png(png(), JWS.encode())})
    inner = mail(("all.zip", packed({"certificate.pdf": document})))
    outer = mail(("note.json", CREDENTIAL))
    outer.add_attachment(inner)
    assert found(outer.as_bytes()) == [
        (Kind.JSON, "note.json"),
        (
            Kind.JWS_COMPACT,
            "My certificate – Zeugnis > all.zip > certificate.pdf > badge.png > openbadgecredential",
        ),
    ]


def test_pasted_credential_is_found_and_a_letter_is_not() -> None:
    assert found(mail(text=JWS).as_bytes()) == [(Kind.JWS_COMPACT, "part 1")]
    assert found(mail(text="https://uni.example/badge").as_bytes()) == []
    assert found(mail(text='{"cut').as_bytes()) == []


def test_mailbox_gives_the_parts_of_its_mails() -> None:
    box = io.BytesIO()
    for name in ("a.json", "b.json"):
        box.write(b"From sanne@learners.example Sun Nov 22 09:00:00 2026\n")
        box.write(mail((name, CREDENTIAL)).as_bytes() + b"\n")
    assert found(box.getvalue()) == [(Kind.JSON, "mail 1 > a.json"), (Kind.JSON, "mail 2 > b.json")]


def test_mailbox_with_one_mail_is_that_mail() -> None:
    box = b"From x@y.example Sun Nov 22 09:00:00 2026\n" + mail(("a.json", CREDENTIAL)).as_bytes()
    assert found(box) == [(Kind.JSON, "a.json")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From here on\nDear helpdesk",
        b"To: you\nhello",
        b"{}",
        b"https://a.example",
        b"a: 1\nb: 2\nc: 3\n",
    ],
)
def test_other_text_is_no_mail(data: bytes) -> None:
    assert not is_mail(data)


def test_too_many_parts_are_refused() -> None:
    data = mail(*((f"{number}.json", b"{}") for number in range(501))).as_bytes()
    with pytest.raises(LimitError) as caught:
        read_mail(data)
    assert caught.value.code == "container.members"


def test_too_many_mails_are_refused() -> None:
    with pytest.raises(LimitError) as caught:
        read_mail(b"From a\nFrom: b\n\n" * 5_001)
    assert caught.value.code == "container.members"


HEAD = b"From: a@b.example\nDate: now\nMIME-Version: 1.0\n"


def deep(levels: int, lines: int) -> bytes:
    """Multiparts within multiparts, and then many lines."""
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        for level in range(levels)
    )
    return HEAD + opening + b"\n" + b"x\n" * lines


def test_nesting_and_lines_together_are_limited() -> None:
    with pytest.raises(LimitError) as caught:
        read_mail(deep(400, 100_000))
    assert caught.value.code == "container.mail-work"


@pytest.mark.parametrize("levels", [100, 3_000])
def test_deep_nesting_is_read_or_refused_soon(levels: int) -> None:
    started = time.monotonic()
    with contextlib.suppress(DecodeError, LimitError):
        read_mail(deep(levels, 10))
    assert time.monotonic() - started < 10


@settings(deadline=None)
@given(st.data())
def test_damaged_mail_raises_no_foreign_error(data: st.DataObject) -> None:
    original = mail(("badge.json", CREDENTIAL), ("ü.pdf", b"%PDF-")).as_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    noise = data.draw(st.binary(max_size=20))
    with contextlib.suppress(TessellaError):
        extract(original[:at] + noise + original[at + data.draw(st.integers(0, 20)) :])


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: uuencode\n",
        b'Content-Type: text/plain; charset="no such set"\n',
        b"Content-Type: message/rfc822\n",
        b"Content-Disposition: attachment; filename*=nosuch''%ff%00\n",
        b"Content-Disposition: attachment; filename*0*=x'y'%zz; filename*2=b\n",
        b'Content-Disposition: attachment; filename="=?nosuch?b?!!?="\n',
        b"Content-Type: multipart/mixed\n",
    ],
)
def test_odd_headers_raise_no_foreign_error(header: bytes) -> None:
    with contextlib.suppress(TessellaError):
        extract(HEAD + header + b"\n\xff\xfe hello\n")
