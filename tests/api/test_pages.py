"""Everything that the pages can do, programs can: a page that changes something and has no operation fails here."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tessella_web.api.operations import OPERATIONS
from tests.web.matrix.access import METHODS
from tests.web.matrix.test_matrix import TABLE as PAGES

TABLE = tomllib.loads(Path(__file__).with_name("pages.toml").read_text("utf-8"))

UNSAFE = set(METHODS) - {"GET"}


def changing_pages() -> set[str]:
    """Pages that take more than GET from somebody, and those that the matrix lets nobody into: what they take cannot be read there."""
    return {name for name, row in PAGES.items() if UNSAFE & set(row) or "GET" not in row}


def test_every_page_that_changes_something_has_its_operations_or_a_reason() -> None:
    assert sorted([*TABLE["operations"], *TABLE["people-only"]]) == sorted(
        changing_pages() - set(TABLE["reading"])
    )


def test_pages_that_are_said_to_read_take_nothing() -> None:
    assert [page for page in TABLE["reading"] if UNSAFE & set(PAGES.get(page, ()))] == []


def test_the_operations_are_there_and_change_something() -> None:
    named = {page: row.split() for page, row in TABLE["operations"].items()}
    unknown = {name for names in named.values() for name in names} - set(OPERATIONS)
    assert unknown == set()
    assert [page for page, names in named.items() if any(OPERATIONS[one].is_safe for one in names)] == []


def test_the_reasons_are_reasons() -> None:
    assert [page for page, reason in TABLE["people-only"].items() if len(reason.split()) < 5] == []


def test_an_operation_that_changes_something_stands_at_its_page() -> None:
    """What no page does is named here, with why it is there all the same."""
    more = {
        "approve_as_peer", "decide_review_as_peer", "answer_question_as_peer", "comment_as_peer",  # the page is that of the review
        "withdraw_peer",  # asked by mistake
        "give_role",  # one role, where the page sets them all
    }  # fmt: skip
    named = {name for row in TABLE["operations"].values() for name in row.split()}
    unsafe = {name for name, one in OPERATIONS.items() if not one.is_safe}
    assert sorted(unsafe - named - more) == []
