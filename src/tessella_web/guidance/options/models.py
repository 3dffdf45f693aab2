"""Option lists: what a counsellor suggests to a client, and what the client answers. Nobody else sees either."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.common.models import Identified

__all__ = ["Option", "OptionList", "Reply"]

PERSON = settings.AUTH_USER_MODEL
SHA256_LENGTH = 64


class Reply(models.TextChoices):
    """What the client says to an option."""

    INTERESTED = "interested", _("I am interested")
    NO = "no", _("Not for me")
    QUESTION = "question", _("I have a question")


class OptionList(Identified):
    """At most three options for one client, by one counsellor of an organisation. Until ``sent_at`` only the counsellor sees it.

    It reaches the client by a link, of whose secret only ``digest`` is kept (and of a PIN likewise), or by ``email``: whoever has confirmed
    that address finds it in their account; then ``client`` is set and the address is gone. ``tells_opening``: the client is told that the counsellor
    sees whether it was opened, and only then ``opened_at`` is noted. After ``ends_at`` it is erased; what the client kept (``kept_at``) stays
    with the client alone.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="option_lists")
    counsellor = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="lists_made")
    client = models.ForeignKey(PERSON, on_delete=models.CASCADE, null=True, related_name="option_lists")
    client_name = models.CharField(_("for whom"), max_length=200)
    email = models.CharField(max_length=254, blank=True)
    title = models.CharField(_("title"), max_length=200)
    message = models.TextField(blank=True)
    language = models.CharField(max_length=12, blank=True)
    tells_opening = models.BooleanField(default=False)
    digest = models.CharField(max_length=SHA256_LENGTH, unique=True, null=True)
    pin = models.CharField(max_length=200, blank=True)
    wrong_pins = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        indexes: ClassVar = [
            models.Index(fields=["ends_at"]),
            models.Index(fields=["email"], name="option_list_email"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Whether it is still being put together."""
        return self.sent_at is None

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the client can still come to it by link or address."""
        return self.sent_at is not None and self.withdrawn_at is None and at < self.ends_at


class Option(Identified):
    """One option: an offer or a pathway here, or a page elsewhere; with what the client needs to choose, in the counsellor's words.

    ``is_own``: it belongs to the counsellor's own organisation, which is said beside it.
    """

    list = models.ForeignKey(OptionList, on_delete=models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    offer = models.ForeignKey(Offer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    pathway = models.ForeignKey(Pathway, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(_("title"), max_length=300)
    url = models.CharField(_("address"), max_length=500, blank=True)
    why = models.TextField(_("why it fits"))
    cost = models.CharField(max_length=500, blank=True)
    start = models.CharField(max_length=200, blank=True)
    workload = models.CharField(max_length=200, blank=True)
    entry = models.CharField(max_length=500, blank=True)
    is_own = models.BooleanField(default=False)
    reply = models.CharField(max_length=12, choices=Reply.choices, blank=True)
    reply_text = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position", "made_at")

    def __str__(self) -> str:
        return self.title
