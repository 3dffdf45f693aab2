"""`tantivy` beside the database, for catalogues where each millisecond counts.

The files are a copy of the entries as of one change, whose number and token stand beside them in ``head.json``. Before each answer that change is
compared with the database's: what came after is read and written first; files of another history, or files that cannot be read, are
made anew; and as long as they are behind (somebody else is writing them, or there is much to write), the database's own full text answers. So
the files may be lost, old or half written, and no answer is wrong.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import tantivy
from django.db import DatabaseError, connection

from tessella_web.catalogue.search.bits import kept
from tessella_web.catalogue.search.models import LANGUAGES_MOST, Change, Entry
from tessella_web.catalogue.search.question import Part, Question
from tessella_web.catalogue.search.ranking import RANKED, set_of
from tessella_web.catalogue.search.snapshot import Head, Snapshot, current
from tessella_web.catalogue.search.words import stem_token, words_token

__all__ = ["TantivyEngine"]

FORMAT = "1"
"""Counted up when the fields change: older files are not read."""

CATCH_UP = 500
"""Changes that are written while somebody waits for an answer: a quarter of a second. More are written beside, in a thread."""

HEAP = 64_000_000
"""Bytes the writer may fill before it writes a segment; tantivy asks for 15 MB at least."""

TITLE, BODY, WORDS = 8.0, 1.0, 0.2
"""What a word counts in the title, as a stem in the rest, and as the beginning of a word."""

_MUST, _SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
_Q = tantivy.Query
_log = logging.getLogger(__name__)


class _Fallback(Protocol):
    def matching(self, question: Question, snapshot: Snapshot) -> int: ...

    def best(self, question: Question, snapshot: Snapshot, among: int) -> list[int]: ...


class TantivyEngine:
    """One per process and folder. ``of_database`` gives the engine that answers while the files are behind."""

    def __init__(self, folder: Path, of_database: Callable[[], _Fallback]) -> None:
        self.folder = folder / f"tantivy-{FORMAT}"
        self._of_database = of_database
        self._schema = _schema()
        self._index: Any = None
        self._searcher: Any = None
        self._head = Head()
        self._lock = threading.RLock()
        self._following: threading.Thread | None = None

    def matching(self, question: Question, snapshot: Snapshot) -> int:
        """Everything that matches, unranked."""
        searcher = self._at(snapshot)
        if searcher is None:
            return self._of_database().matching(question, snapshot)
        asked = _Q.const_score_query(self._query(question, snapshot.languages), 1.0)
        if not searcher.num_docs:
            return 0
        hits = searcher.search(asked, searcher.num_docs, count=False, order_by_field="number").hits
        return set_of([number for number, _address in hits], snapshot.size)

    def best(self, question: Question, snapshot: Snapshot, among: int) -> list[int]:
        """Ranked by BM25; further down the list until there are enough of the set."""
        searcher = self._at(snapshot)
        if searcher is None:
            return self._of_database().best(question, snapshot, among)
        asked = self._query(question, snapshot.languages)
        size = among.bit_count()
        wanted, limit = min(RANKED, size), RANKED
        while True:
            found = searcher.search(asked, limit, count=True)
            numbers = searcher.fast_field_values("number", [address for _score, address in found.hits])
            scored = sorted(zip(found.hits, numbers, strict=True), key=lambda one: (-one[0][0], -one[1]))
            mine = kept(dict.fromkeys(number for _hit, number in scored), among)
            if len(mine) >= wanted or limit >= found.count:
                return mine[:RANKED]
            # So many as should hold enough of the set, were it spread evenly; everything if it was not.
            likely = 2 * RANKED * found.count // max(1, size)
            limit = likely if limit < likely < found.count else found.count

    def follow(self) -> None:
        """Write everything that is missing, however much it is."""
        with self._lock:
            self._catch_up(current().head)

    # the files

    def _at(self, snapshot: Snapshot) -> Any:
        """A searcher over exactly what the snapshot lists; None when the files are not there yet."""
        with self._lock:
            if self._head == snapshot.head and self._searcher is not None:
                return self._searcher
            try:
                head = self._open()
                if head == snapshot.head:
                    return self._searcher
                if snapshot.head.number - head.number > CATCH_UP:
                    self._follow_beside()
                    return None
                return self._searcher if self._catch_up(snapshot.head) else None
            except (ValueError, OSError) as error:  # what tantivy raises for files that it cannot read
                _log.warning("The search files are made anew: %s", error)
                self._forget()
                return None

    def _open(self) -> Head:
        """Open the files as they are; which change they are of."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._index is None:
            self._index = tantivy.Index(self._schema, path=str(self.folder))
            spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
            self._index.register_tokenizer("spaces", spaces)
        self._index.reload()
        self._searcher = self._index.searcher()
        self._head = self._read_head()
        return self._head

    def _catch_up(self, head: Head) -> bool:
        """Write what changed up to ``head``; False when somebody else is writing."""
        known = self._open()
        if known == head:
            return True
        try:
            writer = self._index.writer(HEAP, 1)
        except ValueError:
            return False
        known = self._read_head()  # whoever wrote until now may have written this
        if not Change.objects.filter(number=known.number, token=known.token).exists():
            writer.delete_all_documents()
            known = Head()
        since = range(known.number + 1, head.number + 1)
        gone = Change.objects.filter(number__range=(since.start, head.number), removed__isnull=False)
        for number in gone.values_list("removed", flat=True):
            writer.delete_documents_by_term("number", number)
        _add(writer, since, again=known.number > 0)
        writer.commit()
        writer.wait_merging_threads()
        self._write_head(head)
        return self._open() == head

    def _follow_beside(self) -> None:
        if self._following is None or not self._following.is_alive():
            self._following = threading.Thread(
                target=self._follow_in_thread, name="search-files", daemon=True
            )
            self._following.start()

    def _follow_in_thread(self) -> None:
        try:
            TantivyEngine(self.folder.parent, self._of_database).follow()
        except (ValueError, OSError, DatabaseError):
            _log.exception("The search files could not be written; the database answers.")
        finally:
            connection.close()

    def _forget(self) -> None:
        self._index = self._searcher = None
        self._head = Head()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read_head(self) -> Head:
        try:
            found = json.loads((self.folder / "head.json").read_text())
            return Head(int(found["number"]), str(found["token"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Head()

    def _write_head(self, head: Head) -> None:
        written = self.folder / f"head.json.{os.getpid()}"
        written.write_text(json.dumps(head._asdict()))
        written.replace(self.folder / "head.json")

    # questions

    def _query(self, question: Question, languages: Iterable[str]) -> Any:
        return _Q.boolean_query([(_MUST, self._part(one, sorted(languages))) for one in question.parts])

    def _part(self, part: Part, languages: Iterable[str]) -> Any:
        found = []
        for tokens in dict.fromkeys(tuple(stem_token(word, one) for word in part.words) for one in languages):
            found += [
                (_SHOULD, _Q.boost_query(self._phrase("title", tokens), TITLE)),
                (_SHOULD, self._phrase("body", tokens)),
            ]
        if part.is_open:
            *before, last = map(words_token, part.words)
            open_end: list[str | tuple[int, str]] = [*before, f"{last}.*"]
            beginning = (
                _Q.regex_phrase_query(self._schema, "words", open_end)
                if before
                else _Q.regex_query(self._schema, "words", f"{last}.*")
            )
            found.append((_SHOULD, _Q.const_score_query(beginning, WORDS)))
        return _Q.boolean_query(found) if found else _Q.empty_query()

    def _phrase(self, field: str, tokens: tuple[str, ...]) -> Any:
        if len(tokens) == 1:
            return _Q.term_query(self._schema, field, tokens[0])
        return _Q.phrase_query(self._schema, field, list(tokens))


def _schema() -> Any:
    made = tantivy.SchemaBuilder()
    made.add_integer_field("number", indexed=True, fast=True)
    for name in ("title", "body", "words"):
        made.add_text_field(name, tokenizer_name="spaces")
    return made.build()


def _add(writer: Any, numbers: range, *, again: bool) -> None:
    """Write the entries of these listings; ``again``: some may be there from before a crash."""
    entries = Entry.objects.filter(
        id__gte=numbers.start * LANGUAGES_MOST, id__lt=numbers.stop * LANGUAGES_MOST
    ).order_by("id")
    last = None
    for one in entries.values_list("listing_id", "title", "body", "words").iterator(chunk_size=2000):
        if again and one[0] != last:
            last = one[0]
            writer.delete_documents_by_term("number", last)
        writer.add_document(tantivy.Document(number=one[0], title=one[1], body=one[2], words=one[3]))
