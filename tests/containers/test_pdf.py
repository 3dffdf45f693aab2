"""Files embedded in PDF."""

import contextlib
import io

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.containers import read_pdf
from tessella.errors import DecodeError, LimitError, TessellaError, UnsupportedError


def pdf(attachments: dict[str, bytes], password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name, content in attachments.items():
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


TWO = pdf({"credential.json": b'{"a": 1}', "agréé.jwt": b"x.y.z"})


def test_attachments_are_found() -> None:
    assert [(a.name, a.data) for a in read_pdf(TWO)] == [
        ("agréé.jwt", b"x.y.z"),
        ("credential.json", b'{"a": 1}'),
    ]


def test_names_are_plain_strings() -> None:
    assert {type(a.name) for a in read_pdf(TWO)} == {str}


def test_pdf_without_attachments_gives_nothing() -> None:
    assert read_pdf(pdf({})) == ()


def test_password_is_asked_for_clearly() -> None:
    with pytest.raises(UnsupportedError) as caught:
        read_pdf(pdf({"a": b"b"}, password="secret"))
    assert caught.value.code == "container.encrypted"


def test_too_many_attachments_are_refused() -> None:
    with pytest.raises(LimitError) as caught:
        read_pdf(pdf({f"{n}.json": b"{}" for n in range(101)}))
    assert caught.value.code == "container.members"


def test_too_large_attachment_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        read_pdf(pdf({"big.json": b" " * 10_000_001}))
    assert (caught.value.code, caught.value.place) == ("container.size", "big.json")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"%PDF-1.7\nnonsense", TWO[: len(TWO) // 2]])
def test_damaged_pdf_is_named(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read_pdf(data)
    assert caught.value.code == "container.pdf"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TWO) - 1), st.binary(min_size=1, max_size=8))
def test_changed_bytes_never_raise_a_foreign_error(at: int, patch: bytes) -> None:
    with contextlib.suppress(TessellaError):
        read_pdf(TWO[:at] + patch + TWO[at + len(patch) :])
