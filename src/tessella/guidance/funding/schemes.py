"""The format of a scheme: one file says who runs it, where that was read and when, who gets it, and what it pays.

A scheme file is a mapping (YAML or JSON) with the field names of `Scheme`. Every condition has an ``id``, so that each answer can name what it
follows from. A condition tests one of the `FACTS`, or is a *statement* in the scheme's own words that somebody agrees with or not, or is met
when any of several is. What a source does not say is not guessed: it stands under ``not_known``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib import resources
from typing import Any, Literal

import msgspec

from tessella import typed
from tessella.errors import InputError, SchemaError, TessellaError, VocabularyError
from tessella.guidance.funding.facts import FACTS
from tessella.text import say
from tessella.vocabulary import country

__all__ = [
    "MAX_CONDITIONS",
    "Benefit",
    "Cap",
    "Condition",
    "Scheme",
    "Source",
    "load_scheme",
    "published_scheme",
    "published_schemes",
    "scheme_data",
]

MAX_CONDITIONS = 100
"""Conditions of one scheme, those of its benefits included; the longest published ones have a dozen."""

MAX_TEXT = 2000
"""Characters of one text in a scheme."""

_FOLDER = "schemes"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+){0,20}")
_PATH = re.compile(r" - at `\$?\.?([^`]*)`$")
_CURRENCY = re.compile(r"[A-Z]{3}")

Words = dict[str, str]


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of everything in a scheme file: an unknown field is an error, since it would restrict nothing."""


class Source(_Written, frozen=True, kw_only=True):
    """Where it is published, and on which day it was read there."""

    text: str
    url: str
    looked_at: dt.date


class Condition(_Written, frozen=True, kw_only=True):
    """What must hold. Exactly one of: a test of ``fact``; a ``statement``; ``any_of``, of which one suffices.

    Numbers are tested by ``at_least``, ``at_most`` and ``below``, days by ``not_before`` and ``not_after``, words and codes by ``one_of``. A
    code of a field or region stands for everything below it.
    """

    id: str
    fact: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None
    not_before: dt.date | None = None
    not_after: dt.date | None = None
    one_of: tuple[str, ...] = ()
    statement: Words | None = None
    any_of: tuple[Condition, ...] = ()


class Benefit(_Written, frozen=True, kw_only=True):
    """What is paid: ``percent`` of the price (with ``percent_most`` where the source gives a range), or a fixed ``amount``; ``when`` narrows it."""

    id: str
    percent: Decimal | None = None
    percent_most: Decimal | None = None
    amount: Decimal | None = None
    currency: str = "EUR"
    when: tuple[Condition, ...] = ()


class Cap(_Written, frozen=True, kw_only=True):
    """The most that is paid: for one course, for one learner ever, or for one learner in a year."""

    amount: Decimal
    currency: str = "EUR"
    per: Literal["course", "learner", "learner-year"] = "course"


class Scheme(_Written, frozen=True, kw_only=True):
    """One funding scheme as it is published.

    Of the benefits in ``pays`` the first whose conditions hold is paid. ``confirmed`` is true only when whoever runs the scheme has confirmed
    the file. ``decider`` is who decides. ``combines`` says whether another scheme may pay for the same course: ``listed`` are those in ``combines_with``.
    """

    id: str
    version: str
    names: Words
    countries: tuple[str, ...]
    funder: str
    decider: str
    sources: tuple[Source, ...]
    pays: tuple[Benefit, ...]
    confirmed: bool = False
    regions: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    conditions: tuple[Condition, ...] = ()
    caps: tuple[Cap, ...] = ()
    combines: Literal["unknown", "never", "any", "listed"] = "unknown"
    combines_with: tuple[str, ...] = ()
    not_known: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()

    @property
    def looked_at(self) -> dt.date:
        """The earliest day on which one of its sources was read."""
        return min(one.looked_at for one in self.sources)

    def key(self, condition: Condition) -> str:
        """By which name the fact that a condition tests is declared; statements are the scheme's own."""
        return condition.fact or f"{self.id}.{condition.id}"


def published_schemes() -> tuple[str, ...]:
    """The ids of the schemes that come with the package."""
    folder = resources.files("tessella.guidance") / _FOLDER
    return tuple(
        sorted(one.name.removesuffix(".yaml") for one in folder.iterdir() if one.name.endswith(".yaml"))
    )


def published_scheme(name: str) -> bytes:
    """The file of a scheme that comes with the package, as YAML.

    Raises:
        VocabularyError: ``funding.no-scheme``, there is none with this id.
    """
    if name not in published_schemes():
        raise VocabularyError(
            say("There is no funding scheme “%(name)s”.", name=name), code="funding.no-scheme", got=name,
            expected=", ".join(published_schemes()),
            hint=say("Use one of %(names)s, or a file.", names=", ".join(published_schemes())),
        )  # fmt: skip
    return (resources.files("tessella.guidance") / _FOLDER / f"{name}.yaml").read_bytes()


