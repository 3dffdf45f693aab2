"""What the catalogue can be narrowed down by: for every element of the European standard, the purposes and the price.

A facet is data: what it is called, which codes a listing has, what people call a code. Codes of most facets are written into the
index; those that change with the day or with what registers say (`AS_OF_NOW`) are worked out when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tessella.model import MicroCredential, RecordType
from tessella.vocabulary import Concept, code_list
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.particulars import PURPOSES

__all__ = ["AS_OF_NOW", "BANDS", "FACETS", "Facet", "Source", "codes_of", "field_of", "hours_of"]

BANDS = (
    ("to-25", 25, _("Up to 25 hours")),
    ("to-75", 75, _("26 to 75 hours")),
    ("to-150", 150, _("76 to 150 hours")),
    ("to-450", 450, _("151 to 450 hours")),
    ("more", None, _("More than 450 hours")),
)
"""Bands of workload: about one, three, six and fifteen credits of 25 to 30 hours, the sizes that are offered most."""

HOURS_PER_CREDIT = Decimal(25)
"""For a description that gives credits only: the lower bound of 25 to 30 (ECTS Users' Guide 2015)."""

_PRICES = (("to-100", 100), ("to-500", 500), ("more", Decimal("Infinity")))

SKILLS_MOST = 30
"""Skills of the European list that one description counts for; more name everything."""


class Source(NamedTuple):
    """What codes are read from."""

    version: Version
    record: MicroCredential
    organisation: Organisation
    offers: Mapping[str, Any]
    is_complete: bool


class Facet(NamedTuple):
    """``read`` gives the codes of a listing; ``label`` names a code in the reader's language; ``codes`` are all there are, in their
    order, or empty when the most frequent come first. ``is_open``: shown unfolded.
    """

    id: str
    title: Any
    label: Callable[[str], str]
    read: Callable[[Source], Iterable[str]] | None = None
    codes: tuple[str, ...] = ()
    is_open: bool = False


def codes_of(source: Source) -> dict[str, list[str]]:
    """By facet the codes of a listing, for the index."""
    found = {one.id: list(dict.fromkeys(filter(None, one.read(source)))) for one in FACETS if one.read}
    return {name: codes for name, codes in found.items() if codes}


def _code(name: str, concept: Concept | None) -> str:
    if concept is None:
        return ""
    known = code_list(name).get(concept.uri) or (code_list(name).get(concept.code) if concept.code else None)
    return known.code if known else ""


def _countries(source: Source) -> Iterable[str]:
    bodies = source.record.awarding_bodies or source.record.providers
    stated = [_code("country", one) for body in bodies for one in body.countries]
    return stated or [
        _code("country", Concept(uri=source.organisation.country, code=source.organisation.country))
    ]


def _levels(source: Source) -> Iterable[str]:
    levels = source.record.levels
    if levels is None:
        return []
    return [_code("eqf", one) for one in levels.eqf] or (["none"] if levels.not_applicable else [])


def hours_of(record: MicroCredential) -> Decimal | None:
    """The workload in hours; reckoned from European credits where only those are given."""
    workload = record.workload
    if workload is None:
        return None
    if workload.hours is not None:
        return workload.hours
    ects = next(
        (one.points for one in workload.credits if _code("credit-system", one.system) == "ects"), None
    )
    return ects * HOURS_PER_CREDIT if ects is not None else None


def _band(source: Source) -> Iterable[str]:
    hours = hours_of(source.record)
    if hours is not None:
        yield next(code for code, most, _label in BANDS if most is None or hours <= most)


def field_of(record: MicroCredential) -> str:
    """The first field of study, as narrow as it is stated."""
    return next(filter(None, (_code("isced-f", one) for one in record.fields)), "")


def _modes(source: Source) -> Iterable[str]:
    participation = source.record.participation
    stated = [_code("mode", one) for one in participation.modes] if participation else []
    return [*stated, *source.offers.get("modes", ())]


def _languages(source: Source) -> Iterable[str]:
    participation = source.record.participation
    stated = [_code("language", one) for one in participation.languages] if participation else []
    return [
        *stated,
        *(_code("language", Concept(uri=one, code=one)) for one in source.offers.get("languages", ())),
    ]


def _prices(source: Source) -> Iterable[str]:
    cost = source.record.cost
    prices = [(cost.price, cost.currency)] if cost and cost.price is not None else []
    prices += [(Decimal(str(amount)), currency) for amount, currency in source.offers.get("prices", ())]
    return [_price(amount, currency) for amount, currency in prices]


def _price(amount: Decimal, currency: str) -> str:
    if amount == 0:
        return "free"
    if currency != "EUR":
        return "other"
    return next(code for code, most in _PRICES if amount <= most)


def _prerequisites(source: Source) -> Iterable[str]:
    found = source.record.prerequisites
    return [] if found is None else ["none" if found.none_needed else "some"]


def _stacks(source: Source) -> Iterable[str]:
    found = source.record.stackability
    if found is not None:
        yield "yes" if found.stackable else "no"


def _skills(source: Source) -> Iterable[str]:
    every = [one for outcome in source.record.outcomes for one in outcome.esco]
    return [label for one in every if (label := one.labels.get("en") or next(iter(one.labels.values()), ""))][
        :SKILLS_MOST
    ]


def _side(source: Source) -> Iterable[str]:
    sides = {str(one.side) for one in source.record.quality}
    review = source.version.review
    if review is not None:
        sides.add("self" if review.is_self_review else "internal")
    return sorted(sides)


def _listed(name: str) -> Callable[[str], str]:
    def label(code: str) -> str:
        found = code_list(name).get(code)
        text = code_list(name).label(found, get_language() or "en", "en") if found else code
        return text[:1].upper() + text[1:]

    return label


def _worded(words: Mapping[str, Any]) -> Callable[[str], str]:
    return lambda code: str(words.get(code, code))


def _given(
    id: str,
    title: Any,
    read: Callable[[Source], Iterable[str]] | None,
    words: Mapping[str, Any],
    is_open: bool = False,
) -> Facet:
    """A facet of few codes in an order of their own."""
    return Facet(id, title, _worded(words), read, tuple(words), is_open)


def _level(code: str) -> str:
    return str(_LEVEL_NONE) if code == "none" else str(_LEVEL_SOME) % {"level": code}


_LEVEL_NONE, _LEVEL_SOME = _("Levels do not apply"), _("Level %(level)s of 8")

_TYPES = {
    RecordType.MICRO_CREDENTIAL: _("Micro-credential"),
    RecordType.ACHIEVEMENT: _("Achievement"),
    RecordType.PARTICIPATION: _("Participation"),
    RecordType.MEMBERSHIP: _("Membership"),
    RecordType.CONTRIBUTION: _("Contribution"),
    RecordType.MOTIVATION: _("Encouragement"),
    RecordType.RECOGNITION_DECISION: _("Recognition decision"),
}

_MODES = {
    "online": _("Online"),
    "on-site": _("On site"),
    "blended": _("Partly on site, partly online"),
    "hybrid": _("On site and online at the same time"),
    "work-based": _("At the workplace"),
    "project-based": _("In a project"),
    "research-lab": _("In a research laboratory"),
}

_SUPERVISION = {
    "supervised-with-id": _("Supervised, identity checked"),
    "supervised-without-id": _("Supervised, identity not checked"),
    "unsupervised-with-id": _("Unsupervised, identity checked"),
    "unsupervised-without-id": _("Unsupervised, identity not checked"),
    "id-verification": _("Identity checked"),
}

STARTS = {
    "month": _("Within a month"),
    "quarter": _("Within three months"),
    "later": _("Later"),
    "open": _("No date ahead"),
}
"""When one can begin, seen from the day of the search."""

QUALITY = {"yes": _("Yes, by a register"), "no": _("No: refused or withdrawn"), "no-data": _("No data")}
"""What registers say about the quality assurance of whoever provides it."""

FRESH = {
    "year": _("In the last twelve months"),
    "three-years": _("One to three years ago"),
    "older": _("More than three years ago"),
}
"""When the description was published last."""

ESTABLISHED = {"yes": _("Shown"), "no": _("Not shown yet: tests only")}
"""Whether it was shown who stands behind the organisation."""

FACETS = (
    _given("type", _("Kind of record"), lambda s: [str(s.record.record_type)], {str(k): v for k, v in _TYPES.items()}, is_open=True),
    Facet("field", _("Field of study"), _listed("isced-f"), lambda s: [_code("isced-f", one)[:2] for one in s.record.fields], is_open=True),
    Facet("level", _("European level"), _level, _levels, (*map(str, range(1, 9)), "none"), is_open=True),
    _given("workload", _("Workload"), _band, {code: label for code, _most, label in BANDS}, is_open=True),
    _given("mode", _("Form of participation"), _modes, _MODES, is_open=True),
    Facet("language", _("Language of the learning"), _listed("language"), _languages, is_open=True),
    Facet("country", _("Country"), _listed("country"), _countries, is_open=True),
    Facet("provider", _("Provider"), str, lambda s: [s.organisation.slug]),
    _given("start", _("Start"), None, STARTS),
    _given("price", _("Price"), _prices, {"free": _("Free of charge"), "to-100": _("Up to 100 euros"), "to-500": _("Up to 500 euros"), "more": _("More than 500 euros"), "other": _("In another currency")}),
    _given("purpose", _("What it is for"), lambda s: s.version.particulars.get("purposes", ()), {k: v.label for k, v in PURPOSES.items()}),
    Facet("skill", _("Skills"), str, _skills),
    Facet("assessment", _("How it is assessed"), _listed("assessment"), lambda s: [_code("assessment", one.type) for one in s.record.assessments]),
    _given("supervision", _("Supervision of the assessment"), lambda s: [_code("supervision", one.supervision) for one in s.record.assessments], _SUPERVISION),
    _given("quality", _("Quality-assured provider"), None, QUALITY),
    _given("assured", _("Who looks after the quality"), _side, {"internal": _("The provider, with a review"), "self": _("The provider, reviewing itself"), "external": _("A body outside it")}),
    _given("prerequisites", _("What is needed to begin"), _prerequisites, {"none": _("Nothing"), "some": _("Something is needed")}),
    _given("stacks", _("Counts towards something larger"), _stacks, {"yes": _("Yes"), "no": _("No, it stands alone")}),
    Facet("group", _("Whom it is for"), _listed("target-group"), lambda s: [_code("target-group", one) for one in s.record.target_groups]),
    _given("pilot", _("Pilot"), lambda s: ["yes"] if s.version.particulars.get("pilot") else [], {"yes": _("Is being tried out")}),
    _given("complete", _("Complete by the European standard"), lambda s: ["yes" if s.is_complete else "no"] if s.record.is_micro_credential else [], {"yes": _("Yes"), "no": _("No")}),
    _given("updated", _("Last published"), None, FRESH),
    _given("established", _("Identity of the provider"), None, ESTABLISHED),
)  # fmt: skip
"""All facets, in the order in which they are shown."""

AS_OF_NOW = frozenset({"start", "quality", "updated", "established"})
"""Facets that are worked out on the day of the search."""
