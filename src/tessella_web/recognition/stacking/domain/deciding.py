"""The organisation's side: asking back, establishing what is not known, deciding."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.assessed import needs_assessment
from tessella_web.credentials.domain.sealers import choices
from tessella_web.credentials.models import Award, Batch
from tessella_web.credentials.wallet.models import Share, View
from tessella_web.recognition.stacking.domain.common import (
    locked_live,
    locked_open,
    require_decider,
    tell,
    told,
)
from tessella_web.recognition.stacking.domain.setting import awardable
from tessella_web.recognition.stacking.evaluating import Assessment, PartNow, assess, kept
from tessella_web.recognition.stacking.evidence import item_in
from tessella_web.recognition.stacking.ledger import require_no_loop
from tessella_web.recognition.stacking.models import Case, CaseState, Part, PathwayAward, Request, Statement
from tessella_web.recognition.stacking.proving import Proof, prove
from tessella_web.recognition.stacking.stated import YES, checked_value

__all__ = ["Awarding", "award_of", "combine", "decide", "note_reading", "request", "state", "usual_formats"]

DECISIONS = {"granted": CaseState.GRANTED, "discretion": CaseState.GRANTED, "declined": CaseState.DECLINED}
"""What can be decided; ``discretion`` grants although the rule is not met."""


class Awarding(NamedTuple):
    """How the larger award is made: left empty, by what the pathway leads to, in the usual formats."""

    version: Version | None = None
    formats: Sequence[str] = ()
    assessed_by: str = ""


@transaction.atomic
def request(*, by: Person, case: Case, text: str) -> Request:
    """Ask the learner for something; the case waits for the answer.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``.
        RefusedError: ``stacking.closed-case``, ``stacking.nothing``.
    """
    require_decider(by, case)
    found = locked_live(case)
    if not text.strip():
        raise RefusedError(
            _("There is nothing in it."),
            code="stacking.nothing",
            field="text",
            hint=_("Write what is missing, and why."),
        )
    made = Request.objects.create(case=found, text=text.strip(), by=by)
    if found.is_open:
        found.state = CaseState.WAITING
        found.save(update_fields=["state"])
    tell("requested", found, by)
    told(found, learner="requested")
    return made


@transaction.atomic
def state(
    *, by: Person, case: Case, field: str, value: str, source: str, part: Part | None = None
) -> Statement:
    """Establish what a credential does not say, or whether a condition in words is met; kept with its source and who said so.

    Args:
        field: the data, as the engine's question names it; without a ``part`` the condition itself.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``.
        RefusedError: ``stacking.closed-case``, ``stacking.source``, ``stacking.statement``.
    """
    require_decider(by, case)
    found = locked_live(case)
    if not source.strip():
        raise RefusedError(
            _("It does not say how you know."), code="stacking.source", field="source",
            hint=_("Name the document, the page or the person."),
        )  # fmt: skip
    rule = found.version.rule
    if part is not None:
        field, value = checked_value(field, value, item_in(part), rule)
    else:
        value = value if value == YES else "no"
    made = Statement.objects.create(
        case=found, part=part, field=field, value=value, source=source.strip()[:500], by=by
    )
    tell("stated", found, by, field=field if part else "condition")
    return made


@transaction.atomic
def note_reading(*, by: Person, case: Case) -> None:
    """Write into the learner's log that the organisation reads what was handed in; who of its people, its own trail says.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``.
    """
    require_decider(by, case)
    shares = Share.objects.filter(files__stacked__case=case).distinct()
    View.objects.bulk_create(View(share=one, organisation=case.organisation) for one in shares)
    tell("read", case, by)


@transaction.atomic
def decide(
    *,
    by: Person,
    case: Case,
    decision: str,
    reasons: str,
    languages: tuple[str, ...],
    awarding: Awarding | None = None,
    parts: Collection[str] = (),
) -> Case:
    """Decide by the rule in force today and by what every part is at this moment. Granting prepares and starts the award.

    Args:
        decision: ``granted``, ``declined``, or ``discretion``: granted although the rule is not met, which is never shown as met.
        parts: with discretion, the ids of the parts that the award stands on.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``.
        RefusedError: ``stacking.closed-case``, ``stacking.reasons``, ``stacking.decision``; of granting as for `combine`, ``stacking.not-met``,
            ``stacking.is-met``, ``stacking.nothing-counted``; and as for `credentials.domain.batches.prepare_learner`.
    """
    require_decider(by, case)
    found = locked_open(case)
    if decision not in DECISIONS:
        raise RefusedError(
            _("There is no such decision."),
            code="stacking.decision",
            field="decision",
            hint=_("Choose one of those offered."),
        )
    if not reasons.strip():
        raise RefusedError(
            _("Say why."), code="stacking.reasons", field="reasons",
            hint=_("The learner reads it: in plain words, with what it rests on."),
        )  # fmt: skip
    answer = assess(found, languages=languages)
    found.state, found.by_discretion = DECISIONS[decision], decision == "discretion"
    found.reasons, found.decided_by, found.decided_at = reasons.strip(), by, timezone.now()
    found.decided, found.decided_version = kept(answer.answer), answer.version
    if found.state == CaseState.GRANTED:
        chosen = _discretionary(answer, parts) if found.by_discretion else _met(answer)
        found.save()
        found.batch = combine(
            by=by, case=found, answer=answer, chosen=chosen, awarding=awarding or Awarding()
        )
    found.save()
    tell(
        str(found.state),
        found,
        by,
        discretion=found.by_discretion,
        outcome=answer.outcome,
        version=answer.version.id,
    )
    told(found, learner="decided")
    return found


def _met(answer: Assessment) -> Sequence[PartNow]:
    """The parts that count, if the rule is met."""
    if not answer.is_met:
        open_ones = [one.text for one in answer.conditions if not one.is_met]
        raise RefusedError(
            _("The rule is not met: %(why)s") % {"why": "; ".join(open_ones) if answer.outcome == "met" else answer.answer.message},
            code="stacking.not-met", field="decision",
            hint=_("Establish what is not known, ask the learner, or grant it by discretion and say why."),
        )  # fmt: skip
    return answer.counted


def _discretionary(answer: Assessment, ids: Collection[str]) -> Sequence[PartNow]:
    """The parts that the decider chose, if the rule is not met."""
    if answer.is_met:
        raise RefusedError(
            _("The rule is met."), code="stacking.is-met", field="decision", hint=_("Grant it by the rule: no discretion is needed.")
        )  # fmt: skip
    chosen = [one for one in answer.parts if one.part.id in ids]
    if not chosen:
        raise RefusedError(
            _("It does not say what the award stands on."), code="stacking.nothing-counted", field="parts",
            hint=_("Choose the credentials that count."),
        )  # fmt: skip
    return chosen


def combine(
    *,
    by: Person,
    case: Case,
    answer: Assessment,
    chosen: Sequence[PartNow],
    awarding: Awarding,
    replaces: Award | None = None,
) -> Batch:
    """Prove the answer, and start the award that lists these parts. Discretion does not reach what has fallen, what counts elsewhere, nor loops.

    Raises:
        RefusedError: ``stacking.fallen``, ``stacking.unverified``, ``stacking.used``, ``stacking.loop``, ``stacking.no-award``.
    """
    _require_sound(answer, chosen)
    version = awarding.version or (replaces.version if replaces else award_of(case))
    require_no_loop(version, [one.part for one in chosen])
    proof = prove(case=case, answer=answer, version=version)
    case.items, case.proof = proof.items, proof.text
    chosen_ids = {one.part.id for one in chosen}
    now = timezone.now()
    case.parts.exclude(pk__in=chosen_ids).filter(counts=True, replaced_at=None).update(replaced_at=now)
    case.parts.filter(pk__in=chosen_ids).update(counts=True, look_at=now)
    return _started(by, case, version, chosen, proof, awarding, replaces)


def _require_sound(answer: Assessment, chosen: Sequence[PartNow]) -> None:
    for one in chosen:
        if one.item.status in ("suspended", "revoked", "failed"):
            raise RefusedError(
                _("“%(title)s” does not stand: %(state)s.") % {"title": one.part.title, "state": one.now.word},
                code="stacking.fallen", field="parts", hint=_("Decide without it, or ask the learner for another."),
            )  # fmt: skip
        if not one.is_sure:
            raise RefusedError(
                _("Nobody has made sure that “%(title)s” is genuine.") % {"title": one.part.title},
                code="stacking.unverified", field="decision",
                hint=_("Ask its issuer, and state it with your source; or decide without it."),
            )  # fmt: skip
        if one.used_in and answer.version.rule.double_use == "refused":
            raise RefusedError(
                _("“%(title)s” counts already towards: %(awards)s.") % {"title": one.part.title, "awards": ", ".join(one.used_in)},
                code="stacking.used", field="parts", hint=_("Your rule counts nothing twice. Decide without it."),
            )  # fmt: skip


def award_of(case: Case) -> Version:
    """What the pathway of a case leads to.

    Raises:
        RefusedError: ``stacking.no-award``.
    """
    chosen = PathwayAward.objects.filter(pathway=case.pathway).select_related("description").first()
    version = awardable(chosen.description) if chosen else None
    if version is None:
        raise RefusedError(
            _("It is not said what this pathway leads to."), code="stacking.no-award", field="decision",
            hint=_("Describe and publish the larger award under “Descriptions”, then choose it under “How we decide on stacks”."),
        )  # fmt: skip
    return version


def usual_formats(version: Version) -> list[str]:
    """The formats that are ticked to begin with, of those there are keys for."""
    possible = [one for one in choices(version) if not one.reason]
    return [one.name for one in possible if one.is_usual] or [one.name for one in possible]


def _started(
    by: Person,
    case: Case,
    version: Version,
    chosen: Sequence[PartNow],
    proof: Proof,
    awarding: Awarding,
    replaces: Award | None,
) -> Batch:
    learner = case.learner
    today = timezone.localdate().isoformat()
    assessed = {"result": "passed", "assessed_on": today} if needs_assessment(version) else {}
    values = {
        "full_name": case.name, "email": learner.email if learner else "", "language": learner.language if learner else "",
        "assessed_by": awarding.assessed_by, **assessed,
    }  # fmt: skip
    batch = batches.prepare_learner(
        by=by, version=version, values=values, formats=awarding.formats or usual_formats(version), is_suspendable=True,
        replaces=replaces, made_of=proof.made_of([one.part for one in chosen]),
    )  # fmt: skip
    return batches.start(by=by, batch=batch)
