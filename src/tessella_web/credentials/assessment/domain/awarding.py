"""From what assessors recorded to a batch: everybody who achieved it, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tessella.model import MicroCredential
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.assessment.domain.enrolling import DETAILS
from tessella_web.credentials.assessment.domain.recording import is_achieved
from tessella_web.credentials.assessment.domain.template import outcome_titles
from tessella_web.credentials.assessment.models import Enrolment, OutcomeRecord, Standing, State
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.assessed import Assessed
from tessella_web.credentials.models import Batch, RowState

__all__ = ["award_achieved", "to_award"]


def to_award(offer: Offer) -> list[tuple[Enrolment, OutcomeRecord]]:
    """Those who achieved every required outcome and are not awarded yet, with the record that says so."""
    people = (
        Enrolment.objects.filter(offer=offer, state=State.ASSESSED)
        .select_related("row__batch", "row__award", "person")
        .order_by("family_name", "given_name", "made_at")
    )
    said = {
        one.enrolment_id: one
        for one in OutcomeRecord.objects.filter(enrolment__in=people, is_current=True).select_related("by")
    }
    record = offer.version.record()
    return [
        (one, said[one.id])
        for one in people
        if one.award is None
        and not one.is_being_awarded
        and one.id in said
        and said[one.id].by is not None
        and is_achieved(said[one.id], record)
    ]


@transaction.atomic
def award_achieved(
    *, by: Person, offer: Offer, formats: Sequence[str], is_suspendable: bool = False
) -> Batch:
    """The dry run for everybody who achieved it; `credentials.domain.batches.start` awards them, after an approval where one is needed.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``assessment.nobody``; those of `batches.prepare_assessed`.
    """
    require(by, offer.organisation, "batch.prepare")
    Offer.objects.select_for_update().get(pk=offer.pk)  # two people who press the button make one batch
    found = to_award(offer)
    if not found:
        raise RefusedError(
            _("There is nobody to award: of nobody who waits is every required outcome recorded as achieved."),
            code="assessment.nobody", hint=_("Assessors record first who achieved what."),
        )  # fmt: skip
    content = offer.version.record()
    batch = batches.prepare_assessed(
        by=by,
        version=offer.version,
        source=str(offer)[:200],
        learners=[_assessed(one, said, content) for one, said in found],
        formats=formats,
        is_suspendable=is_suspendable,
    )
    rows = {row.number: row for row in batch.rows.filter(state=RowState.GOOD)}
    for number, (enrolment, _said) in enumerate(found, 1):
        enrolment.row = rows.get(number, enrolment.row)
    Enrolment.objects.bulk_update([one for one, _said in found], ["row"], batch_size=200)
    return batch


def _assessed(enrolment: Enrolment, said: OutcomeRecord, content: MicroCredential) -> Assessed:
    values: dict[str, Any] = {name: getattr(enrolment, name) for name in DETAILS}
    values |= {"grade": said.grade, "assessed_on": said.assessed_on, "supervision": said.supervision}
    achieved = [id for id in outcome_titles(content) if said.standings.get(id) == Standing.ACHIEVED]
    if said.by is None:
        raise RefusedError(
            _("Who assessed this person has left."), code="assessment.nobody", hint=_("Another assessor records it anew.")
        )  # fmt: skip
    return Assessed(
        values=values,
        outcomes=dict.fromkeys(achieved, said.assessed_on),
        assessor=said.by,
        learner=enrolment.person,
    )
