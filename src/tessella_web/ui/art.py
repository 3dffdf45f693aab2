"""The ornament: a band and a mosaic laid of real tiles, as ``rendering`` draws them.

The files in ``static/ui`` are what this module draws (a test compares them); ``python -m tools.art`` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tessella.model import RecordType
from tessella.rendering import TileFacts, tile_svg

__all__ = ["pictures"]

STEP = 100
"""Width of a place in the grid, in units of the drawing; tiles are `TILE` wide, the rest is joint."""

TILE = 92

_IN = re.compile(r"\A<svg[^>]*viewBox=\"0 0 (\d+) \d+\"[^>]*>(?:<title>.*?</title>)?(.*)</svg>\Z", re.DOTALL)

_BAND = (
    ("07", 6, 125), ("04", 5, 25), ("09", 7, 80), ("00", 3, 15), ("06", 5, 150), ("01", 6, 50),
    ("02", 7, 60), ("08", 4, 200), ("05", 6, 90), ("10", 5, 30), ("03", 6, 75), ("06", 7, 25),
)  # fmt: skip
"""Field, level and hours of the tiles of the band, from start to end."""

_MOSAIC: tuple[tuple[str, int, int] | None, ...] = (
    ("06", 6, 84), ("01", 5, 30), ("07", 4, 125), ("09", 6, 60),
    ("08", 5, 40), ("03", 7, 150), None, ("05", 6, 75),
    ("04", 6, 100), ("10", 4, 20), ("02", 6, 50), ("06", 5, 160),
)  # fmt: skip
"""The picture of the front page: four columns, one place still empty."""


def _inside(facts: TileFacts) -> tuple[float, str]:
    """What stands inside the picture of a tile, and the factor that makes it `TILE` wide."""
    found = _IN.match(tile_svg(facts, size=TILE, label=False))
    if found is None:
        return 1.0, ""
    return TILE / float(found[1]), found[2]


def _laid(tiles: Sequence[tuple[str, int, int] | None], columns: int) -> str:
    rows = -(-len(tiles) // columns)
    margin = (STEP - TILE) / 2
    parts = []
    for place, tile in enumerate(tiles):
        x, y = place % columns * STEP + margin, place // columns * STEP + margin
        if tile is None:
            parts.append(
                f'<rect x="{x + 3:g}" y="{y + 3:g}" width="{TILE - 6}" height="{TILE - 6}" fill="none"'
                ' stroke="#7d8790" stroke-width="3" stroke-dasharray="9 7"/>'
            )
            continue
        field, level, hours = tile
        facts = TileFacts(
            record_type=RecordType.MICRO_CREDENTIAL,
            title=str(place),
            field=field,
            level=level,
            hours=Decimal(hours),
        )
        scale, inside = _inside(facts)
        parts.append(f'<g transform="translate({x:g} {y:g}) scale({scale:g})">{inside}</g>')
    width, height = columns * STEP, rows * STEP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}">{"".join(parts)}</svg>\n'
    )


def pictures() -> Mapping[str, str]:
    """By file name in ``static/ui`` the pictures as SVG; decoration, so they carry no text."""
    return {
        "band.svg": _laid(_BAND, len(_BAND)),
        "mosaic.svg": _laid(_MOSAIC, 4),
        "tile.svg": _laid((("06", 4, 10),), 1),
    }
