"""The tile of a record as SVG and PNG: the same picture wherever the same record is."""

from __future__ import annotations

import functools
import re

from tessella.errors import LimitError
from tessella.rendering._mosaic import tile_shapes
from tessella.rendering._palette import INK, PAPER
from tessella.rendering._shapes import SIDE, svg_shapes
from tessella.rendering._typesetter import typeset
from tessella.rendering.facts import TileFacts, tile_alt
from tessella.rendering.fonts import clean, is_rtl, require_glyphs
from tessella.text import say

__all__ = ["LABEL_FROM", "MAX_SIZE", "tile_png", "tile_svg"]

LABEL_FROM = 256
"""Pixels from which a tile carries its title: at 256 the smallest letters are 6 pixels high."""

MAX_SIZE = 4096
"""Pixels: enough for 35 cm in print at 300 dpi; a larger picture would take over 64 MB to paint."""

_JOINTS_FROM = 120
"""Pixels of the picture from which the joints between stones are wider than half a pixel."""

_ART, _ART_TOP = 660.0, 46.0
_CAPTION_WIDTH, _CAPTION_TOP, _CAPTION_HEIGHT = 880, 734, 236
_TITLE_SIZES = (60, 52, 46, 40, 35, 31, 28)
_ORGANISATION_SIZE = 27
_CAPTION_GAP = 30
_GLYPH_FILL = f' fill="{INK}" fill-rule="nonzero"'
_RULE = "#ddd8cc"
_MAX_ORGANISATION_CHARS = 110


def tile_svg(facts: TileFacts, *, size: int = SIDE, label: bool | None = None) -> str:
    """The tile as an SVG document of ``size`` pixels, with its description as accessible text.

    With a label (by default from `LABEL_FROM` pixels) it is a card: the tile, and under it title and
    organisation, as outlines that need no font. Without, it is the tile alone and clear outside its outline.

    Raises:
        SchemaError: ``rendering.missing-glyph``: the title has characters that no installed font shows.
        LimitError: ``size`` is not between 8 and `MAX_SIZE`.
    """
    if not 8 <= size <= MAX_SIZE:
        raise LimitError(
            say("A tile is between 8 and %(largest)s pixels wide.", largest=MAX_SIZE), got=size, place="size"
        )
    labelled = size >= LABEL_FROM if label is None else label
    art = svg_shapes(tile_shapes(facts, joints=(size * _ART / SIDE if labelled else size) >= _JOINTS_FROM))
    if labelled:
        left, scale = (SIDE - _ART) / 2, _ART / SIDE
        art = (
            f'<rect x="1.5" y="1.5" width="{SIDE - 3}" height="{SIDE - 3}" rx="28"'
            f' fill="{PAPER}" stroke="{_RULE}" stroke-width="3"/>'
            f'<g transform="translate({left:g} {_ART_TOP:g}) scale({scale:g})">{art}</g>'
            f'<g transform="translate({(SIDE - _CAPTION_WIDTH) / 2:g} {_CAPTION_TOP})">'
            f"{_caption(facts.title, facts.organisation)}</g>"
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 {SIDE} {SIDE}" width="{size}" height="{size}" role="img">'
        f"<title>{_escaped(tile_alt(facts))}</title>{art}</svg>"
    )


def tile_png(facts: TileFacts, *, size: int = 512, label: bool | None = None) -> bytes:
    """The tile as a PNG of ``size`` × ``size`` pixels: the SVG of the same arguments, painted.

    Equal arguments give equal bytes. Raises as `tile_svg`.
    """
    return typeset(
        "tile.typ", {"svg": tile_svg(facts, size=size, label=label), "size": size}, format="png", ppi=72
    )


@functools.lru_cache(maxsize=64)
def _caption(title: str, organisation: str) -> str:
    """Title and organisation as outlines."""
    title, organisation = clean(title), clean(organisation)
    if not title and not organisation:
        return ""
    require_glyphs(title, place="title")
    require_glyphs(organisation, place="awarding_bodies[0].name")
    if len(organisation) > _MAX_ORGANISATION_CHARS:
        organisation = organisation[:_MAX_ORGANISATION_CHARS].rsplit(" ", 1)[0] + " …"
    data = {
        "title": title,
        "organisation": organisation,
        "rtl": is_rtl(title),
        "width": _CAPTION_WIDTH,
        "height": _CAPTION_HEIGHT,
        "sizes": _TITLE_SIZES,
        "small": _ORGANISATION_SIZE,
        "gap": _CAPTION_GAP,
        "ink": INK,
    }
    document = typeset("caption.typ", data, format="svg").decode()
    glyphs = document[document.index(">") + 1 : document.rindex("</svg>")]
    return f'<g fill="{INK}">{glyphs.replace(_GLYPH_FILL, "")}</g>'


def _escaped(text: str) -> str:
    """The text as XML character data; what XML 1.0 does not allow is left out."""
    allowed = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
