"""Offers: a published version at a time, at a place, at a price."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.common.models import Identified

__all__ = ["Entry", "Mode", "Offer", "Payer", "State", "Times"]

PERSON = settings.AUTH_USER_MODEL


class Mode(models.TextChoices):
    """Where learning takes place; the values are the codes of the European list of modes."""

    ON_SITE = "on-site", _("On site")
    ONLINE = "online", _("Online")
    BLENDED = "blended", _("Partly on site, partly online")
    HYBRID = "hybrid", _("On site and online at the same time")
    WORK_BASED = "work-based", _("At work")
    PROJECT_BASED = "project-based", _("In a project")
    RESEARCH_LAB = "research-lab", _("In a research laboratory")


class Times(models.TextChoices):
    """When in the week one has to be there; the values are the words that plans are asked for with."""

    DAYTIME = "daytime", _("By day")
    EVENING = "evening", _("In the evening")
    WEEKEND = "weekend", _("At the weekend")
    OWN_PACE = "own-pace", _("Whenever one likes")


class Payer(models.TextChoices):
    """Who pays the price."""

    LEARNER = "learner", _("The learner")
    EMPLOYER = "employer", _("The employer")
    PUBLIC = "public", _("Public money")
    PROVIDER = "provider", _("The provider")
    SHARED = "shared", _("Several together")


class Entry(models.TextChoices):
    """How people get in."""

    OPEN = "open", _("Everybody can enrol")
    APPLICATION = "application", _("One applies, with evidence")
    LISTED = "listed", _("The provider lists who takes part")


class State(models.TextChoices):
    """Where an offer is."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class Offer(Identified):
    """One run of a published version. ``languages`` and ``funding`` are lists of texts, ``times`` of `Times`; a price without ``is_free`` may be unstated.

    ``entry_note`` says what those who apply show; ``state_note`` why it was cancelled.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="offers")
    name = models.CharField(_("name"), max_length=120, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    enrol_from = models.DateField(null=True, blank=True)
    enrol_until = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True)
    mode = models.CharField(max_length=20, choices=Mode.choices, blank=True)
    languages: Any = models.JSONField(default=list, blank=True)
    times: Any = models.JSONField(default=list, blank=True)
    is_free = models.BooleanField(default=False)
    price = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    payer = models.CharField(max_length=10, choices=Payer.choices, blank=True)
    cost_note = models.TextField(blank=True)
    funding: Any = models.JSONField(default=list, blank=True)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    places = models.PositiveIntegerField(null=True, blank=True)
    target_group = models.TextField(blank=True)
    accessibility = models.TextField(blank=True)
    contact = models.CharField(max_length=300, blank=True)
    entry = models.CharField(max_length=12, choices=Entry.choices, default=Entry.OPEN)
    entry_note = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    state_note = models.TextField(blank=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-starts_on", "-made_at")
        indexes: ClassVar = [models.Index(fields=["version", "state"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="offer_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(is_free=False) | Q(price__isnull=True), name="free_offer_has_no_price"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.version.title

    def takes_people(self, on: dt.date) -> bool:
        """Whether people can enrol or apply on this day, if there is a place left."""
        return (
            self.state == State.OPEN
            and self.entry != Entry.LISTED
            and not self.version.is_withdrawn
            and (self.enrol_from is None or self.enrol_from <= on)
            and (self.enrol_until is None or on <= self.enrol_until)
        )
