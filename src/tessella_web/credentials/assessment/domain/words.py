"""What was recorded, in words for staff and for the learner."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tessella_web.catalogue.offers.models import Offer
from tessella_web.credentials.assessment.models import OutcomeRecord, Standing
from tessella_web.credentials.domain.assessed import required_outcomes, supervision_choices
from tessella_web.ui.templatetags.ui import day

__all__ = ["required_of", "told"]


def required_of(offer: Offer) -> dict[str, str]:
    """By id the titles of the outcomes that everybody must achieve."""
    return required_outcomes(offer.version.record())


def told(said: OutcomeRecord, outcomes: Mapping[str, str]) -> list[tuple[str, str]]:
    """A record as label and words: each outcome, then how it was assessed. The assessor's note is not in it."""
    rows = [
        (title, str(Standing(said.standings[id]).label) if id in said.standings else _("not assessed"))
        for id, title in outcomes.items()
    ]
    rows += [
        (_("Grade or result"), said.grade),
        (_("Day of the assessment"), day(said.assessed_on)),
        (_("Supervision"), dict(supervision_choices()).get(said.supervision, said.supervision)),
        (_("How identity was checked"), said.identity_check),
    ]
    return [(label, text) for label, text in rows if text]
