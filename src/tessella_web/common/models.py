"""The audit trail: append-only, chained by hashes, about pseudonyms.

An entry names people by pseudonyms only, each made with a key of the person's own (`PersonKey`), beside the trail: destroying
the key unlinks everything the person did, without breaking the chain.
"""

from __future__ import annotations

from typing import Any

from django.db import models

__all__ = ["AuditEntry", "Heartbeat", "Identified", "PersonKey", "SignedHead"]

from tessella_web.common.ids import ID_LENGTH, new_id


class Identified(models.Model):
    """Anything that has an address: a random identifier, and when it was made."""

    id = models.CharField(max_length=ID_LENGTH, primary_key=True, default=new_id, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class PersonKey(models.Model):
    """The key that makes a person's pseudonyms in the audit trail. Destroyed when the person leaves: then they are nobody's."""

    person_id = models.CharField(max_length=ID_LENGTH, primary_key=True)
    key = models.BinaryField()


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


class SignedHead(models.Model):
    """The head of the trail at a moment, signed by the installation: a copy kept elsewhere shows later what was rewritten.

    ``key`` is the thumbprint (RFC 7638) of the key, which ``token`` carries.
    """

    number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=64)
    token = models.TextField()

    class Meta:
        ordering = ("-number",)


class Heartbeat(models.Model):
    """When a worker was last seen at work; ``name`` is the machine's and the process's."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField(db_index=True)
