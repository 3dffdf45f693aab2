"""The type of the WE BUILD attestation rulebook for micro-credentials (version 0.2, 2026-09): ``VerifiableMicroCredential``.

Twelve claims are mandatory, one for each element of Annex I; words as in its code lists (§4.4) where they have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tessella.formats.attestation import _values as values
from tessella.formats.attestation._rows import (
    FIRST,
    LEARNER,
    MICRO,
    family_name,
    given_name,
    grade,
    learning_outcomes,
    prerequisites,
    row,
    stackable,
    string,
    text,
    title,
)
from tessella.formats.attestation.profile import Found, Profile, Writing
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

_MATCHING = {
    "note": "Carried only when it is asked for to match the holder.",
    "matching": True,
    "element": LEARNER,
}
_BODY = f"{MICRO}.awarding_bodies"


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
        return {f"{MICRO}.workload": Workload(hours=amount)}
    credit = Credits(points=amount, system=code_list("credit-system").get("ects"))
    return {f"{MICRO}.workload": Workload(credits=(credit,))}


def _level(writing: Writing) -> str:
    codes = values.codes_of((writing.micro.levels or Levels()).eqf, "eqf")
    return f"EQF-{codes[0]}" if codes else ""


def _level_read(value: str, language: str) -> Found | None:
    concept = code_list("eqf").get(value.removeprefix("EQF-")) if value.startswith("EQF-") else None
    return {f"{MICRO}.levels.eqf": (concept,)} if concept else None


def _national_level(writing: Writing) -> str:
    return values.word(_first((writing.micro.levels or Levels()).nqf), "nqf", {})


def _national_level_read(value: str, language: str) -> Found | None:
    concept = values.concept_named(value, "nqf")
    return {f"{MICRO}.levels.nqf": (concept,)} if concept else None


def _part(writing: Writing) -> Participation:
    return writing.micro.participation or Participation()


def _assessment_type(writing: Writing) -> str:
    types = [one.type for one in writing.micro.assessments if one.type]
    return values.word(_first(tuple(types)), "assessment", ASSESSMENT_WORDS)


def _supervision(writing: Writing) -> str:
    return values.word(_first(tuple(values.supervisions(writing))), "supervision", {})


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
    return {f"{MICRO}.extra": {"escoReference": uris}}


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
    found: dict[str, Any] = {f"{MICRO}.quality.side": side or QualitySide.EXTERNAL}
    if concept:
        found[f"{MICRO}.quality.type"] = concept
    elif side is None:  # a word of the issuer's own
        found[f"{MICRO}.quality.scheme"] = value
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
    path = f"{MICRO}.quality"
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
    return {f"{MICRO}.stackability.targets": (StackTarget(title={language: value}),)}


def _citizenship(writing: Writing) -> str:
    return next(iter(values.codes_of(writing.award.learner.citizenship, "country")), "")


_PERSONAL = (
    row(
        "dateOfBirth",
        "date",
        "Date of birth",
        "learner.birth_date",
        write=lambda w: w.award.learner.birth_date.isoformat() if w.award.learner.birth_date else "",
        read=lambda value, language: {"learner.birth_date": values.day(value)},
        **_MATCHING,
    ),
    row(
        "citizenshipCountry",
        "country",
        "Citizenship",
        "learner.citizenship",
        write=_citizenship,
        read=lambda value, language: {"learner.citizenship": (code_list("country").get(value),)},
        **_MATCHING,
    ),
    row(
        "nationalID",
        "text",
        "National identifier",
        "learner.national_id",
        write=lambda w: w.award.learner.national_id.value if w.award.learner.national_id else "",
        read=lambda value, language: {"learner.national_id": Identifier(value=value)},
        **_MATCHING,
    ),
    text(
        "registeredAddress",
        "Address",
        "learner.address",
        lambda w: w.text(w.award.learner.address),
        **_MATCHING,
    ),
    string(
        "mail",
        "E-mail",
        "learner.email",
        lambda w: w.award.learner.email,
        **_MATCHING,
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
        string(
            "identifier",
            "Identifier",
            "number",
            lambda w: w.award.number or w.award.id,
            full=True,
            mandatory=True,
            remedy="Give the award a number or an identifier.",
        ),
        title("title"),
        given_name("givenName", mandatory=True, remedy="Give the learner's given and family name apart."),
        family_name("familyName"),
        row(
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
        text(
            "awardingBody",
            "Awarding body",
            f"{_BODY}.name",
            lambda w: w.text(w.body.name),
            note="Only the first awarding body, in the record's own language.",
            element="Awarding body",
            mandatory=True,
            remedy="Name the awarding body.",
        ),
        string(
            "awardingBodyHomepage", "Homepage", f"{_BODY}.homepage", lambda w: w.body.homepage, note=FIRST
        ),
        string(
            "awardingBodyIdentifier",
            "Legal identifier",
            f"{_BODY}.legal_id",
            lambda w: w.body.legal_id,
            note=FIRST,
        ),
        row(
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
        learning_outcomes(
            "learningOutcomes", mandatory=True, elements=True, remedy="Give the learning outcomes."
        ),
        text(
            "learningOutcomeSummary",
            "Summary of the outcomes",
            f"{MICRO}.outcome_summary",
            lambda w: w.text(w.micro.outcome_summary),
        ),
        row(
            "escoReference",
            "texts",
            "ESCO skills",
            f"{MICRO}.outcomes.esco",
            write=_esco,
            read=_esco_read,
            note="Carried beside the outcomes; which belongs to which is not said.",
            elements=True,
        ),
        row(
            "notionalWorkload",
            "workload",
            "Notional workload",
            f"{MICRO}.workload",
            write=_workload,
            read=_workload_read,
            note="Credits in ECTS, or else hours; not both.",
            element="Notional workload",
            mandatory=True,
            remedy="Give the workload in ECTS or hours.",
        ),
        row(
            "level",
            "text",
            "EQF level",
            f"{MICRO}.levels.eqf",
            write=_level,
            read=_level_read,
            note=FIRST,
            element="Level",
        ),
        row(
            "nationalQualificationsFrameworkLevel",
            "text",
            "National level",
            f"{MICRO}.levels.nqf",
            write=_national_level,
            read=_national_level_read,
            note=FIRST,
            element="Level",
        ),
        row(
            "fieldOfEducation",
            "text",
            "Field of education",
            f"{MICRO}.fields",
            write=lambda w: values.word(_first(w.micro.fields), "isced-f", {}),
            read=_words(f"{MICRO}.fields", "isced-f", {}),
            note=FIRST,
        ),
        row(
            "typeOfAssessment",
            "text",
            "Type of assessment",
            f"{MICRO}.assessments.type",
            write=_assessment_type,
            read=_words(f"{MICRO}.assessments.type", "assessment", ASSESSMENT_WORDS),
            note=FIRST,
            element="Type of assessment",
            mandatory=True,
            remedy="Say how the outcomes were assessed.",
        ),
        row(
            "idVerificationMethod",
            "text",
            "Supervision and identity verification",
            f"{MICRO}.assessments.supervision",
            write=_supervision,
            read=_words(f"{MICRO}.assessments.supervision", "supervision", {}),
            note=FIRST,
            element="Supervision and identity verification",
        ),
        row(
            "formOfParticipation",
            "text",
            "Form of participation",
            f"{MICRO}.participation.modes",
            write=lambda w: values.word(_first(_part(w).modes), "mode", {}),
            read=_words(f"{MICRO}.participation.modes", "mode", {}),
            note=FIRST,
            element="Form of participation",
            mandatory=True,
            remedy="Say in which form the learner took part.",
        ),
        row(
            "learningActivityType",
            "text",
            "Learning activity",
            f"{MICRO}.participation.activities",
            write=lambda w: values.word(_first(_part(w).activities), "learning-activity", _ACTIVITY_WORDS),
            read=_words(f"{MICRO}.participation.activities", "learning-activity", _ACTIVITY_WORDS),
            note=FIRST,
        ),
        grade("grade", "results.grade", FIRST),
        row(
            "gradingScheme",
            "text",
            "Grading scheme",
            "results.scheme",
            write=_scheme,
            read=lambda value, language: {"results.scheme": GradingScheme(title={language: value})},
            note="Only the title of the scale of the first grade.",
            element="Grade achieved",
        ),
        prerequisites("entryRequirements", "Entry requirements", elements=True),
        row(
            "qualityAssurance",
            "text",
            "Quality assurance",
            f"{MICRO}.quality",
            write=_quality_word,
            read=_quality_read,
            note="Only one: its type, title, body, decision and dates.",
            element="Type of quality assurance",
            mandatory=True,
            remedy="Say how quality is assured.",
        ),
        row(
            "accreditation",
            "texts by name",
            "Accreditation",
            f"{MICRO}.quality",
            write=_accreditation,
            read=_accreditation_read,
            element="Type of quality assurance",
        ),
        stackable("stackable", f"{MICRO}.stackability.stackable", full=True),
        row(
            "partOfQualification",
            "text",
            "Part of",
            f"{MICRO}.stackability.targets",
            write=_target,
            read=_target_read,
            note="Only the title of the first target, in the record's own language.",
            element="Integration and stackability",
        ),
        *_PERSONAL,
    ),
)
