"""ZIP archives."""

import io
import struct
import zipfile

import pytest

from tessella.containers import Member, list_zip, read_zip
from tessella.errors import DecodeError, LimitError, UnsupportedError


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_members_are_listed_and_read() -> None:
    data = packed({"a/": b"", "a/one.json": b"{}", "../two.json": b"[]"})
    assert list_zip(data) == (Member(name="a/one.json", size=2), Member(name="../two.json", size=2))
    assert list(read_zip(data)) == [("a/one.json", b"{}"), ("../two.json", b"[]")]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"bomb": b"\0" * 20_000_000}, "container.ratio"),
        ({str(n): b"" for n in range(5_001)}, "container.members"),
    ],
)
def test_bombs_are_refused(members: dict[str, bytes], code: str) -> None:
    with pytest.raises(LimitError) as caught:
        list_zip(packed(members))
    assert caught.value.code == code


def test_declared_total_is_limited() -> None:
    data = bytearray(packed({"a": b"x"}))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 300_000_000)
    with pytest.raises(LimitError) as caught:
        list_zip(bytes(data))
    assert caught.value.code == "container.size"


def test_size_that_lies_does_not_unpack_more() -> None:
    data = bytearray(packed({"a": b"x" * 1000}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 10)
    ((_, content),) = read_zip(bytes(data))
    assert isinstance(content, DecodeError) or len(content) == 10  # type: ignore[arg-type]


def test_damaged_member_does_not_stop_the_others() -> None:
    data = packed({"a": b"aaaa", "b": b"bbbb"}, zipfile.ZIP_STORED).replace(b"aaaa", b"aaab")
    (_, first), (_, second) = read_zip(data)
    assert isinstance(first, DecodeError)
    assert (first.code, first.place, second) == ("container.checksum", "a", b"bbbb")


def test_encrypted_member_is_named() -> None:
    data = bytearray(packed({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    ((_, content),) = read_zip(bytes(data))
    assert isinstance(content, UnsupportedError)
    assert content.code == "container.encrypted"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", packed({"a": b"x"})[:-5]])
def test_cut_archive_is_named(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        list_zip(data)
    assert caught.value.code == "container.truncated"
