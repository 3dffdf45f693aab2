"""What learners hold beside the awards made here, and what they show to whom."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified
from tessella_web.credentials.models import Award

__all__ = ["Item", "Learning", "Share", "SharedFile", "ShownKind", "Source", "View"]

PERSON = settings.AUTH_USER_MODEL
SHA256_LENGTH = 64


class Source(models.TextChoices):
    """Where an item comes from."""

    BROUGHT = "brought", _("Brought from elsewhere")
    DECLARED = "declared", _("Said by yourself")


class Learning(models.TextChoices):
    """The kind of learning, in the words of the European recommendation on non-formal and informal learning."""

    FORMAL = "formal", _("At a school or university")
    NON_FORMAL = "non-formal", _("In a course or a group elsewhere")
    INFORMAL = "informal", _("In life or at work")


class Item(Identified):
    """Something a person put into the wallet. Awards made here are held through `Award.holder` and have no item.

    ``file`` is what was brought in, byte for byte, with its ``sha256``; ``where`` says which credential in it this is, where the file
    holds several that cannot be taken apart. ``facts`` are what is shown of it in lists, read from it when it came in (title, issuer,
    days, the tile's facts, what rules and skills are about); items of one ``group`` are forms of the same award; ``report`` is the
    newest verification. What somebody says of themselves has no file and no report: ``facts`` is all of it.
    """

    holder = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="items")
    source = models.CharField(max_length=10, choices=Source.choices)
    learning = models.CharField(_("kind of learning"), max_length=12, choices=Learning.choices, blank=True)
    group = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=SHA256_LENGTH, blank=True)
    where = models.CharField(max_length=300, blank=True)
    facts: Any = models.JSONField(default=dict)
    report: Any = models.JSONField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-day", "-made_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["holder", "sha256", "where"], condition=~models.Q(sha256=""), name="one_item_each"
            ),
        ]


class Share(Identified):
    """Something shown to somebody: by a link, or handed in to an organisation here.

    Of a link only the digest of the secret in its address is kept, and of its PIN. Until ``sent_at`` it is being put together, and shown to
    nobody but its holder. ``shown_as`` is the name that stands on the page (empty: none). ``may_keep``: whoever sees it may take the files.

    With ``organisation`` there is no link: it is read in that organisation's inbox until ``ends_at``, ``keep_days`` after it was sent, under the
    ``policy`` that stood there then. ``taken_at``: something was built on it, so that it cannot be withdrawn any more; it outlives the account of
    its ``holder``, until ``ends_at``. ``told_at``: its
    holder was told of the first look. ``erased_at``: what was frozen for it is gone.

    What is shown is frozen: `SharedFile` holds the bytes and the report of the moment.
    """

    holder = models.ForeignKey(PERSON, on_delete=models.CASCADE, null=True, related_name="shares")
    digest = models.CharField(max_length=SHA256_LENGTH, unique=True, null=True)
    recipient = models.CharField(_("for whom"), max_length=200)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    shown_as = models.CharField(_("your name on the page"), max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()
    most_views = models.PositiveIntegerField(null=True, blank=True)
    may_keep = models.BooleanField(default=True)
    pin = models.CharField(max_length=200, blank=True)
    wrong_pins = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="received"
    )
    keep_days = models.PositiveIntegerField(null=True, blank=True)
    policy: Any = models.JSONField(null=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [models.Index(fields=["erased_at", "ends_at"])]

    def is_open(self, at: dt.datetime, views: int) -> bool:
        """Whether it is still shown."""
        used_up = self.most_views is not None and views >= self.most_views
        return self.sent_at is not None and self.withdrawn_at is None and at < self.ends_at and not used_up

    @property
    def is_for_everybody(self) -> bool:
        """Whether whoever has the link may look, as often as they like: only such may stand on other sites."""
        return not self.pin and self.most_views is None and self.organisation_id is None

    @property
    def is_draft(self) -> bool:
        """Whether it is still being put together."""
        return self.sent_at is None


class ShownKind(models.TextChoices):
    """What stands on a shared page: told apart wherever it is seen."""

    CREDENTIAL = "credential", _("Certified")
    DECLARED = "declared", _("Said by the person, certified by nobody")
    EVIDENCE = "evidence", _("A file of the person's own")
    LINK = "link", _("An address that the person names")
    HEADING = "heading", _("Heading")
    TEXT = "text", _("Text")


class SharedFile(models.Model):
    """One thing that is shown, as it was when it was shared.

    ``award`` is the award made here that it shows, so that a later revocation is told. ``key`` names the entry of the wallet, ``form`` the
    file of it that is shown. ``withheld`` says that the holder left claims out; ``parts`` then names those that are shown.
    ``quality`` is what registers said of the awarding body at that moment, with the snapshots that say so.
    """

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="files")
    award = models.ForeignKey(Award, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=ShownKind.choices, default=ShownKind.CREDENTIAL)
    key = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=SHA256_LENGTH, blank=True)
    facts: Any = models.JSONField(default=dict)
    report: Any = models.JSONField(null=True)
    verdict = models.CharField(max_length=20, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    withheld = models.BooleanField(default=False)
    parts: Any = models.JSONField(null=True)
    quality: Any = models.JSONField(null=True)

    class Meta:
        ordering = ("pk",)


class View(models.Model):
    """Somebody opened what is shown. When; and nothing about them but what they said themselves, or for whom they read it."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="views")
    at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-at",)
