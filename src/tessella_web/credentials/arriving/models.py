"""What was handed in at once, its files, and what was found in each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.common.models import Identified
from tessella_web.credentials.wallet.models import SHA256_LENGTH, Item

__all__ = ["Arrival", "Became", "Found", "Upload"]


class Arrival(Identified):
    """Files that a person handed in at once. ``language`` is the one in which they are told what became of them."""

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="arrivals")
    language = models.CharField(max_length=12)

    class Meta:
        ordering = ("-made_at",)


class Upload(Identified):
    """One file, as it came. ``file`` is kept where entries are only parts of it, and until it was looked at.

    Whoever looks at it holds a lease; one that has ended is taken over.
    """

    arrival = models.ForeignKey(Arrival, on_delete=models.CASCADE, related_name="uploads")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=SHA256_LENGTH, blank=True)
    is_done = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("arrival", "number")
        indexes: ClassVar = [models.Index(fields=["is_done", "leased_until"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["arrival", "number"], name="one_upload_each")
        ]


class Became(models.TextChoices):
    """What became of something that was found in a file."""

    NEW = "new", _("New in your wallet")
    FORM = "form", _("Another form of something you have")
    AGAIN = "again", _("You have this already")
    REFUSED = "refused", _("Not taken in")


class Found(models.Model):
    """One thing in a file: the entry it became or is (``key`` of `Entry`), or why it became none."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="found")
    became = models.CharField(max_length=10, choices=Became.choices)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="found_in")
    key = models.CharField(max_length=24, blank=True)
    title = models.CharField(max_length=300, blank=True)
    issuer = models.CharField(max_length=300, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    hint = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
