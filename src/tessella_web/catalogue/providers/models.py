"""What an organisation says of itself: one text for each subject and language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation

__all__ = ["MEANINGS", "Policy", "Subject"]


class Subject(models.TextChoices):
    """What a learner wants to know before beginning, and after."""

    ABOUT = "about", _("Who we are")
    OWNERSHIP = "ownership", _("Who owns a credential")
    FINANCING = "financing", _("How it is paid for")
    COMPLAINTS = "complaints", _("Complaints and appeals")
    RECOGNITION = "recognition", _("Recognition of what was learned before")
    ACCESSIBILITY = "accessibility", _("Support for people with disabilities")
    PRIVACY = "privacy", _("What happens with personal data")
    RETENTION = "retention", _("How long records are kept")


MEANINGS = {
    Subject.ABOUT: _("In two or three sentences."),
    Subject.OWNERSHIP: _("For example: it belongs to the learner, who may show it to anybody, for ever."),
    Subject.FINANCING: _("Who pays, which funds there are, what is given back to those who leave."),
    Subject.COMPLAINTS: _("Whom to turn to, how long an answer takes, who decides in the end."),
    Subject.RECOGNITION: _("Whether experience or other certificates count, and how one asks."),
    Subject.ACCESSIBILITY: _("What can be arranged, and whom to ask."),
    Subject.PRIVACY: _("Which data, what for, who else gets them."),
    Subject.RETENTION: _(
        "How long one can still ask for a certificate, and what happens when the organisation closes."
    ),
}
"""What each subject is about, for whoever writes."""


class Policy(models.Model):
    """What is said about a subject in a language; ``url`` where it stands at length."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="policies")
    subject = models.CharField(max_length=20, choices=Subject.choices)
    language = models.CharField(max_length=12)
    text = models.TextField(blank=True)
    url = models.URLField(blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation", "subject", "language"], name="one_policy_each")
        ]
