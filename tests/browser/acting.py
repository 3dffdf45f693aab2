"""Doing on pages what people do: filling in by the names of fields, pressing what is written on buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["fill", "press", "says"]


def fill(page: Any, values: Mapping[str, Any]) -> None:
    """Fill in the form of the page: text, choices (one value or several), a tick (True), a file (a path)."""
    main = page.get_by_role("main")
    for name, value in values.items():
        fields = main.locator(f'[name="{name}"]')
        first = fields.first
        kind = first.get_attribute("type") or first.evaluate("one => one.tagName.toLowerCase()")
        if value is True:
            first.check(force=True)
        elif kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list | tuple) else [value]:
                main.locator(f'[name="{name}"][value="{one}"]').check(force=True)
        elif kind == "file":
            first.set_input_files(value)
        elif kind == "select":
            first.select_option(value)
        else:
            first.fill(str(value))


def press(page: Any, text: str) -> None:
    """Press a button, or follow a link, of the page's main part by what is written on it."""
    main = page.get_by_role("main")
    button = main.get_by_role("button", name=text)
    (button if button.count() else main.get_by_role("link", name=text)).first.click()
    page.wait_for_load_state()


def says(page: Any) -> str:
    """What the main part of the page says."""
    return str(page.get_by_role("main").inner_text())
