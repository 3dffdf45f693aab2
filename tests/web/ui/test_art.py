"""The ornament in ``static/ui`` is what the tiles draw today."""

from __future__ import annotations

from pathlib import Path

import pytest

import tessella_web.ui
from tessella_web.ui.art import pictures

STATIC = Path(tessella_web.ui.__file__).parent / "static/ui"


@pytest.mark.parametrize("name", pictures())
def test_a_picture_is_up_to_date(name: str) -> None:
    assert (STATIC / name).read_text("utf-8") == pictures()[name], "run python -m tools.art"
