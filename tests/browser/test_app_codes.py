"""The second factor by an app: adding it, its recovery codes, showing it again and taking it away, each page looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.axe import problems
from tests.browser.site import Site
from tests.web.accounts.test_second_factor import now_code


def test_an_app_from_adding_it_to_taking_it_away(visitor: Callable[..., Any], site: Site) -> None:
    page = visitor("ayse.demir@seebrueck.example")
    page.goto("/me/second-factor")
    page.get_by_role("link", name="Add an app").click()
    page.get_by_role("heading", level=1, name="Add an app").wait_for()
    assert problems(page) == []
    page.get_by_label("Code").fill("000000")
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("heading", name="Please look at this again").wait_for()
    assert problems(page) == []
    page.get_by_label("Code").fill(now_code(page.locator("code.secret").inner_text()))
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("heading", level=1, name="Recovery codes").wait_for()
    assert problems(page) == []
    assert page.locator("ul.codes li").count() == 10
    codes = page.locator("ul.codes li").all_inner_texts()
    page.goto("/me/second-factor/codes/new")
    assert problems(page) == []
    page.goto("/me/again")
    assert problems(page) == []
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Confirm").click()
    page.goto("/me/second-factor")
    assert problems(page) == []
    page.get_by_role("link", name="Remove the app").click()
    assert problems(page) == []
    page.get_by_role("main").get_by_role("button").first.click()
    page.get_by_role("link", name="Add an app").wait_for()  # others sign in as the same person here
