"""When a part falls: everything that stands on it is found at once, and waits for a person. Nothing stays valid or falls by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import awards
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.noticing.models import Kind, Standing
from tessella_web.credentials.wallet.models import Item
from tessella_web.recognition.stacking.domain.common import locked, require_decider, tell, told
from tessella_web.recognition.stacking.domain.deciding import Awarding, combine
from tessella_web.recognition.stacking.evaluating import assess, kept
from tessella_web.recognition.stacking.evidence import LOOK_EVERY, stands_now
from tessella_web.recognition.stacking.models import (
    Cascade,
    CascadeState,
    Case,
    CaseState,
    Cause,
    Part,
    StackingRules,
)
from tessella_web.ui.middleware import library_language

__all__ = [
    "decide_cascade",
    "end_due",
    "item_changed",
    "look_again",
    "own_changed",
    "search_again",
    "tell_overdue",
]

LOOKS_AT_ONCE = 10
ENDS_AT_ONCE = 100
TOLD_AT_ONCE = 100

_OF_STATE: Mapping[AwardState, Cause] = {
    AwardState.REVOKED: Cause.REVOKED, AwardState.SUSPENDED: Cause.SUSPENDED, AwardState.SUPERSEDED: Cause.REPLACED,
}  # fmt: skip

_OF_STANDING: Mapping[Standing, Cause] = {
    Standing.REVOKED: Cause.REVOKED, Standing.SUSPENDED: Cause.SUSPENDED, Standing.FAILED: Cause.FAILED,
}  # fmt: skip

_OF_NOTICE: Mapping[Kind, Standing] = {
    Kind.REVOKED: Standing.REVOKED, Kind.SUSPENDED: Standing.SUSPENDED, Kind.FAILED: Standing.FAILED, Kind.RESUMED: Standing.ACTIVE,
}  # fmt: skip

ACTIONS = {
    "keep": CascadeState.KEPT,
    "replace": CascadeState.REPLACED,
    "suspend": CascadeState.SUSPENDED,
    "revoke": CascadeState.REVOKED,
}
"""What can be decided on an award when a part of it has fallen."""


def _relied_on() -> Q:
    """Parts on which an award stands, or will when it is sealed."""
    gone = Q(case__award__state=AwardState.REVOKED)
    return Q(counts=True, replaced_at=None, case__state=CaseState.GRANTED) & ~gone


def own_changed(award: Award, state: AwardState) -> None:
    """An award made here was revoked, suspended, replaced, or stands again; within the transaction that did so."""
    if state == AwardState.REVOKED:  # the larger award itself: there is nothing to decide any more
        open_ones = Cascade.objects.filter(case__award=award, state=CascadeState.OPEN)
        open_ones.update(state=CascadeState.REVOKED, decided_at=timezone.now())
    parts = Part.objects.filter(_relied_on(), own=award)
    cause = _OF_STATE.get(state)
    if cause is not None:
        _fallen(parts, cause)
    elif state == AwardState.VALID:
        _stands_again(parts)


def item_changed(item: Item, kind: Kind) -> None:
    """The wallet's next look found that something from elsewhere changed: what was handed in of the same bytes did so, too."""
    standing = _OF_NOTICE.get(kind)
    if standing is not None and item.sha256:
        _stand(Part.objects.filter(_relied_on(), names__name=f"sha256:{item.sha256}"), standing)


def _stand(parts: Iterable[Part], standing: Standing) -> None:
    found = list(parts)
    Part.objects.filter(pk__in=[one.pk for one in found]).update(standing=standing)
    if standing in _OF_STANDING:
        _fallen(found, _OF_STANDING[standing])
    elif standing is Standing.ACTIVE:
        _stands_again(found)


