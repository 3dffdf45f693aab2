"""What a document may be made of and may cost, before anything is done with it."""

from __future__ import annotations

import math
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
    "is_json",
    "too_deep",
    "too_large",
]

MAX_NESTING = 64
"""How deep arrays and objects may nest; as in strict JSON reading."""

MAX_VALUES = 100_000
"""How many values the general way takes: a European Digital Credential has about 1,000. The one-walk way, which
handles nearly all credentials and takes time in proportion to the size, has none of these three limits."""

MAX_OBJECTS = 2_000
"""How many objects the general way takes (about a second): a large Open Badge has 100."""

MAX_CONTEXTS = 250
"""How many objects of a document may bring a ``@context`` of their own: each costs milliseconds to process."""

_JSON = frozenset({str, int, float, bool, type(None), dict, list})


def is_json(value: Any, nesting: int) -> bool:
    """Whether a value is JSON of plain types, with finite numbers, nested at most ``nesting`` deep.

    Integers are not looked at, nor keys.
    """
    level: list[Any] = [[value]]
    for _ in range(nesting + 1):
        items = [
            item
            for container in level
            for item in (container.values() if type(container) is dict else container)
        ]
        if not _JSON.issuperset(map(type, items)):
            return False
        if not all(math.isfinite(item) for item in items if type(item) is float):
            return False
        level = [item for item in items if type(item) is dict or type(item) is list]
        if not level:
            return True
    return False


def check_json(document: object) -> bool:
    """Refuse what JSON does not have or what readers take differently, and what is too deep or too large.

    Texts and integers of a subclass (enumeration members) are JSON; returns whether there are any.

    Raises:
        CanonicalError: ``canonical.value`` (not JSON), ``canonical.number`` (NaN, infinity, an integer beyond
            ±(2⁵³−1)).
        LimitError: ``canonical.depth``, ``canonical.size``.
    """
    level = [document]
    depth = 0
    members = False
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
                if not isinstance(value, str | int):
                    raise _not_json(kind.__name__)
                members = True
            if isinstance(value, dict):
                if not all(isinstance(key, str) for key in value):
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
    return members


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
