"""A learner shows a part of one certificate to one office: chosen, looked at, sent, opened, seen to be opened, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.acting import fill, press, says
from tests.browser.axe import problems

HOLDER = "mila.jansen@learner.example"
TITLE = "Commissioning heat pumps"
SHOWN_TITLE = "Wärmepumpen in Betrieb nehmen"
"""In the language in which it was awarded."""
OUTCOME = "Stellt Heizkurve und Volumenstrom auf das Haus ein"
PIN = "48213"
KEPT = {"learning_outcomes"}
"""What the office is to see, beside what is always shown."""


def look(page: Any, pictures: Path, name: str) -> None:
    """A picture at both widths and as it would be printed; axe finds nothing, and nothing reaches over the edge."""
    page.emulate_media(color_scheme="light")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(pictures / f"{name}-{width}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    page.pdf(path=str(pictures / f"{name}.pdf"), format="A4")
    assert (name, problems(page)) == (name, [])


def choose(page: Any, pictures: Path) -> None:
    """One certificate, for one office, with a PIN; then everything but its title and issuer is left out."""
    page.goto("/wallet/shares/new")
    page.get_by_role("main").get_by_label(TITLE).check(force=True)
    until = dt.date.today() + dt.timedelta(days=30)
    fill(page, {
        "recipient": "Housing office", "purpose": "Work on the school's boiler room", "ends_on": until.isoformat(), "pin": PIN, "shown_as": "",
    })  # fmt: skip
    look(page, pictures, "choose")
    page.get_by_role("main").locator("form button").first.click()
    page.wait_for_url("**/preview")
    press(page, "Choose what is shown")
    for one in page.get_by_role("main").locator('input[name="parts"]').all():
        one.set_checked(one.get_attribute("value") in KEPT, force=True)
    look(page, pictures, "parts")
    page.get_by_role("main").locator('form[method="post"] button').first.click()
    page.wait_for_url("**/preview")


@pytest.mark.timeout(300)
def test_a_part_is_shown_with_a_pin_and_withdrawn(visitor: Callable[..., Any], tmp_path: Path) -> None:
    page = visitor(HOLDER)
    choose(page, tmp_path)
    assert "They see the parts you chose, and nothing else of it." in says(page)
    assert "Jansen" not in page.locator(".shown-frame").inner_text()
    look(page, tmp_path, "preview")
    press(page, "Make the link")
    look(page, tmp_path, "link")
    address = page.get_by_label("Address").input_value()

    office = visitor(java_script_enabled=False)
    office.goto(address)
    fill(office, {"pin": "99999"})
    press(office, "Open it")
    assert SHOWN_TITLE not in office.content()
    fill(office, {"pin": PIN, "name": "Boiler desk"})
    press(office, "Open it")
    shown = says(office)
    assert [one in shown for one in (SHOWN_TITLE, OUTCOME, "Shown in part")] == [True] * 3
    assert [one in office.content() for one in ("Jansen", "Mila", "40 hours")] == [False] * 3
    seen = visitor()
    seen.goto(address)
    fill(seen, {"pin": PIN})
    look(seen, tmp_path, "door")
    press(seen, "Open it")
    look(seen, tmp_path, "shown")

    page.goto("/wallet/shares")
    card = page.locator(".wallet-share").filter(has_text="Housing office")
    card.locator("summary").click()
    assert "Opened 2 times" in card.inner_text()
    assert "Boiler desk" in card.inner_text()
    look(page, tmp_path, "log")
    press(page, "Withdraw it from Housing office")
    for who in (office, seen):
        assert who.goto(address).status == 404
        assert SHOWN_TITLE not in who.content()
    look(seen, tmp_path, "closed")
