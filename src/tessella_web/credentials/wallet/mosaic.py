"""The wallet as one picture: tiles by field and level, drawn by the library; an empty place is an outline."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from tessella.rendering import TileFacts, tile_svg
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.lists import field_label

__all__ = ["Row", "mosaic_rows", "mosaic_svg"]

STEP, TILE = 112, 100
"""Of a place and of the tile in it, in units of the drawing; the rest is joint."""

LABEL = 40
"""Height of the line of text above each row of tiles."""

FOOT = 34
"""Height of the line of levels below."""

MOST_IN_PLACE = 9
"""Tiles that one place is divided into; of more, the last says how many there are besides."""

FEWEST_COLUMNS = 3
"""A wallet with one level is a picture, too."""

_IN = re.compile(r"\A<svg[^>]*viewBox=\"0 0 (\d+) \d+\"[^>]*>(?:<title>.*?</title>)?(.*)</svg>\Z", re.DOTALL)
_SYMBOL_SIZE = 96


class Row(NamedTuple):
    """A field, and under each level (None: not stated) what is there."""

    field: str
    label: str
    places: tuple[tuple[int | None, tuple[Entry, ...]], ...]


def mosaic_rows(entries: Sequence[Entry], language: str) -> list[Row]:
    """Fields in the order of ISCED-F, those not stated last; the same levels in each, from the lowest to the highest that occur."""
    tiled = [one for one in entries if one.tile is not None]
    levels = _columns({one.tile.level for one in tiled if one.tile})
    fields = sorted({one.tile.field for one in tiled if one.tile}, key=lambda code: (code == "", code))
    rows = []
    for field in fields:
        places = tuple(
            (level, tuple(one for one in tiled if one.tile and (one.tile.field, one.tile.level) == (field, level))) for level in levels
        )  # fmt: skip
        rows.append(Row(field, field_label(field, language), places))
    return rows


def _columns(found: set[int | None]) -> list[int | None]:
    stated = sorted(level for level in found if level is not None)
    columns: list[int | None] = []
    if stated:
        low, high = stated[0], stated[-1]
        while high - low + 1 < FEWEST_COLUMNS:
            low, high = max(1, low - 1), min(8, high + 1)
        columns = list(range(low, high + 1))
    return [*columns, *([None] if None in found or not stated else [])]


def mosaic_svg(rows: Sequence[Row], *, label: str = "") -> str:
    """The picture. ``label`` names it for those who do not see it; a table beside it says the same. Each kind of tile is drawn once."""
    if not rows:
        return ""
    columns = len(rows[0].places)
    width, height = columns * STEP, len(rows) * (STEP + LABEL) + FOOT
    symbols: dict[str, str] = {}
    parts = []
    for number, row in enumerate(rows):
        top = number * (STEP + LABEL)
        parts.append(f'<text x="{(STEP - TILE) / 2:g}" y="{top + 27}" class="mosaic-field">{html.escape(_cut(row.label, columns))}</text>')  # fmt: skip
        for column, (_level, several) in enumerate(row.places):
            x, y = column * STEP + (STEP - TILE) / 2, top + LABEL
            parts.append(_place(x, y, several, symbols))
    for column, (level, _several) in enumerate(rows[0].places):
        said = str(level) if level else "–"
        parts.append(
            f'<text x="{column * STEP + STEP / 2:g}" y="{height - 8}" class="mosaic-level">{said}</text>'
        )
    named = f' role="img" aria-label="{html.escape(label)}"' if label else ""
    defined = "".join(symbols.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mosaic-picture" viewBox="0 0 {width} {height}"{named}'
        f' fill="currentColor" font-family="system-ui, sans-serif"><defs>{defined}</defs>{"".join(parts)}</svg>'
    )


def _place(x: float, y: float, several: Sequence[Entry], symbols: dict[str, str]) -> str:
    if not several:
        return (
            f'<rect x="{x + 3:g}" y="{y + 3:g}" width="{TILE - 6}" height="{TILE - 6}" fill="none" stroke="#8b949c"'
            ' stroke-width="2" stroke-dasharray="7 7" opacity=".55"/>'
        )
    side = math.ceil(math.sqrt(min(len(several), MOST_IN_PLACE)))
    size = TILE / side
    shown = several if len(several) <= MOST_IN_PLACE else several[: MOST_IN_PLACE - 1]
    drawn = []
    for number, one in enumerate(shown):
        if one.tile is not None:
            left, top = x + number % side * size, y + number // side * size
            inset = 0 if side == 1 else 2
            drawn.append(
                f'<use href="#{_symbol(one.tile, symbols)}" x="{left + inset:g}" y="{top + inset:g}"'
                f' width="{size - 2 * inset:g}" height="{size - 2 * inset:g}"/>'
            )
    if len(shown) < len(several):
        left, top = x + (side - 1) * size, y + (side - 1) * size
        more = f"+{len(several) - len(shown)}"
        drawn.append(
            f'<text x="{left + size / 2:g}" y="{top + size / 2 + 7:g}" class="mosaic-level">{more}</text>'
        )
    return "".join(drawn)


def _symbol(facts: TileFacts, symbols: dict[str, str]) -> str:
    """The id of the drawing of such a tile; at this size a tile shows its kind, field and level."""
    id = f"tile-{facts.record_type}-{facts.field or 'none'}-{facts.level or 0}"
    if id not in symbols:
        found = _IN.match(tile_svg(facts, size=_SYMBOL_SIZE, label=False))
        side, inside = (found[1], found[2]) if found else ("1", "")
        symbols[id] = f'<symbol id="{id}" viewBox="0 0 {side} {side}">{inside}</symbol>'
    return id


def _cut(label: str, columns: int) -> str:
    """A label that fits above its row."""
    most = columns * 10
    return label if len(label) <= most else f"{label[: most - 1].rstrip(' ,')}…"
