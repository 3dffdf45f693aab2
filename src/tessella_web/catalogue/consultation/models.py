"""Public comment on a draft: what is shown, until when, what people say, what is answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.catalogue.models import DIGEST_LENGTH, Description
from tessella_web.common.models import Identified

__all__ = ["Audience", "Consultation", "PublicComment"]

PERSON = settings.AUTH_USER_MODEL


class Audience(models.TextChoices):
    """Who is asked."""

    LINK = "link", _("Whoever has the link")
    EVERYBODY = "everybody", _("Everybody: it is listed in public")


class Consultation(Identified):
    """One round. What is commented on is the draft as it was when the round began; its id is the public address.

    ``opened_by`` and ``closed_by`` are never shown in public.
    """

    description = models.ForeignKey(Description, on_delete=models.CASCADE, related_name="consultations")
    content: Any = models.JSONField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    question = models.TextField()
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.LINK)
    until = models.DateField()
    opened_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    summary = models.TextField(blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["description"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_consultation",
            )
        ]

    def takes_comments(self, on: dt.date) -> bool:
        """Whether people may still comment on this day."""
        return self.closed_at is None and on <= self.until


class PublicComment(Identified):
    """What somebody said about one element, or about the whole, and what was answered.

    ``name`` is what the person wrote for it; it is shown only with ``may_show_name``, otherwise only the text is. ``sender``
    is a keyed digest of where it came from, to slow floods down, and is erased within hours.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="comments")
    element = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    name = models.CharField(max_length=120, blank=True)
    may_show_name = models.BooleanField(default=False)
    sender = models.CharField(max_length=32, blank=True, db_index=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("made_at",)

    @property
    def shown_name(self) -> str:
        """The name, when the person agreed that it is shown."""
        return self.name if self.may_show_name else ""
