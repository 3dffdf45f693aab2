"""The database's own full text over the entries; both kinds keep it themselves, in the transaction of the entry."""

from __future__ import annotations

__all__ = ["ENGINES"]

_SQLITE = (
    # The text stays in search_entry. “x0abc” is the shortest beginning of a word that is looked for (question.MIN_PREFIX).
    """CREATE VIRTUAL TABLE search_text USING fts5(
        title, body, words, content='search_entry', content_rowid='id', tokenize='ascii', prefix='5 7')""",
    """CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
        INSERT INTO search_text(rowid, title, body, words) VALUES (new.id, new.title, new.body, new.words); END""",
    """CREATE TRIGGER search_entry_removed AFTER DELETE ON search_entry BEGIN
        INSERT INTO search_text(search_text, rowid, title, body, words)
        VALUES ('delete', old.id, old.title, old.body, old.words); END""",
)
"""Entries are made and removed, never changed: there is no trigger for that."""

_POSTGRESQL = (
    # Words are kept beside the rows: a common word visits half of all rows, which then lie close together.
    "ALTER TABLE search_entry SET (toast_tuple_target = 128)",
    """ALTER TABLE search_entry ADD COLUMN text tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.simple', title), 'A') || setweight(to_tsvector('pg_catalog.simple', body), 'B')
        || setweight(to_tsvector('pg_catalog.simple', words), 'D')) STORED""",
    # Of its own: an index does not know weights, so asking “in the title” of the whole would read every row that has the word.
    """ALTER TABLE search_entry ADD COLUMN heading tsvector
        GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', title)) STORED""",
    "CREATE INDEX search_entry_heading ON search_entry USING gin (heading) WITH (fastupdate = off)",
    "CREATE INDEX search_entry_text ON search_entry USING gin (text) WITH (fastupdate = off)",
)

ENGINES = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
"""By kind of database the statements that set it up, once."""
