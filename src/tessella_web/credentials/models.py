"""Batches and their rows, awards and their sealed copies, status lists, and mails that have to leave."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tessella import typed
from tessella.issuing.classlist import ClassListEntry
from tessella.model import Learner
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.common.mailing import MailState, Outgoing
from tessella_web.common.models import Identified

__all__ = [
    "Award",
    "AwardState",
    "AwardingRules",
    "Batch",
    "Chunk",
    "Copy",
    "Mail",
    "MailKind",
    "MailState",
    "Row",
    "RowState",
    "Stage",
    "StatusChange",
    "StatusList",
]

PERSON = settings.AUTH_USER_MODEL

APPROVAL_THRESHOLD = 50
"""More awards at once than a class are looked at by a second person."""

REMIND_AFTER_DAYS = 14
"""Two weeks: a holiday is over by then, and the course is not forgotten."""

REMIND_AT_MOST = 2
"""Whoever does not answer two reminders does not read the third."""

CLAIM_DAYS = 180
"""How long a claim link works: a mailbox that somebody else takes over must not hold one for ever."""

TIME_ZONE = "Europe/Brussels"
"""Shown first where a time is asked for; then the one that was used last."""


class AwardingRules(models.Model):
    """How an organisation awards."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="awarding_rules", primary_key=True
    )
    approval_threshold = models.PositiveIntegerField(
        _("Awards that one person may start alone"), default=APPROVAL_THRESHOLD
    )
    remind_after_days = models.PositiveSmallIntegerField(
        _("Days until a learner is reminded"), default=REMIND_AFTER_DAYS
    )
    remind_at_most = models.PositiveSmallIntegerField(_("Reminders at most"), default=REMIND_AT_MOST)
    claim_days = models.PositiveSmallIntegerField(_("Days that a claim link works"), default=CLAIM_DAYS)
    time_zone = models.CharField(max_length=60, default=TIME_ZONE)

    @classmethod
    def of(cls, organisation: Organisation) -> AwardingRules:
        """The rules, or the defaults."""
        return cls.objects.filter(organisation=organisation).first() or cls(organisation=organisation)


class Stage(models.TextChoices):
    """Where a batch is."""

    CHECKED = "checked", _("Checked, not started")
    APPROVAL = "approval", _("Waiting for a second person")
    SCHEDULED = "scheduled", _("Planned for later")
    SEALING = "sealing", _("Being sealed")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Batch(Identified):
    """Awards of one version that are made together. ``replaces`` is the award that a batch of one row corrects.

    ``scheduled_for`` is when it is to start by itself; ``time_zone`` in which that was said.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="batches")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="batches")
    source = models.CharField(max_length=200, blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.CHECKED)
    formats: Any = models.JSONField(default=list)
    is_suspendable = models.BooleanField(default=False)
    is_test = models.BooleanField()
    needs_approval = models.BooleanField(default=False)
    prepared_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    scheduled_for = models.DateTimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.TextField(blank=True)
    replaces = models.ForeignKey("Award", on_delete=models.PROTECT, null=True, related_name="corrections")

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [models.Index(fields=["stage", "scheduled_for"])]

    @property
    def scheduled_local(self) -> dt.datetime | None:
        """``scheduled_for`` on the clocks of its time zone; without a zone of its own, so that no template converts it."""
        if self.scheduled_for is None:
            return None
        return self.scheduled_for.astimezone(zoneinfo.ZoneInfo(self.time_zone or "UTC")).replace(tzinfo=None)


class RowState(models.TextChoices):
    """What became of a row."""

    GOOD = "good", _("Can be awarded")
    PROBLEM = "problem", _("Has a problem")
    NOT_PASSED = "not-passed", _("Did not pass")
    ALREADY = "already", _("Awarded before")
    AWARDED = "awarded", _("Awarded")
    FAILED = "failed", _("Could not be sealed")


class Row(models.Model):
    """One row of a class list. ``entry`` is the library's `ClassListEntry`; ``person`` a salted hash that tells people apart."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=RowState.choices)
    entry: Any = models.JSONField(null=True)
    person = models.CharField(max_length=64, blank=True)
    problems: Any = models.JSONField(default=list)

    class Meta:
        ordering = ("batch", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "number"], name="one_row_each")]
        indexes: ClassVar = [models.Index(fields=["batch", "state"])]

    def read(self) -> ClassListEntry:
        """The entry, as the library reads it."""
        return typed.convert(self.entry, ClassListEntry)


