"""Descriptions in work, the reviews they go through, and the versions that were published of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella.model import MicroCredential
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.content import digest_of, loaded, whole_of
from tessella_web.common.models import Identified

__all__ = [
    "Answer",
    "Comment",
    "Decision",
    "Description",
    "Edit",
    "OwnChecklist",
    "QualityReview",
    "Stage",
    "Standing",
    "Version",
]

PERSON = settings.AUTH_USER_MODEL
DIGEST_LENGTH = 64
"""SHA-256 in hex."""


class Stage(models.TextChoices):
    """Where a description is."""

    DRAFT = "draft", _("In work")
    IN_REVIEW = "in-review", _("In quality review")
    CHANGES_ASKED = "changes-asked", _("Changes asked for")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not approved")
    PUBLISHED = "published", _("Published")


class Description(Identified):
    """What is being described: the working text from which versions are published. Its id is part of every version's address.

    ``workings`` is what people or programs noted on the way and that is no part of the record: hours by activity, elements
    that were proposed and wait for somebody to look, the skills that somebody confirmed. ``particulars`` is what it says beyond
    the standard's elements; see `tessella_web.catalogue.particulars`. ``partners`` are other organisations whose people edit it too; the quality review and publishing stay with ``organisation``.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="descriptions")
    partners: Any = models.ManyToManyField(Organisation, related_name="shared_descriptions", blank=True)
    content: Any = models.JSONField(default=dict)
    title = models.CharField(_("title"), max_length=300, blank=True)
    stage = models.CharField(max_length=20, choices=Stage.choices, default=Stage.DRAFT)
    started_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    started_from = models.CharField(max_length=60, blank=True)
    source = models.TextField(blank=True)
    workings: Any = models.JSONField(default=dict, blank=True)
    particulars: Any = models.JSONField(default=dict, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return self.title or str(_("Without a title yet"))

    def record(self) -> MicroCredential:
        """The record as far as it is usable."""
        return loaded(self.content).record

    @property
    def whole(self) -> dict[str, Any]:
        """Content and particulars in one: what is reviewed, shown and compared."""
        return whole_of(self.content, self.particulars)

    @property
    def digest(self) -> str:
        """What a review refers to: changes with every change of content or particulars."""
        return digest_of(self.whole)


class Edit(models.Model):
    """Who changed which element of a description, when, from what to what."""

    description = models.ForeignKey(Description, on_delete=models.CASCADE, related_name="edits")
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    element = models.CharField(max_length=40)
    before: Any = models.JSONField(null=True)
    after: Any = models.JSONField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-last_at", "-id")


class Decision(models.TextChoices):
    """How a review ended, or that it has not."""

    OPEN = "open", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not approved")
    CHANGES = "changes-asked", _("Changes asked for")
    TAKEN_BACK = "taken-back", _("Taken back by the authors")


class QualityReview(Identified):
    """Internal quality assurance of exactly one content (with its particulars).

    ``checklist`` names the edition whose questions are asked: one that is shipped, or an organisation's own. Who decided and in which role stays readable here when the account is gone. ``without_learner`` says why no learner
    representative took part; ``is_self_review`` that the only person of the organisation reviewed the own work.
    """

    description = models.ForeignKey(Description, on_delete=models.CASCADE, related_name="reviews")
    digest = models.CharField(max_length=DIGEST_LENGTH)
    content: Any = models.JSONField()
    checklist = models.CharField(max_length=60)
    opened_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decision = models.CharField(max_length=20, choices=Decision.choices, default=Decision.OPEN)
    evidence = models.TextField(blank=True)
    without_learner = models.TextField(blank=True)
    is_self_review = models.BooleanField(default=False)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_by_roles: Any = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True, blank=True)
    learner_took_part = models.BooleanField(default=False)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["description"],
                condition=models.Q(decision=Decision.OPEN),
                name="one_open_review",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.decision == Decision.OPEN


class OwnChecklist(Identified):
    """An organisation's edition of the checklist: begun as a copy, edited, then in use and immutable.

    ``sections`` is the whole edition in the form of `tessella_web.catalogue.checklist.Checklist`; questions of the European
    core are never missing in it: one that is not asked says why. ``number`` counts from 1 when it is taken into use; a draft has 0.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="checklists")
    number = models.PositiveIntegerField(default=0)
    base = models.CharField(max_length=60)
    sections: Any = models.JSONField()
    made_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    used_from = models.DateTimeField(null=True, blank=True)
    used_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("organisation", "-number")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_checklist_each"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(used_from__isnull=False, used_until__isnull=True),
                name="one_checklist_in_use",
            ),
        ]

    @property
    def edition(self) -> str:
        """How a review names it."""
        return f"own:{self.id}"

    @property
    def is_draft(self) -> bool:
        """Whether it can still be edited."""
        return self.used_from is None


class Standing(models.TextChoices):
    """What a reviewer answers to one question of the checklist."""

    MET = "met", _("Met")
    PARTLY = "partly", _("Partly met")
    NOT_MET = "not-met", _("Not met")
    NOT_APPLICABLE = "not-applicable", _("Does not apply")


class Answer(models.Model):
    """One reviewer's answer to one question."""

    review = models.ForeignKey(QualityReview, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    question = models.CharField(max_length=40)
    standing = models.CharField(max_length=20, choices=Standing.choices)
    remark = models.TextField(blank=True)
    is_learner = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "person", "question"], name="one_answer_each"),
        ]


class Comment(Identified):
    """What somebody says about one element, and what was answered."""

    review = models.ForeignKey(QualityReview, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    element = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    reply = models.TextField(blank=True)
    replied_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at",)


class _Frozen(models.QuerySet["Version"]):
    """Versions are not rewritten in bulk either: only withdrawing changes them."""

    def update(self, **values: Any) -> int:
        _only_withdrawing(values)
        return super().update(**values)

    def bulk_update(self, objs: Any, fields: Any, batch_size: int | None = None) -> int:
        _only_withdrawing(fields)
        return super().bulk_update(objs, fields, batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A published version stays; withdraw it.")


class Version(Identified):
    """A published version: what awards refer to. Its content never changes; it can be withdrawn.

    ``number`` counts from 1 within a description. ``content`` is the record that is awarded, ``particulars`` what is published
    beside it (purposes, pilot, evidence of need: see `tessella_web.catalogue.particulars`). Outcome ids mean the same outcome in every version of it.
    """

    WITHDRAWING = frozenset({"withdrawn_at", "withdrawn_because"})

    description = models.ForeignKey(Description, on_delete=models.PROTECT, related_name="versions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    particulars: Any = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    title = models.CharField(_("title"), max_length=300)
    record_type = models.CharField(max_length=30)
    review = models.ForeignKey(
        QualityReview, on_delete=models.PROTECT, null=True, blank=True, related_name="versions"
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)

    objects = _Frozen.as_manager()

    class Meta:
        ordering = ("description", "-number")
        constraints = [models.UniqueConstraint(fields=["description", "number"], name="one_version_each")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once; afterwards only the fields of `WITHDRAWING`.

        Raises:
            TypeError: anything else of a published version would change.
        """
        if not self._state.adding:
            _only_withdrawing(kwargs.get("update_fields") or ["everything"])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never.

        Raises:
            TypeError: always.
        """
        raise TypeError("A published version stays; withdraw it.")

    def record(self) -> MicroCredential:
        """The record that is awarded."""
        return loaded(self.content).record

    @property
    def whole(self) -> dict[str, Any]:
        """Content and particulars in one: what is shown and compared."""
        return whole_of(self.content, self.particulars)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it is not offered and awarded any more."""
        return self.withdrawn_at is not None

    def is_as_published(self) -> bool:
        """Whether the content is still that of the digest."""
        return digest_of(self.whole) == self.digest


def _only_withdrawing(fields: Any) -> None:
    others = set(fields) - Version.WITHDRAWING
    if others:
        raise TypeError("A published version does not change: " + ", ".join(sorted(others)))
