"""The picture of a pathway as a file: tiles in their places, outlines with their labels where something is missing, amounts as bars."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator

from django.utils.translation import gettext as _

from tessella.rendering import TileFacts, pigment
from tessella_web.credentials.wallet.mosaic import STEP, TILE, tile_symbol
from tessella_web.credentials.wallet.pathway import Bar, Picture, Place, Tile

__all__ = ["colour_of", "pathway_svg"]

COLUMNS = 6
"""Tiles beside each other: as wide as a sheet of paper shows them well."""

WIDTH = COLUMNS * STEP
LETTERS = 13
"""Height of the letters, in units of the drawing."""

LINE = 16
LABEL_CHARS, LABEL_LINES = 16, 3
"""Of the label under a place: what does not fit is in the table."""

BAR = 22


def colour_of(facts: TileFacts | None) -> str:
    """The colour of a tile's field."""
    return pigment(facts.field if facts else "").base


def pathway_svg(found: Picture, *, title: str, lines: tuple[str, ...] = ()) -> str:
    """The whole picture with its title and what is said beneath it."""
    symbols: dict[str, str] = {}
    parts: list[str] = []
    top = 30.0
    parts.append(_text(0, top, title, 22, weight=600, family="Georgia, serif"))
    for line in lines:
        top += LINE + 4
        parts.append(_text(0, top, line, LETTERS))
    for row in found.rows:
        top = _heading(
            parts,
            top,
            row.title,
            _("%(filled)s of %(needed)s") % {"filled": row.filled, "needed": row.needed},
        )
        shown = [one for one in row.places if one.tile or one.is_needed] or list(row.places)
        top = _laid(parts, top, [_of_place(one) for one in shown], symbols)
    others: list[tuple[Tile | None, str]] = [(one, one.title) for one in found.others]
    others += [(None, f"{_plain(one.lacking)} {one.unit}") for one in found.lacking]
    if others:
        top = _heading(parts, top, _("Besides"), "")
        top = _laid(parts, top, others, symbols)
    for bar in found.bars:
        top += LINE * 2
        parts.append(_text(0, top, bar.words, LETTERS))
        said = _("%(reached)s of %(needed)s %(unit)s") % {
            "reached": _plain(bar.reached),
            "needed": _plain(bar.needed),
            "unit": bar.unit,
        }
        parts.append(_text(WIDTH, top, said, LETTERS, weight=600, anchor="end"))
        parts.extend(_bar(bar, top + 8))
        top += BAR + 8
    height = top + LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -6 {WIDTH + 24} {height + 12:g}" width="{WIDTH + 24}" height="{height + 12:g}"'
        f' role="img" aria-label="{html.escape(title)}" fill="#16202a" font-family="system-ui, sans-serif">'
        f'<rect x="-12" y="-6" width="{WIDTH + 24}" height="{height + 12:g}" fill="#fbfaf7"/>'
        f"<defs>{''.join(symbols.values())}</defs>{''.join(parts)}</svg>"
    )


def _of_place(one: Place) -> tuple[Tile | None, str]:
    return one.tile, one.tile.title if one.tile else one.title


def _heading(parts: list[str], top: float, title: str, said: str) -> float:
    top += LINE * 2.5
    parts.append(_text(0, top, title, 16, weight=600))
    parts.append(_text(WIDTH, top, said, LETTERS, anchor="end"))
    return top + 8


def _laid(
    parts: list[str], top: float, places: list[tuple[Tile | None, str]], symbols: dict[str, str]
) -> float:
    """Tiles row by row, each with its label; where it ends."""
    for start in range(0, len(places), COLUMNS):
        for column, (tile, label) in enumerate(places[start : start + COLUMNS]):
            x = column * STEP
            if tile is not None and tile.facts is not None:
                faded = ' opacity=".45"' if tile.is_planned else ""
                parts.append(
                    f'<use href="#{tile_symbol(tile.facts, symbols)}" x="{x}" y="{top:g}" width="{TILE}" height="{TILE}"{faded}/>'
                )
            if tile is None or tile.is_planned:
                parts.append(
                    f'<rect x="{x + 2}" y="{top + 2:g}" width="{TILE - 4}" height="{TILE - 4}" fill="none" stroke="#6d7680" stroke-width="2" stroke-dasharray="8 6"/>'
                )
            for number, line in enumerate(_wrapped(label)):
                parts.append(_text(x + TILE / 2, top + TILE + LINE * (number + 1), line, 11, anchor="middle"))
        top += TILE + LINE * (LABEL_LINES + 0.7)
    return top


def _wrapped(label: str) -> list[str]:
    return textwrap.wrap(label, LABEL_CHARS, max_lines=LABEL_LINES, placeholder=" …")


def _bar(bar: Bar, y: float) -> Iterator[str]:
    yield f'<rect x="0" y="{y:g}" width="{WIDTH}" height="{BAR - 8}" fill="none" stroke="#6d7680" stroke-dasharray="4 4"/>'
    for one in bar.segments:
        x, width = one.start / 100 * WIDTH, one.width / 100 * WIDTH
        yield f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{BAR - 8}" fill="{colour_of(one.tile.facts)}" stroke="#fbfaf7"/>'
    mark = bar.mark / 100 * WIDTH
    yield f'<line x1="{mark:g}" x2="{mark:g}" y1="{y - 3:g}" y2="{y + BAR - 5:g}" stroke="#16202a" stroke-width="2"/>'


def _text(
    x: float, y: float, said: str, size: int, *, weight: int = 400, anchor: str = "start", family: str = ""
) -> str:
    extra = f' font-family="{family}"' if family else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"{extra}>{html.escape(said)}</text>'


def _plain(value: object) -> str:
    text = f"{value:f}" if hasattr(value, "normalize") else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
