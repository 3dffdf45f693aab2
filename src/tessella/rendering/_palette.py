"""The colours of the tile: eleven fields of study, and the ink and paper that all share.

The eleven middle tones were searched for the largest smallest distance: any two of them differ by at least 0.09
in OKLab for normal sight and for simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009). Eleven
is more than colour alone can carry for everyone, so each field also has its own motif.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "INK", "PAPER", "PIGMENTS", "UNKNOWN_FIELD", "Pigment", "contrast", "mix", "on_paper", "pigment", "reaching",
]  # fmt: skip

INK = "#16202a"
PAPER = "#fbfaf7"
UNKNOWN_FIELD = ""


class Pigment(NamedTuple):
    """One field's colours: the middle tone that names it, and the tones that go with it."""

    base: str
    deep: str
    glow: str
    tint: str


PIGMENTS = {
    "00": Pigment("#585c63", "#292c31", "#93969c", "#d9dee6"),
    "01": Pigment("#e4c973", "#7d671e", "#f3dd9a", "#e9debd"),
    "02": Pigment("#561738", "#2f001a", "#8c556e", "#f7d2e1"),
    "03": Pigment("#321278", "#1a004b", "#6458a8", "#dcdafb"),
    "04": Pigment("#015724", "#002a0a", "#588e64", "#cae7cf"),
    "05": Pigment("#6ec0e4", "#1e6581", "#9fdffc", "#c0e5f6"),
    "06": Pigment("#279ea1", "#005154", "#68babc", "#bce8e9"),
    "07": Pigment("#ae6329", "#602c00", "#e6a67a", "#f7d7c2"),
    "08": Pigment("#b0a940", "#5d5700", "#cdc87a", "#e2e0be"),
    "09": Pigment("#dc6574", "#802233", "#f18f98", "#fbd3d5"),
    "10": Pigment("#8f5cb8", "#4d236c", "#c9a0ed", "#e6d7f6"),
    UNKNOWN_FIELD: Pigment("#8a8478", "#4a463e", "#b5afa3", "#e2ded5"),
}
"""By code of the ISCED-F 2013 broad field; the empty code is for a field that is not stated."""


def pigment(field: str) -> Pigment:
    """The colours of a field, by its ISCED-F code of any length; those of a field that is not stated where the code is unknown."""
    return PIGMENTS.get(field[:2], PIGMENTS[UNKNOWN_FIELD])


def mix(one: str, other: str, share: float) -> str:
    """The colour that lies ``share`` (0–1) of the way from one to the other, both ``#rrggbb``."""
    channels = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    values = (byte / 255 for byte in bytes.fromhex(colour[1:]))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def reaching(ratio: float, colour: str, darker: str) -> str:
    """The colour, mixed with a darker one as far as it needs to contrast with paper by the ratio."""
    mixed = (mix(colour, darker, step / 20) for step in range(20))
    return next((tone for tone in mixed if contrast(tone, PAPER) >= ratio), darker)


def on_paper(pigment: Pigment) -> Pigment:
    """The pigment with a middle tone that stands out from paper by 3:1 (WCAG 2.2, 1.4.11)."""
    base = reaching(3, pigment.base, pigment.deep)
    return pigment if base == pigment.base else pigment._replace(base=base, glow=pigment.base)
