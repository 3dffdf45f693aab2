"""The extension: what the European standard asks for and Open Badges has no place for.

Its terms are those of one JSON-LD context, stable for ever under this address; a new meaning gets a new one. The full
description for people is ``docs/reference/open-badges-extension.md``.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

import msgspec

from tessella.formats.openbadges3._names import EXTENSION_CONTEXT_URL

__all__ = ["EXTENSION_CONTEXT_URL", "extension_context"]


@functools.cache
def _published() -> bytes:
    return (resources.files(__package__) / "extension-context-v1.json").read_bytes()


def extension_context() -> dict[str, Any]:
    """The context document that `EXTENSION_CONTEXT_URL` stands for; a new copy on each call."""
    document: dict[str, Any] = msgspec.json.decode(_published())
    return document
