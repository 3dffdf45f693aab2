"""The bits of Markdown that the reference pages are made of."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

__all__ = ["plain", "table"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars and line breaks in cells are made harmless."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in lines) + "\n"


def _cell(text: str) -> str:
    """One line, bars escaped; inside code a bar is none for the table, and an escape would be shown."""
    parts = " ".join(str(text).split()).split("`")
    return "`".join(part if number % 2 else part.replace("|", "\\|") for number, part in enumerate(parts))


def plain(doc: str | None) -> str:
    """The first paragraph of a docstring, with its marks turned into Markdown."""
    first = inspect.cleandoc(doc or "").split("\n\n")[0]
    return re.sub(r"``([^`]+)``", r"`\1`", " ".join(first.split()))
