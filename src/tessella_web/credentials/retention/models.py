"""The published rule of each organisation, and which awards have no file any more."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.credentials.models import Award

__all__ = ["FileErased", "RetentionPolicy"]

AWARD_YEARS = 10
"""As long as somebody may ask for a copy of a lost certificate in a working life's first part; universities keep theirs for longer."""

EVIDENCE_MONTHS = 12
"""As long as a result may be contested in most places."""


class RetentionPolicy(models.Model):
    """How long an organisation keeps the file of an award, and what people handed in."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="retention", primary_key=True
    )
    award_years = models.PositiveSmallIntegerField(
        _("Years that the file of an award is kept"), default=AWARD_YEARS
    )
    evidence_months = models.PositiveSmallIntegerField(
        _("Months that evidence and assessments without an award are kept"), default=EVIDENCE_MONTHS
    )
    why = models.CharField(_("By what rule"), max_length=300, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    @classmethod
    def of(cls, organisation_id: str) -> RetentionPolicy:
        """The rule, or the default."""
        return cls.objects.filter(pk=organisation_id).first() or cls(organisation_id=organisation_id)

    def ends(self, issued_at: dt.datetime) -> dt.date:
        """The day from which the file of an award is not kept."""
        day = issued_at.date()
        try:
            return day.replace(year=day.year + self.award_years)
        except ValueError:  # 29 February
            return day.replace(year=day.year + self.award_years, day=28)


class FileErased(models.Model):
    """The file of this award is gone: the issuer knows no more whose it was. Its public page and status stay."""

    award = models.OneToOneField(
        Award, on_delete=models.CASCADE, related_name="file_erased", primary_key=True
    )
    at = models.DateTimeField()
