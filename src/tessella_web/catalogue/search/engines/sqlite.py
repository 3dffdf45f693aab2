"""SQLite's FTS5."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tessella_web.catalogue.search.models import LANGUAGES_MOST
from tessella_web.catalogue.search.question import Part, Question
from tessella_web.catalogue.search.ranking import candidates, numbers_in, set_of
from tessella_web.catalogue.search.snapshot import Snapshot
from tessella_web.catalogue.search.words import stem_token, words_token

__all__ = ["SQLiteEngine"]

TITLE, BODY, WORDS = 8.0, 1.0, 0.2
"""What a word counts in the title, as a stem in the rest, and as the beginning of a word."""


class SQLiteEngine:
    """Questions as FTS5 expressions. Tokens are letters and digits, each in quotation marks: nothing typed is ever syntax."""

    def matching(self, question: Question, snapshot: Snapshot) -> int:
        """Everything that matches."""
        return self._set(expression(question, snapshot.languages), snapshot)

    def best(self, question: Question, snapshot: Snapshot, among: int) -> list[int]:
        """Ranked by BM25."""
        in_title = self._set(expression(question, snapshot.languages, anywhere=False), snapshot)
        chosen = candidates(among, in_title)
        if not chosen:
            return []
        # Filtered by an expression, not by rowid: for each rowid of a list the question would be asked anew.
        asked = """SELECT rowid / %s, bm25(search_text, %s, %s, %s) FROM search_text
            WHERE search_text MATCH %s AND rowid >= %s AND rowid / %s IN (SELECT value FROM json_each(%s))"""
        values: list[int | float | str] = [LANGUAGES_MOST, TITLE, BODY, WORDS, expression(question, snapshot.languages),
                  min(chosen) * LANGUAGES_MOST, LANGUAGES_MOST, f"[{','.join(map(str, chosen))}]"]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(asked, values)
            scored = sorted(cursor.fetchall(), key=lambda row: (row[1], -row[0]))
        return list(dict.fromkeys(number for number, _score in scored))

    def follow(self) -> None:
        """Triggers keep it."""

    def _set(self, asked: str, snapshot: Snapshot) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT group_concat(rowid / %s) FROM search_text WHERE search_text MATCH %s",
                [LANGUAGES_MOST, asked],
            )
            return set_of(numbers_in(cursor.fetchone()[0]), snapshot.size)


def expression(question: Question, languages: Iterable[str], *, anywhere: bool = True) -> str:
    """All parts of the question; otherwise any part in the title."""
    columns, joint = ("title body", " AND ") if anywhere else ("title", " OR ")
    return joint.join(f"({_part(one, sorted(languages), columns)})" for one in question.parts)


def _part(part: Part, languages: Iterable[str], columns: str) -> str:
    stems = dict.fromkeys(_phrase(stem_token(word, one) for word in part.words) for one in languages)
    found = [f"{{{columns}}} : ({' OR '.join(stems)})"] if stems else []
    if part.is_open and "body" in columns:
        found.append(f"{{words}} : {_phrase(map(words_token, part.words))} *")
    return " OR ".join(found) or '""'


def _phrase(tokens: Iterable[str]) -> str:
    return " + ".join(f'"{one}"' for one in tokens)
