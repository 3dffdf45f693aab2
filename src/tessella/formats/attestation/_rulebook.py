"""The type of the WE BUILD attestation rulebook for micro-credentials (version 0.2, 2026-09): ``VerifiableMicroCredential``.

Twelve claims are mandatory, one for each element of Annex I; words as in its code lists (§4.4) where they have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tessella.formats.attestation import _values as values
from tessella.formats.attestation.profile import ClaimRule, Found, Profile, Writing
from tessella.model import (
    Credits,
    Decision,
    GradingScheme,
    Identifier,
    Levels,
    Organisation,
    Participation,
    QualityAssurance,
    QualitySide,
    StackTarget,
    Workload,
)
from tessella.vocabulary import code_list

__all__ = ["ASSESSMENT_WORDS", "RULEBOOK", "UNITS"]

ASSESSMENT_WORDS = {
    "written-exam": "written-examination",
    "oral-exam": "oral-examination",
    "practical": "practical-assessment",
    "portfolio": "portfolio-assessment",
    "project-work": "project-assessment",
}
"""Code of the EU list → the rulebook's word where it differs."""

_QUALITY_WORDS = {
    "institutional-quality-assurance": "institutional-accreditation",
    "programme-quality-assurance": "programme-accreditation",
}
_ACTIVITY_WORDS = {"classroom": "classroom-coursework"}
_DECISION_WORDS = {Decision.POSITIVE: "approved"}
UNITS = ("ECTS", "hours")
"""Units of the notional workload."""

_ONE_LANGUAGE = "Only in the record's own language."
_FIRST = "Only the first is carried."
_NAMES = "Only family name and given name are carried; a person with one name has it as family name."
_MATCHING = "Carried only when it is asked for to match the holder."
_LEARNER = "Identification of the learner"
_MICRO = "micro_credential"
_BODY = f"{_MICRO}.awarding_bodies"


def _first(items: tuple[Any, ...]) -> Any:
    return next(iter(items), None)


def _words(path: str, list_name: str, words: Mapping[str, str]) -> Callable[[Any, str], Found | None]:
    """A reader for a word of a code list; ``path`` is that of a list of concepts, or of the concept itself."""

    def read(value: str, language: str) -> Found | None:
        concept = values.concept_named(value, list_name, words)
        many = path.endswith(("modes", "activities", "fields"))
        return {path: (concept,) if many else concept} if concept else None

    return read


def _workload(writing: Writing) -> dict[str, Any] | None:
    workload = writing.micro.workload or Workload()
    points = [one.points for one in workload.credits if one.system and one.system.code == "ects"]
    amount, unit = (points[0], "ECTS") if points else (workload.hours, "hours")
    return {"value": _number(amount), "unit": unit} if amount is not None else None


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _workload_read(value: Mapping[str, Any], language: str) -> Found | None:
    amount = Decimal(str(value["value"]))
    if not amount.is_finite() or value["unit"] not in UNITS:
        return None
    if value["unit"] == "hours":
        return {f"{_MICRO}.workload": Workload(hours=amount)}
    credit = Credits(points=amount, system=code_list("credit-system").get("ects"))
    return {f"{_MICRO}.workload": Workload(credits=(credit,))}


def _level(writing: Writing) -> str:
    codes = values.codes_of((writing.micro.levels or Levels()).eqf, "eqf")
    return f"EQF-{codes[0]}" if codes else ""


def _level_read(value: str, language: str) -> Found | None:
    concept = code_list("eqf").get(value.removeprefix("EQF-")) if value.startswith("EQF-") else None
    return {f"{_MICRO}.levels.eqf": (concept,)} if concept else None


def _national_level(writing: Writing) -> str:
    return values.word(_first((writing.micro.levels or Levels()).nqf), "nqf", {})


def _national_level_read(value: str, language: str) -> Found | None:
    concept = values.concept_named(value, "nqf")
    return {f"{_MICRO}.levels.nqf": (concept,)} if concept else None


def _part(writing: Writing) -> Participation:
    return writing.micro.participation or Participation()


def _assessment_type(writing: Writing) -> str:
    types = [one.type for one in writing.micro.assessments if one.type]
    return values.word(_first(tuple(types)), "assessment", ASSESSMENT_WORDS)


def _supervision(writing: Writing) -> str:
    found = [one.supervision for one in writing.micro.assessments if one.supervision]
    return values.word(_first(tuple(found)), "supervision", {})


def _graded(writing: Writing) -> Any:
    return next((one for one in writing.award.results if one.grade), None)


def _scheme(writing: Writing) -> str:
    """The scale of the grade: the result's own, else that of the assessment it is the result of."""
    result = _graded(writing)
    if result is None:
        return ""
    schemes = [one.grading for one in writing.micro.assessments if one.id == result.assessment]
    scheme: GradingScheme | None = result.scheme or _first(tuple(schemes))
    return writing.text(scheme.title) if scheme else ""


