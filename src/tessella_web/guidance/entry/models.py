"""What is needed to enter something, as its provider says it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tessella import typed
from tessella.guidance.entry import EntryRule as Rule
from tessella.guidance.entry import Requirement
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Description
from tessella_web.common.models import Identified

__all__ = ["EntryRule"]


class EntryRule(Identified):
    """Entry requirements of one programme: of a micro-credential here (``description``), or of any other that has a page (``url``).

    ``requirements`` are `tessella.guidance.entry.Requirement` as plain data; for a micro-credential they stand instead of what its
    description says of prerequisites. ``source`` says where they are published.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="entry_rules")
    description = models.OneToOneField(
        Description, on_delete=models.CASCADE, null=True, blank=True, related_name="entry_rule"
    )
    title = models.CharField(max_length=300)
    url = models.URLField(max_length=500, blank=True)
    source = models.CharField(max_length=300, blank=True)
    requirements: Any = models.JSONField(default=list)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("title", "pk")
        indexes: ClassVar = [models.Index(fields=["changed_at"], name="guidance_entry_changed")]

    def __str__(self) -> str:
        return self.title

    def rule(self) -> Rule:
        """As the library tests it."""
        return Rule(
            id=self.id, title=self.title, provider=self.organisation.name, url=self.url, source=self.source,
            requirements=typed.convert(self.requirements, tuple[Requirement, ...], strict=False),
        )  # fmt: skip
