"""Events and tasks, the people on their lists, and what they hand in."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.common import clocks
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Batch

__all__ = [
    "Activity",
    "Evidence",
    "Kind",
    "Participant",
    "State",
    "Submission",
    "SubmissionState",
    "Task",
    "Way",
]

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    """How people earn the record."""

    EVENT = "event", _("By being there")
    TASKS = "tasks", _("By doing tasks")


class Activity(Identified):
    """Something that people take part in, after which one record is handed out.

    People come onto the list between ``opens_at`` and ``closes_at``, ``cap`` of them at most. ``is_paper_allowed``: a printed code
    that stays the same works too; ``paper_round`` counts how often it was replaced. Times are typed and shown on the clocks of
    ``time_zone`` (an IANA name).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="activities")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="activities")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EVENT)
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    time_zone = models.CharField(max_length=60, default="UTC")
    cap = models.PositiveIntegerField()
    formats: Any = models.JSONField(default=list)
    is_paper_allowed = models.BooleanField(default=False)
    paper_round = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-starts_on", "-made_at")
        verbose_name_plural = "activities"

    def __str__(self) -> str:
        return self.name

    @property
    def opens_local(self) -> dt.datetime:
        """``opens_at`` on the clocks of the event."""
        return clocks.local(self.opens_at, self.time_zone)

    @property
    def closes_local(self) -> dt.datetime:
        """``closes_at`` on the clocks of the event."""
        return clocks.local(self.closes_at, self.time_zone)

    @property
    def zone(self) -> str:
        """The name of the clocks, as people read it."""
        return clocks.zone_name(self.time_zone)


class State(models.TextChoices):
    """Where somebody on the list is."""

    SLIP = "slip", _("Slip not used yet")
    WAITING = "waiting", _("Waits for you")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Not confirmed")


class Way(models.TextChoices):
    """How somebody came onto the list."""

    SCREEN = "screen", _("Code on the screen")
    PAPER = "paper", _("Code on paper")
    SLIP = "slip", _("Slip")
    HAND = "hand", _("Written in by you")


class Participant(Identified):
    """Somebody on the list. ``person`` is a salted hash that keeps one address to one place; empty without an address.

    ``batch`` and ``row`` lead to the award, once it is on its way; ``problem`` says why it could not be.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participants")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    person = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    way = models.CharField(max_length=10, choices=Way.choices)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, related_name="participants")
    row = models.PositiveIntegerField(null=True)
    problem = models.TextField(blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("activity", "made_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["activity", "person"], condition=~models.Q(person=""), name="one_place_on_the_list"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["activity", "state"])]

    @property
    def is_on_the_way(self) -> bool:
        """Whether the award is being made or was made."""
        return self.batch_id is not None


class Evidence(models.TextChoices):
    """What somebody may hand in."""

    TEXT = "text", _("A few words")
    LINK = "link", _("A link")
    FILE = "file", _("A picture or a PDF file")


class Task(Identified):
    """Something to do. A record is handed out when every required task was accepted."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="tasks")
    place = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    is_required = models.BooleanField(default=True)
    kinds: Any = models.JSONField(default=list)

    class Meta:
        ordering = ("activity", "place")

    def __str__(self) -> str:
        return self.title


class SubmissionState(models.TextChoices):
    """What became of what was handed in."""

    HANDED_IN = "handed-in", _("Handed in")
    ACCEPTED = "accepted", _("Accepted")
    MORE = "more", _("More is needed")
    DECLINED = "declined", _("Not accepted")


class Submission(Identified):
    """What one person handed in for one task, as it is now; ``reply`` is what the organiser said about it."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="submissions")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="submissions")
    state = models.CharField(
        max_length=10, choices=SubmissionState.choices, default=SubmissionState.HANDED_IN
    )
    text = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.CharField(max_length=200, blank=True)
    file_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)
    reply = models.TextField(blank=True)
    handed_in_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("handed_in_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "participant"], name="one_submission_each"),
        ]
