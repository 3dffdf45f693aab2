"""What somebody typed into the search field, taken apart: nothing of it is ever syntax of an engine."""

from __future__ import annotations

import re

import msgspec

from tessella_web.catalogue.search.words import words

__all__ = ["MAX_LENGTH", "MAX_PARTS", "MIN_PREFIX", "Part", "Question", "read"]

MAX_LENGTH = 200
"""Characters that are looked at: a title fits in; more is no question."""

MAX_PARTS = 12
"""Words or phrases that are looked for: each costs a look into the index."""

MIN_PREFIX = 3
"""Letters from which the last word may be the beginning of one: shorter ones begin too many."""

_QUOTED = re.compile('["“”„«»‟][^"“”„«»‟]*["“”„«»‟]?')


class Part(msgspec.Struct, frozen=True):
    """Words that must stand one after the other; one word alone in nearly all cases. ``is_open``: its word may go on."""

    words: tuple[str, ...]
    is_open: bool = False

    @property
    def text(self) -> str:
        """As people read it."""
        return " ".join(self.words)


class Question(msgspec.Struct, frozen=True):
    """All parts must be found, in one language of a micro-credential. Empty asks for everything."""

    parts: tuple[Part, ...] = ()

    def without(self, part: Part) -> Question:
        """The question without one of its parts."""
        return Question(tuple(one for one in self.parts if one is not part))


def read(typed: str) -> Question:
    """The question that somebody typed: words, phrases in quotation marks, the last word perhaps not finished."""
    typed = typed.replace("\0", " ")[:MAX_LENGTH]
    parts: list[Part] = []
    end = 0
    for quoted in _QUOTED.finditer(typed):
        parts += _single(typed[end : quoted.start()])
        end = quoted.end()
        if inside := words(quoted.group()):
            parts.append(Part(tuple(inside)))
    last = _single(typed[end:])
    if last and len(last[-1].words[-1]) >= MIN_PREFIX:
        last[-1] = Part(last[-1].words, is_open=True)
    unique = dict.fromkeys([*parts, *last])
    return Question(tuple(unique)[:MAX_PARTS])


def _single(text: str) -> list[Part]:
    """Each run of letters between spaces: “l'eau” or 水質 are several words that stand together."""
    return [Part(tuple(found)) for one in text.split() if (found := words(one))]
