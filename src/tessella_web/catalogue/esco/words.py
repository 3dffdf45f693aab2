"""Words as they are searched: small letters, no accents; and how far two words are apart."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MAX_WORD", "folded", "is_near", "words_of"]

MAX_WORD = 40
"""Characters of a word that are compared: more make no difference."""

_WORD = re.compile(r"\w+")
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h"}
)


def folded(text: str) -> str:
    """The text in small letters and without accents, in any script."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold().translate(_LETTERS)


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [word[:MAX_WORD] for word in _WORD.findall(folded(text))]


def is_near(one: str, other: str) -> bool:
    """Whether one slip makes one word of the other: a letter too many, missing, wrong, or two swapped."""
    if one == other:
        return True
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) != len(other):
        return one[at:] == other[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )
