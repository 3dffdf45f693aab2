"""Cases: what a learner asked, what it rests on, what was decided, and what was found to have fallen since."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Description
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Award, Batch
from tessella_web.credentials.noticing.models import Standing
from tessella_web.credentials.wallet.models import SharedFile

__all__ = [
    "OPEN",
    "Cascade",
    "CascadeState",
    "Case",
    "CaseState",
    "Cause",
    "Part",
    "PartName",
    "PathwayAward",
    "Request",
    "StackingRules",
    "Statement",
]

PERSON = settings.AUTH_USER_MODEL

GRACE_DAYS = 30
"""A month: time to ask the issuer, to find another credential, and for a board to meet."""

LONGEST_NAME = 300
"""Characters of an identifier or a title that are compared."""


class StackingRules(models.Model):
    """How an organisation deals with cases. ``grace_days``: until when it decides after a part has fallen."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="stacking_rules", primary_key=True
    )
    grace_days = models.PositiveSmallIntegerField(
        _("Days to decide after a part has fallen"), default=GRACE_DAYS
    )

    @classmethod
    def of(cls, organisation: Organisation) -> StackingRules:
        """The rules, or the defaults."""
        return cls.objects.filter(organisation=organisation).first() or cls(organisation=organisation)


class PathwayAward(models.Model):
    """What is awarded at the end of a pathway: the newest version of a description that stands."""

    pathway = models.OneToOneField(Pathway, on_delete=models.CASCADE, related_name="larger", primary_key=True)
    description = models.ForeignKey(Description, on_delete=models.CASCADE, related_name="+")


class CaseState(models.TextChoices):
    """Where a case is."""

    ASKED = "asked", _("Waits for the organisation")
    WAITING = "waiting", _("Waits for the learner")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Not granted")
    WITHDRAWN = "withdrawn", _("Withdrawn by the learner")


OPEN = (CaseState.ASKED, CaseState.WAITING)
"""States in which something can still be decided."""


class Case(Identified):
    """One learner asks for one decision by one pathway.

    ``version`` is the rule under which it was asked; a decision follows the one in force on its day. ``asked`` and ``decided`` are the
    engine's answers of those days. ``by_discretion``: granted although the rule is not met; it is never shown as met. ``items`` and ``proof``
    are what was proved and the sealed proof (a text; empty before). ``kept_until``: then evidence is deleted on which no
    award stands. ``erased_at``: what was about the person is gone.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="stack_cases")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="cases")
    learner = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="stack_cases")
    name = models.CharField(_("name on the award"), max_length=200)
    message = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.ASKED)
    kept_until = models.DateTimeField(db_index=True)
    asked: Any = models.JSONField(null=True)
    decided: Any = models.JSONField(null=True)
    decided_version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, null=True, related_name="+")
    by_discretion = models.BooleanField(default=False)
    reasons = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    items: Any = models.JSONField(default=list)
    proof = models.TextField(blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="+")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="stacked_by")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [models.Index(fields=["organisation", "state"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["learner", "pathway"], condition=models.Q(state__in=OPEN), name="one_open_case_each"
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it can still be decided."""
        return self.state in OPEN


class Part(Identified):
    """One credential in a case, as it was frozen when it was handed in.

    ``facts`` is what the rule sees of it (the library's item, under the part's own id). ``own`` is the award made here that it shows.
    ``counts``: the decision rests on it; ``replaced_at``: another decision does no more. ``standing`` is what the newest look found
    that could find anything, ``look_at`` when the next is due.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    shared = models.OneToOneField(SharedFile, on_delete=models.SET_NULL, null=True, related_name="stacked")
    own = models.ForeignKey(Award, on_delete=models.SET_NULL, null=True, related_name="used_as")
    where = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300, blank=True)
    facts: Any = models.JSONField()
    listed: Any = models.JSONField(default=dict)
    counts = models.BooleanField(default=False)
    replaced_at = models.DateTimeField(null=True, blank=True)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.UNKNOWN)
    ends_on = models.DateField(null=True, blank=True, db_index=True)
    look_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("made_at", "pk")


class PartName(models.Model):
    """An identifier by which a part is known: of its award, of its file, or the digest of that file. By it the same credential is found
    in another case."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=LONGEST_NAME, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "name"], name="one_name_of_a_part")]


class Statement(models.Model):
    """What a decider established beside what the credentials say, with the source.

    About a part: ``field`` is the data, ``value`` what it is. About nothing: ``field`` is a condition of the rule in words, and
    ``value`` is ``yes`` or ``no``. The newest about the same counts.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="statements")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, null=True, related_name="statements")
    field = models.CharField(max_length=1000)
    value = models.CharField(max_length=300)
    source = models.CharField(max_length=500)
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("at", "pk")


class Request(Identified):
    """What the organisation asked the learner for, and the answer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    text = models.TextField()
    by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "pk")


class Cause(models.TextChoices):
    """What happened to a part."""

    REVOKED = "revoked", _("It was taken back")
    SUSPENDED = "suspended", _("It is suspended")
    REPLACED = "replaced", _("It was replaced by a corrected one")
    ENDED = "ended", _("Its time is over")
    FAILED = "failed", _("It does not hold any more")
    BELOW = "below", _("Something that it stands on itself has fallen")


class CascadeState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("To be decided")
    KEPT = "kept", _("The award stays")
    REPLACED = "replaced", _("The award was made anew without this part")
    SUSPENDED = "suspended", _("The award was suspended")
    REVOKED = "revoked", _("The award was taken back")
    PASSED = "passed", _("The part stands again")


class Cascade(Identified):
    """A part on which an award stands has fallen, or something that the part itself stands on.

    Until somebody decides, the award stays what it is. ``due_at``: the grace period ends; ``overdue_told_at``: staff was told that it has.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="cascades")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="cascades")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    state = models.CharField(max_length=10, choices=CascadeState.choices, default=CascadeState.OPEN)
    due_at = models.DateTimeField(db_index=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_at", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["part"], condition=models.Q(state=CascadeState.OPEN), name="one_open_cascade_each"
            ),
        ]