def _esco(writing: Writing) -> list[str]:
    beside = writing.micro.extra.get("escoReference")  # as `_esco_read` leaves them
    known = [one for one in beside if isinstance(one, str)] if isinstance(beside, list) else []
    return values.unique(
        [*known, *(skill.uri for one in values.gained_outcomes(writing) for skill in one.esco)]
    )


def _esco_read(uris: list[str], language: str) -> Found:
    """To which outcome a skill belongs is not said, so they stay beside the outcomes."""
    return {f"{_MICRO}.extra": {"escoReference": uris}}


def _quality(writing: Writing) -> QualityAssurance | None:
    """The one that the attestation speaks about: the first external one with a type, else the first."""
    typed = [one for one in writing.micro.quality if one.type and one.side is QualitySide.EXTERNAL]
    return _first((*typed, *writing.micro.quality))  # type: ignore[no-any-return]


def _quality_word(writing: Writing) -> str:
    one = _quality(writing)
    if one is None:
        return ""
    known = values.word(one.type, "accreditation", _QUALITY_WORDS)
    return known or one.scheme or writing.text(one.title) or f"{one.side}-quality-assurance"


def _quality_read(value: str, language: str) -> Found:
    concept = values.concept_named(value, "accreditation", _QUALITY_WORDS)
    side = {f"{side}-quality-assurance": side for side in QualitySide}.get(value)
    found: dict[str, Any] = {f"{_MICRO}.quality.side": side or QualitySide.EXTERNAL}
    if concept:
        found[f"{_MICRO}.quality.type"] = concept
    elif side is None:  # a word of the issuer's own
        found[f"{_MICRO}.quality.scheme"] = value
    return found


def _accreditation(writing: Writing) -> dict[str, str] | None:
    one = _quality(writing)
    if one is None or one.body is None:
        return None
    title, kind = writing.text(one.title), _quality_word(writing)
    found = {
        "title": title if title != kind else "",
        "type": kind,
        "accreditingAgent": writing.text(one.body.name),
        "decision": _DECISION_WORDS.get(one.decision, str(one.decision)) if one.decision else "",
        "decisionDate": one.decided_on.isoformat() if one.decided_on else "",
        "reviewDate": one.valid_until.isoformat() if one.valid_until else "",
    }
    return {name: value for name, value in found.items() if value}


def _accreditation_read(value: Mapping[str, str], language: str) -> Found | None:
    found: dict[str, Any] = {}
    path = f"{_MICRO}.quality"
    if "title" in value:
        found[f"{path}.title"] = {language: value["title"]}
    if "accreditingAgent" in value:
        found[f"{path}.body"] = Organisation(name={language: value["accreditingAgent"]})
    decision = {word: kind for kind, word in _DECISION_WORDS.items()}.get(value.get("decision", ""))
    if decision or value.get("decision") in set(Decision):
        found[f"{path}.decision"] = decision or Decision(value["decision"])
    try:
        for name, field in (("decisionDate", "decided_on"), ("reviewDate", "valid_until")):
            if name in value:
                found[f"{path}.{field}"] = values.day(value[name])
    except ValueError:
        return None
    return found


def _target(writing: Writing) -> str:
    stack = writing.micro.stackability
    target = _first(stack.targets) if stack else None
    return writing.text(target.title) if target else ""


def _target_read(value: str, language: str) -> Found:
    return {f"{_MICRO}.stackability.targets": (StackTarget(title={language: value}),)}


def _citizenship(writing: Writing) -> str:
    return next(iter(values.codes_of(writing.award.learner.citizenship, "country")), "")


def _rule(claim: str, kind: str, label: str, record: str | tuple[str, ...], **rest: Any) -> ClaimRule:
    paths = (record,) if isinstance(record, str) else record
    return ClaimRule(claim=claim, kind=kind, label=label, record=paths, **rest)


def _text(claim: str, label: str, path: str, take: Callable[[Writing], str], **rest: Any) -> ClaimRule:
    """A text in one language at a path of the record."""
    rest = {"note": _ONE_LANGUAGE} | rest
    return _rule(claim, "text", label, path, write=take, read=values.text_at(path), **rest)


def _string(claim: str, label: str, path: str, take: Callable[[Writing], str], **rest: Any) -> ClaimRule:
    """A string at a path of the record."""
    return _rule(claim, "text", label, path, write=take, read=lambda value, language: {path: value}, **rest)


