"""Fonts from packages, and which characters they can show.

Only fonts that come as Python packages are used, never those of the machine: the same record gives the same
bytes anywhere. *Noto Serif* and *Noto Sans* are always there; any other installed Noto font package is used for
the characters those two lack, in alphabetical order.
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

import fontpkg
from fontTools import unicodedata as scripts
from fontTools.ttLib import TTFont

from tessella.errors import ConfigError, SchemaError
from tessella.text import say

__all__ = ["clean", "font_families", "font_folders", "is_rtl", "missing_glyphs", "require_glyphs"]

_SERIF, _SANS = "noto-serif", "noto-sans"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
"""Categories of characters that need no glyph (Unicode 15, table 4-4)."""

_KEPT = frozenset("\u200c\u200d\u00ad")
"""Format characters that spelling needs: the two joiners and the soft hyphen. Others are not printed."""

_SHOWN = 12
"""So many missing characters are named in an error."""


@functools.cache
def _families() -> tuple[fontpkg.Family, ...]:
    installed = fontpkg.families()
    if missing := [slug for slug in (_SERIF, _SANS) if slug not in installed]:
        raise ConfigError(
            say("The fonts for certificates are not installed: %(fonts)s.", fonts=", ".join(missing)),
            code="rendering.no-fonts",
            hint=say("Install the package fontpkg-%(font)s.", font=missing[0]),
        )
    others = sorted(slug for slug in installed if slug.startswith("noto-") and slug not in (_SERIF, _SANS))
    return tuple(installed[slug] for slug in (_SERIF, _SANS, *others))


def font_families(*, serif: bool) -> list[str]:
    """The names of the families to set text in: the first that has a character shows it."""
    first, second, *others = (family.name for family in _families())
    return [first, second, *others] if serif else [second, first, *others]


@functools.cache
def font_folders() -> list[Path]:
    """The folders the font files are in."""
    return sorted({file.path.parent for family in _families() for file in family.files})


@functools.cache
def _covered() -> frozenset[int]:
    """The code points that one of the families has in upright style."""
    points: set[int] = set()
    for family in _families():
        for file in family.files:
            if file.style == "normal":
                with TTFont(file.path, lazy=True) as font:
                    points.update(font.getBestCmap())
    return frozenset(points)


def clean(text: str) -> str:
    """The text as it is printed: composed (NFC), white space as single spaces, nothing that steers the output.

    Control characters, marks that turn the writing direction, and lone surrogates are left out: a name must
    not be able to look like another one.
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = (ch for ch in composed if ch in _KEPT or unicodedata.category(ch) not in ("Cc", "Cf", "Cs"))
    return "".join(kept).strip()


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction is written from right to left (UAX #9, rule P2)."""
    directions = (unicodedata.bidirectional(ch) for ch in text)
    return next((kind in ("R", "AL") for kind in directions if kind in ("L", "R", "AL")), False)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """The characters of the text that no installed font can show, each once, in order."""
    covered = _covered()
    wanted = dict.fromkeys(unicodedata.normalize("NFC", text))
    return tuple(ch for ch in wanted if ord(ch) not in covered and unicodedata.category(ch) not in _INVISIBLE)


def require_glyphs(text: str, *, place: str = "") -> None:
    """Return None when every character of the text can be shown.

    Raises:
        SchemaError: ``rendering.missing-glyph`` with the characters, their scripts and the remedy; ``place``
            says in which field.
    """
    missing = missing_glyphs(text)
    if not missing:
        return
    names = list(dict.fromkeys(scripts.script_name(scripts.script(ch), default="?") for ch in missing))
    shown = " ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
    raise SchemaError(
        say(
            "No installed font has these characters (%(script)s): %(characters)s",
            script=", ".join(names),
            characters=shown,
        ),
        code="rendering.missing-glyph",
        got=" ".join(f"U+{ord(ch):04X}" for ch in missing[:_SHOWN]),
        place=place,
        hint=say(
            "Install a Noto font package for %(script)s, or write the text in a script that is installed"
            " (for a name: also give its transliteration and put that first).",
            script=names[0],
        ),
    )