def _fallen(parts: Iterable[Part], cause: Cause) -> None:
    """Open a case for each award that stands on these parts, and on from there: an award is a part of larger ones."""
    waiting: list[tuple[Part, Cause]] = [(one, cause) for one in parts]
    seen: set[str] = set()
    while waiting:
        part, why = waiting.pop()
        if part.pk in seen:
            continue
        seen.add(part.pk)
        case = locked(part.case)
        open_one = Cascade.objects.filter(part=part, state=CascadeState.OPEN).first()
        if open_one is None:
            days = StackingRules.of(case.organisation).grace_days
            Cascade.objects.create(
                case=case, part=part, cause=why, due_at=timezone.now() + dt.timedelta(days=days)
            )
            tell("part-fallen", case, None, part=part.id, cause=str(why))
            told(case, learner="fallen", staff="fallen")
        elif why is not Cause.BELOW and open_one.cause != why:
            open_one.cause = why
            open_one.save(update_fields=["cause"])
            tell("part-fallen", case, None, part=part.id, cause=str(why))
        if case.award_id:
            waiting += [(one, Cause.BELOW) for one in Part.objects.filter(_relied_on(), own=case.award_id)]


def _stands_again(parts: Iterable[Part]) -> None:
    """A suspension is over: what waited for nothing else is closed, and everybody is told."""
    waiting, seen = list(parts), set()
    while waiting:
        part = waiting.pop()
        if part.pk in seen:
            continue
        seen.add(part.pk)
        passed = Cascade.objects.filter(
            part=part, state=CascadeState.OPEN, cause__in=[Cause.SUSPENDED, Cause.FAILED, Cause.BELOW]
        )
        if not passed.update(state=CascadeState.PASSED, decided_at=timezone.now()):
            continue
        case = locked(part.case)
        tell("part-stands", case, None, part=part.id)
        told(case, learner="stands", staff="stands")
        waiting += _no_longer_below(case)


def _no_longer_below(case: Case) -> list[Part]:
    """The parts that are this case's award, when nothing that it stands on is fallen and undecided any more."""
    if case.award_id is None or Cascade.objects.filter(case=case, state=CascadeState.OPEN).exists():
        return []
    above = Part.objects.filter(
        _relied_on(), own=case.award_id, cascades__state=CascadeState.OPEN, cascades__cause=Cause.BELOW
    )
    return list(above.distinct())


def search_again(case: Case) -> None:
    """What happened to its parts between the decision and the seal, or while a corrected award was made."""
    for part in case.parts.filter(counts=True, replaced_at=None, own__isnull=False).select_related(
        "own", "case"
    ):
        if part.own is not None and (cause := _OF_STATE.get(AwardState(part.own.state))):
            known = Cascade.objects.filter(part=part).exclude(state=CascadeState.PASSED)
            if not known.exists():
                _fallen([part], cause)


def look_again() -> int:
    """Verify what comes from elsewhere anew, while its bytes are kept; how many were looked at."""
    now = timezone.now()
    due = (
        Part.objects.filter(_relied_on(), own=None, look_at__lte=now)
        .exclude(shared__file="")
        .exclude(shared=None)
    )
    with transaction.atomic():
        found = list(
            due.select_for_update(skip_locked=True, of=("self",)).order_by("look_at")[:LOOKS_AT_ONCE]
        )
        Part.objects.filter(pk__in=[one.pk for one in found]).update(look_at=now + LOOK_EVERY)
    for part in Part.objects.filter(pk__in=[one.pk for one in found]).select_related(
        "shared", "case__organisation"
    ):
        language = part.case.organisation.language
        with translation.override(language), library_language():
            standing = stands_now(part, (language, "en")).standing
        if standing is not Standing.UNKNOWN and standing != part.standing:
            with transaction.atomic():
                _stand([part], standing)
    return len(found)


@transaction.atomic
def end_due() -> int:
    """Find the awards that stand on something whose time is over, once each; not where their rule takes what has expired."""
    over = Part.objects.filter(_relied_on(), ends_on__lt=timezone.localdate()).exclude(
        cascades__cause=Cause.ENDED
    )
    found = [
        one
        for one in over.select_related("case__decided_version")[:ENDS_AT_ONCE]
        if one.case.decided_version is None or one.case.decided_version.rule.expired_by_issuer == "refused"
    ]
    _fallen(found, Cause.ENDED)
    return len(found)


@transaction.atomic
def tell_overdue() -> int:
    """Tell the organisation what it should have decided; once each. The award stays what it is; how many."""
    over = Cascade.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=CascadeState.OPEN, due_at__lte=timezone.now(), overdue_told_at=None
    )
    found = list(over.select_related("case__organisation")[:TOLD_AT_ONCE])
    Cascade.objects.filter(pk__in=[one.pk for one in found]).update(overdue_told_at=timezone.now())
    for case in {one.case_id: one.case for one in found}.values():
        tell("overdue", case, None)
        told(case, staff="overdue")
    return len(found)