_PERSONAL = (
    _rule(
        "dateOfBirth",
        "date",
        "Date of birth",
        "learner.birth_date",
        write=lambda w: w.award.learner.birth_date.isoformat() if w.award.learner.birth_date else "",
        read=lambda value, language: {"learner.birth_date": values.day(value)},
        note=_MATCHING,
        matching=True,
        element=_LEARNER,
    ),
    _rule(
        "citizenshipCountry",
        "country",
        "Citizenship",
        "learner.citizenship",
        write=_citizenship,
        read=lambda value, language: {"learner.citizenship": (code_list("country").get(value),)},
        note=_MATCHING,
        matching=True,
        element=_LEARNER,
    ),
    _rule(
        "nationalID",
        "text",
        "National identifier",
        "learner.national_id",
        write=lambda w: w.award.learner.national_id.value if w.award.learner.national_id else "",
        read=lambda value, language: {"learner.national_id": Identifier(value=value)},
        note=_MATCHING,
        matching=True,
        element=_LEARNER,
    ),
    _text(
        "registeredAddress",
        "Address",
        "learner.address",
        lambda w: w.text(w.award.learner.address),
        note=_MATCHING,
        matching=True,
        element=_LEARNER,
    ),
    _string(
        "mail",
        "E-mail",
        "learner.email",
        lambda w: w.award.learner.email,
        note=_MATCHING,
        matching=True,
        element=_LEARNER,
    ),
)

