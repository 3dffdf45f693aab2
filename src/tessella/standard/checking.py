"""The check: one record against a profile, with every finding and the table of elements."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal

import msgspec

from tessella.errors import VocabularyError
from tessella.model import Award, MicroCredential
from tessella.standard._view import Audience, SealFacts, View, joined
from tessella.standard.facts.roles import awarding_country_codes
from tessella.standard.levels import LevelStanding, level_standings
from tessella.standard.rulepack import Kind, ReadyElement, compiled, country_packs, profiles, unknown_pack
from tessella.text import say
from tessella.verdicts import Finding, Severity
from tessella.vocabulary import code_list

__all__ = ["CheckResult", "ElementState", "ElementStatus", "check", "country_names", "make_view"]

_DEMANDED = (Kind.MANDATORY, Kind.CONDITIONAL, Kind.EXTRA)


class ElementStatus(enum.StrEnum):
    """What the record says about one element.

    ``incomplete``: something is there and an error finding is about it. ``not-checked``: the facts to decide were
    not given. ``given-at-award``: a description cannot have it yet.
    """

    PRESENT = "present"
    MISSING = "missing"
    INCOMPLETE = "incomplete"
    NOT_APPLICABLE = "not-applicable"
    NOT_CHECKED = "not-checked"
    AT_AWARD = "given-at-award"


class ElementState(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table: the element by the standard's name, its status, and its value in short."""

    id: str
    number: str
    name: str
    kind: Kind
    status: ElementStatus
    summary: str = ""
    clause: str = ""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found.

    ``complete``: no error finding, and no demanded element is missing its facts to decide. ``packs`` are the rule
    packs that were applied, in order. ``may_be_called_micro_credential`` is the gate alone: of that record type, with outcomes, with
    an assessment that is more than attendance, not a degree.
    """

    profile: str
    packs: tuple[str, ...]
    on: dt.date
    complete: bool
    may_be_called_micro_credential: bool
    findings: tuple[Finding, ...]
    elements: tuple[ElementState, ...]
    levels: tuple[LevelStanding, ...]
    hours_per_credit: Decimal | None = None

    def element(self, id: str) -> ElementState | None:
        """The row of an element, or None when the profile does not have it."""
        return next((state for state in self.elements if state.id == id), None)

    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that spoke, in order."""
        return tuple(finding.rule for finding in self.findings)


def make_view(
    subject: MicroCredential | Award,
    *,
    on: dt.date,
    audience: Audience | str | None,
    facts: SealFacts | None,
) -> View:
    """The subject as rules see it.

    Raises:
        VocabularyError: no such audience (``standard.no-audience``).
    """
    award = subject if isinstance(subject, Award) else None
    record = subject.micro_credential if isinstance(subject, Award) else subject
    default = Audience.CREDENTIAL if award else Audience.DESCRIPTION
    if audience is not None and audience not in tuple(Audience):
        raise VocabularyError(
            say("There is no audience “%(name)s”.", name=audience),
            code="standard.no-audience",
            got=str(audience),
            expected=", ".join(Audience),
            hint=say("Use one of %(names)s.", names=", ".join(Audience)),
        )
    return View(record, on=on, audience=Audience(audience) if audience else default, award=award, seal=facts)


def check(
    subject: MicroCredential | Award,
    *,
    profile: str = "eu-2022",
    country: str | None = None,
    on: dt.date,
    audience: Audience | str | None = None,
    facts: SealFacts | None = None,
) -> CheckResult:
    """Check a description or an award against a profile on a day.

    Findings come in the order of the standard's elements, at most one per rule; ``place`` is a path in the
    description (``outcomes[1]``), or begins with ``award.`` or ``seal.``.

    Args:
        subject: complete or not, ours or read from a foreign format.
        profile: one of `profiles()`. Records of other types than micro-credential are checked against
            ``other-record`` whatever is asked: they are never called micro-credentials.
        country: the country whose pack is added (``NL``, ``NLD`` or a country URI). By default the countries
            of the awarding bodies as far as they have a pack; the empty string adds none.
        on: the day of the check, for dates in the future and what is in force.
        audience: ``description`` (learner and date come later), ``credential`` (everything counts) or
            ``public`` (a description for everybody, with no personal data); by default an award is a credential.
        facts: what is known about the seal; the EHEA profile asks for it.

    Raises:
        VocabularyError: no such profile or audience (``standard.no-pack``, ``standard.no-audience``), or
            no such country.
    """
    if profile not in profiles():
        raise unknown_pack(profile, profiles())
    record = subject.micro_credential if isinstance(subject, Award) else subject
    name = profile if record.is_micro_credential else "other-record"
    view = make_view(subject, on=on, audience=audience, facts=facts)
    ready = compiled(name, country_names(view, country) if name != "other-record" else ())
    view.frameworks = ready.frameworks
    found = [(rule, finding) for rule in ready.rules if (finding := rule.finding(view))]
    findings = tuple(finding for _, finding in found)
    failing = {rule.rule.element for rule, finding in found if finding.severity is Severity.ERROR}
    elements = tuple(_state(item, view, failing) for item in ready.elements)
    gate_failed = any(rule.rule.gate and finding.severity is Severity.ERROR for rule, finding in found)
    return CheckResult(
        profile=name,
        packs=tuple(p.id for p in ready.packs),
        on=on,
        complete=not failing
        and not any(s.kind in _DEMANDED and s.status is ElementStatus.NOT_CHECKED for s in elements),
        may_be_called_micro_credential=record.is_micro_credential and not gate_failed,
        findings=findings,
        elements=elements,
        levels=level_standings(view),
        hours_per_credit=view.first("@hours-per-ects"),
    )


def country_names(view: View, country: str | None) -> tuple[str, ...]:
    """The countries whose packs are added: the one asked for, else those of the awarding bodies.

    Raises:
        VocabularyError: the one asked for is no country.
    """
    if country is None:
        wanted = awarding_country_codes(view)
    else:
        wanted = (code_list("country").require(country).code,) if country else ()
    return tuple(name for name in wanted if name in country_packs())


def _state(item: ReadyElement, view: View, failing: set[str]) -> ElementState:
    element = item.element
    status = _status(item, view, failing)
    shows = status in (ElementStatus.PRESENT, ElementStatus.INCOMPLETE)
    values = tuple(value for path in element.summary for value in view.values(path)) if shows else ()
    return ElementState(
        id=element.id,
        number=element.number,
        name=say(element.name),
        kind=element.kind,
        status=status,
        summary=joined(values, view.record.language),
        clause=say(item.clause),
    )


def _status(item: ReadyElement, view: View, failing: set[str]) -> ElementStatus:
    if item.element.at_award and view.audience is not Audience.CREDENTIAL:
        return ElementStatus.AT_AWARD
    present = item.present(view)
    if not present and not item.applies(view):
        return ElementStatus.NOT_APPLICABLE
    if not item.checked(view):
        return ElementStatus.NOT_CHECKED
    if not present:
        return ElementStatus.MISSING
    return ElementStatus.INCOMPLETE if item.element.id in failing else ElementStatus.PRESENT
