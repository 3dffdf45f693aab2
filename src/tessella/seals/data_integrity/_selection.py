"""Choosing parts of a document by JSON pointers (VC-DI-ECDSA 1.0 §3.4.10 to §3.4.13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tessella.canonical import MAX_NESTING
from tessella.errors import LimitError, SchemaError
from tessella.text import say

__all__ = ["MAX_POINTERS", "Selection", "fresh", "select"]

MAX_POINTERS = 1_000
"""Pointers of one selection; a badge has about 60 elements."""

MAX_STEPS = 64
"""Steps of one pointer: as deep as a document may nest."""

_INDEX = re.compile(r"(?:0|[1-9][0-9]{0,9})\Z").match
_ESCAPE = re.compile(r"~(?![01])").search

_KEPT = ("id", "@id", "type", "@type", "@context")
"""What goes, whole, with everything chosen inside an object (§3.4.11): without it the rest would mean something else."""

_Tree = dict[str, Any]
"""Step → what is chosen below it; an empty tree is everything below."""


class Selection:
    """A selected document; ``sources`` tells for each of its new objects (by ``id()``) from which one it was made.

    What is chosen whole is not copied: it is the same object in both documents.
    """

    __slots__ = ("document", "sources")

    def __init__(self, document: dict[str, Any], sources: Mapping[int, int]) -> None:
        self.document = document
        self.sources = sources


def fresh(value: Any, depth: int = 0) -> Any:
    """A copy in which no object or array is in two places (`copy.deepcopy` keeps such sharing).

    Raises:
        LimitError: ``canonical.depth``.
    """
    if depth > MAX_NESTING:
        raise LimitError(
            say("The document nests deeper than %(limit)s levels.", limit=MAX_NESTING),
            code="canonical.depth",
            expected=MAX_NESTING,
        )
    if isinstance(value, Mapping):
        return {key: fresh(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fresh(item, depth + 1) for item in value]
    return value


def select(document: dict[str, Any], pointers: Iterable[str]) -> Selection | None:
    """The document with only what the pointers name, and the ids and types on the way there; None for no pointers.

    Of an array those items remain that are chosen, in their order. The document needs to be `fresh`.

    Raises:
        SchemaError: ``input.schema.pointer``, not a JSON pointer, or there is nothing at that place.
        LimitError: more than `MAX_POINTERS`.
    """
    tree: _Tree | None = None
    whole = False
    for count, pointer in enumerate(pointers):
        if count >= MAX_POINTERS:
            raise LimitError(
                say("More than %(limit)s elements are chosen.", limit=MAX_POINTERS),
                code="input.limit.pointers",
            )
        steps = _steps(pointer)
        _check_place(document, steps, pointer)
        tree = {} if tree is None else tree
        if whole or not steps:
            whole, tree = True, {}
            continue
        _plant(tree, steps)
    if tree is None:
        return None
    sources: dict[int, int] = {}
    return Selection(_selected(document, tree, sources) if tree else document, sources)


def _plant(tree: _Tree, steps: list[str]) -> None:
    """Add a path to the tree; a path that another one already covers adds nothing."""
    for number, step in enumerate(steps):
        if step in tree and not tree[step]:
            return
        if number == len(steps) - 1:
            tree[step] = {}
        else:
            tree = tree.setdefault(step, {})


def _steps(pointer: str) -> list[str]:
    """§3.4.10, RFC 6901 §3 and §4."""
    if (pointer and not pointer.startswith("/")) or _ESCAPE(pointer):
        raise _nothing(pointer)
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    if len(steps) > MAX_STEPS:
        raise _nothing(pointer)
    return steps


def _check_place(value: Any, steps: list[str], pointer: str) -> None:
    """§3.4.12 step 5.3: a pointer that leads nowhere is an error."""
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and _INDEX(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise _nothing(pointer)


def _selected(value: Any, tree: _Tree, sources: dict[int, int]) -> Any:
    if not tree or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        wanted = sorted((int(step), step) for step in tree)
        return [_selected(value[index], tree[step], sources) for index, step in wanted]
    chosen = {
        key: item if key in _KEPT else _selected(item, tree[key], sources)
        for key, item in value.items()
        if key in _KEPT or key in tree
    }
    sources[id(chosen)] = id(value)
    return chosen


def _nothing(pointer: str) -> SchemaError:
    return SchemaError(
        say("There is nothing at %(place)s in the credential.", place=pointer[:200]),
        code="input.schema.pointer",
        place=pointer[:200],
        hint=say("Choose among the elements that the credential has."),
    )
