"""The languages of the interface: of the 24 official ones of the Union those that have a catalogue, and one to test with.

A new language is a folder ``locale/<code>``; nothing else has to be changed.
"""

from __future__ import annotations

from pathlib import Path

from tessella.vocabulary import OFFICIAL_LANGUAGES

__all__ = ["PSEUDO", "available"]

SOURCE = "en"
"""The language that texts are written in; it needs no catalogue."""

PSEUDO = "en-xa"
"""English with accents and longer, made by ``python -m tools.translations``: what stays plain is not translatable."""


def available(locale: Path, *, testing: bool = False) -> list[tuple[str, str]]:
    """Code and own name of each language with a catalogue in the folder; the one to test with only while ``testing``."""
    found = [
        (code, name)
        for code, name in OFFICIAL_LANGUAGES.items()
        if code == SOURCE or (locale / code / "LC_MESSAGES/django.mo").is_file()
    ]
    return [*found, (PSEUDO, "Ṕšéûðô")] if testing else found
