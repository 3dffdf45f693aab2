"""Files packed by gzip, as they are and in base64."""

from __future__ import annotations

import base64
import gzip

import pytest

from tessella.containers import Kind, detect, extract
from tessella.containers._limits import MAX_FILE_BYTES
from tessella.errors import DecodeError, LimitError

JSON = b'{"@context": "x"}'
PACKED = gzip.compress(JSON)


@pytest.mark.parametrize(
    "data",
    [PACKED, base64.b64encode(PACKED), base64.encodebytes(PACKED), b" " + base64.b64encode(PACKED) + b"\n"],
)
def test_packed_file_is_opened(data: bytes) -> None:
    assert detect(data) is Kind.GZIP
    (one,) = extract(data)
    assert (one.kind, one.data, one.where) == (Kind.JSON, JSON, "")


@pytest.mark.parametrize(
    "data",
    [PACKED[:-9], PACKED[:12] + b"\xff\xff" + PACKED[14:], base64.b64encode(PACKED)[:-9] + b"=", b"H4sIAAAA"],
)
def test_damaged_file_is_an_error(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        extract(data)
    assert caught.value.code == "container.truncated"


def test_bomb_stops_at_the_limit() -> None:
    with pytest.raises(LimitError) as caught:
        extract(gzip.compress(b"{" + b" " * MAX_FILE_BYTES))
    assert caught.value.code == "container.size"


def test_bombs_in_bombs_stop() -> None:
    data = JSON
    for _ in range(20):
        data = gzip.compress(data)
    with pytest.raises(LimitError) as caught:
        extract(data)
    assert caught.value.code == "container.depth"
