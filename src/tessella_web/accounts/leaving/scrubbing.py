"""Taking what was deleted out of the database's own file.

A database that deletes a row forgets where it is; the bytes may stay in its file until something else is written there. SQLite
overwrites them as it deletes (``secure_delete``, in the settings), but for what it left behind when it moved rows between pages, and
the write-ahead log keeps the pages as they were. PostgreSQL removes dead rows by VACUUM; its own log (WAL), and whatever was copied out
of it, is the operator's.
"""

from __future__ import annotations

from django.db import OperationalError, connection

__all__ = ["scrub"]


def scrub() -> None:
    """Write the database's file anew without anything that was deleted; outside of any transaction. Does nothing on PostgreSQL.

    SQLite needs as much free disk as the file is long, and lets nobody write meanwhile.

    Raises:
        OperationalError: somebody holds the database for longer than it waits; try again.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if (cursor.fetchone() or (0,))[0]:
            raise OperationalError("the write-ahead log is being read")
