"""Text forms of bytes: base58btc, base64url and the two multibase prefixes credentials use.

All decoders are strict: one byte string has exactly one text, and any other text is refused. This
matters for signatures, where two spellings of one value would be two credentials.
"""

from __future__ import annotations

import base64

import msgspec

from tessella.errors import DecodeError, LimitError
from tessella.text import say

__all__ = [
    "MAX_BASE58_CHARS",
    "base58btc_decode",
    "base58btc_encode",
    "base64url_decode",
    "base64url_encode",
    "multibase_decode",
    "multibase_encode",
]

MAX_BASE58_CHARS = 3_000
"""Base58 takes quadratic time. The longest value in use is an RSA-8192 public key (about 1,430 characters)."""

_LAST = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")
"""By the number of characters after the last group of four: those whose unused bits are zero."""

_TO_BASE64 = bytes.maketrans(b'-_+/="\\', b"+/\0\0\0\0\0")
"""What base64 has and base64url without padding has not becomes zero, which neither has."""
_PADS = (b"", b"===", b"==", b"=")
_from_base64 = msgspec.json.Decoder(bytes).decode

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SQUARE = 58**2
_FOURTH = 58**4
_DIGITS = 10  # per round: 58**10 is the largest even power below 2**63, so the inner steps stay small
_ROUND = 58**_DIGITS
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}


def base58btc_encode(data: bytes) -> str:
    """``data`` in base58 with the Bitcoin alphabet (no prefix), leading zero bytes as leading ``1``."""
    number = int.from_bytes(data)
    pairs: list[str] = []
    while number:
        number, low = divmod(number, _ROUND)
        high, low = low // _FOURTH, low % _FOURTH  # six and four digits: the steps stay below 2**36
        pairs += (
            _PAIRS[low % _SQUARE],
            _PAIRS[low // _SQUARE],
            _PAIRS[high % _SQUARE],
            _PAIRS[high // _SQUARE % _SQUARE],
            _PAIRS[high // _FOURTH],
        )
    pairs.reverse()
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(pairs).lstrip("1")


def base58btc_decode(text: str) -> bytes:
    """The bytes of base58btc ``text`` (without prefix).

    Raises:
        DecodeError: a character outside the alphabet.
        LimitError: longer than `MAX_BASE58_CHARS`.
    """
    if len(text) > MAX_BASE58_CHARS:
        raise LimitError(
            say("The base58 text has %(count)s characters.", count=len(text)),
            code="input.limit.base58",
            got=len(text),
            expected=MAX_BASE58_CHARS,
            hint=say("Keys and signatures are shorter; check that the right text was given."),
        )
    digits = text if len(text) % 2 == 0 else "1" + text  # a leading "1" is a leading zero digit
    values, square, number = _VALUES, _SQUARE, 0
    try:
        for start in range(0, len(digits) - len(digits) % _DIGITS, _DIGITS):
            low = values[digits[start : start + 2]]
            low = low * square + values[digits[start + 2 : start + 4]]
            low = low * square + values[digits[start + 4 : start + 6]]
            low = low * square + values[digits[start + 6 : start + 8]]
            number = number * _ROUND + low * square + values[digits[start + 8 : start + 10]]
        for start in range(len(digits) - len(digits) % _DIGITS, len(digits), 2):
            number = number * square + values[digits[start : start + 2]]
    except KeyError:
        raise DecodeError(
            say("This is not base58 text."),
            code="input.decode.base58",
            got=text[:40],
            hint=say("Base58 uses letters and digits without 0, O, I and l."),
        ) from None
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def base64url_encode(data: bytes) -> str:
    """``data`` in base64url without padding (RFC 4648 §5, RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url_decode(text: str | bytes) -> bytes:
    """The bytes of base64url ``text`` without padding.

    Refuses padding, white space, the ``+/`` alphabet and trailing bits that are not zero, so that
    every byte string has one text only.

    Raises:
        DecodeError: not canonical base64url.
    """
    try:
        raw = text.encode("ascii") if isinstance(text, str) else bytes(text)
        rest = len(raw) % 4
        if not rest or raw[-1:] in _LAST[rest]:
            # msgspec's decoder for bytes in JSON: standard base64, strict, twice as fast as binascii.
            data: bytes = _from_base64(b'"%b%b"' % (raw.translate(_TO_BASE64), _PADS[rest]))
            return data
    except (msgspec.MsgspecError, UnicodeError):
        pass
    raise DecodeError(
        say("This is not base64url text without padding."),
        code="input.decode.base64url",
        got=str(text[:40]),
        hint=say("Use the alphabet with - and _, no = at the end, and unused bits zero."),
    )


def multibase_encode(data: bytes, base: str = "z") -> str:
    """``data`` with multibase prefix: ``z`` base58btc or ``u`` base64url (CID 1.0 §2.4).

    Raises:
        DecodeError: another base.
    """
    if base == "z":
        return "z" + base58btc_encode(data)
    if base == "u":
        return "u" + base64url_encode(data)
    raise _unknown_base(base)


def multibase_decode(text: str) -> bytes:
    """The bytes of a multibase value with prefix ``z`` (base58btc) or ``u`` (base64url).

    Raises:
        DecodeError: another prefix, or not valid text of its base.
        LimitError: a base58 text longer than `MAX_BASE58_CHARS`.
    """
    if text.startswith("z"):
        return base58btc_decode(text[1:])
    if text.startswith("u"):
        return base64url_decode(text[1:])
    raise _unknown_base(text[:1])


def _unknown_base(base: str) -> DecodeError:
    return DecodeError(
        say("The multibase prefix %(base)s is not known.", base=repr(base)),
        code="input.decode.multibase",
        got=base,
        expected="z | u",
        hint=say("Write the value in base58btc (z) or base64url (u)."),
    )
