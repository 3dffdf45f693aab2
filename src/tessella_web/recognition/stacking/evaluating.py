"""What the rule says of a case at this moment: with each part as it stands now, what was stated, and what counts elsewhere already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from django.utils import timezone

from tessella import typed
from tessella.errors import TessellaError
from tessella.stacking import Evaluation, Item, Outcome, changes, evaluate
from tessella.stacking.solving import Found
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.catalogue.pathways.queries import in_force
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.noticing.models import Standing
from tessella_web.recognition.stacking.evidence import Now, item_in, stands_now
from tessella_web.recognition.stacking.ledger import made_of, uses_elsewhere
from tessella_web.recognition.stacking.models import Case, Part, Statement
from tessella_web.recognition.stacking.stated import VERIFIED, YES, applied

__all__ = ["Assessment", "Condition", "PartNow", "assess", "evaluated", "kept", "read_kept"]


class PartNow(msgspec.Struct, frozen=True, kw_only=True):
    """A part as it stands now. ``used_in``: awards it counts towards already; ``vouched``: a decider said that it is genuine."""

    part: Part
    now: Now
    item: Item
    used_in: tuple[str, ...]
    statements: tuple[Statement, ...]
    vouched: bool

    @property
    def is_sure(self) -> bool:
        """Whether it passes every check, or a decider answers for it."""
        return self.item.status == "valid"


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A condition in words that only the decider can judge. ``is_met`` is None until somebody has."""

    text: str
    is_met: bool | None
    source: str = ""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of one day, with all that it rests on. ``version`` is the rule in force on it, else the one that was asked under."""

    version: PathwayVersion
    answer: Evaluation
    parts: tuple[PartNow, ...]
    conditions: tuple[Condition, ...]
    changes: tuple[str, ...]

    @property
    def outcome(self) -> str:
        """``met``, ``missing``, ``cannot-count`` or ``unknown``."""
        return str(self.answer.outcome)

    @property
    def is_met(self) -> bool:
        """Whether the rule is met and every condition in words was found to be."""
        return self.answer.outcome is Outcome.MET and all(one.is_met for one in self.conditions)

    @property
    def items(self) -> tuple[Item, ...]:
        """What the answer is about."""
        return tuple(one.item for one in self.parts)

    @property
    def counted(self) -> tuple[PartNow, ...]:
        """The parts that fill the rule."""
        ids = {one.item for one in self.answer.counted}
        return tuple(one for one in self.parts if one.part.id in ids)


def assess(
    case: Case,
    *,
    languages: tuple[str, ...],
    without: Collection[str] = (),
    version: PathwayVersion | None = None,
) -> Assessment:
    """Evaluate a case anew, without the parts of these ids. Changes nothing.

    Raises:
        RefusedError: ``stacking.evidence``: credentials contain each other, or say what cannot be.
    """
    today = timezone.localdate()
    found = version or in_force(case.pathway, on=today) or case.version
    parts = _parts_now(case, found, languages, without)
    answer = evaluated(found, [one.item for one in parts], on=today)
    before = read_kept(case.asked)
    return Assessment(
        version=found, answer=answer, parts=parts, conditions=_conditions(case, found),
        changes=tuple(one.message for one in changes(before, answer)) if before else (),
    )  # fmt: skip


def evaluated(version: PathwayVersion, items: Sequence[Item], *, on: dt.date) -> Evaluation:
    """The engine's answer.

    Raises:
        RefusedError: ``stacking.evidence``.
    """
    try:
        return evaluate(version.rule, items, on=on)
    except TessellaError as error:
        raise RefusedError(error.message, code="stacking.evidence", hint=error.hint, field="keys") from error


def _parts_now(
    case: Case, version: PathwayVersion, languages: tuple[str, ...], without: Collection[str]
) -> tuple[PartNow, ...]:
    parts = [
        one
        for one in case.parts.select_related("shared", "own").prefetch_related("statements", "names")
        if one.id not in without and one.replaced_at is None
    ]
    used = uses_elsewhere(case, parts)
    inside = made_of(parts)
    by_name = {name.name: one.id for one in parts for name in one.names.all()}
    return tuple(_now(one, version, languages, used[one.id], inside[one.id], by_name) for one in parts)


def _now(
    part: Part,
    version: PathwayVersion,
    languages: tuple[str, ...],
    used_in: tuple[str, ...],
    inside: Sequence[str],
    by_name: Mapping[str, str],
) -> PartNow:
    now, statements = stands_now(part, languages), tuple(part.statements.all())
    item = applied(item_in(part), [(one.field, one.value) for one in statements], version.rule)
    vouched = next((one.value == YES for one in reversed(statements) if one.field == VERIFIED), False)
    status = (
        "valid"
        if vouched and now.standing in (Standing.ACTIVE, Standing.UNKNOWN) and now.status == "unverified"
        else now.status
    )
    names = (*item.parts, *inside)
    item = msgspec.structs.replace(
        item, status=status, used_in=used_in,
        parts=tuple(dict.fromkeys(by_name[one] for one in names if by_name.get(one, part.id) != part.id)),
    )  # fmt: skip
    return PartNow(part=part, now=now, item=item, used_in=used_in, statements=statements, vouched=vouched)


def _conditions(case: Case, version: PathwayVersion) -> tuple[Condition, ...]:
    """The rule's conditions in words, each with the newest answer."""
    said = {one.field: one for one in case.statements.filter(part=None)}
    return tuple(
        Condition(text=text, is_met=said[text].value == YES, source=said[text].source)
        if text in said
        else Condition(text=text, is_met=None)
        for text in version.rule.also
    )


def kept(answer: Evaluation) -> dict[str, Any]:
    """An answer as it is kept with a case; what the search found stands in the proof."""
    bare = msgspec.structs.replace(answer, sure=Found(), possible=Found(), lenient=Found())
    made: dict[str, Any] = msgspec.to_builtins(bare)
    return made


def read_kept(data: object) -> Evaluation | None:
    """What `kept` made; None for nothing."""
    return typed.convert(data, Evaluation, strict=False) if data else None
