"""The audit trail, as far as it is about the organisation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from tessella_web.api.access import caller
from tessella_web.api.operations import Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.common import audit
from tessella_web.common.models import AuditEntry, SignedHead

operation = Table("Audit trail")


class Head(Shape):
    """The end of the chain. Whoever keeps it can show later that nothing before it was rewritten."""

    number: int
    digest: str = Field(description="SHA-256 (hex) over the canonical JSON (RFC 8785) of the last entry.")


class AuditEntryShape(Shape):
    """One change of consequence. People are pseudonyms, things are kinds with identifiers."""

    number: int
    at: dt.datetime
    actor: str
    verb: str
    about: str
    facts: dict[str, Any]
    previous: str = Field(description="Digest of the entry before.")
    digest: str


@operation("GET", "/audit/head", {200: Head}, capability="audit.view")
def audit_head(request: HttpRequest) -> Head:
    """The end of the chain of all entries of this installation."""
    number, digest = audit.head()
    return Head(number=number, digest=digest)


class SignedHeadShape(Shape):
    """The end of the chain at a moment, signed. Kept elsewhere, it shows later whether anything before was rewritten."""

    number: int
    digest: str
    at: dt.datetime
    token: str = Field(description="A signed token (JWS) with number and digest.")


@operation("GET", "/audit/heads", {200: Listing[SignedHeadShape]}, capability="audit.view")
def audit_signed_heads(request: HttpRequest, query: Query[PageQuery]) -> Listing[SignedHeadShape]:
    """Signed heads of the chain, the last first: export them to where this installation cannot write."""
    return listed(request, SignedHead.objects.all(), query, _head, by="-number")


@operation("GET", "/audit/entries", {200: Listing[AuditEntryShape]}, capability="audit.view")
def audit_entries(request: HttpRequest, query: Query[PageQuery]) -> Listing[AuditEntryShape]:
    """Entries about the organisation, the last first."""
    return listed(
        request,
        AuditEntry.objects.filter(organisation=caller(request).organisation.id),
        query,
        _shape,
        by="-number",
    )


def _shape(one: AuditEntry) -> AuditEntryShape:
    return AuditEntryShape(
        number=one.number, at=one.at, actor=one.actor, verb=one.verb, about=one.about, facts=one.facts,
        previous=one.previous, digest=one.digest,
    )  # fmt: skip


def _head(one: SignedHead) -> SignedHeadShape:
    return SignedHeadShape(number=one.number, digest=one.digest, at=one.at, token=one.token)
