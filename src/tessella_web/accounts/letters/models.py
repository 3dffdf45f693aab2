"""Mails that wait or have left, of any kind that an app registers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from tessella_web.common.ids import ID_LENGTH
from tessella_web.common.mailing import Outgoing

__all__ = ["Letter"]


class Letter(Outgoing):
    """A mail of a registered ``kind`` about the thing with the id ``about``. It holds no address and no text: both are made when it
    leaves. ``facts`` is what is not stored with the thing, without personal data; ``language`` a wish, empty: the reader's own.
    """

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=ID_LENGTH)
    language = models.CharField(max_length=12, blank=True)
    facts: Any = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"]), models.Index(fields=["about", "kind"])]
