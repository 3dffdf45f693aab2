"""Writing and checking the audit trail."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tessella.canonical import jcs
from tessella_web.common.ids import ID_LENGTH
from tessella_web.common.models import AuditEntry, PersonKey

__all__ = [
    "FIRST",
    "broken_links",
    "digest_of",
    "forget",
    "head",
    "people_behind",
    "record",
    "reference_of",
]

FIRST = "0" * 64
"""What the first entry follows."""

KEY_BYTES = 32
"""Of a person's key: as long as the digest."""

_LOCK = 0x7E55E11A
"""PostgreSQL's advisory lock: entries are numbered one after the other."""


def reference_of(person_id: str, organisation: str = "") -> str:
    """The person's pseudonym in what an organisation did: HMAC-SHA-256 under the person's own key, made at the first need.

    What one person does in two organisations cannot be put together from their trails.
    """
    found, _ = PersonKey.objects.get_or_create(
        person_id=person_id, defaults={"key": secrets.token_bytes(KEY_BYTES)}
    )
    return _reference(bytes(found.key), organisation)


def people_behind(person_ids: Iterable[str], organisation: str) -> dict[str, str]:
    """By pseudonym the person, for those of ``person_ids`` whose key is there; the others stay nobody."""
    found = PersonKey.objects.filter(person_id__in=list(person_ids))
    return {_reference(bytes(one.key), where): one.person_id for one in found for where in (organisation, "")}


def forget(person_id: str) -> None:
    """Destroy the person's key: their entries stay in the chain, and nobody can tell whose they were."""
    PersonKey.objects.filter(person_id=person_id).delete()


def _reference(key: bytes, organisation: str) -> str:
    digest = hmac.digest(key, f"audit {organisation}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode()[:ID_LENGTH]


def record(
    verb: str,
    about: str,
    *,
    actor_id: str = "",
    organisation: str = "",
    facts: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append an entry within the transaction of what it tells; both happen or neither.

    Args:
        verb: what was done, such as ``catalogue.published``.
        about: the kind and identifier of the thing, such as ``version:Xk3…``; never a name.
        facts: what changed, without personal data.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        last = AuditEntry.objects.order_by("-number").first()
        entry = AuditEntry(
            number=last.number + 1 if last else 1,
            at=timezone.now(),
            organisation=organisation,
            actor=reference_of(actor_id, organisation) if actor_id else "",
            verb=verb,
            about=about,
            facts=dict(facts or {}),
            previous=last.digest if last else FIRST,
        )
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
        return entry


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 (hex) over the canonical JSON (RFC 8785) of everything but the digest itself."""
    return hashlib.sha256(
        jcs(
            {
                "number": entry.number,
                "at": entry.at.astimezone(dt.UTC).isoformat(),
                "organisation": entry.organisation,
                "actor": entry.actor,
                "verb": entry.verb,
                "about": entry.about,
                "facts": entry.facts,
                "previous": entry.previous,
            }
        )
    ).hexdigest()


def head() -> tuple[int, str]:
    """Number and digest of the last entry: whoever keeps it can prove later that nothing before was rewritten."""
    last = AuditEntry.objects.order_by("-number").values_list("number", "digest").first()
    return last or (0, FIRST)


def broken_links() -> Iterator[int]:
    """The numbers of entries that are not as they were written, or that do not follow the one before."""
    previous, expected = FIRST, 1
    for entry in AuditEntry.objects.order_by("number").iterator():
        if entry.number != expected or entry.previous != previous or entry.digest != digest_of(entry):
            yield entry.number
        previous, expected = entry.digest, entry.number + 1
