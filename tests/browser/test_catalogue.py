"""The catalogue in a real browser: with scripts the results follow, without them everything works, and data for machines is no script."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.browser.axe import problems

HEAT = ["Commissioning heat pumps", "Finding heat that gets lost in old houses"]
"""What the samples offer in Germany."""


def complaints(page: Any) -> list[str]:
    """What the console will say from now on."""
    found: list[str] = []
    page.on("console", lambda one: found.append(one.text) if one.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_results_follow_the_choices(visitor: Callable[..., Any]) -> None:
    page = visitor()
    said = complaints(page)
    page.goto("/catalogue")
    page.evaluate("window.same = true")
    box = page.get_by_label("Germany")
    box.check()
    page.wait_for_url("**country=DE**")
    page.get_by_role("link", name="Take away Country: Germany").wait_for()
    assert sorted(page.locator(".result h2").all_inner_texts()) == HEAT
    assert page.evaluate("window.same") is True  # no page was loaded
    assert page.evaluate("document.activeElement.name") == "country"  # the focus stays where it was
    page.get_by_label("What do you want to learn?").fill("pumps")
    page.wait_for_url("**q=pumps**")
    page.get_by_text("for “pumps”").wait_for()
    assert said == []


def test_without_scripts_the_form_does_the_same(visitor: Callable[..., Any]) -> None:
    page = visitor(java_script_enabled=False)
    page.goto("/catalogue")
    page.get_by_label("What do you want to learn?").fill("heat")
    page.get_by_role("button", name="Search").click()
    page.get_by_label("Germany").check()
    page.get_by_role("button", name="Show results").click()
    page.get_by_role("link", name="Take away Country: Germany").wait_for()
    assert sorted(page.locator(".result h2").all_inner_texts()) == HEAT
    page.get_by_role("link", name="Compare Commissioning heat pumps").click()
    page.get_by_role("link", name="Take away Country: Germany").click()
    page.get_by_label("What do you want to learn?").fill("")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Compare Data ethics in practice").click()
    page.get_by_role("link", name="Compare side by side").click()
    page.locator("table.compare thead th").first.wait_for()
    assert page.locator("table.compare thead th").count() == 2


def test_what_machines_read_breaks_no_rule(visitor: Callable[..., Any]) -> None:
    page = visitor()
    said = complaints(page)
    page.goto("/catalogue?q=ethics")
    page.get_by_role("link", name="Data ethics in practice", exact=True).click()
    data = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert (data["@type"], data["educationalCredentialAwarded"]["credentialCategory"]) == (
        "Course",
        "Micro credential",
    )
    picture = page.locator('meta[property="og:image"]').get_attribute("content")
    assert page.request.get(picture).headers["content-type"] == "image/png"
    assert said == []


def test_three_beside_each_other_are_sound(visitor: Callable[..., Any]) -> None:
    page = visitor()
    page.goto("/catalogue")
    for _ in range(3):
        page.locator(".result-compare", has_not_text="Do not").first.click()
    assert problems(page) == []
    page.get_by_role("link", name="Compare side by side").click()
    assert problems(page) == []