class Chunk(models.Model):
    """Rows that one worker seals at a time, under a lease. Who holds the token may finish it; a lease that has ended is taken over.

    ``size`` counts its rows; ``sent_at`` is when a message about it was given to the broker, where there is one.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    is_done = models.BooleanField(default=False)
    token = models.CharField(max_length=22, blank=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("batch", "first")
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "first"], name="one_chunk_each")]
        indexes: ClassVar = [models.Index(fields=["is_done", "leased_until"])]


class AwardState(models.TextChoices):
    """What an award is now."""

    PLANNED = "planned", _("Being made")
    VALID = "valid", _("Valid")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    SUPERSEDED = "superseded", _("Replaced by a corrected one")


STANDING = (AwardState.PLANNED, AwardState.VALID, AwardState.SUSPENDED)
"""States in which a person has the award."""


class Award(Identified):
    """One award to one person. The id is its public address; nothing but ``entry`` is about the person.

    ``addressed`` is a keyed digest of the address it was sent to: by it an award is found for whoever has shown that the address is
    theirs. ``claim_until``: when the newest claim link ends; ``is_claim_over``: it has, unclaimed, and staff was told.
    """

    urn = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="awards")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="awards")
    row = models.OneToOneField(Row, on_delete=models.PROTECT, related_name="award")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    person = models.CharField(max_length=64)
    entry: Any = models.JSONField()
    addressed = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=AwardState.choices, default=AwardState.PLANNED)
    is_test = models.BooleanField()
    is_suspendable = models.BooleanField(default=False)
    issued_at = models.DateTimeField()
    awarded_on = models.DateField()
    valid_until = models.DateTimeField(null=True, blank=True)
    holder = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="awards")
    claim_round = models.PositiveIntegerField(default=1)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_until = models.DateTimeField(null=True, blank=True)
    is_claim_over = models.BooleanField(default=False)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [
            models.Index(
                fields=["claim_until"],
                condition=models.Q(claimed_at__isnull=True, is_claim_over=False),
                name="open_claims",
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "person"],
                condition=models.Q(state__in=STANDING, replaces__isnull=True),
                name="one_award_each",
            ),
        ]

    def read(self) -> ClassListEntry:
        """Learner and result, as the library reads them."""
        return typed.convert(self.entry, ClassListEntry)

    @staticmethod
    def address_digest(email: str) -> str:
        """What `addressed` is for an address; empty for none."""
        said = email.strip().lower()
        return salted_hmac("credentials.addressed", said, algorithm="sha256").hexdigest() if said else ""

    @property
    def learner(self) -> Learner:
        """The person: personal data, for staff and the holder only."""
        return self.read().learner


class StatusList(Identified):
    """A status list that is published: ``bits`` and ``taken`` are the library's, compressed; ``sealed`` is what is served.

    A list for suspension also keeps which of its copies were revoked for good: ``revoked``, and ``sealed_revoked``, which is served beside it.
    ``did`` sealed the copies and must seal the list. ``is_due``: bits changed since it was sealed. ``not_before``: sealing it
    failed, and is tried again then.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="status_lists")
    did = models.CharField(max_length=400)
    purpose = models.CharField(max_length=12)
    is_token = models.BooleanField()
    is_full = models.BooleanField(default=False)
    bits = models.BinaryField()
    revoked = models.BinaryField(blank=True)
    taken = models.BinaryField()
    sealed = models.BinaryField(blank=True)
    sealed_revoked = models.BinaryField(blank=True)
    sealed_at = models.DateTimeField(null=True)
    is_due = models.BooleanField(default=True)
    not_before = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "did", "purpose", "is_token"])]


class Copy(Identified):
    """One sealed file of an award. ``file`` is empty until it is made; the ids are given before, once."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="copies")
    format = models.CharField(max_length=30)
    credential_id = models.CharField(max_length=60, unique=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, null=True, related_name="copies")
    status_index = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ("award", "format")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "format"], name="one_copy_each"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="one_place_each"),
        ]


class StatusChange(models.Model):
    """When an award was suspended, lifted, revoked or replaced, and why. The public page shows the kind and the day, not the reason."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=12, choices=AwardState.choices)
    reason = models.TextField()
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at",)


class MailKind(models.TextChoices):
    """What a mail is about."""

    CLAIM = "claim", _("Claim link")
    REMINDER = "reminder", _("Reminder")
    UNCLAIMED = "unclaimed", _("Links that have ended")


class Mail(Outgoing):
    """A mail that has to leave at least once: about an award, or about a batch to its staff. It holds no address and no text: both
    are made when it leaves.

    ``number`` counts the reminders of a claim link (0: its first mail), ``remind_at`` is when the next is due.
    """

    kind = models.CharField(max_length=10, choices=MailKind.choices, default=MailKind.CLAIM)
    award = models.ForeignKey(Award, on_delete=models.CASCADE, null=True, related_name="mails")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, null=True, related_name="mails")
    round = models.PositiveIntegerField(default=1)
    number = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["award", "round", "number"], name="one_mail_each"),
            models.CheckConstraint(
                condition=models.Q(award__isnull=True) ^ models.Q(batch__isnull=True), name="about_one_thing"
            ),
        ]