RULEBOOK = Profile(
    name="rulebook",
    vct="VerifiableMicroCredential",
    title="Micro-credential attestation",
    description="A small volume of learning that was assessed, by the European approach to micro-credentials.",
    clause="WE BUILD rulebook for micro-credentials 0.2",
    constants={"attestation_legal_category": "non-qualified-EAA"},
    rules=(
        _string(
            "identifier",
            "Identifier",
            "number",
            lambda w: w.award.number or w.award.id,
            full=True,
            mandatory=True,
            remedy="Give the award a number or an identifier.",
        ),
        _text(
            "title",
            "Title",
            f"{_MICRO}.title",
            lambda w: w.text(w.micro.title),
            element="Title",
            mandatory=True,
            remedy="Give the micro-credential a title.",
        ),
        _string(
            "givenName",
            "Given name",
            "learner.given_name",
            lambda w: values.names(w)[1],
            note=_NAMES,
            element=_LEARNER,
            mandatory=True,
            remedy="Give the learner's given and family name apart.",
        ),
        _rule(
            "familyName",
            "text",
            "Family name",
            ("learner.family_name", "learner.full_name"),
            write=lambda w: values.names(w)[0],
            read=lambda value, language: {"learner.family_name": value},
            note=_NAMES,
            element=_LEARNER,
            mandatory=True,
            remedy="Give the learner's name.",
        ),
        _rule(
            "issuerCountry",
            "country",
            "Country of the issuer",
            f"{_BODY}.places",
            write=lambda w: values.country_code(w.issuer) or values.country_code(w.body),
            read=lambda value, language: {"issuer.places": values.place_of(value)},
            note="Only the country of the issuer, which may be another organisation.",
            element="Country of the issuer",
            mandatory=True,
            remedy="Give the issuer a place with its country.",
        ),
        _text(
            "awardingBody",
            "Awarding body",
            f"{_BODY}.name",
            lambda w: w.text(w.body.name),
            note="Only the first awarding body, in the record's own language.",
            element="Awarding body",
            mandatory=True,
            remedy="Name the awarding body.",
        ),
        _string(
            "awardingBodyHomepage", "Homepage", f"{_BODY}.homepage", lambda w: w.body.homepage, note=_FIRST
        ),
        _string(
            "awardingBodyIdentifier",
            "Legal identifier",
            f"{_BODY}.legal_id",
            lambda w: w.body.legal_id,
            note=_FIRST,
        ),
        _rule(
            "issuanceDate",
            "date",
            "Date of issuing",
            "issued_at",
            write=lambda w: w.issued_at.date().isoformat(),
            read=lambda value, language: {},  # `iat` says it to the second
            note="To the second.",
            element="Date of issuing",
            mandatory=True,
        ),
        _rule(
            "learningOutcomes",
            "texts",
            "Learning outcomes",
            (f"{_MICRO}.outcomes", "achieved"),
            write=lambda w: values.unique(w.text(one.title) for one in values.gained_outcomes(w)),
            read=values.outcomes_read,
            note="Only the titles of the outcomes that were reached, in the record's own language.",
            element="Learning outcomes",
            mandatory=True,
            elements=True,
            remedy="Give the learning outcomes.",
        ),
        _text(
            "learningOutcomeSummary",
            "Summary of the outcomes",
            f"{_MICRO}.outcome_summary",
            lambda w: w.text(w.micro.outcome_summary),
        ),
        _rule(
            "escoReference",
            "texts",
            "ESCO skills",
            f"{_MICRO}.outcomes.esco",
            write=_esco,
            read=_esco_read,
            note="Carried beside the outcomes; which belongs to which is not said.",
            elements=True,
        ),
        _rule(
            "notionalWorkload",
            "workload",
            "Notional workload",
            f"{_MICRO}.workload",
            write=_workload,
            read=_workload_read,
            note="Credits in ECTS, or else hours; not both.",
            element="Notional workload",
            mandatory=True,
            remedy="Give the workload in ECTS or hours.",
        ),
        _rule(
            "level",
            "text",
            "EQF level",
            f"{_MICRO}.levels.eqf",
            write=_level,
            read=_level_read,
            note=_FIRST,
            element="Level",
        ),
        _rule(
            "nationalQualificationsFrameworkLevel",
            "text",
            "National level",
            f"{_MICRO}.levels.nqf",
            write=_national_level,
            read=_national_level_read,
            note=_FIRST,
            element="Level",
        ),
        _rule(
            "fieldOfEducation",
            "text",
            "Field of education",
            f"{_MICRO}.fields",
            write=lambda w: values.word(_first(w.micro.fields), "isced-f", {}),
            read=_words(f"{_MICRO}.fields", "isced-f", {}),
            note=_FIRST,
        ),
        _rule(
            "typeOfAssessment",
            "text",
            "Type of assessment",
            f"{_MICRO}.assessments.type",
            write=_assessment_type,
            read=_words(f"{_MICRO}.assessments.type", "assessment", ASSESSMENT_WORDS),
            note=_FIRST,
            element="Type of assessment",
            mandatory=True,
            remedy="Say how the outcomes were assessed.",
        ),
        _rule(
            "idVerificationMethod",
            "text",
            "Supervision and identity verification",
            f"{_MICRO}.assessments.supervision",
            write=_supervision,
            read=_words(f"{_MICRO}.assessments.supervision", "supervision", {}),
            note=_FIRST,
            element="Supervision and identity verification",
        ),
        _rule(
            "formOfParticipation",
            "text",
            "Form of participation",
            f"{_MICRO}.participation.modes",
            write=lambda w: values.word(_first(_part(w).modes), "mode", {}),
            read=_words(f"{_MICRO}.participation.modes", "mode", {}),
            note=_FIRST,
            element="Form of participation",
            mandatory=True,
            remedy="Say in which form the learner took part.",
        ),
        _rule(
            "learningActivityType",
            "text",
            "Learning activity",
            f"{_MICRO}.participation.activities",
            write=lambda w: values.word(_first(_part(w).activities), "learning-activity", _ACTIVITY_WORDS),
            read=_words(f"{_MICRO}.participation.activities", "learning-activity", _ACTIVITY_WORDS),
            note=_FIRST,
        ),
        _string(
            "grade",
            "Grade",
            "results.grade",
            lambda w: getattr(_graded(w), "grade", ""),
            note=_FIRST,
            element="Grade achieved",
        ),
        _rule(
            "gradingScheme",
            "text",
            "Grading scheme",
            "results.scheme",
            write=_scheme,
            read=lambda value, language: {"results.scheme": GradingScheme(title={language: value})},
            note="Only the title of the scale of the first grade.",
            element="Grade achieved",
        ),
        _rule(
            "entryRequirements",
            "texts",
            "Entry requirements",
            f"{_MICRO}.prerequisites",
            write=values.prerequisite_texts,
            read=values.prerequisites_read,
            note="Only the text, in the record's own language.",
            element="Prerequisites",
            elements=True,
        ),
        _rule(
            "qualityAssurance",
            "text",
            "Quality assurance",
            f"{_MICRO}.quality",
            write=_quality_word,
            read=_quality_read,
            note="Only one: its type, title, body, decision and dates.",
            element="Type of quality assurance",
            mandatory=True,
            remedy="Say how quality is assured.",
        ),
        _rule(
            "accreditation",
            "texts by name",
            "Accreditation",
            f"{_MICRO}.quality",
            write=_accreditation,
            read=_accreditation_read,
            element="Type of quality assurance",
        ),
        _rule(
            "stackable",
            "boolean",
            "Stackable",
            f"{_MICRO}.stackability.stackable",
            write=lambda w: w.micro.stackability.stackable if w.micro.stackability else None,
            read=lambda value, language: {f"{_MICRO}.stackability.stackable": value},
            full=True,
            element="Integration and stackability",
        ),
        _rule(
            "partOfQualification",
            "text",
            "Part of",
            f"{_MICRO}.stackability.targets",
            write=_target,
            read=_target_read,
            note="Only the title of the first target, in the record's own language.",
            element="Integration and stackability",
        ),
        *_PERSONAL,
    ),
)
