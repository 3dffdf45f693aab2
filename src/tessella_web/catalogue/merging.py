"""Bringing together what two people wrote at the same time: nothing is lost without somebody seeing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tessella_web.common.errors import RefusedError

__all__ = ["ChangedMeanwhileError", "merged"]


class ChangedMeanwhileError(RefusedError):
    """Two people changed the same: which elements, what one wants to write, and what the other wrote."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        hint: str,
        elements: tuple[str, ...],
        mine: Mapping[str, Any],
        theirs: Mapping[str, Any],
    ) -> None:
        super().__init__(message, code=code, hint=hint, field=elements[0])
        self.elements, self.mine, self.theirs = elements, mine, theirs


def merged(base: Any, mine: Any, theirs: Any) -> tuple[Any, bool]:
    """Both changes in one value, and whether that was possible; where not, ``mine`` stands for what both changed.

    A value that only one changed is that one's. Mappings are merged member by member, lists of parts with an ``id`` part by
    part, other lists of parts by their place as long as neither side took one away.
    """
    if mine in (theirs, base):
        return theirs, True
    if theirs == base:
        return mine, True
    if all(isinstance(one, Mapping) for one in (base, mine, theirs)):
        return _members(base, mine, theirs)
    if all(_is_parts(one) for one in (base or [], mine, theirs)):
        found = base or []
        if _has_ids(found) and _has_ids(theirs) and _has_ids([one for one in mine if one.get("id")]):
            return _by_id(found, mine, theirs)
        if min(len(mine), len(theirs)) >= len(found):
            return _by_place(found, mine, theirs)
    return mine, False


def _members(base: Any, mine: Any, theirs: Any) -> tuple[dict[str, Any], bool]:
    made: dict[str, Any] = {}
    clear = True
    for name in {**theirs, **mine, **base}:
        value, is_clear = merged(base.get(name), mine.get(name), theirs.get(name))
        clear = clear and is_clear
        if value is not None:
            made[name] = value
    return made, clear


def _is_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _has_ids(parts: list[Any]) -> bool:
    ids = [one.get("id") for one in parts]
    return all(ids) and len(ids) == len(set(ids))


def _by_id(base: list[Any], mine: list[Any], theirs: list[Any]) -> tuple[list[Any], bool]:
    """Parts in their order, then what is new in mine; a part without an id is new."""
    known, ours = ({one["id"]: one for one in parts if one.get("id")} for parts in (base, mine))
    others = {one["id"]: one for one in theirs}
    order = [*others, *(id for id in ours if id not in others)]
    if list(ours) != list(known) and list(others) == list(known):
        order = [*ours, *(id for id in others if id not in ours)]
    made: list[Any] = []
    clear = True
    for id in order:
        value, is_clear = merged(known.get(id), ours.get(id), others.get(id))
        clear = clear and is_clear
        if value is not None:
            made.append(value)
    return [*made, *(one for one in mine if not one.get("id"))], clear


def _by_place(base: list[Any], mine: list[Any], theirs: list[Any]) -> tuple[list[Any], bool]:
    pairs = [merged(*three) for three in zip(base, mine, theirs, strict=False)]
    added = [*theirs[len(base) :], *(one for one in mine[len(base) :] if one not in theirs[len(base) :])]
    return [*(value for value, _clear in pairs), *added], all(is_clear for _value, is_clear in pairs)
