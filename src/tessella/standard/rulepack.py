"""Rule packs: the standard as data, read once and compiled.

A pack is a TOML file in ``packs/``: elements with the standard's own names, rules with clause, message, remedy and
a predicate of the closed language in ``_predicates``. A profile may extend another one; a country pack adds to any
profile and may replace rules by its national values. Every rule says what its content rests on (`Basis`).
"""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import msgspec

import tessella.standard.facts  # noqa: F401  registers the derived facts
from tessella import typed
from tessella.errors import ConfigError, VocabularyError
from tessella.standard._frameworks import Basis, Framework
from tessella.standard._predicates import Test, check_path, compile_test, paths_of
from tessella.standard._view import Audience, Hit, View, has_content, joined
from tessella.text import say
from tessella.verdicts import Finding, Severity

__all__ = [
    "Basis",
    "Country",
    "Element",
    "Kind",
    "Missing",
    "Pack",
    "Profile",
    "Rule",
    "Source",
    "compiled",
    "country_packs",
    "pack",
    "profiles",
    "read_pack_file",
    "unknown_pack",
]


class Kind(enum.StrEnum):
    """How binding an element is. A conditional one is mandatory where it applies."""

    MANDATORY = "mandatory"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"
    EXTRA = "extra"


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text that rules cite: ``clause`` is how findings print it."""

    clause: str


class Missing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rule that speaks when an element is missing."""

    id: str
    message: str
    remedy: str
    severity: Severity = Severity.ERROR
    gate: bool = False