def scheme_data(scheme: Scheme) -> dict[str, Any]:
    """The scheme as plain data; `load_scheme` gives an equal scheme back."""
    made: dict[str, Any] = msgspec.to_builtins(scheme)
    return made


def load_scheme(data: object, *, place: str = "") -> Scheme:
    """A scheme from plain data (of a YAML or JSON file).

    Raises:
        SchemaError: ``funding.scheme``: a field is missing, unknown or of the wrong type, with its place.
        InputError: ``funding.contradiction``: it can never be met, or says two things; ``funding.reference``: it names what there is not.
    """
    if not isinstance(data, Mapping):
        raise SchemaError(
            say("A funding scheme is a mapping of field names to values."), code="funding.scheme",
            got=type(data).__name__, place=place,
            hint=say("Start from an example: tessella guide funding --print SCHEME"),
        )  # fmt: skip
    try:
        plain = _plain(data)
        if isinstance(plain.get("version"), int):
            plain["version"] = str(plain["version"])
        scheme = typed.convert(plain, Scheme, strict=False)
    except (msgspec.ValidationError, ArithmeticError) as error:
        text = str(error)
        found = _PATH.search(text)
        raise SchemaError(
            say("The scheme cannot be used: %(reason)s.", reason=text[: found.start()] if found else text),
            code="funding.scheme", place=_at(place, found.group(1) if found else ""),
            hint=say("The fields are those of the how-to about funding; check the spelling."),
        ) from error  # fmt: skip
    for where, code, message, hint in _problems(scheme):
        raise InputError(message, code=code, place=_at(place, where), hint=hint)
    return scheme


def _at(place: str, where: str) -> str:
    return f"{place}: {where}" if place and where else place or where


