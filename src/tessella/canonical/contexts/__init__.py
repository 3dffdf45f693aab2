"""JSON-LD contexts, pinned: what a context address means is data of this package, never a download.

``INDEX.json`` lists every file with its address, source, licence and SHA-256. Fetching contexts while
verifying would let whoever serves them change what a signature covers (VC Data Model 2.0 §5.3 allows and
recommends pinned copies).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import orjson

from tessella.canonical.jcs import jcs
from tessella.errors import CanonicalError, SchemaError
from tessella.text import say

__all__ = ["ContextStore", "PinnedContext", "default_contexts", "pinned_contexts"]


class PinnedContext(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``INDEX.json``: where a context comes from. ``sha256`` is of the file's bytes."""

    url: str
    file: str
    source: str
    licence: str
    sha256: str


class ContextStore:
    """The contexts that a canonicalisation may use: address → document. Immutable.

    A package with a context of its own hands out ``default_contexts().with_context(URL, document)``;
    nothing is registered globally.
    """

    __slots__ = ("_texts", "compiled")

    def __init__(self, documents: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.compiled: object = (
            None  # what `tessella.canonical.compiled` has worked out; no part of the value
        )
        self._texts: dict[str, bytes] = {
            url: _checked(url, document) for url, document in (documents or {}).items()
        }

    @property
    def urls(self) -> tuple[str, ...]:
        """The known addresses, sorted."""
        return tuple(sorted(self._texts))

    def __contains__(self, url: object) -> bool:
        return url in self._texts

    def document(self, url: str) -> dict[str, Any]:
        """A fresh copy of the context document (with its ``@context``) that stands for ``url``.

        Raises:
            CanonicalError: ``canonical.unknown-context``; nothing is ever fetched.
        """
        text = self._texts.get(url)
        if text is None:
            raise CanonicalError(
                say("The JSON-LD context %(url)s is not among the pinned ones.", url=url),
                code="canonical.unknown-context",
                got=url,
                hint=say(
                    "Give its document, from a source you trust: --context on the command line, ContextStore.with_context in Python."
                ),
            )
        document: dict[str, Any] = orjson.loads(text)
        return document

    def digest(self, url: str) -> str:
        """The SHA-256 of the document's JCS form, as hex: tells variants under one address apart."""
        return hashlib.sha256(jcs(self.document(url))).hexdigest()

    def with_context(self, url: str, document: Mapping[str, Any]) -> ContextStore:
        """A new store in which ``url`` stands for ``document`` (replacing what it stood for).

        Raises:
            SchemaError: the document is no JSON object with an ``@context``.
        """
        text = _checked(url, document)
        store = ContextStore()
        store._texts = {**self._texts, url: text}
        return store


def _checked(url: str, document: Mapping[str, Any]) -> bytes:
    if not isinstance(document.get("@context"), dict | list | str):
        raise SchemaError(
            say("The document for %(url)s is no JSON-LD context: it has no @context.", url=url),
            code="input.context",
            expected='{"@context": …}',
        )
    try:
        return orjson.dumps(dict(document))
    except TypeError as error:
        raise SchemaError(
            say("The context document for %(url)s is not JSON.", url=url), code="input.context"
        ) from error


@cache
def pinned_contexts() -> tuple[PinnedContext, ...]:
    """What this package ships, in the order of ``INDEX.json``."""
    return tuple(
        msgspec.json.decode(
            resources.files(__name__).joinpath("INDEX.json").read_bytes(), type=list[PinnedContext]
        )
    )


@cache
def default_contexts() -> ContextStore:
    """The store of all pinned contexts (always the same object)."""
    folder = resources.files(__name__)
    return ContextStore(
        {item.url: orjson.loads(folder.joinpath(item.file).read_bytes()) for item in pinned_contexts()}
    )
