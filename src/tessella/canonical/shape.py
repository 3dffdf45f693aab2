"""What a document may be made of and may cost, before anything is done with it."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any

from tessella.canonical.jcs import MAX_SAFE_INTEGER
from tessella.errors import CanonicalError, LimitError
from tessella.text import say

__all__ = [
    "MAX_CONTEXTS",
    "MAX_NESTING",
    "MAX_OBJECTS",
    "MAX_VALUES",
    "check_json",
    "is_walkable",
    "too_deep",
    "too_large",
]

MAX_NESTING = 64
"""How deep arrays and objects may nest; as in strict JSON reading."""

MAX_VALUES = 100_000
"""How many values a document may have: a European Digital Credential has about 1,000."""

MAX_OBJECTS = 2_000
"""How many objects the general way takes (about a second): a large Open Badge has 100. The one-walk way, which
handles nearly all credentials, has no such limit."""

MAX_CONTEXTS = 250
"""How many objects of a document may bring a ``@context`` of their own: each costs milliseconds to process."""

_FLAT = frozenset({str, int, bool, type(None)})
_JSON = _FLAT | {float, dict, list}


def is_walkable(document: Any) -> bool:
    """Whether a value is JSON (finite numbers, not too deep, not too large), found out in one quick pass.

    Integers are not looked at, nor keys: that is for the walk.
    """
    level = [document]
    count = 1
    embedded = 0
    for _ in range(MAX_NESTING):
        following: list[Any] = []
        for container in level:
            if type(container) is dict:
                values: Collection[Any] = container.values()
                embedded += "@context" in container
            else:
                values = container
            count += len(values)
            if _FLAT.issuperset(map(type, values)):
                continue
            kinds = set(map(type, values))
            if not kinds <= _JSON:
                return False
            if float in kinds and not all(math.isfinite(item) for item in values if type(item) is float):
                return False
            if dict in kinds or list in kinds:
                following += [item for item in values if type(item) is dict or type(item) is list]
        if count > MAX_VALUES or embedded > MAX_CONTEXTS:
            return False
        if not following:
            return True
        level = following
    return False


def check_json(document: object) -> None:
    """Refuse what JSON does not have or what readers take differently, and what is too deep or too large.

    Raises:
        CanonicalError: ``canonical.value`` (not JSON), ``canonical.number`` (NaN, infinity, an integer beyond
            ±(2⁵³−1)).
        LimitError: ``canonical.depth``, ``canonical.size``.
    """
    level = [document]
    depth = 0
    spent = {MAX_VALUES: 0, MAX_OBJECTS: 0, MAX_CONTEXTS: 0}
    while level:
        depth += 1
        if depth > MAX_NESTING + 1:
            raise too_deep()
        spent[MAX_VALUES] += len(level)
        following: list[object] = []
        for value in level:
            kind = type(value)
            if kind not in _JSON:
                raise _not_json(kind.__name__)
            if isinstance(value, dict):
                if not all(type(key) is str for key in value):
                    raise _not_json("object with a key that is not text")
                spent[MAX_OBJECTS] += 1
                spent[MAX_CONTEXTS] += "@context" in value
                following.extend(value.values())
            elif isinstance(value, list):
                following.extend(value)
            elif isinstance(value, int | float):
                _check_number(value)
        if any(used > limit for limit, used in spent.items()):
            raise too_large()
        level = following


def _check_number(value: int | float) -> None:
    if isinstance(value, int):
        if abs(value) <= MAX_SAFE_INTEGER:
            return
        reason = say("The integer %(value)s is too large to be read the same everywhere.", value=value)
    elif not math.isfinite(value):
        reason = say("The number %(value)s does not exist in JSON.", value=value)
    else:
        return
    raise CanonicalError(reason, code="canonical.number", got=value, hint=say("Write it as text."))


def _not_json(kind: str) -> CanonicalError:
    return CanonicalError(
        say("The document is not JSON: it holds a value of type %(kind)s.", kind=kind), code="canonical.value"
    )


def too_deep() -> LimitError:
    """The error for a document that nests too deep."""
    return LimitError(
        say("The document nests deeper than %(limit)s levels.", limit=MAX_NESTING),
        code="canonical.depth",
        expected=MAX_NESTING,
    )


def too_large() -> LimitError:
    """The error for a document that is too much work."""
    return LimitError(
        say("The document has too many values or contexts."),
        code="canonical.size",
        expected=say(
            "at most %(values)s values, %(objects)s objects, %(contexts)s contexts",
            values=MAX_VALUES,
            objects=MAX_OBJECTS,
            contexts=MAX_CONTEXTS,
        ),
        hint=say("Split it into several documents."),
    )
