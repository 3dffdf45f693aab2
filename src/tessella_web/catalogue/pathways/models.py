"""Pathways: the rule in work, and the versions that were published of it.

A rule is stored as the library's plain data (`tessella.stacking.rule_data`); there is no second schema. A published version never changes:
its number, its rule and who published it stay. Only its end can be set earlier, with the day and the reason.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella import typed
from tessella.stacking import Rule
from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["NamedCredential", "Pathway", "PathwayState", "PathwayVersion"]

PERSON = settings.AUTH_USER_MODEL

LONGEST_NAME = 300
"""As long as the addresses and titles by which rules name micro-credentials."""


class PathwayState(models.TextChoices):
    """Where a pathway is."""

    DRAFT = "draft", _("Not published yet")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Pathway(Identified):
    """A rule that an organisation writes. Its id is the public address of all its versions.

    ``draft`` is the rule in work, as plain data; it may be incomplete and contradict itself. ``revision`` counts its changes: two
    people who write at once are told, instead of the second overwriting the first.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pathways")
    state = models.CharField(max_length=12, choices=PathwayState.choices, default=PathwayState.DRAFT)
    title = models.CharField(_("title"), max_length=300, blank=True)
    draft: Any = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    started_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    started_from = models.CharField(max_length=60, blank=True)
    changed_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-changed_at",)

    def __str__(self) -> str:
        return self.title or str(_("Without a title yet"))


class _Kept(models.QuerySet["PathwayVersion"]):
    """Versions are not rewritten in bulk either: only withdrawing changes them."""

    def update(self, **values: Any) -> int:
        _only_withdrawing(values)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A published rule stays; withdraw it.")


class PathwayVersion(Identified):
    """A published rule: numbered from 1 in its pathway, immutable.

    In force from ``valid_from`` to ``valid_until`` (both included; no end when empty), but not from ``withdrawn_from`` on; of
    several that are in force on a day the one with the highest number is meant. Who published it, and in which
    roles, stays readable when the account is gone. ``words`` is what searching looks through.
    """

    WITHDRAWING = frozenset({"withdrawn_from", "withdrawn_because"})

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    data: Any = models.JSONField()
    title = models.CharField(_("title"), max_length=300)
    award = models.CharField(max_length=300)
    receiver = models.CharField(max_length=300)
    words = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    withdrawn_from = models.DateField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    published_by_name = models.CharField(max_length=200)
    published_by_roles: Any = models.JSONField(default=list)

    objects = _Kept.as_manager()

    class Meta:
        ordering = ("pathway", "-number")
        indexes: ClassVar = [models.Index(fields=["valid_from", "valid_until"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pathway", "number"], name="one_pathway_version_each"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="pathway_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Once; afterwards only the fields of `WITHDRAWING`.

        Raises:
            TypeError: anything else of a published rule would change.
        """
        if not self._state.adding:
            _only_withdrawing(kwargs.get("update_fields") or ["everything"])
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never.

        Raises:
            TypeError: always.
        """
        raise TypeError("A published rule stays; withdraw it.")

    @property
    def rule(self) -> Rule:
        """The rule, as the library decides by it."""
        return _loaded(json.dumps(self.data, sort_keys=True))

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it is in force, whatever ends it; None when nothing does."""
        ends = [
            self.valid_until,
            self.withdrawn_from - dt.timedelta(days=1) if self.withdrawn_from else None,
        ]
        return min((one for one in ends if one is not None), default=None)

    def is_valid_on(self, day: dt.date) -> bool:
        """Whether the day lies in its period. A version with a higher number may be meant all the same."""
        return self.valid_from <= day and (self.last_day is None or day <= self.last_day)


class NamedCredential(models.Model):
    """One micro-credential that a published rule names: by its identifier or its title, in small letters.

    It answers the question the other way round: towards which rules does this micro-credential count?
    """

    version = models.ForeignKey(PathwayVersion, on_delete=models.CASCADE, related_name="named")
    name = models.CharField(max_length=LONGEST_NAME, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "name"], name="named_once_by_a_pathway"),
        ]

    def __str__(self) -> str:
        return self.name


def _only_withdrawing(fields: Any) -> None:
    others = set(fields) - PathwayVersion.WITHDRAWING
    if others:
        raise TypeError("A published rule does not change: " + ", ".join(sorted(others)))


@functools.lru_cache(maxsize=512)
def _loaded(text: str) -> Rule:
    """Without the checks of writing: what was published stays readable when those become stricter."""
    return typed.convert(json.loads(text), Rule, strict=False)
