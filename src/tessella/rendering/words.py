"""A credential in plain words: every element of the European standard, in its order, with its meaning.

The order is that of Annex I of the Council Recommendation of 16 June 2022 (2022/C 243/02): eleven mandatory
elements, then five optional ones. What the record does not state is said to be *not stated*, never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import msgspec

from tessella.model import (
    Assessment,
    Award,
    Credits,
    Decision,
    LevelStatus,
    Link,
    Place,
    QualityAssurance,
    QualitySide,
    Result,
    Route,
    StackEffect,
    StackTarget,
)
from tessella.rendering._wording import (
    LEVEL_MEANING,
    bodies,
    code_of,
    date_words,
    joined,
    level_status_words,
    number,
    sentence,
    type_name,
    word,
)
from tessella.rendering.fonts import clean
from tessella.text import Text, pick, say
from tessella.vocabulary import code_list

__all__ = ["Row", "Section", "plain_words"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One element: what it is called, its values (one a line of a list), and what to know about them.

    No text has line breaks, control characters or marks that turn the writing direction.
    ``element`` is its stable name; ``stated`` is False when the record says nothing, and then ``values`` is the
    one text *not stated*.
    """

    element: str
    label: str
    values: tuple[str, ...]
    note: str = ""
    stated: bool = True

    @property
    def value(self) -> str:
        """The values in one string, one a line."""
        return "\n".join(self.values)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that belong together."""

    id: str
    title: str
    rows: tuple[Row, ...]


class _Reader:
    """One award, read for one person: its parts as rows."""

    def __init__(self, award: Award, languages: Sequence[str], level_status: LevelStatus) -> None:
        self.award = award
        self.mc = award.micro_credential
        self.languages = tuple(languages)
        self.level_status = level_status

    def text(self, text: Text) -> str:
        return " ".join(pick(text, self.languages).split())

    def awarders(self) -> str:
        return bodies(self.mc.awarding_bodies or self.mc.providers, self.languages)

    # the eleven mandatory elements

    def learner(self) -> tuple[list[str], str]:
        learner = self.award.learner
        name = learner.display_name
        if learner.latin_name and learner.latin_name != name:
            name = f"{name} ({learner.latin_name})" if name else learner.latin_name
        born = date_words(learner.birth_date) if learner.birth_date else learner.birth_date_stated
        kept = {
            say("a national identifier"): learner.national_id,
            say("other identifiers"): learner.identifiers,
            say("an e-mail address"): learner.email,
            say("a postal address"): learner.address,
            say("citizenship"): learner.citizenship,
            say("gender"): learner.gender,
        }
        hidden = joined(label for label, value in kept.items() if value)
        values = [name] if name else [say("a person known by identifiers only")] if hidden else []
        return values, sentence(
            say("born %(date)s", date=born) if born else "",
            say("the credential also holds %(parts)s, not shown here", parts=hidden) if hidden else "",
        )

    def title(self) -> tuple[list[str], str]:
        shown = self.text(self.mc.title)
        others = [title for title in self.mc.title.values() if " ".join(title.split()) != shown]
        return [shown], say("In other languages: %(titles)s", titles="; ".join(others)) if others else ""

    def country(self) -> tuple[list[str], str]:
        places = [place for body in self.mc.awarding_bodies or self.mc.providers for place in body.places]
        return list(dict.fromkeys(filter(None, map(self._place, places)))), ""

    def _place(self, place: Place) -> str:
        country = word(place.country, self.languages, "country") if place.country else ""
        known = (
            code_list("nuts").get(place.region) or code_list("atu").get(place.region)
            if place.region
            else None
        )
        region = known.label(*self.languages) if known else place.region
        return ", ".join(dict.fromkeys(part for part in (region, country) if part))

    def awarding_body(self) -> tuple[list[str], str]:
        issuer = self.mc.technical_issuer
        return [self.text(body.name) for body in self.mc.awarding_bodies], sentence(
            say("provided by %(names)s", names=bodies(self.mc.providers, self.languages))
            if self.mc.providers
            else "",
            say("issued on its behalf by %(name)s", name=self.text(issuer.name)) if issuer else "",
        )

    def issued(self) -> tuple[list[str], str]:
        award = self.award
        return [date_words(award.issued_at)] if award.issued_at else [], sentence(
            say("assessed on %(date)s", date=date_words(award.assessed_on)) if award.assessed_on else "",
            say("awarded on %(date)s", date=date_words(award.awarded_on)) if award.awarded_on else "",
        )

    def outcomes(self) -> tuple[list[str], str]:
        reached = {achieved.outcome for achieved in self.award.achieved}
        shown = [o for o in self.mc.outcomes if (o.id in reached if reached else o.required)]
        summary = self.text(self.mc.outcome_summary)
        values = [self.text(outcome.title) for outcome in shown] or ([summary] if summary else [])
        partly = len(shown) < len(self.mc.outcomes)
        return values, (
            say("%(shown)s of the %(all)s outcomes described", shown=len(shown), all=len(self.mc.outcomes))
            if partly and shown
            else ""
        )

    def workload(self) -> tuple[list[str], str]:
        workload = self.mc.workload
        if workload is None:
            return [], ""
        values = [say("%(hours)s hours", hours=number(workload.hours))] if workload.hours is not None else []
        values += [self._credits(credits) for credits in workload.credits]
        if not values:
            values = [say("%(duration)s, as stated elsewhere", duration=stated) for stated in workload.stated]
        ratio = workload.hours_per_credit()
        ects = any(c.system and code_of("credit-system", c.system) == "ects" for c in workload.credits)
        return values, sentence(
            say("of these %(hours)s contact hours", hours=number(workload.contact_hours))
            if workload.contact_hours is not None
            else "",
            say("%(hours)s hours for one credit", hours=number(ratio.quantize(Decimal("0.1"))))
            if ratio
            else "",
            say("one ECTS credit stands for 25 to 30 hours of learning") if ects and not ratio else "",
            say("all learning time: classes, own work and assessment") if workload.hours is not None else "",
        )

    def _credits(self, credits: Credits) -> str:
        system = word(credits.system, self.languages, "credit-system") if credits.system else ""
        if not system:
            return say(
                "%(points)s points of a credit system that is not stated", points=number(credits.points)
            )
        return f"{number(credits.points)} {system}"

    def level(self) -> tuple[list[str], str]:
        levels = self.mc.levels
        if levels is None:
            return [], ""
        if levels.not_applicable:
            return [say("not applicable: %(reason)s", reason=self.text(levels.not_applicable))], ""
        values = []
        for concept in levels.eqf:
            code = code_of("eqf", concept)
            meaning = LEVEL_MEANING.get(int(code)) if code.isdigit() else None
            label = say("EQF level %(level)s", level=code) if code else word(concept, self.languages, "eqf")
            values.append(f"{label}: {say(meaning)}" if meaning else label)
        values += [word(concept, self.languages, "nqf") for concept in levels.nqf]
        if levels.qf_ehea:
            values.append(f"QF-EHEA: {word(levels.qf_ehea, self.languages, 'qf-ehea')}")
        if levels.isced:
            values.append(f"ISCED: {word(levels.isced, self.languages, 'isced-level')}")
        values += [word(concept, self.languages) for concept in levels.sectoral]
        return values, sentence(level_status_words(self.level_status, self.awarders())) if values else ""

    def assessment(self) -> tuple[list[str], str]:
        lines = [self._assessment(assessment) for assessment in self.mc.assessments]
        criteria = [self.text(a.criteria) for a in self.mc.assessments] + [self.text(self.mc.criteria)]
        stated = list(dict.fromkeys(filter(None, criteria)))
        return [line for line in lines if line], say(
            "Criteria: %(text)s", text="; ".join(stated)
        ) if stated else ""

    def _assessment(self, assessment: Assessment) -> str:
        kind = word(assessment.type, self.languages, "assessment") if assessment.type else ""
        mode = word(assessment.mode, self.languages, "mode") if assessment.mode else ""
        title = self.text(assessment.title)
        named = f"{kind}: {title}" if kind and title else kind or title
        return sentence(f"{named} ({mode})" if named and mode else named)

    def participation(self) -> tuple[list[str], str]:
        part = self.mc.participation
        if part is None:
            return [], ""
        period = [date_words(day) for day in (part.starts_on, part.ends_on) if day]
        return [sentence(word(mode, self.languages, "mode")) for mode in part.modes], sentence(
            joined(word(activity, self.languages, "learning-activity") for activity in part.activities),
            say(
                "in %(languages)s",
                languages=joined(word(spoken, self.languages, "language") for spoken in part.languages),
            )
            if part.languages
            else "",
            self.text(part.location),
            " – ".join(period),
        )

    def quality(self) -> tuple[list[str], str]:
        return [self._quality(evidence) for evidence in self.mc.quality], ""

    def _quality(self, quality: QualityAssurance) -> str:
        side = say("internal") if quality.side is QualitySide.INTERNAL else say("external")
        kind = word(quality.type, self.languages, "accreditation") if quality.type else ""
        decision = {
            Decision.POSITIVE: say("decision positive"),
            Decision.CONDITIONAL: say("decision positive with conditions"),
            Decision.NEGATIVE: say("decision negative"),
        }.get(quality.decision or Decision.NONE, "")
        begin = f"{side}: {kind}" if kind else side
        return sentence(
            say("%(what)s by %(name)s", what=begin, name=self.text(quality.body.name))
            if quality.body
            else begin,
            self.text(quality.title),
            quality.scheme,
            decision,
            say("valid until %(date)s", date=date_words(quality.valid_until)) if quality.valid_until else "",
        )

    # the five optional elements

    def prerequisites(self) -> tuple[list[str], str]:
        needed = self.mc.prerequisites
        if needed is None:
            return [], ""
        values = [say("none")] if needed.none_needed else []
        values += [text] if (text := self.text(needed.text)) else []
        values += [say("EQF level %(level)s", level=code_of("eqf", needed.level))] if needed.level else []
        if needed.language_level:
            values.append(
                say("language level %(level)s", level=word(needed.language_level, self.languages, "cefr"))
            )
        return values, ""

    def supervision(self) -> tuple[list[str], str]:
        planned = (assessment.supervision for assessment in self.mc.assessments)
        actual = (result.supervision for result in self.award.results)
        words = (sentence(word(c, self.languages, "supervision")) for c in (*planned, *actual) if c)
        return list(dict.fromkeys(words)), ""

    def grade(self) -> tuple[list[str], str]:
        graded = [result for result in self.award.results if result.grade]
        return [self._grade(result) for result in graded], ""

    def _grade(self, result: Result) -> str:
        planned = next((a for a in self.mc.assessments if a.id and a.id == result.assessment), None)
        title = self.text(result.title) or (self.text(planned.title) if planned else "")
        scheme = result.scheme or (planned.grading if planned else None)
        scale = ""
        if scheme:
            span = f"{scheme.minimum}–{scheme.maximum}" if scheme.minimum and scheme.maximum else ""
            passing = say("passed with %(grade)s", grade=scheme.passing) if scheme.passing else ""
            scale = "; ".join(part for part in (self.text(scheme.title), span, passing) if part)
        named = f"{title}: {result.grade}" if title else result.grade
        return f"{named} ({scale})" if scale else named

    def stackability(self) -> tuple[list[str], str]:
        stack = self.mc.stackability
        if stack is None:
            return [], ""
        if not stack.stackable:
            return [say("Stands alone")], ""
        return [self._target(target) for target in stack.targets] or [
            say("May be combined with others")
        ], say("Whether it counts is for the receiving organisation to decide")

    def _target(self, target: StackTarget) -> str:
        decider = (
            self.text(target.decided_by.name) if target.decided_by else say("the receiving organisation")
        )
        template = (
            "May count towards “%(title)s”, decided by %(body)s"
            if target.effect is StackEffect.CREDIT
            else "May give access to “%(title)s”, decided by %(body)s"
        )
        return say(template, title=self.text(target.title), body=decider)

    def further(self) -> tuple[list[str], str]:
        return [self._link(link) for link in self.mc.further_information], ""

    def _link(self, link: Link) -> str:
        title = self.text(link.title)
        return f"{title}: {link.url}" if title else link.url

    # what else a reader wants to know

    def about(self) -> Iterator[tuple[str, str, Sequence[str], str]]:
        award, mc = self.award, self.mc
        validation = say("validation of learning gained elsewhere, without a course")
        credits = [self._credits(credits) for credits in award.credits]
        yield "type", say("Kind of record"), [type_name(mc.record_type)], ""
        yield "description", say("Description"), [self.text(mc.description)], ""
        fields = [sentence(word(field, self.languages, "isced-f")) for field in mc.fields]
        codes = joined(filter(None, (field.code for field in mc.fields)))
        yield "field", say("Field of study"), fields, say("ISCED-F %(codes)s", codes=codes) if codes else ""
        yield "route", say("Way it was reached"), [validation] if award.route is Route.VALIDATION else [], ""
        yield "credits", say("Credits awarded"), credits, ""
        until = say("a technical limit; what was learned does not expire")
        valid = [date_words(award.valid_until)] if award.valid_until else []
        yield "valid-until", say("Valid until"), valid, sentence(until) if valid else ""
        evidence = [self.text(item.title) or self.text(item.description) for item in award.evidence]
        yield "evidence", say("Evidence"), evidence, ""
        yield "number", say("Number"), [award.number], ""
        yield "id", say("Identifier of the award"), [award.id], ""
        yield "replaces", say("Replaces the award"), [award.replaces], ""
        yield "described-at", say("Described at"), [mc.homepage], ""


_Rows = Callable[[_Reader], tuple[list[str], str]]

_MANDATORY: tuple[tuple[str, str, _Rows], ...] = (
    ("learner", "Learner", _Reader.learner),
    ("title", "Title", _Reader.title),
    ("country", "Country or region of the issuer", _Reader.country),
    ("awarding-body", "Awarding body", _Reader.awarding_body),
    ("issued", "Date of issuing", _Reader.issued),
    ("outcomes", "Learning outcomes", _Reader.outcomes),
    ("workload", "Notional workload", _Reader.workload),
    ("level", "Level", _Reader.level),
    ("assessment", "Type of assessment", _Reader.assessment),
    ("participation", "Form of participation", _Reader.participation),
    ("quality", "Quality assurance", _Reader.quality),
)

_OPTIONAL: tuple[tuple[str, str, _Rows], ...] = (
    ("prerequisites", "Prerequisites to enrol", _Reader.prerequisites),
    ("supervision", "Supervision and identity verification", _Reader.supervision),
    ("grade", "Grade achieved", _Reader.grade),
    ("stackability", "Integration and stackability", _Reader.stackability),
    ("further-information", "Further information", _Reader.further),
)


def plain_words(
    award: Award, languages: Sequence[str] = ("en",), *, level_status: LevelStatus = LevelStatus.CLAIMED
) -> list[Section]:
    """The award in plain words, in the first of the languages (BCP 47) that each text has.

    Three sections: ``mandatory`` and ``optional`` (the elements of Annex I, each present even when it is not
    stated) and ``about`` (only what is stated). Identifiers and contact data of the learner are named but not
    shown. ``level_status`` is what a country's rules say about the level; an issuer's word alone is a claim.
    """
    reader = _Reader(award, languages, level_status)

    def rows(elements: Sequence[tuple[str, str, _Rows]]) -> tuple[Row, ...]:
        return tuple(_row(element, say(label), *read(reader)) for element, label, read in elements)

    about = (_row(element, label, values, note) for element, label, values, note in reader.about())
    return [
        Section(
            id="mandatory",
            title=say("The elements of the European standard")
            if award.micro_credential.is_micro_credential
            else say("What this record states"),
            rows=rows(_MANDATORY),
        ),
        Section(id="optional", title=say("Where relevant"), rows=rows(_OPTIONAL)),
        Section(id="about", title=say("About this record"), rows=tuple(row for row in about if row.stated)),
    ]


def _row(element: str, label: str, values: Sequence[str], note: str) -> Row:
    stated = tuple(shown for value in values if (shown := clean(value)))
    return Row(
        element=element,
        label=label,
        values=stated or (say("not stated"),),
        note=clean(note),
        stated=bool(stated),
    )
