"""Reads about bodies, claims and registers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Count, Q, QuerySet

from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.registers.models import (
    Body,
    BodyIdentifier,
    Claim,
    ClaimState,
    EntryStatus,
    IdentityReviewer,
    Import,
    QualityReport,
    Register,
    RegisterEntry,
    Snapshot,
)
from tessella_web.registers.names import plain

__all__ = [
    "bodies_named",
    "bodies_of",
    "body_by_identifiers",
    "claims_for_review",
    "claims_on_listed",
    "entries",
    "entry",
    "established_claims",
    "imports_of",
    "is_reviewer",
    "live_claim",
    "public_registers",
    "registers_of",
    "reports_about",
    "snapshots_of",
    "visible_body",
]


def public_registers() -> QuerySet[Register]:
    """Registers for everybody, with their keeper and how many bodies they list now."""
    listed = Count("entries", filter=Q(entries__status=EntryStatus.LISTED))
    return Register.objects.filter(is_public=True).select_related("organisation").annotate(listed=listed)


def registers_of(organisation: Organisation) -> QuerySet[Register]:
    """The registers that an organisation keeps."""
    listed = Count("entries", filter=Q(entries__status=EntryStatus.LISTED))
    return organisation.registers.annotate(listed=listed)


def entries(register: Register, *, search: str = "", status: str = "") -> QuerySet[RegisterEntry]:
    """Its entries by name; ``search`` is in a name the body has or had, an identifier, or the number."""
    found = register.entries.select_related("body")
    if status:
        found = found.filter(status=status)
    if words := plain(search):
        named = Q(body__plain_name__contains=words)
        named |= Q(number__iexact=search.strip())
        ids = BodyIdentifier.objects.filter(value__iexact=search.strip()).values("body")
        before = Body.objects.filter(names__name__icontains=search.strip()).values("pk")
        found = found.filter(named | Q(body__in=ids) | Q(body__in=before))
    return found.order_by("body__plain_name", "id")


def entry(register: Register, id: str) -> RegisterEntry | None:
    """An entry with its body and history."""
    found = register.entries.select_related("body", "register__organisation").prefetch_related("changes")
    return found.filter(pk=id).first()


def reports_about(body: Body, register: Register) -> QuerySet[QualityReport]:
    """What a register has about a body, the latest first."""
    return register.reports.filter(body=body).select_related("agency")


def snapshots_of(register: Register) -> QuerySet[Snapshot]:
    """Its snapshots without their content, the last first."""
    return register.snapshots.defer("content")


def imports_of(register: Register) -> QuerySet[Import]:
    """Its imports without their content, the last first."""
    return register.imports.defer("content", "findings").select_related("by")


def visible_body(id: str, person: object = None) -> Body | None:
    """A body for everybody when it is confirmed or stands in a public register; else for whoever claimed it and for reviewers."""
    found = Body.objects.filter(pk=id).first()
    if found is None or found.is_confirmed:
        return found
    if found.entries.filter(register__is_public=True).exists():
        return found
    if isinstance(person, Person) and (
        is_reviewer(person)
        or found.claims.filter(
            Membership.standing(prefix="organisation__memberships__"),
            organisation__memberships__person=person,
        ).exists()
    ):
        return found
    return None


def bodies_named(search: str, limit: int = 20) -> list[Body]:
    """Confirmed bodies by a part of a name or by a whole identifier, for choosing one."""
    words = plain(search)
    if not words:
        return []
    ids = BodyIdentifier.objects.filter(value__iexact=search.strip()).values("body")
    found = Body.objects.filter(Q(plain_name__contains=words) | Q(pk__in=ids), is_confirmed=True)
    return list(found[:limit])


def body_by_identifiers(values: Iterable[str]) -> Body | None:
    """The confirmed body that has one of these identifiers (legal identifier, DID, ROR …) or this website now; None when
    none or several have.
    """
    wanted = [one.strip() for one in values if one.strip()]
    ids = BodyIdentifier.objects.filter(value__in=[*wanted, *(one.upper() for one in wanted)], valid_to=None)
    found = Body.objects.filter(Q(pk__in=ids.values("body")) | Q(homepage__in=wanted), is_confirmed=True)
    several = list(found.distinct()[:2])
    return several[0] if len(several) == 1 else None


def bodies_of(organisations: Iterable[Organisation]) -> Mapping[str, Body]:
    """By organisation id the body that it was shown to act for; without those for whom nothing was shown."""
    claims = Claim.objects.filter(organisation__in=list(organisations), state=ClaimState.ESTABLISHED)
    return {one.organisation_id: one.body for one in claims.select_related("body")}


def live_claim(organisation: Organisation) -> Claim | None:
    """What the organisation says whom it acts for: not shown yet, held, or established."""
    live = [ClaimState.OPEN, ClaimState.HELD, ClaimState.ESTABLISHED]
    return organisation.claims.filter(state__in=live).select_related("body", "organisation").first()


def is_reviewer(person: object) -> bool:
    """Whether somebody was named to look at who is who."""
    return isinstance(person, Person) and IdentityReviewer.objects.filter(person=person).exists()


def claims_for_review() -> QuerySet[Claim]:
    """Claims that are not settled, those that wait for a reviewer first."""
    found = Claim.objects.filter(state__in=[ClaimState.OPEN, ClaimState.HELD])
    return found.select_related("organisation", "body").order_by("state", "made_at")


def held_organisations() -> list[Organisation]:
    """Organisations whose name waits for a reviewer, and that claim to act for no body (claims are looked at by themselves)."""
    live = [ClaimState.OPEN, ClaimState.HELD]
    return list(
        Organisation.objects.filter(is_held=True).exclude(claims__state__in=live).order_by("made_at")[:200]
    )


def claims_on_listed(register: Register, on: dt.date) -> QuerySet[Claim]:
    """Open claims on bodies that the register lists: its keeper may confirm them."""
    listed = RegisterEntry.objects.filter(RegisterEntry.on(on), register=register, status=EntryStatus.LISTED)
    return Claim.objects.filter(state=ClaimState.OPEN, body__in=listed.values("body")).select_related(
        "organisation", "body"
    )


def established_claims(body: Body) -> QuerySet[Claim]:
    """The organisations here that were shown to act for a body."""
    return body.claims.filter(state=ClaimState.ESTABLISHED).select_related("organisation")
