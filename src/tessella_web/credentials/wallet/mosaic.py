"""The wallet as one picture: tiles by field and level, drawn by the library; an empty place is an outline."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

from tessella.rendering import TileFacts, tile_svg
from tessella_web.credentials.wallet.entries import Entry
from tessella_web.credentials.wallet.lists import field_label

__all__ = ["LETTERS", "STEP", "TILE", "Row", "mosaic_rows", "mosaic_svg", "tile_symbol"]

STEP, TILE = 108, 100
"""Of a place and of the tile in it, in units of the drawing; the rest is joint."""

LETTERS = 4.4
"""Height of the letters, in units for each column: as wide as the picture is shown, they can be read on a phone."""

MOST_DEEP = 8
"""Tiles below each other in one place; of more, the last says how many there are besides."""

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
    letters = LETTERS * max(columns, FEWEST_COLUMNS)
    symbols: dict[str, str] = {}
    parts, top = [], 0.0
    for row in rows:
        parts.append(
            f'<text x="{(STEP - TILE) / 2:g}" y="{top + letters * 1.25:g}" font-size="{letters:g}" class="mosaic-field">'
            f"{html.escape(_cut(row.label, columns * STEP / letters))}</text>"
        )
        top += letters * 1.7
        depth = min(MOST_DEEP, max(1, *(len(several) for _level, several in row.places)))
        for column, (_level, several) in enumerate(row.places):
            parts.append(_place(column * STEP + (STEP - TILE) / 2, top, several, letters, symbols))
        top += depth * STEP + letters * 0.5
    for column, (level, _several) in enumerate(rows[0].places):
        said = str(level) if level else "–"
        parts.append(_word(column * STEP + STEP / 2, top + letters, said, letters))
    named = f' role="img" aria-label="{html.escape(label)}"' if label else ""
    defined = "".join(symbols.values())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mosaic-picture" viewBox="0 0 {columns * STEP} {top + letters * 1.5:g}"{named}'
        f' fill="currentColor" font-family="system-ui, sans-serif"><defs>{defined}</defs>{"".join(parts)}</svg>'
    )


def _place(x: float, y: float, several: Sequence[Entry], letters: float, symbols: dict[str, str]) -> str:
    """The tiles of one place, one below the other; an outline where there is none."""
    if not several:
        return (
            f'<rect x="{x + 4:g}" y="{y + 4:g}" width="{TILE - 8}" height="{TILE - 8}" fill="none" stroke="#8b949c"'
            ' stroke-width="2" stroke-dasharray="2 8" stroke-linecap="round" opacity=".7"/>'
        )
    shown = several if len(several) <= MOST_DEEP else several[: MOST_DEEP - 1]
    drawn = [
        f'<use href="#{tile_symbol(one.tile, symbols)}" x="{x:g}" y="{y + number * STEP:g}" width="{TILE}" height="{TILE}"/>'
        for number, one in enumerate(shown)
        if one.tile is not None
    ]
    if len(shown) < len(several):
        more = f"+{len(several) - len(shown)}"
        drawn.append(_word(x + TILE / 2, y + (MOST_DEEP - 1) * STEP + TILE / 2 + letters / 3, more, letters))
    return "".join(drawn)


def _word(x: float, y: float, said: str, letters: float) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{letters:g}" text-anchor="middle" class="mosaic-level">{said}</text>'


def tile_symbol(facts: TileFacts, symbols: dict[str, str]) -> str:
    """The id of the drawing of such a tile; at this size a tile shows its kind, field and level."""
    id = f"tile-{facts.record_type}-{facts.field or 'none'}-{facts.level or 0}"
    if id not in symbols:
        found = _IN.match(tile_svg(facts, size=_SYMBOL_SIZE, label=False))
        side, inside = (found[1], found[2]) if found else ("1", "")
        symbols[id] = f'<symbol id="{id}" viewBox="0 0 {side} {side}">{inside}</symbol>'
    return id


def _cut(label: str, ems: float) -> str:
    """A label that fits above its row, which is so many letters high wide."""
    most = int(ems / 0.62)
    return label if len(label) <= most else f"{label[: most - 1].rstrip(' ,')}…"
