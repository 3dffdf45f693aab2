"""What a screen reader is told: the accessibility tree of the main pages, as kept in ``trees/``.

After a change that is meant: ``TESSELLA_TREES=write python -m pytest tests/browser/test_trees.py``, and read the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TREES = Path(__file__).parent / "trees"
PAGES = {"home": "/", "sign-in": "/sign-in", "accessibility": "/accessibility", "not-found": "/nothing-here"}


@pytest.mark.parametrize("name", PAGES)
def test_the_tree_is_as_kept(visitor: Callable[..., Any], name: str) -> None:
    page = visitor()
    page.goto(PAGES[name])
    found = page.locator("body").aria_snapshot() + "\n"
    kept = TREES / f"{name}.yaml"
    if os.environ.get("TESSELLA_TREES") == "write":
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(found, "utf-8")
    assert found == kept.read_text("utf-8")
