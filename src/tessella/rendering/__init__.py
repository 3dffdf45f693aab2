"""Pictures and words for people: the tile, the certificate, a credential in plain words, a report to read."""

from tessella.rendering.facts import TileFacts, tile_alt, tile_facts
from tessella.rendering.fonts import missing_glyphs, require_glyphs
from tessella.rendering.tile import tile_png, tile_svg

__all__ = ["TileFacts", "missing_glyphs", "require_glyphs", "tile_alt", "tile_facts", "tile_png", "tile_svg"]
