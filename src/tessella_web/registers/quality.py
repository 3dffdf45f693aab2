"""Was a body quality-assured for something on a day: yes, no, or no data, with the evidence.

What counts, and how:

1. Reports and, in registers whose listing is itself such a decision, entries; of registers whose keeper's identity is
   established, or of those that the asker chooses.
2. About the body itself, the bodies it is part of, the alliances it is a member of (each while the relation holds), and its
   predecessors (from the day of succession on), as in the European database of external quality assurance results.
3. Evidence counts on a day from its decision to its last day, and only for a question that its scope covers: where it is
   limited, the question must say what it asks for, and lie within.
4. Of one agency, or one register, the latest decision that covers the question is the one that stands.
5. One standing positive decision is a yes. Without one, a standing negative decision is a no. Anything else is no data:
   having expired, or covering something else, says nothing against anybody.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.db.models import Prefetch

from tessella_web.registers.models import (
    Body,
    BodyRelation,
    Claim,
    ClaimState,
    Decision,
    EntryChange,
    EntryStatus,
    QualityReport,
    Register,
    RegisterEntry,
    RelationKind,
)

__all__ = ["Answer", "Bearing", "Evidence", "Scope", "State", "quality_assured", "quality_assured_many"]

MAX_DEPTH = 4
"""A department of a faculty of a university of an alliance; further away nothing is lent."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: a level of the European Qualifications Framework (1–8), a field of study (ISCED-F code), a kind of
    learning (`LearningKind`), a programme by its identifier. What is left out is asked for as a whole.
    """

    level: int | None = None
    field: str = ""
    kind: str = ""
    programme: str = ""


class State(enum.StrEnum):
    """The answer."""

    YES = "yes"
    NO = "no"
    NO_DATA = "no-data"


class Bearing(enum.StrEnum):
    """What a piece of evidence does for the answer."""

    FOR = "for"
    AGAINST = "against"
    REPLACED = "replaced"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    OTHER_SCOPE = "other-scope"
    NO_DECISION = "no-decision"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One report or entry and its bearing on the answer. ``about`` is the body it is about, ``through`` how that one stands to
    the body asked for (empty for itself); ``authority`` who decided; days are included.
    """

    bearing: Bearing
    kind: str
    id: str
    number: str
    decision: str
    about_id: str
    about: str
    through: str
    authority_id: str
    authority: str
    register: str
    register_slug: str
    decided_on: dt.date | None
    last_day: dt.date | None
    url: str
    levels: tuple[int, ...] = ()
    fields: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The state on the day asked for, and all evidence there is, what decides first."""

    state: State
    on: dt.date
    scope: Scope
    evidence: tuple[Evidence, ...] = ()

    @property
    def decisive(self) -> tuple[Evidence, ...]:
        """What the state rests on; empty for no data."""
        wanted = {State.YES: Bearing.FOR, State.NO: Bearing.AGAINST}.get(self.state)
        return tuple(one for one in self.evidence if one.bearing is wanted)


def quality_assured(
    body: Body, scope: Scope, on: dt.date, *, registers: Iterable[Register] | None = None
) -> Answer:
    """The answer about one body; see the module for what counts.

    Args:
        registers: those whom the asker trusts; None for all whose keeper's identity is established. None of them is an answer
            too: no data.
    """
    return quality_assured_many([body], scope, on, registers=registers)[body.id]


def quality_assured_many(
    bodies: Sequence[Body], scope: Scope, on: dt.date, *, registers: Iterable[Register] | None = None
) -> Mapping[str, Answer]:
    """The answers by body id, with a number of queries that does not depend on how many bodies there are."""
    lent = _lenders([one.id for one in bodies], on)
    everyone = {one for lenders in lent.values() for one in lenders}
    own = _keepers(everyone)
    pieces: dict[str, list[Evidence]] = {}
    for one in _evidence(everyone, registers, own):
        pieces.setdefault(one.about_id, []).append(one)
    answers = {}
    for body in bodies:
        found = [
            msgspec.structs.replace(one, through=through)
            for lender, through in lent[body.id].items()
            for one in pieces.get(lender, ())
            if one.authority_id not in (body.id, "") or one.kind == "entry"
        ]
        answers[body.id] = answer(found, scope, on)
    return answers


def answer(pieces: Iterable[Evidence], scope: Scope, on: dt.date) -> Answer:
    """Weigh the evidence: pure, so that a brute-force twin can check it."""
    weighed = [msgspec.structs.replace(one, bearing=_bearing(one, scope, on)) for one in pieces]
    latest: dict[str, tuple[dt.date, bool]] = {}
    for one in weighed:
        if one.bearing in (Bearing.FOR, Bearing.AGAINST):
            # On one day a refusal weighs more: it was decided knowing the other.
            rank = (one.decided_on or dt.date.min, one.bearing is Bearing.AGAINST)
            latest[one.authority_id] = max(rank, latest.get(one.authority_id, rank))
    weighed = [
        msgspec.structs.replace(one, bearing=Bearing.REPLACED)
        if one.bearing in (Bearing.FOR, Bearing.AGAINST)
        and (one.bearing is Bearing.AGAINST) != latest[one.authority_id][1]
        else one
        for one in weighed
    ]
    bearings = {one.bearing for one in weighed}
    if Bearing.FOR in bearings:
        state = State.YES
    else:
        state = State.NO if Bearing.AGAINST in bearings else State.NO_DATA
    order = list(Bearing)
    weighed.sort(
        key=lambda one: (order.index(one.bearing), -(one.decided_on or dt.date.min).toordinal(), one.id)
    )
    return Answer(state=state, on=on, scope=scope, evidence=tuple(weighed))


def covers(evidence: Evidence, scope: Scope) -> bool:
    """Whether the evidence is about all that is asked for."""
    return (
        (not evidence.levels or scope.level in evidence.levels)
        and (not evidence.fields or any(scope.field.startswith(one) for one in evidence.fields))
        and (not evidence.kinds or scope.kind in evidence.kinds)
        and (not evidence.programmes or scope.programme in evidence.programmes)
    )


def _bearing(one: Evidence, scope: Scope, on: dt.date) -> Bearing:
    if one.decided_on and on < one.decided_on:
        return Bearing.NOT_YET
    if one.last_day and one.last_day < on:
        return Bearing.EXPIRED
    if one.decision == Decision.NONE:
        return Bearing.NO_DECISION
    if not covers(one, scope):
        return Bearing.OTHER_SCOPE
    return Bearing.AGAINST if one.decision == Decision.NEGATIVE else Bearing.FOR


def _lenders(ids: Iterable[str], on: dt.date) -> dict[str, dict[str, str]]:
    """By body those whose evidence counts for it on the day, with how they stand to it; itself first."""
    found = {one: {one: ""} for one in ids}
    edges: dict[str, list[tuple[str, str]]] = {}
    known, frontier = set(found), set(found)
    for _ in range(MAX_DEPTH):
        relations = [
            *BodyRelation.objects.filter(
                BodyRelation.on(on),
                body__in=frontier,
                kind__in=[RelationKind.PART_OF, RelationKind.MEMBER_OF],
            ).values_list("body_id", "other_id", "kind"),
            *BodyRelation.objects.filter(
                other__in=frontier, kind=RelationKind.PREDECESSOR_OF, valid_from__lte=on
            ).values_list("other_id", "body_id", "kind"),
        ]
        for one, lender, kind in relations:
            edges.setdefault(one, []).append((lender, kind))
        frontier = {lender for _one, lender, _kind in relations} - known
        known |= frontier
    for one, lenders in found.items():
        reached = [one]
        for _ in range(MAX_DEPTH):
            step = [
                (lender, lenders[near] or kind) for near in reached for lender, kind in edges.get(near, ())
            ]
            reached = [lender for lender, _kind in step if lender not in lenders]
            for lender, kind in step:
                lenders.setdefault(lender, kind)
    return found


def _keepers(ids: Iterable[str]) -> dict[str, set[str]]:
    """By organisation the bodies it acts for: what one says about oneself is no evidence."""
    found: dict[str, set[str]] = {}
    claims = Claim.objects.filter(body__in=list(ids), state=ClaimState.ESTABLISHED)
    for organisation, body in claims.values_list("organisation_id", "body_id"):
        found.setdefault(organisation, set()).add(body)
    return found


def _evidence(
    ids: Iterable[str], registers: Iterable[Register] | None, own: Mapping[str, set[str]]
) -> list[Evidence]:
    trusted = (
        Register.objects.exclude(organisation__established_by="")
        if registers is None
        else Register.objects.filter(pk__in=[one.pk for one in registers])
    )
    ids = list(ids)
    reports = QualityReport.objects.filter(
        body__in=ids, register__in=trusted, withdrawn_at__isnull=True
    ).select_related("body", "agency", "register")
    entries = (
        RegisterEntry.objects.filter(body__in=ids, register__in=trusted, register__is_quality_decision=True)
        .select_related("body", "register")
        .prefetch_related(Prefetch("changes", EntryChange.objects.order_by("on", "id")))
    )
    found = [_of_report(one) for one in reports]
    found += [piece for one in entries for piece in _of_entry(one)]
    mine = {(organisation, body) for organisation, bodies in own.items() for body in bodies}
    keepers = {one.id: one.register.organisation_id for one in reports}
    keepers |= {one.id: one.register.organisation_id for one in entries}
    return [one for one in found if (keepers[one.id], one.about_id) not in mine]


def _of_report(report: QualityReport) -> Evidence:
    return Evidence(
        bearing=Bearing.NO_DECISION,
        kind="report",
        id=report.id,
        number=report.number,
        decision=report.decision,
        about_id=report.body_id,
        about=report.body.name,
        through="",
        authority_id=report.agency_id,
        authority=report.agency.name,
        register=report.register.name,
        register_slug=report.register.slug,
        decided_on=report.decided_on,
        last_day=report.last_day,
        url=report.url,
        levels=tuple(report.levels),
        fields=tuple(report.fields),
        kinds=tuple(report.kinds),
        programmes=tuple(report.programmes),
    )


_SAYS: Mapping[str, Decision] = {
    EntryStatus.LISTED: Decision.POSITIVE,
    EntryStatus.SUSPENDED: Decision.NEGATIVE,
    EntryStatus.WITHDRAWN: Decision.NEGATIVE,
}
"""What a status says about quality, in a register whose listing is a decision; having ended says nothing."""


def _of_entry(entry: RegisterEntry) -> list[Evidence]:
    """A piece of evidence for each time the entry had a status that says something."""
    changes = list(entry.changes.all())
    found = []
    for number, change in enumerate(changes):
        says = _SAYS.get(change.status)
        following = changes[number + 1].on - dt.timedelta(days=1) if number + 1 < len(changes) else None
        ends = [day for day in (following, entry.valid_to) if day]
        last = min(ends) if ends else None
        if says is None or (last and last < change.on):
            continue
        found.append(
            Evidence(
                bearing=Bearing.NO_DECISION,
                kind="entry",
                id=entry.id,
                number=entry.number,
                decision=says,
                about_id=entry.body_id,
                about=entry.body.name,
                through="",
                authority_id=f"register:{entry.register_id}",
                authority=entry.register.name,
                register=entry.register.name,
                register_slug=entry.register.slug,
                decided_on=change.on,
                last_day=last,
                url=entry.url,
                levels=tuple(entry.levels),
                fields=tuple(entry.fields),
                kinds=tuple(entry.kinds),
                programmes=tuple(entry.programmes),
            )
        )
    return found
