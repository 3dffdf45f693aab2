"""Enrolments with what people hand in, and the records of assessors."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Award, AwardState, Row, RowState, Stage

__all__ = [
    "HAVE",
    "TAKING_PART",
    "Enrolment",
    "Evidence",
    "OutcomeRecord",
    "Standing",
    "State",
    "Upload",
    "UploadKind",
]

PERSON = settings.AUTH_USER_MODEL


class State(models.TextChoices):
    """Where somebody is with an offer. ``awarded`` is never stored: it is read from the award that there is."""

    APPLIED = "applied", _("Applied")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    ENROLLED = "enrolled", _("Enrolled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ASSESSED = "assessed", _("Assessed")
    AWARDED = "awarded", _("Awarded")


TAKING_PART = (State.ACCEPTED, State.ENROLLED, State.ASSESSED)
"""States in which somebody has a place and can be assessed."""

HAVE = (AwardState.VALID, AwardState.SUSPENDED, AwardState.SUPERSEDED)
"""States of an award that somebody has, be it in a corrected form."""

UNDER_WAY = (Stage.CHECKED, Stage.APPROVAL, Stage.SEALING, Stage.STOPPED)


class Enrolment(Identified):
    """One person with one offer: somebody with an account, or somebody whom staff has listed.

    ``accommodations`` is what the person needs in assessment: for coordinators, assessors and the person, and for nothing else; it goes
    into no award, no mail and no audit entry. ``row`` is the row of the batch in which the person is awarded.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="enrolments")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="enrolments")
    given_name = models.CharField(_("given names"), max_length=200, blank=True)
    family_name = models.CharField(_("family name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)
    student_id = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=State.choices)
    motivation = models.TextField(blank=True)
    accommodations = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    listed_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    row = models.OneToOneField(Row, on_delete=models.SET_NULL, null=True, related_name="enrolment")

    class Meta:
        ordering = ("family_name", "given_name", "made_at")
        indexes: ClassVar = [models.Index(fields=["offer", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "person"], condition=Q(person__isnull=False), name="one_enrolment_each"
            ),
            models.UniqueConstraint(
                fields=["offer", "email"], condition=~Q(email=""), name="one_enrolment_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """As it is written on a certificate."""
        return " ".join(filter(None, (self.given_name, self.family_name)))

    @property
    def award(self) -> Award | None:
        """The award that the person has from here."""
        found = getattr(self.row, "award", None) if self.row_id else None
        return found if found is not None and found.state in HAVE else None

    @property
    def is_being_awarded(self) -> bool:
        """Whether a batch that is not over has the person."""
        row = self.row
        return row is not None and row.state == RowState.GOOD and row.batch.stage in UNDER_WAY

    @property
    def standing(self) -> State:
        """Where the person is, the award included."""
        return State.AWARDED if self.award else State(self.state)

    @property
    def takes_part(self) -> bool:
        """Whether the person has a place."""
        return self.state in TAKING_PART


class Evidence(Identified):
    """A piece that somebody handed in with an application: words, a link, or a file that is stored privately."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="evidence")
    text = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=150, blank=True)
    media_type = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("made_at",)


class Standing(models.TextChoices):
    """What an assessor found of one outcome."""

    ACHIEVED = "achieved", _("Achieved")
    PARTLY = "partly", _("Partly achieved")
    NOT = "not", _("Not achieved")


class OutcomeRecord(models.Model):
    """What an assessor recorded of one person, whole; a change is a further record, and the earlier ones stay.

    ``standings`` by outcome id; ``supervision`` is a code of the European list, ``identity_check`` says how it was done;
    ``note`` says on what evidence.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="records")
    number = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    standings: Any = models.JSONField(default=dict)
    grade = models.CharField(max_length=60, blank=True)
    assessed_on = models.DateField(null=True, blank=True)
    supervision = models.CharField(max_length=30, blank=True)
    identity_check = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ("enrolment", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="one_record_a_number"),
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(is_current=True), name="one_current_record"
            ),
        ]


class UploadKind(models.TextChoices):
    """What a spreadsheet is about."""

    PEOPLE = "people", _("Who takes part")
    RESULTS = "results", _("What was achieved")


class Upload(Identified):
    """A spreadsheet that was looked through and waits for a yes; it goes when it is taken over or given up."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=10, choices=UploadKind.choices)
    file_name = models.CharField(max_length=150)
    rows: Any = models.JSONField(default=list)
    problems: Any = models.JSONField(default=list)
    by = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
