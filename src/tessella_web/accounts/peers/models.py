"""Somebody from another organisation, asked to look at one thing where an organisation has nobody else."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["Peer", "PeerState"]

PERSON = settings.AUTH_USER_MODEL


class PeerState(models.TextChoices):
    """What the peer answered."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Looks at it")
    DECLINED = "declined", _("Does not have the time")
    WITHDRAWN = "withdrawn", _("Not asked any more")


class Peer(Identified):
    """One request to one person about one thing, ``about`` such as ``batch:Xk3…`` or ``review:…``; it gives rights there only.

    ``works_at`` is the organisation the peer answers for: another than ``organisation``, which asks.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="peers")
    about = models.CharField(max_length=80, db_index=True)
    email = models.EmailField()
    asked_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="peer_work")
    works_at = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=PeerState.choices, default=PeerState.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["about", "email"], name="one_request_each"),
        ]
