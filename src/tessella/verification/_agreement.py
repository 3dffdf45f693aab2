"""Whether two normal forms say the same: side by side, as far as both speak."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from tessella.canonical import key_of

__all__ = ["Agreement", "agree"]

MAX_ITEMS = 400
"""Longer lists are compared as wholes: pairing takes time that grows with the square. The longest seen has 60."""


class Agreement(msgspec.Struct, kw_only=True):
    """What comes of comparing: how many values are the same, which differ, and what only one side says."""

    same: int = 0
    different: list[tuple[str, Any, Any]] = []
    only_left: list[str] = []
    only_right: list[str] = []

    @property
    def holds(self) -> bool:
        """Nothing differs, and something is the same."""
        return not self.different and self.same > 0


def agree(left: Any, right: Any, *, parts_of: Collection[str] = ()) -> Agreement:
    """Compare two values of `claims`.

    Texts are compared in the languages both have, parts in the fields both have. Items of lists are paired, best first; an item
    without partner is a difference, unless the other side is named in ``parts_of`` (``left``, ``right``): it may show a part of its list.
    """
    made = Agreement(different=[], only_left=[], only_right=[])
    _compare(left, right, "", made, parts_of)
    return made


def _compare(left: Any, right: Any, at: str, made: Agreement, parts_of: Collection[str]) -> None:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in left.keys() | right.keys():
            place = f"{at}.{name}".lstrip(".")
            if name not in right:
                made.only_left.append(place)
            elif name not in left:
                made.only_right.append(place)
            else:
                _compare(left[name], right[name], place, made, parts_of)
    elif isinstance(left, list) and isinstance(right, list):
        _compare_lists(left, right, at, made, parts_of)
    elif left == right:
        made.same += 1
    else:
        made.different.append((at, left, right))


def _compare_lists(
    left: list[Any], right: list[Any], at: str, made: Agreement, parts_of: Collection[str]
) -> None:
    if max(len(left), len(right)) > MAX_ITEMS:
        if key_of(left) == key_of(right):
            made.same += 1
        else:
            made.different.append((at, left, right))
        return
    lone_left, lone_right = _pair(left, right, at, made, parts_of)
    if len(lone_left) == len(lone_right) == 1:
        _compare(lone_left[0], lone_right[0], at, made, parts_of)
        return
    if lone_left and lone_right and not _may_stand_alone(lone_left, lone_right):
        made.different.append((at, _one(lone_left), _one(lone_right)))
        return
    for lone, other, places in (
        (lone_left, "right", made.only_left),
        (lone_right, "left", made.only_right),
    ):
        if lone and other not in parts_of:
            values = (_one(lone), None) if other == "right" else (None, _one(lone))
            made.different.append((at, *values))
        elif lone:
            places.append(at)


def _may_stand_alone(left: list[Any], right: list[Any]) -> bool:
    """Nobody can tell: what is left over on both sides has no value in common to be compared."""
    return all(not one.same and not one.different for one in (agree(a, b) for a in left for b in right))


def _one(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _pair(
    left: list[Any], right: list[Any], at: str, made: Agreement, parts_of: Collection[str]
) -> tuple[list[Any], list[Any]]:
    """Pair items that agree, those with most in common first; the items left over."""
    rest_left, rest_right = dict(enumerate(left)), dict(enumerate(right))
    for _, one, other, agreement in sorted(_candidates(left, right, parts_of), key=lambda found: found[:3]):
        if one in rest_left and other in rest_right:
            del rest_left[one], rest_right[other]
            made.same += agreement.same
            made.only_left += [f"{at}.{place}" for place in agreement.only_left]
            made.only_right += [f"{at}.{place}" for place in agreement.only_right]
    return list(rest_left.values()), list(rest_right.values())


def _candidates(
    left: list[Any], right: list[Any], parts_of: Collection[str]
) -> Iterator[tuple[int, int, int, Agreement]]:
    for one, a in enumerate(left):
        for other, b in enumerate(right):
            found = agree(a, b, parts_of=parts_of)
            if found.holds:
                yield len(found.only_left) + len(found.only_right) - 2 * found.same, one, other, found
