"""A rule that counts what the holder has, a question that waits for a decision, and a decision of which a part has fallen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.models import Award
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.models import Cascade, Case, CaseState, Cause, Part
from tests.web.stacking.conftest import pathway_of, rule_of

__all__ = ["stacked"]

EN = ("en",)


def stacked(
    organisation: Organisation, owner: Person, holder: Person, award: str, leads_to: Version
) -> dict[str, dict[str, Any]]:
    """What stands behind the addresses."""
    version = pathway_of(organisation, rule_of(amounts=(), groups=()))
    domain.set_award(by=owner, pathway=version.pathway, description=leads_to.description)
    other = pathway_of(organisation, rule_of())
    key = f"a-{award}"
    share = domain.prepare(by=holder, version=version, keys=[key], keep_days=30, languages=EN)
    case = domain.ask(by=holder, version=version, share=share, name="Holder", languages=EN)
    draft = domain.prepare(by=holder, version=other, keys=[key], keep_days=30, languages=EN)
    granted = Case.objects.create(
        organisation=organisation, pathway=other.pathway, version=other, decided_version=other, learner=holder, name="Holder",
        state=CaseState.GRANTED, award=Award.objects.get(pk=award), proof="{}", kept_until=timezone.now() + dt.timedelta(days=9),
    )  # fmt: skip
    part = Part.objects.create(
        case=granted, title="Beekeeping", counts=True, facts={"id": "part", "title": "Beekeeping"}
    )
    fallen = Cascade.objects.create(
        case=granted, part=part, cause=Cause.REVOKED, due_at=timezone.now() + dt.timedelta(days=9)
    )
    return {
        "stacking-ask": {"id": other.id},
        "stacking-look": {"id": other.id, "share": draft.id},
        "stacking-(my-)?proof": {"id": granted.id},
        "stacking-fallen": {"id": fallen.id},
        "stacking-state": {"id": case.id, "about": case.parts.get().id},
        "stacking-.*": {"id": case.id, "number": 1},
    }
