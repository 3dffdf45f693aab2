"""What people kept of what they declared; it goes with the account."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part
from tessella_web.guidance.funding.models import KeptFacts

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    return {"funding-facts": KeptFacts.objects.filter(person=leaver.person).delete()[0]}


PART = Part(forget=_forget, labels={"funding-facts": _("What you kept about yourself for funding")})
