"""What the interface says of cases: shapes, and what requests bring."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from tessella_web.api.operations import Given, Id, Shape, Text, Words
from tessella_web.recognition.stacking.evaluating import Assessment, kept
from tessella_web.recognition.stacking.models import Cascade, Case

__all__ = [
    "AdditionGiven",
    "AskGiven",
    "CascadeShape",
    "CaseFull",
    "CasePart",
    "CaseRequest",
    "CaseRequestGiven",
    "CaseShape",
    "CaseToDecide",
    "ConditionShape",
    "DecisionOnCascade",
    "DecisionOnCase",
    "LedTo",
    "LedToShape",
    "PartToday",
    "StackRulesGiven",
    "StackRulesShape",
    "StatementGiven",
    "Today",
    "brief",
    "fallen_shape",
    "full",
    "today",
]

Key = Annotated[str, StringConstraints(strict=True, pattern=r"^[ai]-[A-Za-z0-9_-]{22}$")]
"""An entry of the wallet."""

Long = Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]
"""Reasons, which the learner reads."""


class CaseShape(Shape):
    """A case as it stands in lists."""

    id: str
    organisation: str = Field(description="Short name of whoever decides.")
    pathway: str
    award: str = Field(description="What it is about, in words.")
    state: str = Field(description="asked, waiting (for the learner), granted, declined or withdrawn.")
    by_discretion: bool = Field(description="Granted although the published rule is not met.")
    asked_at: dt.datetime
    decided_at: dt.datetime | None
    has_fallen: bool = Field(
        description="Something that the award stands on has fallen, and nobody has decided yet."
    )


class CasePart(Shape):
    """A credential in a case."""

    id: str
    title: str
    issuer: str
    counts: bool = Field(description="The award stands on it.")


class CaseRequest(Shape):
    """What the organisation asked, and the answer."""

    text: str
    asked_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None


class CascadeShape(Shape):
    """A part of an award that has fallen. Until somebody decides, the award stays what it is."""

    id: str
    case: str
    part: str
    title: str
    cause: str = Field(
        description="revoked, suspended, replaced, ended, failed, or below: something that the part stands on."
    )
    state: str = Field(
        description="open, kept, replaced, suspended, revoked, or passed: the part stands again."
    )
    found_at: dt.datetime
    due_at: dt.datetime = Field(description="From then on the decision is overdue.")
    reason: str


class CaseFull(CaseShape):
    """A case with everything in it. Personal data."""

    name: str = Field(description="As it stands on the award.")
    message: str
    reasons: str
    answer: dict[str, Any] | None = Field(
        description="What the rule said on the day of the decision; before it, when it was asked."
    )
    parts: list[CasePart]
    requests: list[CaseRequest]
    fallen: list[CascadeShape]
    awarded: str | None = Field(description="The award, once it is sealed.")


class PartToday(CasePart):
    """A credential as it stands today."""

    verdict: str
    status: str = Field(description="valid, suspended, revoked, failed or unverified.")
    used_in: list[str] = Field(description="Awards that it counts towards already.")


class ConditionShape(Shape):
    """A condition in words that only the decider can judge."""

    text: str
    is_met: bool | None
    source: str


class Today(Shape):
    """What the rule says today; None of it is a decision."""

    outcome: str = Field(description="met, missing, cannot-count or unknown.")
    message: str
    changes: list[str] = Field(description="What has changed since it was asked.")
    answer: dict[str, Any]
    parts: list[PartToday]
    conditions: list[ConditionShape]


class CaseToDecide(CaseFull):
    """A case for those who decide it: while it is open, with the answer of today."""

    today: Today | None


class AskGiven(Given):
    """What is asked, on what, and how long it is kept."""

    version: Id = Field(description="The published version of the pathway.")
    keys: Annotated[list[Key], Field(min_length=1, max_length=50)] = Field(
        description="Entries of the wallet."
    )
    keep_days: Annotated[int, Field(ge=1, le=10_000)]
    name: Words = Field(description="As it shall stand on the award.")
    message: Text = ""


class AdditionGiven(Given):
    """An answer, further credentials, or both."""

    keys: Annotated[list[Key], Field(max_length=50)] = []
    text: Text = ""


class CaseRequestGiven(Given):
    """What the learner is asked for."""

    text: Text


class StatementGiven(Given):
    """What is established beside what the credentials say; without a part about a condition in words."""

    part: Id | None = None
    field: Annotated[str, StringConstraints(strict=True, max_length=1000, pattern=r"^[^\x00]*$")] = Field(
        description="The data as the engine’s question names it, “verified”, or the condition."
    )
    value: Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
    source: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")]


class DecisionOnCase(Given):
    """The decision."""

    decision: Literal["granted", "discretion", "declined"] = Field(
        description="discretion: granted although the rule is not met."
    )
    reasons: Long
    parts: Annotated[list[Id], Field(max_length=200)] = Field(
        default=[], description="With discretion: what the award stands on."
    )
    formats: Annotated[list[Words], Field(max_length=20)] = []
    assessed_by: Words = Field(default="", description="Mail address of the assessor; left out: who decides.")


class DecisionOnCascade(Given):
    """What becomes of the award."""

    action: Literal["keep", "replace", "suspend", "revoke"] = Field(
        description="replace: made anew without the part. The last three need the scopes that correct, suspend and revoke awards."
    )
    reason: Long
    assessed_by: Words = ""


class LedTo(Given):
    """What a pathway leads to; null: nothing yet."""

    pathway: Id
    description: Id | None


class StackRulesGiven(Given):
    """How the organisation decides."""

    grace_days: Annotated[int, Field(ge=1, le=10_000)] = Field(
        description="Days to decide after a part has fallen."
    )
    awards: Annotated[list[LedTo], Field(max_length=200)] = Field(
        default=[], description="Pathways that are not named stay as they are."
    )


class LedToShape(Shape):
    """What a pathway leads to."""

    pathway: str
    description: str


class StackRulesShape(Shape):
    """How the organisation decides."""

    grace_days: int
    awards: list[LedToShape]


def brief(case: Case) -> CaseShape:
    return CaseShape(**_facts(case))


def _facts(case: Case) -> dict[str, Any]:
    return {
        "id": case.id, "organisation": case.organisation.slug, "pathway": case.pathway_id, "award": case.version.award, "state": case.state,
        "by_discretion": case.by_discretion, "asked_at": case.made_at, "decided_at": case.decided_at,
        "has_fallen": bool(getattr(case, "has_fallen", False)),
    }  # fmt: skip


def full(case: Case) -> CaseFull:
    fallen = [fallen_shape(one) for one in case.cascades.select_related("part")]
    facts = _facts(case) | {"has_fallen": any(one.state == "open" for one in fallen)}
    return CaseFull(
        **facts, name=case.name, message=case.message, reasons=case.reasons, answer=case.decided or case.asked,
        parts=[CasePart(id=one.id, title=one.title, issuer=one.issuer, counts=one.counts and not one.replaced_at) for one in case.parts.all()],
        requests=[
            CaseRequest(text=one.text, asked_at=one.made_at, answer=one.answer, answered_at=one.answered_at) for one in case.requests.all()
        ],
        fallen=fallen, awarded=case.award_id,
    )  # fmt: skip


def today(found: Assessment) -> Today:
    return Today(
        outcome=found.outcome, message=found.answer.message, changes=list(found.changes), answer=kept(found.answer),
        parts=[
            PartToday(
                id=one.part.id, title=one.part.title, issuer=one.part.issuer, counts=one in found.counted, verdict=one.now.verdict,
                status=one.item.status, used_in=list(one.used_in),
            )
            for one in found.parts
        ],
        conditions=[ConditionShape(text=one.text, is_met=one.is_met, source=one.source) for one in found.conditions],
    )  # fmt: skip


def fallen_shape(one: Cascade) -> CascadeShape:
    return CascadeShape(
        id=one.id, case=one.case_id, part=one.part_id, title=one.part.title, cause=one.cause, state=one.state, found_at=one.made_at,
        due_at=one.due_at, reason=one.reason,
    )  # fmt: skip
