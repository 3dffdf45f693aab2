"""Cases: what was about the person goes; what an award stands on stays with the award for as long as its issuer keeps its file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, Stay
from tessella_web.credentials.models import Award
from tessella_web.credentials.retention.models import RetentionPolicy
from tessella_web.recognition.stacking.evidence import erase
from tessella_web.recognition.stacking.models import OPEN, Case, CaseState
from tessella_web.recognition.stacking.models import Part as CasePart

__all__ = ["PART"]

NOBODY = "—"
"""Where a name stood."""


def _forget(leaver: Leaver) -> Mapping[str, int]:
    cases = list(Case.objects.filter(learner=leaver.person))
    erase(list(CasePart.objects.filter(case__in=cases).select_related("shared__share")))
    for case in cases:
        case.statements.all().delete() if case.award_id is None else case.statements.update(source="")
        case.requests.all().delete()
        case.cascades.update(reason="")
        if case.award_id is None:
            case.parts.all().delete()
        else:
            case.parts.filter(counts=False).delete()
        case.state = CaseState.WITHDRAWN if case.state in OPEN else case.state
        case.name, case.message, case.reasons, case.asked = NOBODY, "", "", None
        case.decided = None if case.award_id is None else case.decided
        case.learner, case.erased_at = None, timezone.now()
        case.save()
    return {"stack-cases": len(cases)}


def _stays(leaver: Leaver) -> Sequence[Stay]:
    held = Case.objects.filter(learner=leaver.person, award__isnull=False).select_related(
        "award", "organisation", "version"
    )
    return [
        Stay(
            what=_("on what your award “%(title)s” stands: names of credentials and the proof") % {"title": one.version.award},
            who=one.organisation.name, until=_until(one.award),
        )
        for one in held
    ]  # fmt: skip


def _until(award: Award | None) -> dt.date | None:
    return RetentionPolicy.of(award.organisation_id).ends(award.issued_at) if award else None


PART = Part(
    forget=_forget,
    stays=_stays,
    labels={"stack-cases": _("Decisions you asked organisations for, with what you handed in")},
    keeps=frozenset(
        {
            "stacking.Case.decided",
            "stacking.Case.items",
            "stacking.Case.proof",
            "stacking.Part.facts",
            "stacking.Part.listed",
        }
    ),
)
