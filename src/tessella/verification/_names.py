"""Does the JSON say all that the seal covers? (VC Data Integrity 1.0 §2.4.1, §4.6)

A seal over RDF does not cover member names: the same statement under its full IRI, under an alias that an inline
context defines, or moved into another object with the same id, has the same seal. Whoever holds the file could so
hide ``validUntil``, ``credentialStatus`` or a failed result from everybody who reads the JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from tessella.canonical import ContextStore, to_quads
from tessella.errors import SealError
from tessella.formats.openbadges3 import EXTENSION_CONTEXT_URL
from tessella.text import say

__all__ = ["check_names", "renamed_members"]

_CREDENTIALS = "https://www.w3.org/2018/credentials#"
"""Where the terms that decide over a credential live: issuer, dates, status, subject."""

_VOCABULARIES = (
    _CREDENTIALS,
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#",
    "https://purl.imsglobal.org/spec/ob/v3p0/vocab.html#",
    "https://purl.imsglobal.org/spec/vc/clr/vocab.html#",
    EXTENSION_CONTEXT_URL,
)
"""The namespaces whose statements have plain names of their own."""

_PREFIXES = ("cred:", "obi:")
"""The prefixes of these namespaces that pinned contexts define (VC 1.1, CLR)."""

_KEYWORDS = frozenset(("@id", "@type", "@graph", "@included", "@reverse", "@nest"))
"""Keywords of JSON-LD that state what plain names of the standards state, or what no reader of plain JSON looks for."""

_LONG_NAMES = (*_VOCABULARIES, *_PREFIXES)
"""How a member name can restate them: by its IRI, or by a prefix."""


def check_names(document: Mapping[str, Any], contexts: ContextStore) -> None:
    """Refuse a document in which statements about the credential itself do not stand under their plain names.

    Only documents with something unusual are looked at closely: inline contexts, members with IRIs as names,
    or the credential's id at a second place.

    Raises:
        SealError: ``seal.renamed``.
        CanonicalError, LimitError: as for canonicalising the document.
    """
    if not _is_unusual(document):
        return
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    identifier = document.get("id")
    root = f"<{identifier}>" if isinstance(identifier, str) else "_:b0"
    stated: dict[str, set[str]] = {}
    for subject, predicate, value, graph in to_quads(unsecured, contexts=contexts):
        if subject == root and not graph and predicate.startswith(f"<{_CREDENTIALS}"):
            stated.setdefault(predicate[len(_CREDENTIALS) + 1 : -1], set()).add(value)
    for name, values in stated.items():
        if len(values) > _distinct(document.get(name)):
            raise _renamed(name)
    if not stated:
        raise _renamed("issuer")


def renamed_members(document: Mapping[str, Any]) -> Iterator[str]:
    """Members anywhere in the document that restate a term of the standards, and definitions that would allow it.

    For documents whose seal is over RDF. Says more than `check_names`, and takes a walk over the whole document.
    """
    level: list[Any] = [{name: value for name, value in document.items() if name != "proof"}]
    while level:
        following: list[Any] = []
        for part in level:
            if isinstance(part, Mapping):
                yield from _renamed_in(part)
                following += part.values()
            elif isinstance(part, list):
                following += part
        level = following


def _renamed_in(part: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in part if name.startswith(_LONG_NAMES) or name in _KEYWORDS)
    context = part.get("@context")
    for one in context if isinstance(context, list) else [context]:
        if isinstance(one, Mapping):
            for name, definition in one.items():
                target = definition.get("@id") if isinstance(definition, Mapping) else definition
                if isinstance(target, str) and _reaches_standards(target):
                    yield name


def _reaches_standards(target: str) -> bool:
    """Whether a term defined so is a keyword, or a term of the standards, or as a prefix can make one."""
    near = any(one.startswith(target) or target.startswith(one) for one in _VOCABULARIES)
    return near or target.startswith(("@", *_PREFIXES))


def _renamed(name: str) -> SealError:
    return SealError(
        say("The credential states “%(name)s” under another name or at another place.", name=name),
        code="seal.renamed",
        got=name,
        hint=say("Ask the issuer for the credential as it was made."),
    )


def _distinct(value: Any) -> int:
    """How many different values the JSON states; objects with one id are one."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    keys = {
        orjson.dumps(
            one["id"] if isinstance(one, Mapping) and "id" in one else one, option=orjson.OPT_SORT_KEYS
        )
        for one in values
    }
    return len(keys)


def _is_unusual(document: Mapping[str, Any]) -> bool:
    names = "".join(document)
    if ":" in names or names.count("@") != 1:  # the one of @context
        return True
    context = document.get("@context")
    if not (isinstance(context, str) or (isinstance(context, list) and set(map(type, context)) <= {str})):
        return True
    identifier = document.get("id")
    if not isinstance(identifier, str):
        return identifier is not None
    written = orjson.dumps(identifier)[1:-1]
    return orjson.dumps(document).count(written) > 1
