"""What the pages for programs share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation

__all__ = ["crumbs", "own_crumbs"]


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("For programs"), reverse("programs", args=[organisation.slug])),
        *others,
    ]


def own_crumbs(*others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from one's own account."""
    return [(_("My account"), reverse("me")), (_("For programs"), reverse("own-programs")), *others]
