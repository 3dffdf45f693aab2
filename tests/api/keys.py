"""Fresh idempotency keys for schemathesis, as the description asks for: it likes to send a value that it has sent before."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import schemathesis

__all__ = ["fresh_key"]

HEADER = "Idempotency-Key"

_SPACE = uuid.uuid4()
_count = itertools.count()


@schemathesis.hook("before_call")
def fresh_key(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A key that nobody has sent, in requests that are meant to be right; the others stay as they are."""
    if HEADER in (case.headers or {}) and case.meta is not None and case.meta.generation.mode.is_positive:
        case.headers[HEADER] = str(uuid.uuid5(_SPACE, str(next(_count))))
