"""Words as the index has them: small letters without accents, stems by language, and nothing an engine could take for syntax.

A word is folded first and stemmed then, in the index and in questions alike, so that “universitat” finds “Universität”. What an
engine gets are tokens of ``a``–``z`` and digits only: other letters as the hexadecimal digits of their UTF-8, whose beginnings
are those of the word. A stem begins with its language (``en0educ``), a word as it stands with ``x`` (``x0education``).
"""

from __future__ import annotations

import functools
import re
import threading
import unicodedata

import snowballstemmer

__all__ = ["MAX_WORD", "folded", "primary", "stem", "stem_token", "stems", "words", "words_token"]

MAX_WORD = 40
"""Letters: longer than any word that somebody types to find something; what follows is left out."""

_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""By language the algorithm; words of other languages stay whole."""

_AS_IT_STANDS = "x"
"""No language has a tag of one letter."""

_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ё": "е"}
)
"""Letters with a stroke and ligatures, which Unicode does not take apart."""

_TAKEN_APART = 0x0530
"""Latin and Greek lie below, with Cyrillic, whose marks make other letters; beyond, marks are part of the word."""

_CYRILLIC = range(0x0400, 0x0530)
_MARKS = range(0x0300, 0x0370)
_VOWEL_SIGNS = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
"""Points of Hebrew and Arabic, which people leave out."""

_WORD = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"  # scripts without spaces: sign by sign
    "|(?:[^\\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[\u0900-\u0dff\u0e80-\u0fff\u1000-\u109f])+"
)

_lock = threading.Lock()
"""A stemmer keeps the word it works on in itself."""


def folded(text: str) -> str:
    """The text in small letters, without the accents that people leave out when they type."""
    return _VOWEL_SIGNS.sub("", "".join(_plain(one) for one in unicodedata.normalize("NFC", text.casefold())))


@functools.lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    letter = letter.translate(_LETTERS)
    if all(ord(one) in _CYRILLIC for one in letter):
        return letter
    apart = unicodedata.normalize("NFKD", letter)
    if ord(apart[:1] or " ") >= _TAKEN_APART:
        return letter
    return "".join(one for one in apart if ord(one) not in _MARKS).casefold().translate(_LETTERS)


def words(text: str) -> list[str]:
    """The words of a text, folded, each at most `MAX_WORD` letters long; signs of scripts without spaces one by one."""
    return [one[:MAX_WORD] for one in _WORD.findall(folded(text))]


def primary(language: str) -> str:
    """The first part of a BCP 47 tag, as tokens are marked with it: ``de`` of ``de-AT``."""
    found = language.partition("-")[0].lower()
    return found if found.isascii() and found.isalpha() and 2 <= len(found) <= 8 else "und"


@functools.lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """What is common to the forms of a folded word in a language, folded too."""
    name = _STEMMERS.get(language)
    if name is None or word.isdigit():
        return word
    with _lock:
        return folded(_stemmer(name).stemWord(word)) or word


@functools.cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)


def words_token(word: str) -> str:
    """A folded word as it stands, as engines get it."""
    return _token(word, _AS_IT_STANDS)


def _token(word: str, mark: str) -> str:
    return f"{mark}0{word}" if word.isascii() else f"{mark}1{word.encode().hex()}"


def stem_token(word: str, language: str) -> str:
    """The stem of a folded word in a language (its `primary` part), as engines get it."""
    return _token(stem(word, language), language)


def stems(text: list[str], language: str) -> list[str]:
    """The tokens of words in their language, in their order."""
    language = primary(language)
    return [stem_token(one, language) for one in text]
