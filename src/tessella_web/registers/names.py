"""Comparing names: what is written the same, and what could be taken for the same."""

from __future__ import annotations

import unicodedata
from collections import Counter

__all__ = ["MAX_DISTANCE", "cleaned", "distance", "mixed_letters", "plain", "sketch", "words"]

MAX_DISTANCE = 2
"""Letters by which look-alike names differ: a slip of the pen or one letter exchanged on purpose."""

_ALIKE = str.maketrans(
    {
        # Cyrillic and Greek letters that look like Latin ones (Unicode TR 39, confusables, the common part)
        "а": "a", "в": "b", "е": "e", "з": "3", "і": "i", "ј": "j", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "ԁ": "d", "ԛ": "q", "ԝ": "w", "һ": "h", "ь": "b",
        "α": "a", "β": "b", "γ": "y", "ε": "e", "η": "n", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t",
        "υ": "u", "χ": "x", "ω": "w",
        # letters that lose nothing but a stroke
        "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
        # digits in place of letters
        "0": "o", "1": "l", "3": "e", "5": "s", "|": "l",
    }
)  # fmt: skip

_PAIRS = (("rn", "m"), ("vv", "w"), ("i", "l"))
"""Read as the same at a glance, once everything else is said alike."""

_SMALL = frozenset(
    ("a", "and", "at", "da", "das", "de", "del", "della", "der", "des", "di", "die", "do", "du", "e", "el", "en", "et", "for", "für",
     "het", "i", "in", "la", "le", "les", "lo", "los", "of", "og", "på", "the", "und", "van", "von", "y", "w", "z")
)  # fmt: skip
"""Words that do not tell one name from another."""


def cleaned(name: str) -> str:
    """A name as it is kept: composed letters, single spaces, and nothing invisible that changes how it is shown."""
    composed = unicodedata.normalize("NFC", name)
    seen = "".join(
        one for one in composed if unicodedata.category(one) not in ("Cf", "Cc", "Co", "Cs") or one.isspace()
    )
    return " ".join(seen.split())


def mixed_letters(name: str) -> list[tuple[str, str]]:
    """Letters of a script that is not that of most letters of the name, with their Unicode names; in order, each once."""
    scripts = {one: unicodedata.name(one, "").partition(" ")[0] for one in name if one.isalpha()}
    counts = Counter(scripts[one] for one in name if one in scripts)
    if len(counts) < 2:
        return []
    usual = counts.most_common(1)[0][0]
    return [(one, unicodedata.name(one, "")) for one, script in scripts.items() if script != usual]


def plain(name: str) -> str:
    """For search: without accents, capitals and punctuation, in any script."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(" " if unicodedata.category(one)[0] in "PZCS" else one for one in folded)
    return " ".join("".join(one for one in kept if not unicodedata.combining(one)).split())


def sketch(name: str) -> str:
    """What the eye keeps of a name: two names with the same sketch can be taken for one another."""
    seen = _seen(plain(name.translate(_ALIKE)))
    return seen.replace(" ", "")


def words(name: str) -> str:
    """The sketches of its words that tell something, in alphabetical order: “Twickel University” is “University of Twickel”."""
    return " ".join(sorted(_seen(one) for one in plain(name).split() if one not in _SMALL))


def _seen(text: str) -> str:
    text = plain(text.translate(_ALIKE))
    for pair, one in _PAIRS:
        text = text.replace(pair, one)
    return text


def distance(first: str, second: str, *, limit: int = MAX_DISTANCE) -> int:
    """Letters to insert, drop or replace (Levenshtein); ``limit + 1`` as soon as it is more than ``limit``."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    row = list(range(len(second) + 1))
    for number, letter in enumerate(first, start=1):
        above, row[0] = row[0], number
        for place, other in enumerate(second, start=1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (letter != other))
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
