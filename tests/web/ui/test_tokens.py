"""The tokens keep their promises of contrast, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tessella_web.ui

CSS = (Path(tessella_web.ui.__file__).parent / "static/ui/tokens.css").read_text("utf-8")

TEXT = ("ink", "quiet", "accent", "accent-strong", "passed", "failed", "indeterminate", "not-applicable")
"""Tokens that text is written in; 7:1 on paper and sheet (WCAG 2.2, 1.4.6)."""

GRAPHICS = ("edge", "accent", "passed", "failed", "indeterminate", "not-applicable")
"""Tokens that lines and signs are drawn in; 3:1 (1.4.11)."""

ON = {
    "accent-ink": "accent",
    "passed": "passed-wash",
    "failed": "failed-wash",
    "indeterminate": "indeterminate-wash",
    "not-applicable": "not-applicable-wash",
    "accent": "accent-wash",
    "quiet": "wash",
    "ink": "failed-wash",
}


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme by name."""
    light, dark, *_rest = CSS.split("@media")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", light))
    if theme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", dark))
    return found


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"; written anew so that it does not share a fault with the library's."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_reaches_seven_to_one(theme: str) -> None:
    found = tokens(theme)
    pairs = [(text, ground) for text in TEXT for ground in ("paper", "sheet")] + list(ON.items())
    weak = {
        pair: round(contrast(found[pair[0]], found[pair[1]]), 2)
        for pair in pairs
        if contrast(found[pair[0]], found[pair[1]]) < (4.5 if "-wash" in pair[1] else 7)
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_graphics_reach_three_to_one(theme: str) -> None:
    found = tokens(theme)
    assert [
        name for name in GRAPHICS for ground in ("paper", "sheet") if contrast(found[name], found[ground]) < 3
    ] == []


def test_both_themes_have_the_same_tokens() -> None:
    light, dark, *_rest = CSS.split("@media")
    names = r"--([a-z-]+): #"
    assert set(re.findall(names, light)) == set(re.findall(names, dark))
