"""What the pages about awarding share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.accounts.models import Organisation

__all__ = ["ABOUT_SUSPENSION", "crumbs"]

ABOUT_SUSPENSION = gettext_lazy("For licences that can be taken back for a time; they can still be revoked for good. A suspension shows on the public page and in badges and attestations. European Digital Credentials have room for revocation only: they show no suspension.")  # fmt: skip
"""What is to be known before awards are made so that they can be suspended."""


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Awards"), reverse("awarding", args=[organisation.slug])),
        *others,
    ]
