"""What follows a decision by itself: the award that was made comes to its case and its learner; evidence is deleted when its time is over."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from tessella_web.credentials.domain import claiming
from tessella_web.credentials.models import Award, AwardState, Stage
from tessella_web.recognition.stacking.domain.cascading import search_again
from tessella_web.recognition.stacking.domain.common import tell, told
from tessella_web.recognition.stacking.evidence import erase
from tessella_web.recognition.stacking.models import OPEN, Case, CaseState, Part

__all__ = ["erase_due", "finish_due"]

CASES_AT_ONCE = 50


@transaction.atomic
def finish_due() -> int:
    """Bring awards that were made to their cases; a case whose award was not made is open again. How many."""
    granted = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=CaseState.GRANTED)
    with_award = Q(batch__rows__award__state=AwardState.VALID)
    made = list(granted.filter(with_award).exclude(award__row__batch=F("batch"))[:CASES_AT_ONCE])
    for one in made:
        _come(one, Award.objects.filter(row__batch=one.batch_id, state=AwardState.VALID).first())
    corrected = granted.filter(award__state=AwardState.SUPERSEDED, award__replaced_by__state=AwardState.VALID)
    renamed = list(corrected.exclude(pk__in=[one.pk for one in made])[:CASES_AT_ONCE])
    for one in renamed:
        _come(one, one.award.replaced_by if one.award else None)
    failed = granted.filter(award=None, batch__stage__in=[Stage.CANCELLED, Stage.DONE]).exclude(with_award)
    not_made = list(failed[:CASES_AT_ONCE])
    for one in not_made:
        _reopened(one)
    return len(made) + len(renamed) + len(not_made)


def _come(case: Case, award: Award | None) -> None:
    if award is None:
        return
    first = case.award_id is None
    case.award = award
    case.save(update_fields=["award"])
    if case.learner is not None:
        claiming.take_waiting(person=case.learner, ids=[award.id])
    tell("awarded", case, None, award=award.id)
    told(case, learner="awarded" if first else "remade")
    search_again(case)


def _reopened(case: Case) -> None:
    """Whoever had to approve did not, or it could not be sealed: nothing was awarded, so nothing was decided."""
    others = Case.objects.filter(learner=case.learner_id, pathway=case.pathway_id, state__in=OPEN)
    is_free = case.learner_id is not None and not others.exists()
    case.state = CaseState.ASKED if is_free else CaseState.DECLINED
    case.parts.update(counts=False)
    case.batch, case.proof, case.items, case.by_discretion = None, "", [], False
    case.save(update_fields=["state", "batch", "proof", "items", "by_discretion"])
    tell("reopened", case, None)
    told(case, learner="reopened", staff="reopened")


@transaction.atomic
def erase_due() -> int:
    """Delete what was handed in when its time is over and no award stands on it; how much."""
    over = Q(case__kept_until__lte=timezone.now()) & ~Q(case__state__in=OPEN)
    unused = (
        Q(counts=False)
        | Q(replaced_at__isnull=False)
        | Q(case__award__state=AwardState.REVOKED)
        | Q(case__award__file_erased__isnull=False)
    )
    parts = Part.objects.filter(over & unused).exclude(shared__file="").exclude(shared=None)
    return erase(list(parts.select_related("shared__share")[:CASES_AT_ONCE]))
