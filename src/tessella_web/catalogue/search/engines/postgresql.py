"""PostgreSQL's full text: a ``tsvector`` for each entry, with a GIN index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from django.db import connection, transaction

from tessella_web.catalogue.search.question import Part, Question
from tessella_web.catalogue.search.ranking import candidates, numbers_in, set_of
from tessella_web.catalogue.search.snapshot import Snapshot
from tessella_web.catalogue.search.words import stem_token, words_token

__all__ = ["PostgreSQLEngine"]

WEIGHTS = [0.05, 0.05, 0.2, 1.0]
"""What a word counts, in PostgreSQL's order D, C, B, A: as it stands, not used, as a stem in the rest, in the title."""


class PostgreSQLEngine:
    """Questions as ``tsquery``. Tokens are letters and digits, each in quotation marks: nothing typed is ever syntax."""

    def matching(self, question: Question, snapshot: Snapshot) -> int:
        """Everything that matches."""
        return self._set("text", expression(question, snapshot.languages), snapshot)

    def best(self, question: Question, snapshot: Snapshot, among: int) -> list[int]:
        """Ranked by ``ts_rank``."""
        in_title = self._set("heading", expression(question, snapshot.languages, anywhere=False), snapshot)
        chosen = candidates(among, in_title)
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT listing_id, max(ts_rank(%s::real[], text, %s::tsquery)) AS score FROM search_entry
                WHERE listing_id = ANY(%s) GROUP BY listing_id ORDER BY score DESC, listing_id DESC""",
                [WEIGHTS, expression(question, snapshot.languages), chosen],
            )
            return [number for number, _score in cursor.fetchall()]

    def follow(self) -> None:
        """It is a column of the entries."""

    def _set(self, column: Literal["text", "heading"], asked: str, snapshot: Snapshot) -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            # The planner does not know that reading every row means fetching every tsvector from beside it: ten times the work.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                f"SELECT string_agg(listing_id::text, ',') FROM search_entry WHERE {column} @@ %s::tsquery",  # noqa: S608
                [asked],
            )
            return set_of(numbers_in(cursor.fetchone()[0]), snapshot.size)


def expression(question: Question, languages: Iterable[str], *, anywhere: bool = True) -> str:
    """All parts of the question; otherwise any part, as a title has it. Without weights, which an index does not know: a stem
    is never a word as it stands.
    """
    joint = " & " if anywhere else " | "
    return joint.join(f"({_part(one, sorted(languages), anywhere)})" for one in question.parts)


def _part(part: Part, languages: Iterable[str], anywhere: bool) -> str:
    found = list(dict.fromkeys(_phrase(stem_token(word, one) for word in part.words) for one in languages))
    if part.is_open and anywhere:
        found.append(_phrase(map(words_token, part.words), ending=":*"))
    return " | ".join(found) or "''"


def _phrase(tokens: Iterable[str], ending: str = "") -> str:
    return "(" + " <-> ".join(f"'{one}'" for one in tokens) + ending + ")"