class Element(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One element of the standard.

    ``name`` is the standard's name; ``present`` and ``applies`` are predicates, ``checked`` says whether the facts are
    there to decide; ``at_award`` elements come with the award. ``texts`` are where placeholders may stand; ``summary`` are the
    paths whose values a table shows.
    """

    id: str
    number: str
    name: str
    kind: Kind
    source: str
    present: dict[str, Any]
    basis: Basis = Basis.CONFIRMED
    applies: dict[str, Any] | None = None
    checked: dict[str, Any] | None = None
    at_award: bool = False
    summary: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    missing: Missing | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: when all of ``when`` hold and ``require`` does not, there is a finding.

    ``values`` fill the message's placeholders from paths or facts; ``gate`` rules decide whether the record may
    be called a micro-credential at all.
    """

    id: str
    severity: Severity
    element: str
    require: dict[str, Any]
    message: str
    remedy: str
    basis: Basis
    source: str = ""
    when: tuple[dict[str, Any], ...] = ()
    values: dict[str, str] = {}
    audience: tuple[Audience, ...] = tuple(Audience)
    gate: bool = False


class Country(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The national facts of a country pack (``code`` is ISO 3166-1 alpha-2)."""

    code: str
    name: str
    nqf: Framework | None = None


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of the standard. ``replaces`` are rule ids of other packs that this one words by its own values."""

    id: str
    title: str
    version: str
    about: str
    extends: str = ""
    country: Country | None = None
    replaces: tuple[str, ...] = ()
    sources: dict[str, Source] = {}
    elements: tuple[Element, ...] = ()
    rules: tuple[Rule, ...] = ()


_PROFILES = ("eu-2022", "ehea-2022", "eciu", "other-record")
_COUNTRIES = ("ES", "MT", "NL")


def profiles() -> tuple[str, ...]:
    """The names of the profiles a record can be checked against."""
    return _PROFILES


def country_packs() -> tuple[str, ...]:
    """The countries (ISO 3166-1 alpha-2) that have a pack."""
    return _COUNTRIES


def read_pack_file(name: str) -> dict[str, Any]:
    """The plain data of a file in ``packs/``."""
    text = (resources.files(__package__) / "packs" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def unknown_pack(name: str, known: tuple[str, ...]) -> VocabularyError:
    """The error for a pack or profile that does not exist, naming those that do."""
    return VocabularyError(
        say("There is no rule pack “%(name)s”.", name=name),
        code="standard.no-pack",
        got=name,
        expected=", ".join(known),
        hint=say("Use one of %(names)s.", names=", ".join(known)),
    )


@functools.cache
def pack(name: str) -> Pack:
    """The pack with this name: a profile (``eu-2022``) or a country (``NL``).

    Raises:
        VocabularyError: there is no such pack (``standard.no-pack``).
        ConfigError: the pack's file is not in order.
    """
    if name not in (*_PROFILES, *_COUNTRIES):
        raise unknown_pack(name, (*_PROFILES, *_COUNTRIES))
    try:
        return typed.convert(read_pack_file(name.lower()), Pack)
    except msgspec.ValidationError as error:
        raise ConfigError(
            say("The rule pack “%(name)s” is not in order: %(reason)s.", name=name, reason=str(error)),
            code="config.rule-pack",
            got=name,
            hint=say("Correct the file; its fields are those of the Pack struct."),
        ) from error


class ReadyElement:
    """An element with its predicates compiled."""

    def __init__(self, element: Element, source: Source) -> None:
        self.element = element
        self.clause = source.clause
        self.present = compile_test(element.present)
        self.applies = _maybe(element.applies)
        self.checked = _maybe(element.checked)
        for path in (*element.summary, *element.texts):
            check_path(path)

    def placeholder(self, view: View) -> str:
        """A text that stands in the element and says nothing, or the empty string."""
        for path in self.element.texts:
            for value in view.values(path):
                texts = value.values() if isinstance(value, Mapping) else (value,)
                for text in texts:
                    if isinstance(text, str) and text.strip() and not has_content(text):
                        return text.strip()
        return ""


def _maybe(spec: dict[str, Any] | None) -> Test:
    return compile_test(spec) if spec is not None else lambda view: True


class ReadyRule:
    """A rule with its predicates compiled, bound to its element and clause."""

    def __init__(self, rule: Rule, element: Element, source: Source) -> None:
        self.rule = rule
        self.element = element
        self.clause = source.clause
        self.tests = tuple(compile_test(spec) for spec in rule.when)
        self.require = compile_test(rule.require)
        self.place = next((path for path in paths_of(rule.require) if path[0] != "@"), "")
        self.looks_at = paths_of(rule.require)
        self.note: Callable[[View], str] = lambda view: ""
        for path in rule.values.values():
            check_path(path)

    def finding(self, view: View) -> Finding | None:
        """The finding on this view, or None when the rule has nothing to say."""
        if view.audience not in self.rule.audience or not all(test(view) for test in self.tests):
            return None
        if self.require(view):
            return None
        language = view.record.language
        values = {name: joined(view.values(path), language) for name, path in self.rule.values.items()}
        return Finding(
            rule=self.rule.id,
            severity=self.rule.severity,
            element=say(self.element.name),
            message=f"{say(self.rule.message, **values)}{self.note(view)}",
            remedy=say(self.rule.remedy),
            clause=say(self.clause),
            place=self._place(view),
        )

    def _place(self, view: View) -> str:
        for path in self.looks_at:
            for value in view.values(path):
                if isinstance(value, Hit) and value.place:
                    return value.place
        return self.place


class Profile:
    """Packs put together: elements in the standard's order, rules in the order of their elements."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = packs
        replaced = {id for p in packs for id in p.replaces}
        sources = {name: source for p in packs for name, source in p.sources.items()}
        elements = {element.id: element for p in packs for element in p.elements}
        self.elements = tuple(ReadyElement(e, sources[e.source]) for e in elements.values())
        self.frameworks = tuple(p.country.nqf for p in packs if p.country and p.country.nqf)
        ready: list[ReadyRule] = []
        for item in self.elements:
            element, missing = item.element, item.element.missing
            if missing is not None and missing.id not in replaced:
                ready.append(_missing_rule(item, missing))
            ready += [
                ReadyRule(rule, element, sources[rule.source or element.source])
                for p in packs
                for rule in p.rules
                if rule.element == element.id and rule.id not in replaced
            ]
        self.rules = tuple(ready)


def _missing_rule(item: ReadyElement, missing: Missing) -> ReadyRule:
    element = item.element
    conditions = [spec for spec in (element.applies, element.checked) if spec is not None]
    rule = Rule(
        id=missing.id,
        severity=missing.severity,
        element=element.id,
        require=element.present,
        when=tuple(conditions),
        message=missing.message,
        remedy=missing.remedy,
        basis=element.basis,
        audience=(Audience.CREDENTIAL,) if element.at_award else tuple(Audience),
        gate=missing.gate,
    )
    ready = ReadyRule(rule, element, Source(clause=item.clause))

    def note(view: View) -> str:
        text = item.placeholder(view)
        return " " + say("“%(text)s” is a placeholder and counts as missing.", text=text) if text else ""

    ready.note = note
    return ready


@functools.cache
def compiled(profile: str, countries: tuple[str, ...] = ()) -> Profile:
    """A profile with what it extends and the packs of countries, ready to run.

    Raises:
        VocabularyError: there is no such pack.
        ConfigError: a pack names an unknown path, fact, element or source.
    """
    chain = [pack(profile)]
    while chain[0].extends:
        chain.insert(0, pack(chain[0].extends))
    packs = (*chain, *(pack(country) for country in countries))
    known = {element.id for p in packs for element in p.elements}
    for p in packs:
        for rule in p.rules:
            if rule.element not in known and p.country is None:
                raise ConfigError(
                    say("The rule “%(rule)s” is about an unknown element.", rule=rule.id),
                    code="config.rule-element",
                    got=rule.element,
                    hint=say("Use the id of an element of the pack or of the one it extends."),
                )
    return Profile(packs)
