"""What webhooks are told, read off the audit trail: whatever changed state is there, in order, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.accounts.webhooks.models import Endpoint, Event
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.models import Award, AwardState, RowState

__all__ = ["collect"]

ENTRIES = 200
"""Audit entries looked at in one transaction: one may stand for fifty awards."""

Told = Iterator[tuple[Event, Mapping[str, Any]]]


def collect() -> int:
    """Queue the messages for what happened since each endpoint was looked at; how many."""
    return sum(_collect(id) for id in Endpoint.objects.filter(is_active=True).values_list("pk", flat=True))


@transaction.atomic
def _collect(id: str) -> int:
    last = audit.head()[0]  # read before the entries: what is written meanwhile comes next time
    endpoint = (
        Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=id).first()
    )
    if endpoint is None or endpoint.after >= last:
        return 0
    found = AuditEntry.objects.filter(
        organisation=endpoint.organisation_id, number__gt=endpoint.after, number__lte=last, verb__in=_TOLD
    )
    entries = list(found.order_by("number")[:ENTRIES])
    messages = [
        (event, entry.at, {"organisation": endpoint.organisation.slug, **data})
        for entry in entries
        for event, data in _TOLD[entry.verb](entry)
        if event in endpoint.events
    ]
    webhooks.queue(endpoint, messages)
    endpoint.after = entries[-1].number if len(entries) == ENTRIES else last
    endpoint.save(update_fields=["after"])
    return len(messages)


def _id(entry: AuditEntry) -> str:
    return entry.about.partition(":")[2]


def _award(event: Event) -> Callable[[AuditEntry], Told]:
    def told(entry: AuditEntry) -> Told:
        yield event, _of_award(_id(entry))

    return told


def _of_award(id: str) -> dict[str, str]:
    return {"award": id, "url": settings.BASE_URL + reverse("award", args=[id])}


def _sealed(entry: AuditEntry) -> Told:
    """Every award of the rows that were sealed together."""
    made = Award.objects.filter(
        row__batch=_id(entry), row__number__range=entry.facts["rows"], row__state=RowState.AWARDED
    )
    for id in made.exclude(state=AwardState.PLANNED).order_by("row__number").values_list("pk", flat=True):
        yield Event.AWARD_ISSUED, {**_of_award(id), "batch": _id(entry)}


def _done(entry: AuditEntry) -> Told:
    yield Event.BATCH_FINISHED, {"batch": _id(entry)}


def _version(event: Event) -> Callable[[AuditEntry], Told]:
    def told(entry: AuditEntry) -> Told:
        found = Version.objects.filter(pk=_id(entry)).values_list("description_id", "number").first()
        if found is not None:
            description, number = found
            url = settings.BASE_URL + reverse("version", args=[description, number])
            yield event, {"micro_credential": description, "number": number, "url": url}

    return told


_TOLD: Mapping[str, Callable[[AuditEntry], Told]] = {
    "batch.sealed": _sealed,
    "batch.done": _done,
    "award.claimed": _award(Event.AWARD_CLAIMED),
    "award.corrected": _award(Event.AWARD_CORRECTED),
    "award.suspended": _award(Event.AWARD_SUSPENDED),
    "award.valid": _award(Event.AWARD_RESUMED),
    "award.revoked": _award(Event.AWARD_REVOKED),
    "version.published": _version(Event.VERSION_PUBLISHED),
    "version.withdrawn": _version(Event.VERSION_WITHDRAWN),
}
"""By verb of the audit trail what is told."""
