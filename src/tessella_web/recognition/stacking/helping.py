"""What a learner can do when a part of their award has fallen: by the rule, from what their wallet holds."""

from __future__ import annotations

from typing import NamedTuple

from django.utils import timezone

from tessella.stacking import Outcome
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.counting import countables
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.recognition.stacking.evaluating import assess, evaluated
from tessella_web.recognition.stacking.models import CascadeState, Case, Cause

__all__ = ["WaysOut", "ways_out"]


class WaysOut(NamedTuple):
    """``holds``: the rule is met without what has fallen. ``instead``: what of the wallet would meet it again, together with the rest."""

    holds: bool
    instead: tuple[Entry, ...] = ()


def ways_out(case: Case, person: Person, languages: tuple[str, ...]) -> WaysOut | None:
    """What the rule says without what has fallen; None where it cannot be told."""
    open_ones = case.cascades.filter(state=CascadeState.OPEN).exclude(cause=Cause.BELOW)
    fallen = set(open_ones.values_list("part", flat=True))
    try:
        answer = assess(case, languages=languages, without=fallen)
        if answer.answer.outcome is Outcome.MET:
            return WaysOut(True)
        there = set(case.parts.filter(shared__isnull=False).values_list("shared__key", flat=True))
        others = [one for one in entries_of(person, languages) if one.key not in there]
        items = [*answer.items, *countables(others, answer.version.rule)]
        found = evaluated(answer.version, items, on=timezone.localdate())
    except RefusedError:
        return None
    if found.outcome is not Outcome.MET:
        return WaysOut(False)
    counted = {one.item for one in found.counted}
    return WaysOut(False, tuple(one for one in others if one.key in counted))
