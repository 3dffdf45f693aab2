"""From a wallet that meets a rule to the larger award that lists its parts.

`combine` decides anew on the day of the decision: what was met when somebody looked may have been revoked or used since. The software
never decides; whoever calls this says who did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from tessella.errors import InputError, StateError
from tessella.model import Award, AwardedPart, Credits, Organisation, RuleApplied
from tessella.stacking.engine import Evaluation, Outcome, evaluate
from tessella.stacking.items import Item, checked, item_of, without_loops
from tessella.stacking.language import Rule
from tessella.stacking.proof import proof_of
from tessella.text import say
from tessella.vocabulary import Concept, code_list

__all__ = ["Combined", "combine", "part_from"]

FALLEN = frozenset(("revoked", "suspended", "failed"))
"""What is known of an item that no larger award may list, whatever its rule says."""


class Combined(msgspec.Struct, frozen=True, kw_only=True):
    """The larger award with its parts, the evaluation it follows from, and the proof of that (not signed yet)."""

    award: Award
    evaluation: Evaluation
    proof: dict[str, Any]


def combine(
    larger: Award,
    rule: Rule,
    items: Iterable[Item],
    *,
    on: dt.date,
    decided_by: str,
    parts: Mapping[str, AwardedPart] | None = None,
    others: Iterable[Award] = (),
) -> Combined:
    """The larger award with the counted items as its parts, when they meet the rule on the day of the decision.

    Args:
        larger: the award without parts: micro-credential, learner, id.
        decided_by: who took the decision (a role or a name); it stands in the award.
        parts: what is known of items beyond themselves, by item id (`tessella.model.part_of`); the others are made of their item.
        others: further awards whose parts are taken: larger ones made before that are not in the wallet.

    Raises:
        StateError: ``stacking.not-met``, with what is missing or asked; ``stacking.part-fallen``, a part is revoked, suspended or failed
            its verification; ``stacking.part-used``, it counts towards another award and the rule does not allow that;
            ``stacking.loop``, the award would contain itself, with the cycle.
        InputError: ``stacking.decider``, nobody decides. Otherwise as `evaluate`.
    """
    if not decided_by.strip():
        raise InputError(
            say("An award that is combined says who decided so."),
            code="stacking.decider",
            hint=say("Name the person or board that took the decision."),
        )
    wallet = tuple(items)
    taken = _taken(others, larger.id)
    wallet = tuple(
        msgspec.structs.replace(one, used_in=tuple(dict.fromkeys((*one.used_in, *_uses(one, taken)))))
        for one in wallet
    )
    evaluation = evaluate(rule, wallet, on=on)
    if evaluation.outcome is not Outcome.MET:
        raise _refused(evaluation)
    by_id = {one.id: one for one in checked(wallet)}
    counted = [by_id[one.item] for one in evaluation.counted]
    fallen = [one.name for one in counted if one.status in FALLEN]
    if fallen:
        raise StateError(
            say("These credentials cannot be parts of an award: %(titles)s.", titles=", ".join(fallen)),
            code="stacking.part-fallen",
            got=", ".join(fallen),
            hint=say(
                "They are revoked, suspended or failed their verification. Leave them out and decide anew."
            ),
        )
    known = parts or {}
    award = msgspec.structs.replace(
        larger,
        awarded_on=larger.awarded_on or on,
        parts=tuple(known.get(one.id) or part_from(one) for one in counted),
        rule=RuleApplied(
            id=rule.id,
            version=rule.version,
            title={larger.micro_credential.language: rule.title},
            url=rule.source.url,
            decided_by=decided_by.strip(),
        ),
    )
    _no_loop(award, wallet)
    return Combined(award=award, evaluation=evaluation, proof=proof_of(evaluation, rule, wallet))


def part_from(item: Item) -> AwardedPart:
    """An item as a part, as far as it says: who awarded it has its first name only."""
    systems = code_list("credit-system")
    level = next(iter(item.levels.get("eqf", ())), "")
    names = [one for one in item.issuers if ":" not in one] or [*item.issuers]
    return AwardedPart(
        id=item.id,
        credential=item.credential,
        title={"en": item.name},
        awarded_by=tuple(Organisation(name={"en": name}) for name in names[:1]),
        awarded_on=item.awarded_on,
        credits=tuple(
            Credits(points=Decimal(points), system=systems.get(name) or Concept(uri="", code=name))
            for name, points in (item.credits or {}).items()
        ),
        eqf=code_list("eqf").get(level) if level else None,
        contains=item.parts,
    )


def _taken(others: Iterable[Award], own: str) -> dict[str, str]:
    """What other awards list as their parts: by the part's id, the award's title."""
    found: dict[str, str] = {}
    for award in others:
        if award.id != own:
            whole = item_of(award)
            found |= dict.fromkeys(whole.parts, whole.name)
    return found


def _uses(item: Item, taken: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(taken[key] for key in (item.id, item.credential) if key in taken)


def _refused(evaluation: Evaluation) -> StateError:
    told = [one.message for one in evaluation.missing] + [one.message for one in evaluation.questions]
    told += [f"{one.title}: {one.reason}" for one in evaluation.cannot_count]
    used = next((one for one in evaluation.cannot_count if one.rule == "double-use"), None)
    return StateError(
        " ".join((evaluation.message, *told[:MAX_TOLD])),
        code="stacking.part-used"
        if used and evaluation.outcome is Outcome.CANNOT_COUNT
        else "stacking.not-met",
        got=evaluation.outcome.value,
        expected=Outcome.MET.value,
        hint=say("The award is made when the rule is met on the day of the decision."),
    )


MAX_TOLD = 5
"""Grounds named in a refusal; all of them stand in the evaluation."""


def _no_loop(award: Award, wallet: Iterable[Item]) -> None:
    """That the award contains neither itself nor, through its parts, an award that contains it."""
    whole = item_of(award)
    without_loops([*(one for one in wallet if one.id != whole.id), whole])