def _plain(value: Any) -> Any:
    """Numbers with a point as text, since binary fractions are not what stands in the file."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, float) else value


Problem = tuple[str, str, str, str]
"""Where, code, message, remedy."""


def _problems(scheme: Scheme) -> Iterator[Problem]:
    yield from _outline(scheme)
    every = [*scheme.conditions, *(one for benefit in scheme.pays for one in benefit.when)]
    flat = list(_flat(every))
    if len(flat) > MAX_CONDITIONS:
        yield "conditions", "funding.scheme", say("The scheme has more than %(most)s conditions.", most=MAX_CONDITIONS), say("Split it.")  # fmt: skip
    ids = [one.id for one in flat] + [one.id for one in scheme.pays]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield id, "funding.contradiction", say("“%(id)s” is the id of two things.", id=id), say("Give each its own.")  # fmt: skip
    for condition in flat:
        yield from _condition(condition)
    for benefit in scheme.pays:
        yield from _benefit(benefit)
        yield from _together([*scheme.conditions, *benefit.when])
    yield from _money(scheme)


def _outline(scheme: Scheme) -> Iterator[Problem]:
    if not _ID.fullmatch(scheme.id):
        yield "id", "funding.scheme", say("An id has small letters, digits and single hyphens."), say("Such as: ie-learner-fee-subsidy")  # fmt: skip
    if not scheme.names or not scheme.sources or not scheme.pays:
        yield "", "funding.scheme", say("A scheme has a name, a source and something that it pays."), say("Fill in names, sources and pays.")  # fmt: skip
    for one in scheme.sources:
        if not one.url.startswith(("https://", "http://")):
            yield "sources", "funding.scheme", say("A source has an address."), say("Write it with https://")
    if scheme.valid_from and scheme.valid_until and scheme.valid_until < scheme.valid_from:
        yield "valid_until", "funding.contradiction", say("The scheme ends before it begins."), say("Correct the days.")  # fmt: skip
    for code in scheme.countries:
        try:
            country(code)
        except TessellaError:
            yield "countries", "funding.reference", say("“%(code)s” is no country.", code=code), say("Use the code with two letters, such as IE.")  # fmt: skip
    if (scheme.combines == "listed") != bool(scheme.combines_with) or scheme.id in scheme.combines_with:
        yield "combines_with", "funding.contradiction", say("Which schemes it combines with does not fit “combines”."), say("With “combines: listed”, list the ids of others; otherwise none.")  # fmt: skip
    for text in _texts(scheme):
        if len(text) > MAX_TEXT:
            yield "", "funding.scheme", say("A text is longer than %(most)s characters.", most=MAX_TEXT), say("Link the page instead.")  # fmt: skip


def _texts(scheme: Scheme) -> Iterator[str]:
    for words in (scheme.names, *scheme.not_known, *scheme.notes):
        yield from words.values()
    yield from (scheme.funder, scheme.decider, *(one.text for one in scheme.sources))


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for one in conditions:
        yield one
        yield from _flat(one.any_of)


_NUMBERS, _DAYS = ("at_least", "at_most", "below"), ("not_before", "not_after")
_TESTS: Mapping[str, tuple[str, ...]] = {
    "number": _NUMBERS,
    "date": _DAYS,
    "choice": ("one_of",),
    "code": ("one_of",),
}


def _condition(one: Condition) -> Iterator[Problem]:
    said = [name for name in (*_NUMBERS, *_DAYS, "one_of") if getattr(one, name) not in (None, ())]
    forms = bool(said or one.fact), one.statement is not None, bool(one.any_of)
    if sum(forms) != 1:
        yield one.id, "funding.scheme", say("A condition is a test of a fact, a statement, or any of several."), say("Keep one of the three.")  # fmt: skip
        return
    if not forms[0]:
        return
    if one.fact not in FACTS:
        yield one.id, "funding.reference", say("“%(fact)s” is no fact that can be asked.", fact=one.fact), say("Use one of %(names)s, or a statement.", names=", ".join(FACTS))  # fmt: skip
        return
    fact = FACTS[one.fact]
    if not said or not set(said) <= set(_TESTS[fact.kind]):
        yield one.id, "funding.scheme", say("“%(fact)s” is not tested in this way.", fact=one.fact), say("Use %(tests)s.", tests=", ".join(_TESTS[fact.kind]))  # fmt: skip
    wrong = [value for value in one.one_of if fact.choices and value not in fact.choices]
    if wrong:
        yield one.id, "funding.reference", say("“%(value)s” is no answer to “%(fact)s”.", value=wrong[0], fact=one.fact), say("Use one of %(names)s.", names=", ".join(fact.choices))  # fmt: skip
    if any(getattr(one, name) is not None and not getattr(one, name) >= 0 for name in _NUMBERS):
        yield one.id, "funding.contradiction", say("A number is below 0."), say("Correct it.")


def _together(conditions: Iterable[Condition]) -> Iterator[Problem]:
    """Conditions on the same fact that nobody meets together."""
    by_fact: dict[str, list[Condition]] = {}
    for one in conditions:
        if one.fact:
            by_fact.setdefault(one.fact, []).append(one)
    for fact, some in by_fact.items():
        ids = ", ".join(one.id for one in some)
        least = max((one.at_least for one in some if one.at_least is not None), default=Decimal(0))
        most = min((one.at_most for one in some if one.at_most is not None), default=None)
        below = min((one.below for one in some if one.below is not None), default=None)
        first = max((one.not_before for one in some if one.not_before), default=None)
        last = min((one.not_after for one in some if one.not_after), default=None)
        sets = [set(one.one_of) for one in some if one.one_of] if FACTS[fact].kind == "choice" else []
        if (
            (most is not None and most < least)
            or (below is not None and below <= least)
            or (first and last and last < first)
            or (sets and not set.intersection(*sets))
        ):
            yield ids, "funding.contradiction", say("Nobody can meet this: “%(fact)s”.", fact=fact), say("Correct the limits of %(ids)s.", ids=ids)  # fmt: skip


def _benefit(one: Benefit) -> Iterator[Problem]:
    if (one.percent is None) == (one.amount is None) or (
        one.percent_most is not None and one.percent is None
    ):
        yield one.id, "funding.scheme", say("A benefit is a share of the price or a fixed amount."), say("Give percent or amount.")  # fmt: skip
        return
    shares = [share for share in (one.percent, one.percent_most) if share is not None]
    if any(not 0 <= share <= 100 for share in shares) or sorted(shares) != shares:
        yield one.id, "funding.contradiction", say("A share is from 0 to 100, and the most is not below the least."), say("Correct the percentages.")  # fmt: skip
    if one.amount is not None and one.amount <= 0:
        yield one.id, "funding.contradiction", say("An amount is above 0."), say("Correct it.")


def _money(scheme: Scheme) -> Iterator[Problem]:
    currencies = {one.currency for one in scheme.caps} | {one.currency for one in scheme.pays}
    if any(not _CURRENCY.fullmatch(one) for one in currencies) or len(currencies) > 1:
        yield "pays", "funding.contradiction", say("A scheme pays in one currency, of three letters."), say("Such as EUR.")  # fmt: skip
    if any(one.amount <= 0 for one in scheme.caps):
        yield "caps", "funding.contradiction", say("An amount is above 0."), say("Correct it.")
