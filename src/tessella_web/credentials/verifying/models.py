"""Many files that somebody has verified at once: kept for an hour, encrypted under a key that only their browser has, and for as long as there
is something left to verify the workers.
"""

from __future__ import annotations

from django.db import models

from tessella_web.common.models import Identified

__all__ = ["Pile", "PileItem"]

SHA256_LENGTH = 64


class Pile(Identified):
    """Files handed in together. ``digest`` is that of the secret, which is not kept; ``table`` the spreadsheet they came in, encrypted.

    ``lent`` is the secret for the workers, encrypted under that of the installation, and gone as soon as everything is answered.
    ``leased_until``: somebody works on it until then; a process that died frees it by time.
    """

    digest = models.CharField(max_length=SHA256_LENGTH)
    as_of = models.DateTimeField()
    language = models.CharField(max_length=12)
    ends_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField()
    table = models.BinaryField(null=True)
    lent = models.BinaryField(null=True)


class PileItem(models.Model):
    """One file or row. ``content`` is what was handed in, and gone as soon as it is answered; ``rows`` are the lines of the list that
    come of it and ``answer`` the whole answer. All three are encrypted."""

    pile = models.ForeignKey(Pile, on_delete=models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    is_done = models.BooleanField(default=False)
    content = models.BinaryField(null=True)
    rows = models.BinaryField(null=True)
    answer = models.BinaryField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["pile", "number"], name="one_item_of_a_number"),)
