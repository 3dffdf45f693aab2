"""Comparing normal forms: what both say, items in pairs, parts of lists."""

from __future__ import annotations

from typing import Any

import pytest

from tessella.verification._agreement import MAX_ITEMS, agree

ITEM, MORE, OTHER = (
    {"title": {"en": "Reads"}},
    {"title": {"en": "Reads"}, "kind": "skill"},
    {"title": {"en": "Sees"}},
)


def told(left: Any, right: Any, **options: Any) -> tuple[int, int, list[str], list[str]]:
    found = agree(left, right, **options)
    return found.same, len(found.different), found.only_left, found.only_right


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a", "a", (1, 0, [], [])),
        ("a", "b", (0, 1, [], [])),
        ({"en": "a", "nl": "b"}, {"en": "a"}, (1, 0, ["nl"], [])),
        ({"en": "a"}, {"nl": "b"}, (0, 0, ["en"], ["nl"])),
        (["a", "b"], ["b", "a"], (2, 0, [], [])),
        (["a", "b"], ["a"], (1, 1, [], [])),
        ([ITEM, OTHER], [OTHER, MORE], (2, 0, [], [".kind"])),
        ([ITEM], [OTHER], (0, 1, [], [])),
        ([MORE], [{"title": {"en": "Sees"}, "kind": "skill"}], (1, 1, [], [])),
        ("a", ["a"], (0, 1, [], [])),
    ],
)
def test_values_are_compared_as_far_as_both_speak(left: Any, right: Any, expected: Any) -> None:
    assert told(left, right) == expected


def test_part_of_a_list_agrees_where_parts_may_be_shown() -> None:
    assert told(["a", "b"], ["a"], parts_of=["right"]) == (1, 0, [""], [])
    assert told(["a"], ["a", "b"], parts_of=["right"])[1] == 1


def test_item_with_most_in_common_is_the_partner() -> None:
    assert told([{"id": "1", "t": "x"}, {"t": "x"}], [{"t": "x"}, {"id": "1", "t": "x"}]) == (3, 0, [], [])


def test_long_lists_are_compared_as_wholes() -> None:
    long = [str(number) for number in range(MAX_ITEMS + 1)]
    assert told(long, list(long))[:2] == (1, 0)
    assert told(long, [*long[1:], "x"])[:2] == (0, 1)
