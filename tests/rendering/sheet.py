"""The picture in docs/explanation/the-tile.md. Write it anew with ``python -m tests.rendering.sheet``."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tessella.model import RecordType
from tessella.rendering import TileFacts
from tessella.rendering._mosaic import tile_shapes
from tessella.rendering._palette import PAPER
from tessella.rendering._shapes import svg_shapes

FILE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "the-tile.svg"

ROWS = (
    ([TileFacts(title="A", field=f"{n:02}", level=3) for n in range(11)], False),
    ([TileFacts(title="A", field="06", level=n) for n in (None, *range(1, 9))], False),
    (
        [
            TileFacts(title="A", field="07", level=3, hours=n and Decimal(n))
            for n in (None, 12, 30, 75, 125, 300)
        ],
        True,
    ),
    ([TileFacts(title="A", field="02", level=4, record_type=kind) for kind in RecordType], False),
)
"""Fields, levels, workloads and kinds of record, each in its order."""


def sheet(side: int = 96, gap: int = 16) -> str:
    """Four rows of tiles as one SVG."""
    parts = []
    for row, (tiles, joints) in enumerate(ROWS):
        for column, facts in enumerate(tiles):
            x, y = gap + column * (side + gap), gap + row * (side + gap)
            art = svg_shapes(tile_shapes(facts, joints=joints))
            parts.append(f'<g transform="translate({x} {y}) scale({side / 1000:g})">{art}</g>\n')
    width, height = gap + 11 * (side + gap), gap + len(ROWS) * (side + gap)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        "<title>Tiles by field, level, workload and kind of record</title>"
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n{"".join(parts)}</svg>\n'
    )


if __name__ == "__main__":
    FILE.write_text(sheet(), encoding="utf-8")
