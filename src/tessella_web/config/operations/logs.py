"""Logs as lines of JSON that name routes and not people.

Only our own messages are filled in with their values, which are ids, counts and codes. Of messages of other packages, and of
errors, what is kept is which it was and where: their texts quote addresses and what people typed.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Any

__all__ = ["OWN", "JsonFormatter", "PlainFormatter", "request_id"]

OWN = "tessella_web"
"""Loggers of our own."""

FRAMES = 12
"""Innermost places of an error that are named: enough to find it."""

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that is being answered, in its thread."""


class JsonFormatter(logging.Formatter):
    """One JSON object in a line: ``time``, ``level``, ``logger``, ``message``, ``request``, and what our own code adds as ``facts``."""

    def format(self, record: logging.LogRecord) -> str:
        """Never the values of others' messages, never the text of an error."""
        line: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if found := request_id.get():
            line["request"] = found
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainFormatter(JsonFormatter):
    """The same for eyes: on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, facts."""
        line = json.loads(super().format(record))
        head = " ".join(str(line.pop(name)) for name in ("time", "level", "logger", "message"))
        return " ".join([head, *(f"{name}={value}" for name, value in line.items())])


def _message(record: logging.LogRecord) -> str:
    if record.name == OWN or record.name.startswith(f"{OWN}."):
        return record.getMessage()
    return str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__


def _places(found: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(found)[-FRAMES:]
    return [f"{one.filename.rpartition('site-packages/')[2]}:{one.lineno} {one.name}" for one in frames]
