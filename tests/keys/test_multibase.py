"""Strict text forms of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import DecodeError, LimitError
from tessella.keys import (
    base58btc_decode,
    base58btc_encode,
    base64url_decode,
    base64url_encode,
    multibase_decode,
    multibase_encode,
)
from tessella.keys.multibase import MAX_BASE58_CHARS

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def slow_base58(data: bytes) -> str:
    """The textbook algorithm, one digit at a time."""
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = ALPHABET[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


@given(st.binary(max_size=150))
def test_base58btc_agrees_with_the_textbook_and_round_trips(data: bytes) -> None:
    text = base58btc_encode(data)
    assert text == slow_base58(data)
    assert base58btc_decode(text) == data


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
        (b"", ""),
    ],
)
def test_base58btc_known_answers(data: bytes, text: str) -> None:
    """The examples of draft-msporny-base58-03 §5."""
    assert base58btc_encode(data) == text
    assert base58btc_decode(text) == data


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "ab cd", "é", "abc\n"])
def test_base58btc_other_characters_are_refused(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        base58btc_decode(text)
    assert caught.value.code == "input.decode.base58"


def test_base58btc_too_long_is_refused() -> None:
    with pytest.raises(LimitError):
        base58btc_decode("2" * (MAX_BASE58_CHARS + 1))


@given(st.binary(max_size=150))
def test_base64url_round_trips(data: bytes) -> None:
    assert base64url_decode(base64url_encode(data)) == data
    assert base64url_decode(base64url_encode(data).encode()) == data


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "QQ\n", "a b", "+/+/", "é", "QUI=", "*"])
def test_base64url_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        base64url_decode(text)
    assert caught.value.code == "input.decode.base64url"


@given(st.binary(max_size=80), st.sampled_from("zu"))
def test_multibase_round_trips(data: bytes, base: str) -> None:
    text = multibase_encode(data, base)
    assert text[0] == base
    assert multibase_decode(text) == data


@pytest.mark.parametrize("text", ["", "mQUI", "f00", "Z2"])
def test_multibase_other_bases_are_refused(text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        multibase_decode(text)
    assert caught.value.code == "input.decode.multibase"
