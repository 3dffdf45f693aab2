"""The languages of the interface: of the 24 official ones of the Union those that have a catalogue, and one to test with.

A new language is a folder ``locale/<code>``; nothing else has to be changed.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["OFFICIAL", "PSEUDO", "available"]

OFFICIAL = {
    "bg": "български", "cs": "čeština", "da": "dansk", "de": "Deutsch", "el": "ελληνικά", "en": "English",
    "es": "español", "et": "eesti", "fi": "suomi", "fr": "français", "ga": "Gaeilge", "hr": "hrvatski",
    "hu": "magyar", "it": "italiano", "lt": "lietuvių", "lv": "latviešu", "mt": "Malti", "nl": "Nederlands",
    "pl": "polski", "pt": "português", "ro": "română", "sk": "slovenčina", "sl": "slovenščina", "sv": "svenska",
}  # fmt: skip
"""By code the name that its speakers use (Regulation No 1, article 1, as amended)."""

SOURCE = "en"
"""The language that texts are written in; it needs no catalogue."""

PSEUDO = "en-xa"
"""English with accents and longer, made by ``python -m tools.translations``: what stays plain is not translatable."""


def available(locale: Path, *, testing: bool = False) -> list[tuple[str, str]]:
    """Code and own name of each language with a catalogue in the folder; the one to test with only while ``testing``."""
    found = [
        (code, name)
        for code, name in OFFICIAL.items()
        if code == SOURCE or (locale / code / "LC_MESSAGES/django.mo").is_file()
    ]
    return [*found, (PSEUDO, "Ṕšéûðô")] if testing else found
