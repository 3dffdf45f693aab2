"""Logo, colour, languages and signatories of an organisation's certificates."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.models import Organisation
from tessella_web.common.models import Identified

__all__ = ["Look", "Signatory"]


class Look(models.Model):
    """What is the same on all certificates. ``languages`` are BCP 47 tags, the first one the main edition."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="look"
    )
    logo = models.BinaryField(blank=True)
    logo_type = models.CharField(max_length=20, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True)
    languages: Any = models.JSONField(default=list)


class Signatory(Identified):
    """Somebody whose name stands below certificates. ``function`` is a text by language."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(_("name"), max_length=120)
    function: Any = models.JSONField(default=dict)
    picture = models.BinaryField(blank=True)
    picture_type = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
