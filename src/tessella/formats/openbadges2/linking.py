"""Badges in pieces: which documents an assertion links, and the assertion with them embedded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tessella.formats.openbadges2._json import items, speaks_badges, types

__all__ = ["detect", "differences", "embed", "is_assertion", "key_ids", "link", "same_statement"]

_WAY = ("badge", "issuer")
"""From the assertion to the badge class, and on to the issuer's profile."""


def detect(document: Any) -> bool:
    """Whether a JSON value is, or claims to be, a document of Open Badges 2.0 (of any of its classes)."""
    return (
        isinstance(document, Mapping)
        and speaks_badges(document)
        and "VerifiableCredential" not in items(document.get("type"))
    )


def is_assertion(document: Any) -> bool:
    """Whether it is an award to somebody, and not a badge class, profile, endorsement or key."""
    return detect(document) and "Assertion" in types(document)


def link(node: Mapping[str, Any], member: str) -> str:
    """The address of the object in a member, whether embedded or linked; empty without."""
    value = next(iter(items(node.get(member))), None)
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else ""


def embed(document: Mapping[str, Any], objects: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The assertion (or badge class) with its badge class and issuer embedded, from ``objects`` by address.

    What is not in ``objects`` stays as it is.
    """
    made = dict(document)
    for member in _WAY:
        found = objects.get(link(document, member))
        value = found if found is not None else document.get(member)
        if isinstance(value, Mapping):
            made[member] = embed(value, objects) if member == "badge" else dict(value)
    return made


def key_ids(profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of the keys that a profile lists as its own."""
    values = (one.get("id") if isinstance(one, Mapping) else one for one in items(profile.get("publicKey")))
    return tuple(one for one in values if isinstance(one, str))


def differences(said: Mapping[str, Any], source: Mapping[str, Any]) -> Iterator[str]:
    """The members of an assertion, badge class or profile that differ from its source; of badge class and issuer, which are compared by themselves, the address counts."""
    for name in (said.keys() | source.keys()) - {"@context"}:
        one, other = said.get(name), source.get(name)
        if name in ("badge", "issuer") and isinstance(one, Mapping) and isinstance(other, str):
            one = one.get("id")
        if not same_statement(one, other):
            yield name


def same_statement(said: Any, source: Any) -> bool:
    """Whether a value says what its source says: an address stands for the object there, a list of one for its item.

    An object does not say the same as a mere address in the source: nobody knows what is behind it.
    """
    ones, others = items(said), items(source)
    if len(ones) != len(others):
        return False
    return all(_alike(one, other) for one, other in zip(ones, others, strict=True))


def _alike(said: Any, source: Any) -> bool:
    if isinstance(said, Mapping) and isinstance(source, Mapping):
        return said.keys() == source.keys() and all(same_statement(said[name], source[name]) for name in said)
    if isinstance(source, Mapping):
        return isinstance(said, str) and source.get("id") == said
    return type(said) is type(source) and bool(said == source)
