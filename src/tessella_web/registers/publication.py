"""A register as a document that others can use: the library's register file, with the whole history beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse

from tessella.trust import Registry, read_registry
from tessella_web.registers.models import (
    BodyIdentifier,
    EntryChange,
    EntryStatus,
    Register,
    RegisterEntry,
    Scheme,
    Snapshot,
)

__all__ = ["address_of", "document", "registries"]

_ISSUER_SCHEMES = frozenset({Scheme.LEGAL, Scheme.VAT, Scheme.DID, Scheme.ROR})
"""Identifiers under which a body can appear as an issuer."""


def address_of(register: Register) -> str:
    """Where the register is read by people."""
    return settings.BASE_URL + reverse("register", args=[register.slug])


def document(
    register: Register, *, at: dt.datetime, number: int, previous: str, on: dt.date | None = None
) -> dict[str, Any]:
    """The register at a moment. ``issuers`` is what `tessella.trust.read_registry` reads: who is listed on that day, by each
    identifier; ``entries`` and ``reports`` are everything with its history, also what has ended.

    Args:
        on: the day that decides who is listed; that of ``at`` when left out.
    """
    on = on or at.date()
    entries = list(
        register.entries.select_related("body")
        .prefetch_related(
            Prefetch("changes", EntryChange.objects.order_by("on", "id")),
            Prefetch("body__identifiers", BodyIdentifier.objects.filter(BodyIdentifier.on(on))),
        )
        .order_by("number")
    )
    reports = register.reports.select_related("body", "agency").order_by("number")
    return {
        "name": register.name,
        "url": address_of(register),
        "updated": at.isoformat(),
        "keeper": register.organisation.name,
        "number": number,
        "previous": previous,
        "listing_is_quality_decision": register.is_quality_decision,
        "issuers": _issuers(entries, on),
        "entries": [_entry(one) for one in entries],
        "reports": [
            {
                "number": one.number,
                "body": one.body_id,
                "name": one.body.name,
                "agency": one.agency.name,
                "decision": one.decision,
                "decided_on": one.decided_on.isoformat(),
                "valid_until": _day(one.valid_until),
                "scope": _scope(one),
                "url": one.url,
                "withdrawn": one.withdrawn_at is not None,
            }
            for one in reports
        ],
    }


def _issuers(entries: list[RegisterEntry], on: dt.date) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.status != EntryStatus.LISTED or not entry.holds_on(on):
            continue
        ids = [one.value for one in entry.body.identifiers.all() if one.scheme in _ISSUER_SCHEMES]
        ids += [entry.body.homepage] if entry.body.homepage else []
        for one in ids or [settings.BASE_URL + reverse("body", args=[entry.body_id])]:
            found.setdefault(
                one,
                {
                    "id": one,
                    "name": entry.body.name,
                    "location": entry.body.country,
                    "url": entry.url or entry.body.homepage,
                    "number": entry.number,
                },
            )
    return list(found.values())


def _entry(entry: RegisterEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "body": entry.body_id,
        "name": entry.body.name,
        "country": entry.body.country,
        "homepage": entry.body.homepage,
        "identifiers": [{"scheme": one.scheme, "value": one.value} for one in entry.body.identifiers.all()],
        "status": entry.status,
        "valid_from": _day(entry.valid_from),
        "valid_to": _day(entry.valid_to),
        "scope": _scope(entry),
        "url": entry.url,
        "history": [
            {"on": one.on.isoformat(), "status": one.status, "reason": one.reason}
            for one in entry.changes.all()
        ],
    }


def _scope(one: Any) -> dict[str, Any]:
    return {
        name: list(getattr(one, name))
        for name in ("levels", "fields", "kinds", "programmes")
        if getattr(one, name)
    }


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def registries() -> tuple[Registry, ...]:
    """For `verify`: the last snapshot of each public register whose keeper's identity is established."""
    last: dict[str, Snapshot] = {}
    snapshots = Snapshot.objects.filter(register__is_public=True).exclude(
        register__organisation__established_by=""
    )
    for one in snapshots.select_related("register").order_by("number"):
        last[one.register_id] = one
    return tuple(read_registry(one.content.encode()) for one in last.values())
