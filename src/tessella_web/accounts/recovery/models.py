"""What is kept so that somebody gets back in: digests of codes, domains of addresses that end, and what organisations were asked."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["EmergencyCode", "How", "MailDomain", "Notice", "Postponement", "Recovery", "Stage"]

PERSON = settings.AUTH_USER_MODEL
DIGEST_LENGTH = 64


class EmergencyCode(models.Model):
    """A code that opens the account once when no address works any more. Only a keyed digest is kept."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="emergency_codes")
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)


class Postponement(models.Model):
    """Somebody does not want to think about a second way to sign in now."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()


class MailDomain(models.Model):
    """A domain in which an organisation gives addresses to people, who lose them when they leave."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="mail_domains")
    domain = models.CharField(max_length=253, db_index=True)

    class Meta:
        ordering = ("domain",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "domain"], name="one_mail_domain_each"),
        ]


class Stage(models.TextChoices):
    """Where a recovery is."""

    ASKED = "asked", _("Asked for")
    CHECKED = "checked", _("Identity checked, waiting")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined by the organisation")
    REFUSED = "refused", _("Refused by the holder of the account")
    OVER = "over", _("Not possible any more")


class How(models.TextChoices):
    """How staff made sure who asks."""

    IN_PERSON = "in-person", _("In person, with an identity document")
    VIDEO = "video", _("By video, with an identity document")
    KNOWN = "known", _("Somebody who knows the person has met them")
    RECORDS = "records", _("Called back on a number that was on record before")


class Recovery(Identified):
    """Somebody asks an organisation that awarded to them to confirm who they are, so that an address is added to their account.

    ``email`` is the new address; whoever asks has shown that it is theirs. ``into`` is another account of theirs instead, into which
    this one then goes. ``said`` is what they wrote to the organisation. From ``due_at`` on the address is added, if nobody refuses.
    """

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="recoveries")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="recoveries")
    email = models.EmailField()
    into = models.ForeignKey(PERSON, on_delete=models.CASCADE, null=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    name = models.CharField(max_length=200)
    said = models.TextField(blank=True)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.ASKED)
    how = models.CharField(max_length=12, choices=How.choices, blank=True)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [models.Index(fields=["stage", "due_at"])]

    @property
    def is_open(self) -> bool:
        """Whether it can still lead to something."""
        return self.stage in (Stage.ASKED, Stage.CHECKED)


class Notice(Identified):
    """An address at which somebody is told of what happens to an account, and the recovery if it is about one. A letter is about one."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    recovery = models.ForeignKey(Recovery, on_delete=models.CASCADE, null=True, related_name="notices")
    email = models.EmailField()
