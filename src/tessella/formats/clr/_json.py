"""Reading foreign JSON-LD without trusting its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["CLR_CONTEXTS", "contexts_of", "is_iri", "items", "nodes", "string", "types"]

CLR_CONTEXTS = re.compile(r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d+\.\d+)?\.json")
"""The addresses of the CLR context: the first version had none in its name."""

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")


def is_iri(value: Any) -> bool:
    """Whether a value is an absolute IRI."""
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


def items(value: Any) -> list[Any]:
    """One value or many, as a list; JSON-LD writes a set of one either way."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def nodes(value: Any) -> list[Mapping[str, Any]]:
    """The objects among one value or many."""
    return [one for one in items(value) if isinstance(one, Mapping)]


def string(node: Mapping[str, Any], member: str) -> str:
    """A member that is a text; else the empty string."""
    value = node.get(member)
    return value if isinstance(value, str) else ""


def types(node: Mapping[str, Any]) -> list[str]:
    """The types of a node."""
    return [one for one in items(node.get("type")) if isinstance(one, str)]


def contexts_of(document: Mapping[str, Any]) -> list[Any]:
    """The contexts of a document, in their order."""
    return items(document.get("@context"))
