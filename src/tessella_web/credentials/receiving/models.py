"""What an organisation promises to those who share credentials with it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation

__all__ = ["Policy"]


class Policy(models.Model):
    """What an organisation says before anybody shares something with it: what for, and how long it keeps it at most.

    ``is_open``: it takes such things now, and is offered to learners.
    """

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, related_name="receiving", primary_key=True
    )
    is_open = models.BooleanField(default=False)
    purposes = models.CharField(_("what you take credentials for"), max_length=300)
    most_days = models.PositiveIntegerField(_("days you keep them at most"))
    text = models.TextField(_("what you do with them"))
    contact = models.CharField(_("whom to ask"), max_length=200)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("organisation__name",)

    def as_shown(self) -> dict[str, Any]:
        """The policy as it is shown now, to be kept with what was shared under it."""
        return {
            "purposes": self.purposes,
            "most_days": self.most_days,
            "text": self.text,
            "contact": self.contact,
            "changed_at": self.changed_at.isoformat(),
        }
