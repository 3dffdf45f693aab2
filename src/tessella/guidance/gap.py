"""The gap between what somebody can show and the skills of an occupation, or any list of skills.

A skill is *held* when a credential says exactly it, or says it in words that a person has mapped to it. A credential that says a narrower or a
broader skill is *near*: said as such, never counted as held. Everything else is *missing*. Each piece of evidence says how strong it is.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tessella import typed
from tessella.errors import LimitError, SchemaError
from tessella.stacking.items import Item
from tessella.stacking.language import Decider, Group, Rule, Slot, Source, Where, Written
from tessella.text import say

__all__ = [
    "MAX_NEEDS",
    "Brings",
    "Confirmed",
    "Evidence",
    "Gap",
    "Match",
    "Need",
    "Occupation",
    "Offered",
    "Relations",
    "Stand",
    "Standing",
    "Strength",
    "gap",
    "goal_rule",
    "load_confirmed",
    "load_occupation",
]

MAX_NEEDS = 1_000
"""Skills of one list: the occupation of ESCO with most has some 180."""

MOST_PLACES = 90
"""Skills that a plan leads to: rules have at most 200 ids, two for each place."""

MAX_STEPS = 8
"""Steps up the hierarchy: skills of ESCO lie up to four below another skill, and those up to four below a pillar."""


class Need(Written, frozen=True, kw_only=True):
    """One skill that is asked for: its URI (ESCO's, or any that credentials use), and what it is called."""

    skill: str
    title: str = ""
    is_essential: bool = True

    @property
    def name(self) -> str:
        """How it is called in answers."""
        return self.title or self.skill


class Occupation(Written, frozen=True, kw_only=True):
    """What an occupation, or any goal, needs; with the classification it was taken from, its version and the language of the titles."""

    id: str
    title: str
    needs: tuple[Need, ...]
    classification: str = "ESCO"
    version: str = ""
    language: str = "en"


class Relations(msgspec.Struct, frozen=True):
    """The hierarchy: by the URI of a skill those of the next broader ones."""

    broader: Mapping[str, Sequence[str]] = {}

    def above(self, skill: str) -> frozenset[str]:
        """Everything broader than a skill, up to `MAX_STEPS`; a circle in the data ends the way."""
        found: set[str] = set()
        edge = {skill}
        for _step in range(MAX_STEPS):
            edge = {up for one in edge for up in self.broader.get(one, ())} - found
            if not edge:
                break
            found |= edge
        return frozenset(found - {skill})


class Confirmed(Written, frozen=True, kw_only=True):
    """A person's statement that the words of a credential mean a skill. The issuer did not say so.

    ``item`` limits it to one credential (its id); empty is for these words anywhere. ``suggested`` is how the skill was proposed (*lexical*,
    *semantic*, or empty: the person looked for it), ``score`` how well it fitted then, from 0 to 1.
    """

    text: str
    skill: str
    by: str
    on: dt.date
    item: str = ""
    suggested: str = ""
    score: float | None = None


class Match(enum.StrEnum):
    """How a credential speaks of a skill."""

    EXACT = "exact"
    CONFIRMED = "confirmed"
    NARROWER = "narrower"
    BROADER = "broader"


class Strength(enum.StrEnum):
    """What stands behind a piece of evidence, the strongest first."""

    ASSESSED = "assessed"
    STATED = "stated"
    LAPSED = "lapsed"
    PLANNED = "planned"


class Standing(enum.StrEnum):
    """How a needed skill stands."""

    HELD = "held"
    NEAR = "near"
    PLANNED = "planned"
    MISSING = "missing"


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One credential (or planned offer) that speaks of the skill. ``said`` is the skill's URI or the words it uses.

    ``is_verified``: somebody established that the credential is valid; otherwise it is what a file says.
    ``confirmed_by`` and ``confirmed_on`` say whose statement a match by words is; ``suggested`` and ``score`` how it had been proposed.
    """

    item: str
    title: str
    issuer: str
    match: Match
    strength: Strength
    said: str
    is_verified: bool = False
    confirmed_by: str = ""
    confirmed_on: dt.date | None = None
    suggested: str = ""
    score: float | None = None


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue offers: ``outcomes`` are the URIs (or words) of what is learned."""

    id: str
    title: str
    provider: str = ""
    outcomes: tuple[str, ...] = ()
    url: str = ""


class Brings(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that brings something missing: which skills exactly, and which it only touches with a narrower one."""

    id: str
    title: str
    provider: str
    url: str
    skills: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()


class Stand(msgspec.Struct, frozen=True, kw_only=True):
    """A needed skill, how it stands, the evidence (strongest first), and for what is not held the ids of offers that bring it."""

    need: Need
    standing: Standing
    evidence: tuple[Evidence, ...] = ()
    offers: tuple[str, ...] = ()


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: essential and optional skills in the order of the list, and the offers that bring what is missing, those with most first.

    ``left_out`` are credentials that cannot be evidence (revoked, failed), by title.
    """

    occupation: Occupation
    essential: tuple[Stand, ...]
    optional: tuple[Stand, ...]
    offers: tuple[Brings, ...]
    left_out: tuple[str, ...] = ()

    def count(self, standing: Standing, *, essential: bool = True) -> int:
        """How many skills stand so."""
        return sum(one.standing is standing for one in (self.essential if essential else self.optional))

    @property
    def missing(self) -> tuple[str, ...]:
        """The URIs of essential skills that are neither held nor planned."""
        return tuple(
            one.need.skill for one in self.essential if one.standing in (Standing.MISSING, Standing.NEAR)
        )


_DEAD = frozenset({"revoked", "suspended", "failed"})
_ORDER = {one: number for number, one in enumerate(Strength)}
_SURE = (Match.EXACT, Match.CONFIRMED)
_NOT_HAD = frozenset({Strength.LAPSED, Strength.PLANNED})


def gap(
    items: Sequence[Item],
    occupation: Occupation,
    relations: Relations | None = None,
    *,
    on: dt.date,
    confirmed: Iterable[Confirmed] = (),
    offers: Iterable[Offered] = (),
    planned: Iterable[Offered] = (),
) -> Gap:
    """What of an occupation's skills somebody holds, and what brings the rest.

    Suggestions never enter here: words count only when somebody has confirmed what they mean. A credential that is revoked, suspended or
    failed is no evidence; one whose validity ended is shown as lapsed and does not make a skill held.

    Args:
        on: the day that validities are compared with.
        planned: what-if: offers counted as if they were passed; a skill that only they bring is *planned*, never *held*.

    Raises:
        LimitError: the list has more than `MAX_NEEDS` skills.
    """
    if len(occupation.needs) > MAX_NEEDS:
        raise LimitError(
            say("The list has more than %(limit)s skills.", limit=MAX_NEEDS), code="input.limit.needs",
            hint=say("Leave out those that do not matter here."),
        )  # fmt: skip
    known = relations or Relations()
    above = {need.skill: known.above(need.skill) for need in occupation.needs}
    statements = _statements(confirmed)
    living = [item for item in items if item.status not in _DEAD]
    spoken = [(_said(item, statements), _evidence(item, on)) for item in living]
    spoken += [(dict.fromkeys(one.outcomes), _plan(one)) for one in planned]
    reached = {word: known.above(word) for said, _base in spoken for word in said}
    stands = {
        need.skill: _stand(need, spoken, above[need.skill], reached) for need in occupation.needs
    }  # a skill that stands twice is one skill
    open_ = [need for need, one in stands.items() if one.standing in (Standing.MISSING, Standing.NEAR)]
    brings = _brings(open_, offers, known)
    by_skill: dict[str, list[str]] = {}
    for one in brings:
        for skill in (*one.skills, *one.narrower):
            by_skill.setdefault(skill, []).append(one.id)
    whole = [
        msgspec.structs.replace(one, offers=tuple(by_skill.get(skill, ()))) for skill, one in stands.items()
    ]
    return Gap(
        occupation=occupation,
        essential=tuple(one for one in whole if one.need.is_essential),
        optional=tuple(one for one in whole if not one.need.is_essential),
        offers=brings,
        left_out=tuple(item.name for item in items if item.status in _DEAD),
    )


def goal_rule(occupation: Occupation) -> Rule:
    """The essential skills as a rule of stacking, so that plans lead to them: a place for each, which one credential may fill for several.

    It is nobody's published rule: employers decide whom they take, and it says so. At most `MOST_PLACES` skills are asked for.
    """
    essential = [need for need in occupation.needs if need.is_essential][:MOST_PLACES]
    return Rule(
        id=occupation.id, version=occupation.version or "1", title=say("Essential skills: %(title)s", title=occupation.title),
        receiver=occupation.classification or say("a list of skills"), award=occupation.title, published=False,
        decider=Decider(name=say("whoever employs you")),
        source=Source(text=" ".join(filter(None, (occupation.classification, occupation.version)))),
        groups=tuple(
            Group(
                id=f"skill-{number}", title=need.name, apart=True,
                slots=(Slot(id=f"place-{number}", title=need.name, where=Where(outcome=(need.skill,))),),
            )
            for number, need in enumerate(essential, start=1)
        ),
    )  # fmt: skip


def load_occupation(data: object, *, place: str = "") -> Occupation:
    """An occupation, or any goal, from plain data: ``title``, and ``essential`` and ``optional`` lists of skills (a URI, or ``skill`` and ``title``).

    Raises:
        SchemaError: ``guidance.occupation``: a field is missing, unknown or of the wrong type.
        LimitError: more than `MAX_NEEDS` skills.
    """
    if not isinstance(data, Mapping):
        raise _wrong(say("An occupation is a mapping of field names to values."), place)
    rest = {str(name): value for name, value in data.items() if name not in ("essential", "optional")}
    needs = []
    for name in ("essential", "optional"):
        listed = data.get(name) or []
        if not isinstance(listed, list):
            raise _wrong(say("%(name)s is a list of skills.", name=name), place)
        for one in listed:
            written = {"skill": one} if isinstance(one, str) else one
            if not isinstance(written, Mapping):
                raise _wrong(say("%(name)s is a list of skills.", name=name), place)
            needs.append({**written, "is_essential": name == "essential"})
    if "version" in rest:
        rest["version"] = str(rest["version"])
    try:
        found = typed.convert({"id": rest.get("title", ""), **rest, "needs": needs}, Occupation)
    except msgspec.ValidationError as error:
        raise _wrong(say("The occupation cannot be used: %(reason)s.", reason=str(error)), place) from error
    if not found.needs or any(not need.skill.strip() for need in found.needs):
        raise _wrong(say("It names no skill, or one that is empty."), place)
    return found


def load_confirmed(data: object, *, place: str = "") -> tuple[Confirmed, ...]:
    """What people have confirmed, from plain data: a list of `Confirmed`.

    Raises:
        SchemaError: ``guidance.confirmed``: a field is missing, unknown or of the wrong type; who and when are never left out.
    """
    try:
        return typed.convert(data, tuple[Confirmed, ...])
    except msgspec.ValidationError as error:
        raise SchemaError(
            say("A confirmation cannot be used: %(reason)s.", reason=str(error)), code="guidance.confirmed", place=place,
            hint=say("Each has text, skill, by (who says so) and on (a day)."),
        ) from error  # fmt: skip


def _wrong(message: str, place: str) -> SchemaError:
    return SchemaError(
        message, code="guidance.occupation", place=place,
        hint=say("Write title, and below essential and optional one skill a line."),
    )  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


_Statements = Mapping[str, Sequence[Confirmed]]


def _statements(confirmed: Iterable[Confirmed]) -> _Statements:
    """By the words that they are about."""
    found: dict[str, list[Confirmed]] = {}
    for one in confirmed:
        found.setdefault(_folded(one.text), []).append(one)
    return found


def _said(item: Item, statements: _Statements) -> dict[str, Confirmed | None]:
    """The skills an item speaks of; those that its holder mapped to its words with that statement. What the issuer said comes first."""
    words = item.outcomes or ()
    found: dict[str, Confirmed | None] = dict.fromkeys(words)
    for word in words:
        for one in statements.get(_folded(word), ()):
            if one.item in ("", item.id):
                found.setdefault(one.skill, one)
    return found


def _evidence(item: Item, on: dt.date) -> Evidence:
    if item.valid_until is not None and item.valid_until < on:
        strength = Strength.LAPSED
    else:
        strength = Strength.ASSESSED if item.assessed else Strength.STATED
    return Evidence(
        item=item.id, title=item.name, issuer=next(reversed(item.issuers), ""), match=Match.EXACT,
        strength=strength, said="", is_verified=item.status == "valid",
    )  # fmt: skip


def _plan(offer: Offered) -> Evidence:
    return Evidence(
        item=offer.id, title=offer.title, issuer=offer.provider, match=Match.EXACT, strength=Strength.PLANNED,
        said="",
    )  # fmt: skip


def _stand(
    need: Need,
    spoken: Sequence[tuple[Mapping[str, Confirmed | None], Evidence]],
    above: frozenset[str],
    reached: Mapping[str, frozenset[str]],
) -> Stand:
    found: list[Evidence] = []
    for said, base in spoken:
        best = _best(need.skill, said, above, reached)
        if best is None:
            continue
        match, word = best
        statement = said[word]
        told = (
            {"confirmed_by": statement.by, "confirmed_on": statement.on, "suggested": statement.suggested, "score": statement.score}
            if statement
            else {}
        )  # fmt: skip
        shown = statement.text if statement else word
        found.append(msgspec.structs.replace(base, match=match, said=shown, **told))
    found.sort(
        key=lambda one: (
            one.match not in _SURE,
            _ORDER[one.strength],
            not one.is_verified,
            one.title.casefold(),
        )
    )
    return Stand(need=need, standing=_standing(found), evidence=tuple(found))


def _best(
    skill: str,
    said: Mapping[str, Confirmed | None],
    above: frozenset[str],
    reached: Mapping[str, frozenset[str]],
) -> tuple[Match, str] | None:
    """The nearest that is said of a skill."""
    if skill in said:
        return (Match.CONFIRMED if said[skill] else Match.EXACT), skill
    for match, words in (
        (Match.NARROWER, [word for word in said if skill in reached[word]]),
        (Match.BROADER, [word for word in said if word in above]),
    ):
        if words:
            return match, words[0]
    return None


def _standing(found: Sequence[Evidence]) -> Standing:
    """Held only by what says the skill itself and is still good; what is planned comes before what is near."""
    sure = {one.strength for one in found if one.match in _SURE}
    if sure - _NOT_HAD:
        return Standing.HELD
    if Strength.PLANNED in sure:
        return Standing.PLANNED
    near = any(one.match not in _SURE and one.strength not in _NOT_HAD for one in found)
    return Standing.NEAR if near else Standing.MISSING


def _brings(skills: Iterable[str], offers: Iterable[Offered], relations: Relations) -> tuple[Brings, ...]:
    """The offers that bring some of the skills; one look at each outcome of each offer."""
    wanted = frozenset(skills)
    above: dict[str, frozenset[str]] = {}
    found = []
    for offer in offers:
        exact = wanted.intersection(offer.outcomes)
        touched: set[str] = set()
        for word in offer.outcomes:
            if word not in above:
                above[word] = relations.above(word) & wanted if word in relations.broader else frozenset()
            touched |= above[word]
        if exact or touched:
            found.append(
                Brings(
                    id=offer.id, title=offer.title, provider=offer.provider, url=offer.url,
                    skills=tuple(sorted(exact)), narrower=tuple(sorted(touched - exact)),
                )
            )  # fmt: skip
    return tuple(
        sorted(found, key=lambda one: (-len(one.skills), -len(one.narrower), one.title.casefold(), one.id))
    )
