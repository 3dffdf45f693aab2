"""Pages of learners: entries of the wallet and things of their own, in an order of their own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.common.models import Identified
from tessella_web.credentials.wallet.models import ShownKind

__all__ = ["Piece", "Portfolio"]

SHA256_LENGTH = 64


class Portfolio(Identified):
    """A page. Nobody but its holder sees it until it is shared; what is shared is a frozen copy."""

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portfolios")
    title = models.CharField(_("title"), max_length=200)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.title


class Piece(Identified):
    """One thing on it. ``key`` names an entry of the wallet (credential or declared); ``url`` an address, ``file`` a file of the
    person's own; headings and texts have words only. ``number`` is its place.
    """

    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=ShownKind.choices)
    key = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    file = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=SHA256_LENGTH, blank=True)

    class Meta:
        ordering = ("number", "pk")
        indexes: ClassVar = [models.Index(fields=["portfolio", "number"])]
