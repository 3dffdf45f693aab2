"""With the keyboard alone: from the first page into the workspace and out again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.site import Site

FOCUSED = "() => (document.activeElement.labels?.[0] || document.activeElement).innerText.trim()"
RING = "() => getComputedStyle(document.activeElement).outlineStyle"


def tab_to(page: Any, name: str, most: int = 30) -> None:
    """Tab until the element with this name has the focus, seeing the focus at every stop."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == "solid", page.evaluate(FOCUSED)
        if page.evaluate(FOCUSED) == name:
            return
    raise AssertionError(f"the keyboard does not reach {name!r}")


def test_signing_in_and_out_needs_no_mouse(visitor: Callable[..., Any], site: Site) -> None:
    page = visitor()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")
    tab_to(page, "Sign in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in")
    tab_to(page, "E-mail address")
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Please look at this again").wait_for()
    assert page.evaluate("document.activeElement.className") == "summary"
    tab_to(page, "E-mail address: Enter a valid email address.")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_email"
    page.keyboard.press("Control+A")
    page.keyboard.type("lena.smit@twickel.example")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look into your mail").wait_for()
    tab_to(page, "Code")
    page.keyboard.type(site.mailed_code().lower())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Where you work").wait_for()
    tab_to(page, "University of Twickel (fictitious)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/o/twickel/")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Micro-credentials that prove themselves").wait_for()


def test_on_a_telephone_the_way_through_the_workspace_is_one_button(
    visitor: Callable[..., Any], site: Site
) -> None:
    page = visitor(
        "lena.smit@twickel.example", viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    page.goto("/o/twickel/")
    assert not page.get_by_role("link", name="Wallet", exact=True).is_visible()
    menu = page.locator("header summary")
    assert (menu.inner_text(), page.locator("header").bounding_box()["height"] < 120) == ("Menu", True)
    menu.focus()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet")
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.get_by_role("link", name="Wallet", exact=True).is_visible()
    assert not page.locator("header summary").is_visible()
