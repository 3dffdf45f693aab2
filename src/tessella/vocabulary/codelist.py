"""A controlled list: find a concept by code, URI or label, and say what was meant when it is not there."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping

from tessella.errors import VocabularyError
from tessella.text import pick, say
from tessella.vocabulary._matching import MAX_VALUE_CHARS, fold, level, misspelt, near, rank
from tessella.vocabulary._tables import Row, Table, read_names, read_table
from tessella.vocabulary.concept import Concept

__all__ = ["CodeList", "same_uri"]

_SUGGESTIONS = 3
_SHOWN_CODES = 25
"""A list up to this size is spelt out in the error's ``expected``."""

_EU_HOSTS = ("data.europa.eu/", "publications.europa.eu/")


def same_uri(uri: str) -> str:
    """A URI as the lists write it: EU authorities' URIs begin with ``http:`` and have no slash at the end."""
    uri = uri.strip()
    plain = uri.removeprefix("https://")
    if plain != uri and plain.startswith(_EU_HOSTS):
        uri = "http://" + plain
    return uri.rstrip("/")


class CodeList:
    """One controlled list. Get it from `code_list`; it is read once and never changes.

    ``name`` is our short name, ``scheme`` the URI of the concept scheme, ``title`` what the list is about,
    ``source`` the published data set its facts come from, as of ``snapshot``, under ``licence``; ``note`` what
    is particular. Concepts come in the list's own order.
    """

    def __init__(self, table: Table) -> None:
        self.name = table.list
        self.title = table.title
        self.scheme = table.scheme
        self.source = table.source
        self.licence = table.licence
        self.snapshot = table.snapshot
        self.note = table.note
        rows = (*table.concepts, *(Row(code=code.lower(), tail=code) for code in table.bare.split()))
        uris = {row.code: _uri(table, row) for row in rows}
        self._rows = {uris[row.code]: row for row in rows}
        self.concepts = tuple(
            Concept(
                uri=uris[row.code],
                scheme=table.scheme
                if uris[row.code].startswith(table.base)
                else uris[row.code].rpartition(":")[0],
                code=row.code,
                labels={"en": row.label} if row.label and isinstance(row.label, str) else row.label or {},
                broader=_broader(table, row, uris),
            )
            for row in rows
        )
        self._more_names = table.names
        self._by_code = {concept.code: concept for concept in self.concepts}
        self._by_uri = {concept.uri: concept for concept in self.concepts}

    @classmethod
    @functools.cache
    def named(cls, name: str) -> CodeList:
        """The list with a name of the index."""
        return cls(read_table(name))

    def __repr__(self) -> str:
        return f"<CodeList {self.name}: {len(self.concepts)} concepts>"

    def __len__(self) -> int:
        return len(self.concepts)

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def in_list(self, concept: Concept | str) -> bool:
        """Whether the concept, or the URI, is a member; that it names this list's scheme is not enough."""
        return same_uri(concept if isinstance(concept, str) else concept.uri) in self._by_uri

    def facts(self, concept: Concept) -> Mapping[str, str]:
        """What the list knows of its concept beyond the `Concept` itself (``{"groups": "EU EEA EHEA"}``)."""
        row = self._rows.get(concept.uri)
        return row.facts if row else {}

    def label(self, concept: Concept, *languages: str) -> str:
        """What to call the concept in the first of the languages there is a word for, else in English.

        The concept's own labels come first; for countries and languages there are customary names in the other
        official languages of the EU.
        """
        return pick(self._names.get(concept.code, {}) | concept.labels, languages or ("en",)) or concept.uri

    def branch(self, concept: Concept) -> tuple[Concept, ...]:
        """The concept and all broader ones, narrowest first; only the concept when it is not in the list."""
        line = [concept]
        while (above := self._by_uri.get(line[-1].broader)) is not None:
            line.append(above)
        return tuple(line)

    def get(self, value: str) -> Concept | None:
        """The concept with this code, URI, last part of the URI, alias, or name in any language; else None.

        Case, accents and the difference of space, hyphen and underscore do not count. Of concepts with the same
        label that lie on one branch (ISCED-F has “Law” as 042 and 0421) it is the most detailed; any other
        label shared by several concepts finds none of them.
        """
        found = self._by_code.get(value) or self._by_uri.get(value) or self._by_uri.get(same_uri(value))
        if found is not None or len(value) > MAX_VALUE_CHARS or not value.strip():
            return found
        return self._narrowest(self._by_spelling.get(level(value), ())) or self._narrowest(
            self._by_word.get(fold(value), ())
        )

    def require(self, value: str) -> Concept:
        """The concept that `get` finds.

        Raises:
            VocabularyError: it finds none; the hint names up to three concepts that may be meant.
                ``input.vocabulary`` for an unknown value, ``input.vocabulary.ambiguous`` for a label of several
                concepts, ``input.vocabulary.lost-zero`` for a code whose leading zeros a spreadsheet dropped.
        """
        found = self.get(value)
        if found is not None:
            return found
        shown = value if len(value) <= MAX_VALUE_CHARS else value[:MAX_VALUE_CHARS] + "…"
        code, meant = self._meant(value)
        raise VocabularyError(
            say("“%(value)s” is not in the list “%(list)s”.", value=shown, list=self.name),
            code=code,
            got=shown,
            expected=", ".join(self._by_code) if len(self) <= _SHOWN_CODES else None,
            hint=_hint(self.name, meant),
        )

    def suggestions(self, value: str) -> list[Concept]:
        """Up to three concepts that may be meant by a value that is not in the list, likeliest first."""
        return self._meant(value)[1]

    def search(self, query: str, language: str = "en", limit: int = 20) -> list[Concept]:
        """Concepts whose code, aliases, English label or name in the language match the query, best first.

        Whole value before beginning before beginnings of words before any part; only when nothing matches,
        words with a typo. An empty query gives the beginning of the list.
        """
        wanted = fold(query[:MAX_VALUE_CHARS])
        if not wanted:
            return list(self.concepts[:limit])
        haystack = self._haystack(language)
        ranked: list[tuple[int, int, int, Concept]] = []
        for position, (concept, keys) in enumerate(haystack):
            ranks = [(found, len(key)) for key in keys if (found := rank(wanted, key)) is not None]
            if ranks:
                ranked.append((*min(ranks), position, concept))
        if ranked:
            return [entry[3] for entry in sorted(ranked, key=lambda entry: entry[:3])[:limit]]
        similar = misspelt(wanted, [key for _, keys in haystack for key in keys])
        return [concept for concept, keys in haystack if not similar.isdisjoint(keys)][:limit]

    def _meant(self, value: str) -> tuple[str, list[Concept]]:
        """The finer error code, and what may be meant."""
        if not value.strip() or len(value) > MAX_VALUE_CHARS:
            return "input.vocabulary", []
        key = fold(value)
        if same := self._by_word.get(key):
            return "input.vocabulary.ambiguous", list(same[:_SUGGESTIONS])
        if key.isascii() and key.isdigit():
            padded = [self._by_code.get(key.zfill(width)) for width in range(len(key) + 1, 5)]
            if lost := [concept for concept in padded if concept]:
                return "input.vocabulary.lost-zero", lost
        words = [word for word, concepts in self._by_word.items() if concepts[0].labels]
        found = [concept for word in near(key, words, limit=9) for concept in self._by_word[word]]
        if not found:
            found = self.search(value, limit=_SUGGESTIONS)
        return "input.vocabulary", list({concept.uri: concept for concept in found}.values())[:_SUGGESTIONS]

    def _narrowest(self, concepts: tuple[Concept, ...]) -> Concept | None:
        """The last of concepts that are each broader than the next; None if they are not one branch."""
        for broad, narrow in itertools.pairwise(concepts):
            if narrow.broader != broad.uri:
                return None
        return concepts[-1] if concepts else None

    @functools.cached_property
    def _names(self) -> Mapping[str, dict[str, str]]:
        """By code, the names in more languages."""
        names: dict[str, dict[str, str]] = {}
        for language, by_code in read_names(self.name).names.items() if self._more_names else ():
            for code, name in by_code.items():
                names.setdefault(code, {})[language] = name
        return names

    @functools.cached_property
    def _by_spelling(self) -> dict[str, tuple[Concept, ...]]:
        """Concepts by word with its accents: Lithuanian “danų” is Danish, not the language Danu."""
        return self._index(level)

    @functools.cached_property
    def _by_word(self) -> dict[str, tuple[Concept, ...]]:
        """Concepts by word without accents."""
        return self._index(fold)

    def _index(self, key: Callable[[str], str]) -> dict[str, tuple[Concept, ...]]:
        """By the key of a word: a code stands for its concept alone, then an alias, a label, another name."""
        words: dict[str, tuple[Concept, ...]] = {}
        for kind in (self._codes, self._aliases, self._labels, self._other_names):
            layer: dict[str, dict[str, Concept]] = {}
            for concept in self.concepts:
                for word in kind(concept):
                    layer.setdefault(key(word), {})[concept.uri] = concept
            for word, found in layer.items():
                words.setdefault(word, tuple(found.values()))
        return words

    def _codes(self, concept: Concept) -> tuple[str, ...]:
        tail = self._rows[concept.uri].tail
        return (concept.code,) if ":" in tail else (concept.code, tail)

    def _aliases(self, concept: Concept) -> tuple[str, ...]:
        return self._rows[concept.uri].aliases

    def _labels(self, concept: Concept) -> tuple[str, ...]:
        return tuple(concept.labels.values())

    def _other_names(self, concept: Concept) -> tuple[str, ...]:
        return tuple(self._names.get(concept.code, {}).values())

    @functools.cache  # noqa: B019  lists live as long as the process
    def _haystack(self, language: str) -> list[tuple[Concept, tuple[str, ...]]]:
        """Of each labelled concept the folded texts a search in the language looks at."""
        return [
            (
                concept,
                tuple(
                    fold(text)
                    for text in {
                        concept.code: None,
                        concept.label(): None,
                        self.label(concept, language): None,
                        **dict.fromkeys(self._aliases(concept)),
                    }
                ),
            )
            for concept in self.concepts
            if concept.labels
        ]


def _uri(table: Table, row: Row) -> str:
    return row.tail if ":" in row.tail else table.base + (row.tail or row.code)


def _broader(table: Table, row: Row, uris: Mapping[str, str]) -> str:
    if table.cut is None:
        return uris[row.broader] if row.broader else ""
    code = row.code
    while code:
        code = code.rpartition(table.cut)[0] if table.cut else code[:-1]
        if code in uris:
            return uris[code]
    return ""


def _hint(name: str, meant: list[Concept]) -> str:
    if not meant:
        return say("See its values with “tessella vocabulary %(list)s”.", list=name)
    shown = ", ".join(
        f"“{concept.code}” ({label})"
        if fold(label := concept.label()) != fold(concept.code)
        else f"“{concept.code}”"
        for concept in meant
    )
    return say("Did you mean %(suggestions)s?", suggestions=shown)