@transaction.atomic
def decide_cascade(
    *,
    by: Person,
    cascade: Cascade,
    action: str,
    reason: str,
    languages: tuple[str, ...],
    assessed_by: str = "",
) -> Cascade:
    """Decide on an award of which a part has fallen: keep it, make it anew without that part, suspend it, or take it back.

    Args:
        action: one of `ACTIONS`.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``, ``accounts.second-factor``.
        RefusedError: ``stacking.decided``, ``stacking.reasons``, ``stacking.decision``, ``stacking.not-sealed``; of making it anew
            ``stacking.not-met`` and as for `combine`; of suspending and taking back as for `credentials.domain.awards`.
    """
    case = locked(cascade.case)
    require_decider(by, case)
    found = Cascade.objects.select_for_update(of=("self",)).select_related("part").get(pk=cascade.pk)
    if found.state != CascadeState.OPEN:
        raise RefusedError(
            _("This was decided already."), code="stacking.decided", hint=_("Load the page again.")
        )
    if action not in ACTIONS:
        raise RefusedError(
            _("There is no such decision."),
            code="stacking.decision",
            field="action",
            hint=_("Choose one of those offered."),
        )
    if not reason.strip():
        raise RefusedError(
            _("Say why."),
            code="stacking.reasons",
            field="reason",
            hint=_("The learner reads it: in plain words, with what it rests on."),
        )
    found.state, found.reason = ACTIONS[action], reason.strip()
    found.decided_by, found.decided_at = by, timezone.now()
    found.save()
    if action != "keep":
        if case.award is None:
            raise RefusedError(
                _("The award is not sealed yet."),
                code="stacking.not-sealed",
                field="action",
                hint=_("Wait for it, or give its batch up."),
            )
        _CHANGES[action](by, case, case.award, found, languages, assessed_by)
    tell("cascade-decided", case, by, action=action, part=found.part_id)
    told(case, learner="cascade")
    if action == "keep":
        _stands_again(_no_longer_below(case))
    return found


def _remake(
    by: Person, case: Case, award: Award, cascade: Cascade, languages: tuple[str, ...], assessed_by: str
) -> None:
    """Evaluate anew without what has fallen; with what was added since, if it is needed."""
    fallen = {
        cascade.part_id,
        *case.cascades.filter(state=CascadeState.OPEN)
        .exclude(cause=Cause.BELOW)
        .values_list("part", flat=True),
    }
    answer = assess(case, languages=languages, without=fallen)
    if not answer.is_met:
        raise RefusedError(
            _("Without it the rule is not met: %(why)s") % {"why": answer.answer.message}, code="stacking.not-met", field="action",
            hint=_("Ask the learner for another credential, or decide otherwise."),
        )  # fmt: skip
    case.decided, case.decided_version, case.by_discretion = kept(answer.answer), answer.version, False
    case.batch = combine(
        by=by,
        case=case,
        answer=answer,
        chosen=answer.counted,
        awarding=Awarding(assessed_by=assessed_by),
        replaces=award,
    )
    case.save()
    others = case.cascades.filter(state=CascadeState.OPEN).exclude(
        part__in=[one.part.id for one in answer.counted]
    )
    others.update(
        state=CascadeState.REPLACED, reason=cascade.reason, decided_by=by, decided_at=timezone.now()
    )


def _suspend(
    by: Person, case: Case, award: Award, cascade: Cascade, languages: tuple[str, ...], assessed_by: str
) -> None:
    awards.suspend(by=by, award=award, reason=cascade.reason)


def _revoke(
    by: Person, case: Case, award: Award, cascade: Cascade, languages: tuple[str, ...], assessed_by: str
) -> None:
    awards.revoke(by=by, award=award, reason=cascade.reason)
    case.cascades.filter(state=CascadeState.OPEN).update(
        state=CascadeState.REVOKED, reason=cascade.reason, decided_by=by, decided_at=timezone.now()
    )


_CHANGES = {"replace": _remake, "suspend": _suspend, "revoke": _revoke}
