"""What axe and the measuring of widths say about a page."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

__all__ = ["CROSSED", "LOOKS", "problems"]

SOURCE = Path(__file__).parent.parent / "independent/node_modules/axe-core/axe.min.js"

LOOKS = ((390, "light"), (390, "dark"), (1280, "light"), (1280, "dark"))
"""Width in pixels, and colours."""

CROSSED = ((390, "light"), (1280, "dark"))
"""Each width and each colour once: for the tests that everybody waits for."""

NARROWEST = 320
"""Pixels: 1280 enlarged to 400 % (WCAG 2.2, 1.4.10)."""

_RUN = """() => axe.run(document, {
  resultTypes: ["violations"],
  rules: {"color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}},
}).then(found => found.violations.map(one => one.id + ": " + one.nodes.map(node => node.target.join(" ")).join(" | ")))"""

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > width + 1)
    .slice(0, 3).map(one => one.tagName + "." + one.className).concat("scrolls sideways");
}"""


@functools.cache
def _source() -> str:
    if not SOURCE.is_file():
        pytest.skip("axe-core is not installed (make test installs it with Node.js)")
    return SOURCE.read_text("utf-8")


def problems(page: Any, looks: tuple[tuple[int, str], ...] = LOOKS) -> list[str]:
    """Every fault in each of the looks, and at the narrowest width what makes the page scroll sideways."""
    page.evaluate(_source())
    found = []
    for width, colours in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # colours at rest
        found += [f"{width} {colours}: {one}" for one in page.evaluate(_RUN)]
    for width in (NARROWEST, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {one}" for one in page.evaluate(_TOO_WIDE)]
    return found
