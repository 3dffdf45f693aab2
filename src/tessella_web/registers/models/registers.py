"""Registers, what stands in them, and where it came from."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified
from tessella_web.registers.models.bodies import Body, Dated

__all__ = [
    "Decision",
    "EntryChange",
    "EntryStatus",
    "Import",
    "ImportChange",
    "ImportKind",
    "ImportState",
    "LearningKind",
    "QualityReport",
    "Register",
    "RegisterEntry",
    "Snapshot",
]

PERSON = settings.AUTH_USER_MODEL
DIGEST_LENGTH = 64
"""SHA-256 in hex."""

REPORT_VALID_YEARS = 6
"""A report that states no end: the rule of the European database of external quality assurance results (DEQAR)."""


class LearningKind(models.TextChoices):
    """What sort of learning a decision is about."""

    DEGREE = "degree", _("Degree programmes")
    MICRO_CREDENTIAL = "micro-credential", _("Micro-credentials")
    VOCATIONAL = "vocational", _("Vocational education and training")
    ADULT = "adult", _("Adult education")
    NON_FORMAL = "non-formal", _("Non-formal learning")


class Scoped(models.Model):
    """What a decision covers; an empty list does not limit.

    ``levels`` of the European Qualifications Framework (1–8), ``fields`` of study (ISCED-F codes of two to four digits, each with
    all that is within), ``kinds`` of learning, ``programmes`` by the identifier they have with the provider.
    """

    levels: Any = models.JSONField(default=list, blank=True)
    fields: Any = models.JSONField(default=list, blank=True)
    kinds: Any = models.JSONField(default=list, blank=True)
    programmes: Any = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True


class Register(Identified):
    """A register that an organisation keeps: an agency, an authority, an alliance.

    ``is_quality_decision``: being listed itself says that quality was assured, within the entry's scope and dates.
    ``may_establish``: the installation's reviewers accept the keeper's word on who acts for a listed body.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="registers")
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it lists, and on what grounds"), blank=True)
    website = models.URLField(_("website"), blank=True)
    is_quality_decision = models.BooleanField(default=False)
    may_establish = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def is_accepted(self) -> bool:
        """Whether its keeper's word is taken: accepted by a reviewer, and the keeper's own identity still established."""
        return self.may_establish and self.organisation.is_established


class EntryStatus(models.TextChoices):
    """What the register says about the body."""

    LISTED = "listed", _("Listed")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", _("Withdrawn by the register")
    ENDED = "ended", _("Ended")


class RegisterEntry(Identified, Scoped, Dated):
    """A body in a register; ``number`` is the register's own. ``status`` is the present one, its history in `changes`."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="entries")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="entries")
    number = models.CharField(_("number in the register"), max_length=80)
    status = models.CharField(
        _("status"), max_length=12, choices=EntryStatus.choices, default=EntryStatus.LISTED
    )
    url = models.URLField(_("page in the register"), max_length=500, blank=True)

    class Meta:
        ordering = ("body__plain_name", "id")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["register", "number"], name="one_entry_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class EntryChange(models.Model):
    """From ``on`` the entry had this status; ``recorded_at`` is when the register said so."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.CASCADE, related_name="changes")
    status = models.CharField(max_length=12, choices=EntryStatus.choices)
    on = models.DateField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on", "id")


class Decision(models.TextChoices):
    """The outcome of an external review, as the agencies of Europe word it."""

    POSITIVE = "positive", _("Positive")
    CONDITIONAL = "conditional", _("Positive with conditions")
    NEGATIVE = "negative", _("Negative")
    NONE = "none", _("No decision")


class QualityReport(Identified, Scoped):
    """What an agency decided about a body on a day, and for how long it holds."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="reports")
    number = models.CharField(_("number of the report"), max_length=80)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reports")
    agency = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reports_written")
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    decided_on = models.DateField(_("decided on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    url = models.URLField(_("address of the report"), max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-decided_on", "id")
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="one_report_a_number"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(decided_on__lte=F("valid_until")),
                name="report_in_order",
            ),
            models.CheckConstraint(condition=~Q(body=F("agency")), name="no_report_on_itself"),
        ]

    @property
    def last_day(self) -> dt.date:
        """The last day it holds: what it states, else `REPORT_VALID_YEARS` after the decision."""
        if self.valid_until:
            return self.valid_until
        year = self.decided_on.year + REPORT_VALID_YEARS
        try:
            return self.decided_on.replace(year=year) - dt.timedelta(days=1)
        except ValueError:  # 29 February
            return dt.date(year, 2, 28)


class Snapshot(Identified):
    """The register as it was at a moment: canonical JSON, its SHA-256, and that of the snapshot before."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="snapshots")
    number = models.PositiveIntegerField()
    taken_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    taken_at = models.DateTimeField()
    content = models.TextField()
    sha256 = models.CharField(max_length=DIGEST_LENGTH)
    entries = models.PositiveIntegerField()

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="one_snapshot_a_number")]


class ImportKind(models.TextChoices):
    """What the rows of a file are."""

    ENTRIES = "entries", _("Entries")
    REPORTS = "reports", _("Quality reports")


class ImportState(models.TextChoices):
    """Where an import is."""

    CHECKED = "checked", _("Looked through, nothing changed yet")
    DONE = "done", _("Taken over")
    UNDONE = "undone", _("Undone")


class Import(Identified):
    """A file that was handed in: what it said, what was found in it, what was made of it."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(_("what the rows are"), max_length=12, choices=ImportKind.choices)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.CHECKED)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=DIGEST_LENGTH)
    content = models.TextField()
    findings: Any = models.JSONField(default=list)
    counts: Any = models.JSONField(default=dict)
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)


class ImportChange(models.Model):
    """One thing that an import made (``before`` is empty) or changed, for undoing it."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12)
    object_id = models.CharField(max_length=22)
    before: Any = models.JSONField(null=True)
    after: Any = models.JSONField(null=True)

    class Meta:
        ordering = ("id",)
