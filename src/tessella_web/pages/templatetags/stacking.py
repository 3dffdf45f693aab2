"""What an award stands on, for its pages."""

from __future__ import annotations

from typing import Any

from django import template

from tessella_web.credentials.models import Award
from tessella_web.recognition.stacking.queries import case_of_award, counts_towards

register = template.Library()


@register.inclusion_tag("pages/stacking/standing-on.html")
def stands_on(award: Award | None, for_staff: bool) -> dict[str, Any]:
    """The decision that led to an award; for its holder also what it counts towards. Nothing for most awards."""
    case = case_of_award(award) if award is not None else None
    return {
        "case": case, "for_staff": for_staff, "parts": list(case.parts.filter(counts=True, replaced_at=None)) if case else [],
        "above": list(counts_towards(award)) if award is not None and not for_staff else [],
    }  # fmt: skip
