"""Fresh idempotency keys for schemathesis, as the description asks for: it likes to send a value that it has sent before."""

from __future__ import annotations

import itertools
import re
import uuid
from typing import Any

import schemathesis

__all__ = ["fresh_key"]

HEADER = "Idempotency-Key"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_SPACE = uuid.uuid4()
_count = itertools.count()


@schemathesis.hook("before_call")
def fresh_key(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A key that nobody has sent, where there is a good one; what is none stays as it is."""
    key = (case.headers or {}).get(HEADER)
    if isinstance(key, str) and _UUID.fullmatch(key):
        kwargs["headers"] = {
            **(kwargs.get("headers") or {}),
            HEADER: str(uuid.uuid5(_SPACE, str(next(_count)))),
        }
