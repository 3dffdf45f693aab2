"""Packing and expanding status bits."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import DecodeError, LimitError
from tessella.status import MAX_LIST_BYTES, compress_bitstring, expand_bitstring
from tessella.status.bitstring import value_at


@given(st.binary(max_size=4000))
def test_bitstring_round_trips_and_is_deterministic(bits: bytes) -> None:
    text = compress_bitstring(bits)
    assert text[0] == "u"
    assert "=" not in text
    assert expand_bitstring(text) == bits
    assert compress_bitstring(bits) == text


def test_expand_the_example_of_the_recommendation() -> None:
    """§2.2, example 3: 131,072 clear bits."""
    bits = expand_bitstring("uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA")
    assert bits == bytes(16_384)


def test_expand_a_list_made_by_another_implementation() -> None:
    """131,072 bits; the credential that points to it has index 23 and is revoked."""
    bits = expand_bitstring("uH4sIAAAAAAAA_-3BMQEAAAzDoMy_6cnoA9QFAAAAAAAAAAAAAAAAAAAAbD3uPa2cAEAAAA")
    assert len(bits) == 16_384
    assert [index for index in range(len(bits) * 8) if value_at(bits, index)] == [23]


def multibase(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


GZIPPED = gzip.compress(bytes(100))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "u",
        multibase(GZIPPED)[1:],
        "z" + multibase(GZIPPED)[1:],
        multibase(GZIPPED) + "==",
        multibase(GZIPPED[:-1]),  # cut
        multibase(GZIPPED + b"x"),  # something after it
        multibase(GZIPPED + GZIPPED),  # two streams
        multibase(GZIPPED[:-6] + b"\0\0" + GZIPPED[-4:]),  # wrong checksum
        multibase(b"not gzip"),
        multibase(GZIPPED)[:-4] + "!!!!",
    ],
)
def test_expand_anything_but_one_gzip_stream_is_refused(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        expand_bitstring(text)
    assert caught.value.code == "input.decode.status-list"


def test_expand_a_bomb_is_refused_at_the_limit() -> None:
    assert len(expand_bitstring(multibase(gzip.compress(bytes(MAX_LIST_BYTES))))) == MAX_LIST_BYTES
    with pytest.raises(LimitError) as caught:
        expand_bitstring(multibase(gzip.compress(bytes(MAX_LIST_BYTES + 1))))
    assert caught.value.code == "input.limit.status-list"
    with pytest.raises(LimitError):
        expand_bitstring("u" * (2 * MAX_LIST_BYTES + 2))


@given(st.binary(min_size=1, max_size=40), st.integers(1, 8), st.integers(0, 400))
def test_value_at_agrees_with_the_bits_written_out(bits: bytes, size: int, index: int) -> None:
    text = "".join(f"{byte:08b}" for byte in bits)
    cut = text[index * size : (index + 1) * size]
    assert value_at(bits, index, size) == (int(cut, 2) if len(cut) == size else None)
