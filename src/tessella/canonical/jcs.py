"""JCS: the canonical form of JSON (RFC 8785).

The fast writer (``orjson`` with sorted keys) differs from RFC 8785 in two places only: how some numbers are
written (§3.2.2.3) and the order of keys in which a character beyond U+DFFF of the basic plane meets one
outside it (§3.2.3 sorts by UTF-16 code units, ``orjson`` by code points). Values without such numbers and
keys go the fast way; the others go through ``rfc8785``.
"""

from __future__ import annotations

from typing import Any

import orjson
import rfc8785

from tessella.errors import CanonicalError, LimitError
from tessella.text import say

__all__ = ["MAX_SAFE_INTEGER", "jcs"]

MAX_SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2)."""

_NESTED = frozenset((dict, list))
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_SUBCLASS

_FLAT = frozenset({str, int, bool, type(None)})
_JSON = _FLAT | {dict, list, float}
_HIGH = bytes(range(0xEE, 0xF5))
"""Lead bytes in UTF-8 of U+E000 and above: only with these can the two key orders differ."""


def jcs(value: Any) -> bytes:
    """The canonical bytes of a JSON value made of dict, list, tuple, str, int, float, bool and None.

    Raises:
        CanonicalError: ``canonical.number`` for NaN, an infinity or an integer beyond ±(2⁵³−1), which
            readers round differently; ``canonical.text`` for a lone surrogate; ``canonical.value`` for
            anything that is not JSON.
        LimitError: ``canonical.depth`` when the value nests too deep (or contains itself).
    """
    try:
        return _fast(value) or rfc8785.dumps(value)
    except (rfc8785.IntegerDomainError, rfc8785.FloatDomainError) as error:
        raise _number_error(str(error)) from error
    except UnicodeEncodeError as error:
        raise _text_error() from error
    except RecursionError as error:
        raise LimitError(say("The value nests too deep."), code="canonical.depth") from error
    except (rfc8785.CanonicalizationError, TypeError) as error:
        if isinstance(error.__cause__, UnicodeEncodeError):
            raise _text_error() from error
        raise CanonicalError(
            say("The value is not JSON: %(reason)s.", reason=str(error).rstrip(".")),
            code="canonical.value",
        ) from error


def _text_error() -> CanonicalError:
    return CanonicalError(
        say("A text contains half a character (a lone surrogate)."),
        code="canonical.text",
        hint=say("Remove or repair the broken character."),
    )


def _number_error(reason: str) -> CanonicalError:
    return CanonicalError(
        say("A number has no canonical form: %(reason)s.", reason=reason),
        code="canonical.number",
        hint=say("Write it as text, or round it."),
    )


def _fast(value: Any) -> bytes | None:
    """The canonical bytes where ``orjson`` is known to write them; None: use the other writer."""
    try:
        written = orjson.dumps(value, option=_OPTIONS)
        kinds = _kinds(value)
        if float in kinds:
            value = _settle(value)
            if value is None:
                return None
            written = orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # not JSON, an unsafe integer, a lone surrogate, too deep: the other writer says which
        return None
    if not kinds <= _JSON or not (written.isascii() or len(written.translate(None, _HIGH)) == len(written)):
        return None
    return written


def _kinds(value: Any) -> set[type]:
    """The exact types that occur in a value that ``orjson`` could write (so it does not contain itself)."""
    kinds = {type(value)}
    level = [value] if type(value) in _NESTED else []
    while level:
        items = [item for one in level for item in (one.values() if type(one) is dict else one)]
        kinds.update(map(type, items))
        level = [item for item in items if type(item) in _NESTED]
    return kinds


def _settle(value: Any) -> Any:
    """A float, dict or list with each whole float as an int; None when the two rules write a float differently.

    Between 10⁻⁵ and 10¹⁶ both write the shortest digits that read back, without exponent.
    """
    if type(value) is float:
        if value.is_integer():
            return int(value) if -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER else None
        return value if 1e-5 <= abs(value) < 1e16 else None
    if type(value) is dict:
        if _FLAT.issuperset(map(type, value.values())):
            return value
        members = {key: item if type(item) in _FLAT else _settle(item) for key, item in value.items()}
        return None if any(members[key] is None is not item for key, item in value.items()) else members
    if _FLAT.issuperset(map(type, value)):
        return value
    items = [item if type(item) in _FLAT else _settle(item) for item in value]
    return None if any(new is None is not old for new, old in zip(items, value, strict=True)) else items
