"""The audit trail: append-only, chained by hashes, about pseudonyms.

An entry names people and things by salted references only; who is meant stands in `Pseudonym`, beside it, and can be erased
without breaking the chain.
"""

from __future__ import annotations

from typing import Any

from django.db import models

__all__ = ["AuditEntry", "Identified", "Pseudonym"]

from tessella_web.common.ids import ID_LENGTH, new_id


class Identified(models.Model):
    """Anything that has an address: a random identifier, and when it was made."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Pseudonym(models.Model):
    """Whom an audit entry means: a random reference to a person, for as long as the person has not left."""

    reference = models.CharField(max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    person_id = models.CharField(max_length=ID_LENGTH, unique=True)


class AuditEntry(models.Model):
    """One change of consequence. ``digest`` covers every other field and the digest of the entry before."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    organisation = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    actor = models.CharField(max_length=ID_LENGTH, blank=True)
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=80, db_index=True)
    facts: Any = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("number",)
