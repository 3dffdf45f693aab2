"""Files inside JSON: small ones that come with words about them."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Any

from django.utils.translation import gettext as _
from pydantic import BeforeValidator, WithJsonSchema

__all__ = ["MOST_BASE64", "Content", "Picture"]

MOST_BASE64 = 3 * 1024 * 1024
"""Characters: a file of 2 MB, which is more than any verb behind this takes, in a body that is read at once."""

_ENCODED = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_PATTERN = re.compile(_ENCODED, re.ASCII)


def _decoded(value: object) -> object:
    if isinstance(value, bytes):  # a default
        return value
    if not isinstance(value, str) or len(value) > MOST_BASE64 or not _PATTERN.fullmatch(value):
        raise ValueError(_("This is not a file in base64 (RFC 4648, section 4)."))
    return base64.b64decode(value)


def _schema(least: int) -> dict[str, Any]:
    return {
        "type": "string", "contentEncoding": "base64", "pattern": _ENCODED, "minLength": least, "maxLength": MOST_BASE64,
    }  # fmt: skip


def _present(value: object) -> object:
    if value == b"":
        raise ValueError(_("The file is empty."))
    return value


Picture = Annotated[bytes, BeforeValidator(_decoded), WithJsonSchema(_schema(0))]
"""A file in base64; may be empty."""

Content = Annotated[
    bytes, BeforeValidator(lambda value: _present(_decoded(value))), WithJsonSchema(_schema(1))
]
"""A file in base64."""
