"""Whom an organisation acts for, and how that was shown."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified
from tessella_web.registers.models.bodies import Body

__all__ = ["Claim", "ClaimState", "IdentityReviewer", "Method"]


class Method(models.TextChoices):
    """How it was shown."""

    DOMAIN = "domain", _("It controls the body's website")
    REGISTER = "register", _("A register that lists the body confirms it")
    CERTIFICATE = "certificate", _("It holds the body's electronic seal")
    REVIEWER = "reviewer", _("A named reviewer looked at documents")


class ClaimState(models.TextChoices):
    """Where a claim is."""

    OPEN = "open", _("Not shown yet")
    HELD = "held", _("Waits for a reviewer")
    ESTABLISHED = "established", _("Established")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Claim(Identified):
    """An organisation says that it acts for a body. Established by a method, with evidence that stays readable.

    ``legal_id`` is what the organisation states for a body that was not known; it becomes the body's when a seal or a reviewer
    shows it, so that nobody occupies another's identifier. ``token`` is what proves control of a website. ``reasons`` say why a reviewer must look: codes with what they refer to;
    ``review`` is what a reviewer decided on, in words, and by whom.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claims")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, choices=ClaimState.choices, default=ClaimState.OPEN)
    method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    evidence: Any = models.JSONField(default=dict)
    reasons: Any = models.JSONField(default=list)
    legal_id = models.CharField(max_length=80, blank=True)
    token = models.CharField(max_length=40)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    review = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=[ClaimState.OPEN, ClaimState.HELD, ClaimState.ESTABLISHED]),
                name="one_live_claim_each",
            )
        ]

    @property
    def is_live(self) -> bool:
        """Whether it stands or may still be shown."""
        return self.state in (ClaimState.OPEN, ClaimState.HELD, ClaimState.ESTABLISHED)


class IdentityReviewer(models.Model):
    """Somebody whom the operator of this installation named to look at who is who."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identity_reviewer"
    )
    named_at = models.DateTimeField(auto_now_add=True)
