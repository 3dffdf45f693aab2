"""Whoever agreed for a child stays known by that address until the child comes of age: it is what the child's account stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.guardians.models import Guardian
from tessella_web.accounts.leaving.parts import Leaver, Part, Stay

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    ended = Guardian.objects.filter(email__in=leaver.addresses, ended_at__isnull=False)
    return {"guardianships": ended.delete()[0]}


def _stays(leaver: Leaver) -> Sequence[Stay]:
    standing = Guardian.objects.filter(email__in=leaver.addresses, ended_at=None).select_related(
        "minority__person"
    )
    return [
        Stay(what=_("your address as guardian"), who=one.minority.person.name, until=one.minority.of_age_in)
        for one in standing
    ]


PART = Part(
    forget=_forget,
    stays=_stays,
    labels={"guardianships": _("Guardianships that have ended")},
    keeps=frozenset({"guardians.Guardian.email"}),
)
