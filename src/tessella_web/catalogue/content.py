"""The record as it is stored: the library's own description as JSON, and the digest by which a review knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.canonical import jcs
from tessella.model import Loaded, MicroCredential, describe, load
from tessella.text import pick

__all__ = ["digest_of", "loaded", "plain", "title_of", "whole_of"]


def plain(record: MicroCredential) -> dict[str, Any]:
    """The record as JSON data; `loaded` gives an equal record back."""
    found = msgspec.to_builtins(describe(record))
    return dict(found)


def loaded(content: Mapping[str, Any]) -> Loaded[MicroCredential]:
    """The record of stored JSON data, and what of it cannot be used."""
    return load(content, MicroCredential)


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON (RFC 8785): equal for equal content, whatever the order of fields."""
    return hashlib.sha256(jcs(content)).hexdigest()


def title_of(record: MicroCredential) -> str:
    """The title in the primary language, else in any."""
    return pick(record.title, (record.language,))


def whole_of(content: Mapping[str, Any], particulars: Mapping[str, Any]) -> dict[str, Any]:
    """Content and particulars in one; without particulars the content alone."""
    return {**content, "particulars": dict(particulars)} if particulars else dict(content)
