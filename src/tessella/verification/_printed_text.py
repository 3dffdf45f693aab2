"""Text as it is compared between a page and a credential, and lines by the labels among them."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tessella.containers import PageLine

__all__ = [
    "ALIKE",
    "Lines",
    "Part",
    "is_simple",
    "is_spelt",
    "key_of",
    "letters_of",
    "lines_as",
    "nearest",
    "parts_of",
]

ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}
    | {")": "(", "]": "[", "}": "{", ">": "<", "»": "«", "›": "‹"}
)
"""What may stand for one another: other forms of quotes and dashes, and brackets, which are turned on lines that run to the left."""


def key_of(text: str) -> str:
    """A text without what programs change when they write a page anew: spaces, ligatures, forms of quotes and dashes, case."""
    folded = unicodedata.normalize("NFKC", text).translate(ALIKE).casefold()
    return "".join(
        one for one in folded if not one.isspace() and unicodedata.category(one) not in _UNCOMPARED
    )


_UNCOMPARED = ("Cf", "Cc", "Mn", "Mc")
"""Categories of characters that are not compared: what controls, and marks that belong to no letter."""


def is_simple(text: str) -> bool:
    """Whether its letters stand on the page one after the other as they are spelt; those of other scripts are joined and turned."""
    return all(
        unicodedata.bidirectional(one) in _STRAIGHT and unicodedata.category(one) not in ("Mn", "Mc")
        for one in text
    ) and not any(_JOINED.match(unicodedata.name(one, "")) for one in text)


_STRAIGHT = frozenset(("L", "EN", "ES", "ET", "CS", "ON", "WS", "B", "S", "BN", "NSM"))
_JOINED = re.compile(
    r"(?:DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA|THAI|LAO|TIBETAN|MYANMAR|KHMER)\b"
)


def is_spelt(text: str) -> bool:
    """Whether each mark stands on a letter of its own script; what stands on none is drawn with letters that nobody wrote."""
    return all(
        _script(before) == _script(one)
        for before, one in itertools.pairwise(" " + unicodedata.normalize("NFC", text))
        if unicodedata.category(one) in ("Mn", "Mc") and _JOINED.match(unicodedata.name(one, ""))
    )


def _script(one: str) -> str:
    return unicodedata.name(one, "").partition(" ")[0]


def letters_of(text: str) -> frozenset[str]:
    """The letters of a text in a script that is joined or turned, for want of an order to compare.

    Arabic letters of one shape count as one: fonts draw the shape and its dots apart, and a file can state one letter for each shape only.
    """
    return frozenset(
        _SHAPES.get(one, one)
        for one in key_of(unicodedata.normalize("NFD", text))
        if unicodedata.category(one)[0] in "LN"
    )


_SHAPES = {
    letter: letters[0]
    for letters in (
        "ؠبتثؽؾؿنىيٮٹٺٻټٽپٿڀڹںڻڼڽیۍێېۑے", "اٱٲٳ", "وۆۇۈۉۊۋۏ", "ةهھە", "جحخځڂڃڄڅچڇڿ", "دذڈډڊڋڌڍڎڏڐ", "رزڑڒړڔڕږڗژڙ", "سشښڛڜ", "صضڝڞ",
        "طظڟ", "عغڠ", "ػؼكکګڬڭڮگڰڱڲڳڴ", "فقٯڡڢڣڤڥڦڧڨ", "لڵڶڷڸ", "ہۃ", "ۄۅ",
    )
    for letter in letters
}  # fmt: skip
"""By Arabic letter the first of those that have a shape in common in some place of a word."""


class Lines(NamedTuple):
    """Lines as one key, with the places where lines begin and end."""

    key: str
    starts: frozenset[int]
    ends: frozenset[int]

    def has(self, wanted: str) -> bool:
        """Whether whole lines say this."""
        at = self.key.find(wanted)
        while at >= 0:
            if at in self.starts and at + len(wanted) in self.ends:
                return True
            at = self.key.find(wanted, at + 1)
        return False


def lines_as(lines: Iterable[PageLine]) -> Lines:
    """Lines as they are compared."""
    keys = [key_of(line.text) for line in lines]
    ends = list(itertools.accumulate(map(len, keys)))
    return Lines("".join(keys), frozenset((0, *ends)), frozenset(ends))


class Part(NamedTuple):
    """A label on the page and the lines after it, up to the next; before the first there is none."""

    label: str
    element: str
    lines: tuple[PageLine, ...]


_LABEL_LINES = 3
"""Lines that a label may take in a narrow column."""


def parts_of(lines: Sequence[PageLine], labels: Mapping[str, tuple[str, str]]) -> Iterator[Part]:
    """The lines by the labels among them; ``labels`` gives, by key, a label and the element that it stands for."""
    label, element, inside = "", "", list[PageLine]()
    place = 0
    while place < len(lines):
        found = next(
            (
                (count, labels[key])
                for count in range(1, _LABEL_LINES + 1)
                if key_of(lines[place].text)  # a line of marks alone belongs to no label
                and (key := lines_as(lines[place : place + count]).key) in labels
            ),
            None,
        )
        if found is None:
            inside.append(lines[place])
            place += 1
            continue
        yield Part(label, element, tuple(inside))
        (count, (label, element)), inside = found, []
        place += count
    yield Part(label, element, tuple(inside))


_NEAR_LINES, _SHOWN_CHARS = 12, 300
"""Lines in which a changed value is looked for, and characters of it in a report."""


def nearest(lines: Sequence[str], values: Sequence[str]) -> str:
    """As many of the lines, from the first on, as come nearest to one of the values: what stands in its place."""
    starts = [" ".join(lines[:end])[:_SHOWN_CHARS] for end in range(1, min(len(lines), _NEAR_LINES) + 1)]
    alike = [
        (difflib.SequenceMatcher(None, start, value[:_SHOWN_CHARS], autojunk=False).ratio(), start)
        for start in starts
        for value in values
    ]
    return max(alike, key=lambda one: one[0], default=(0.0, ""))[1]
