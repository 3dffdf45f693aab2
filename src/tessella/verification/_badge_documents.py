"""The documents of an Open Badge 2.0 that stand elsewhere: fetched from their own addresses, each heard only for its own host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.containers import Kind
from tessella.errors import AccessError, SealError, TessellaError
from tessella.formats import openbadges2
from tessella.text import say
from tessella.verification.envelopes import Envelope
from tessella.verification.opening import Opened, open_envelope
from tessella.verification.surroundings import Surroundings

__all__ = ["ACCEPT", "Linked", "fetched", "id_of", "published_assertion", "with_linked"]

MAX_DOCUMENT_BYTES = 5_000_000
"""A badge class with its picture inside; plain ones are under 100 KB."""

ACCEPT = "application/ld+json, application/json"


def with_linked(opened: Opened, around: Surroundings) -> Opened:
    """An Open Badge 2.0 with badge class and issuer embedded, as far as they can be had; anything else as it is. Never raises.

    For reading and comparing what a badge says; whether its issuer stands behind it is for `verify`.
    """
    if not openbadges2.is_assertion(opened.document):
        return opened
    linked = Linked(opened.document, around)
    whole = Envelope(kind=Kind.JSON, document=linked.document, where=opened.where, mechanism=opened.sealed)
    again = open_envelope(whole)
    return msgspec.structs.replace(again, name=opened.name) if again.problem is None else opened


class Linked:
    """What the assertion links: badge class and profile, and the assertion with both embedded."""

    def __init__(self, assertion: Mapping[str, Any], around: Surroundings) -> None:
        self.notes: list[str] = []
        self.missing: TessellaError | None = None
        self.profile: Mapping[str, Any] = {}
        self.issuer_id = ""
        stated = assertion.get("badge")
        self.badge: Mapping[str, Any] = stated if isinstance(stated, Mapping) and len(stated) > 1 else {}
        objects: dict[str, Mapping[str, Any]] = {}
        try:
            if not self.badge:
                address = openbadges2.link(assertion, "badge")
                self.badge, _ = self._document(address, around)
                objects[address] = self.badge
            address = openbadges2.link(self.badge, "issuer")
            self.profile, self.issuer_id = self._document(address, around)
            objects[address] = self.profile
        except TessellaError as error:
            self.missing = error
        self.document = openbadges2.embed(assertion, objects)

    def _document(self, address: str, around: Surroundings) -> tuple[Mapping[str, Any], str]:
        """A linked document and the address that counts for it: its own id where that is of the host it came from.

        A document that names another host is fetched from there: only that host can say what stands behind its addresses.
        """
        document, host = fetched(address, around)
        stated = id_of(document)
        if stated == address:
            pass
        elif not openbadges2.is_web(stated):
            self.notes.append(
                say("The document at %(url)s has no web address as its identifier.", url=address)
            )
            stated = address
        else:
            self.notes.append(say("What is linked as %(url)s calls itself %(id)s.", url=address, id=stated))
        if openbadges2.host_of(stated) != host:
            document, host = fetched(stated, around)
            if openbadges2.host_of(stated) != host or id_of(document) != stated:
                raise _elsewhere(stated)
        return document, stated


def published_assertion(address: str, around: Surroundings) -> Mapping[str, Any]:
    """The assertion as it is hosted.

    Raises:
        SealError: ``openbadges2.not-hosted``, there is no address, or another assertion there.
        AccessError: as `fetched`.
    """
    if not openbadges2.is_web(address):
        raise SealError(
            say("The badge says it is hosted and gives no web address."),
            code="openbadges2.not-hosted",
            got=address,
            hint=say("Ask the issuer for the badge again."),
        )
    document, host = fetched(address, around)
    if host != openbadges2.host_of(address):
        raise _elsewhere(address)
    if id_of(document) != address:
        raise SealError(
            say("At the address of the badge its issuer publishes another one."),
            code="openbadges2.not-hosted",
            got=document.get("id"),
            expected=address,
            hint=say("Ask the issuer for the badge again."),
        )
    return document


def fetched(address: str, around: Surroundings) -> tuple[dict[str, Any], tuple[str, int | None]]:
    """The JSON object at an address, and the host that it came from in the end.

    Raises:
        AccessError: it cannot be fetched, or ``openbadges2.no-document``.
    """
    if not openbadges2.is_web(address):
        raise AccessError(
            say("The badge does not say where its issuer can be found."),
            code="openbadges2.no-document",
            got=address,
            hint=say("Ask the issuer for the badge again."),
        )
    answer = around.fetch(address, max_bytes=MAX_DOCUMENT_BYTES, accept=ACCEPT)
    try:
        document = around.cache.derived(address, answer, lambda: loads(answer.body))
    except TessellaError:
        document = None
    if not isinstance(document, dict):
        raise AccessError(
            say("What was found at %(url)s is no document of an Open Badge.", url=address),
            code="openbadges2.no-document",
            got=address,
            hint=say("Ask the issuer to publish it there."),
        )
    return document, openbadges2.host_of(answer.url)


def _elsewhere(address: str) -> AccessError:
    return AccessError(
        say("%(url)s leads to another host, which cannot speak for it.", url=address),
        code="openbadges2.elsewhere",
        got=address,
        hint=say("Ask the issuer to publish its documents under their own addresses."),
    )


def id_of(node: Mapping[str, Any]) -> str:
    """The id of a document; empty where it has none."""
    value = node.get("id")
    return value if isinstance(value, str) else ""
