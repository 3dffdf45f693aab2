"""The plans that somebody asked for."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part
from tessella_web.credentials.planning.models import Plan

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    plans = Plan.objects.filter(holder=leaver.person)
    counts = {"plans": plans.count()}
    plans.delete()
    return counts


PART = Part(forget=_forget, labels={"plans": _("Plans for what to learn next")})
