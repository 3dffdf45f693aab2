"""Strict JSON: what is parsed is exactly what was written, or it is refused.

RFC 8259 leaves to the reader what a repeated key, a lone surrogate or ``NaN`` means; two readers of the
same signed bytes may then see different claims. Here each of them is an error, as I-JSON (RFC 7493 §2)
asks of senders.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import orjson

from tessella.errors import ConfigError, DecodeError, LimitError
from tessella.text import say

__all__ = ["DEEPEST", "DEFAULT_LIMITS", "MAX_BYTES", "MAX_DEPTH", "Limits", "loads", "loads_lines"]

MAX_BYTES = 10_000_000
"""Default size cap: a European Digital Credential with images inside has about 0.1 to 3 MB."""

MAX_DEPTH = 64
"""Default nesting cap: credentials nest about 10 deep; what recurses over the result stays far from
the interpreter's own limit."""

DEEPEST = 200
"""The deepest limit one can ask for: everything that recurses over a value works at this depth."""

_BOM = b"\xef\xbb\xbf"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a JSON text may cost: its size in bytes and how deep arrays and objects nest."""

    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH

    def __post_init__(self) -> None:
        if self.max_depth > DEEPEST:
            raise ConfigError(
                say("A depth limit over %(deepest)s cannot be kept.", deepest=DEEPEST),
                code="config.depth",
                got=self.max_depth,
                expected=DEEPEST,
            )


DEFAULT_LIMITS = Limits()
"""What a document may have when the caller does not say otherwise."""

_decode = msgspec.json.Decoder().decode


def loads(data: bytes | str, *, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Parse one JSON text (RFC 8259, with the restrictions of I-JSON).

    Guarantees: UTF-8 without byte order mark; no object repeats a key; no ``NaN``, ``Infinity`` or number
    too large for a double; no lone surrogate. Integers are exact whatever their size (up to 4,300 digits);
    numbers with a fraction or an exponent become the nearest double. The result holds only ``dict``, ``list``,
    ``str``, ``int``, ``float``, ``bool`` and ``None``.

    Raises:
        DecodeError: not such a text; ``input.duplicate-key`` names the key and its place.
        LimitError: larger (``input.size``) or deeper (``input.depth``) than ``limits``.
    """
    if isinstance(data, str):
        try:
            data = data.encode()
        except UnicodeEncodeError as error:
            raise DecodeError(
                say("The text contains half a character (a lone surrogate)."),
                code="input.encoding",
                hint=say("Remove or repair the broken character."),
            ) from error
    if len(data) > limits.max_bytes:
        raise LimitError(
            say(
                "The JSON text has %(got)s bytes; the limit is %(limit)s.",
                got=len(data),
                limit=limits.max_bytes,
            ),
            code="input.size",
            got=len(data),
            expected=limits.max_bytes,
        )
    value = _parse(data)
    written = _written(value)
    if written is None or _deeper(written, limits.max_depth):
        _check_depth(value, limits.max_depth)
    if not _has_unique_keys(data, written):
        _refuse_duplicate(data)
    return value


def loads_lines(lines: bytes) -> list[Any]:
    """Parse many small JSON texts, each with the guarantees of `loads` and each ended by a line break.

    The same values and errors as ``[loads(text) for text in lines.split(b"\\n")[:-1]]``, with less to do for each.

    Raises:
        DecodeError, LimitError: as `loads`, for the first text that is wrong.
    """
    texts = lines.split(b"\n")[:-1]
    try:
        values = list(map(_decode, texts))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        values = []
    if len(values) == len(texts) and len(lines) <= MAX_BYTES:
        written = _written(values)
        if written is not None and not _deeper(written, MAX_DEPTH + 1) and _has_unique_keys(lines, written):
            return values
    return [loads(text) for text in texts]


def _parse(data: bytes) -> Any:
    if data.startswith(_BOM):
        raise DecodeError(
            say("The JSON text starts with a byte order mark."),
            code="input.byte-order-mark",
            hint=say("Save the file as UTF-8 without a byte order mark (BOM)."),
        )
    try:
        return _decode(data)
    except UnicodeDecodeError as error:
        raise DecodeError(
            say("The JSON text is not UTF-8."),
            code="input.encoding",
            hint=say("Save the file as UTF-8."),
        ) from error
    except RecursionError as error:
        raise LimitError(say("The JSON text nests too deep."), code="input.depth") from error
    except msgspec.DecodeError as error:  # ValidationError (a number out of range) is one too
        raise DecodeError(
            say("This is not valid JSON: %(reason)s.", reason=str(error).rstrip(".")),
            hint=say("Check the text with a JSON editor at that place."),
        ) from error


def _written(value: Any) -> bytes | None:
    """The value as indented JSON: how deep it nests and how many members it has can be read off quickly.

    None where it cannot be written (an integer over 64 bits, nesting beyond what the writer takes).
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        return None


def _deeper(written: bytes, depth: int) -> bool:
    """Whether a line lies inside ``depth`` containers. Texts hold no raw line breaks, so only lines do.

    The lines that lead so deep and back are indented by two for each container around them: a short text has no room for them.
    """
    return len(written) > 2 * depth * depth and b"\n" + b"  " * depth in written


def _check_depth(value: Any, limit: int) -> None:
    """Go down level by level; a scalar has depth 0."""
    level = [value] if type(value) in (dict, list) else []
    depth = 0
    while level:
        depth += 1
        if depth > limit:
            raise LimitError(
                say("The JSON text nests deeper than %(limit)s levels.", limit=limit),
                code="input.depth",
                expected=limit,
            )
        level = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
            if type(item) is dict or type(item) is list
        ]


def _has_unique_keys(data: bytes, written: bytes | None) -> bool:
    """Whether no key was lost in parsing, told from the number of colons.

    A colon is written in a JSON text once per member and once per literal colon in a string. Writing the
    parsed value again gives the same number unless a member was dropped (then fewer: its own colon is
    missing, and none is added). A colon may also be written ``\\u003a``; then, and where the value cannot be
    written again (an integer over 64 bits), the members are looked at one by one. Without objects there are no members.
    """
    if b"{" not in data:
        return True
    if written is not None and (b"\\" not in data or b"u003" not in data):
        return written.count(b":") == data.count(b":")
    return _first_duplicate(data) is None


class _Object(dict[str, Any]):
    """An object as the slow parser sees it: remembers the first key that came twice."""

    duplicate: str | None = None

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, Any]]) -> _Object:
        result = cls()
        for key, value in pairs:
            if key in result and result.duplicate is None:
                result.duplicate = key
            result[key] = value
        return result


def _search(value: Any, path: tuple[str, ...]) -> tuple[str, ...] | None:
    if isinstance(value, _Object):
        if value.duplicate is not None:
            return (*path, value.duplicate)
        members: list[tuple[str, Any]] = list(value.items())
    elif isinstance(value, list):
        members = [(f"[{index}]", item) for index, item in enumerate(value)]
    else:
        return None
    for key, item in members:
        if (found := _search(item, (*path, key))) is not None:
            return found
    return None


def _first_duplicate(data: bytes) -> tuple[str, ...] | None:
    return _search(json.loads(data, object_pairs_hook=_Object.from_pairs), ())


def _refuse_duplicate(data: bytes) -> None:
    path = _first_duplicate(data) or ("?",)
    place = "$" + "".join(step if step.startswith("[") else f".{step}" for step in path)
    raise DecodeError(
        say('The key "%(key)s" appears twice in one object.', key=path[-1]),
        code="input.duplicate-key",
        got=path[-1],
        hint=say("Keep one of the two; a signature cannot say which was meant."),
        place=place,
    )
