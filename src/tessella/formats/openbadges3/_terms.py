"""The extension's terms as tables: for each part of the record its fields, their terms, and how values are written.

The published context document follows from these tables (`context_document`); a test compares the two.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.formats.openbadges3._codecs import (
    BOOLEAN,
    CONCEPT,
    DATE,
    DECIMAL,
    INSTANT,
    INTEGER,
    IRI,
    STRING,
    TEXT,
    URL,
    Codec,
    Field,
    enumeration,
)
from tessella.formats.openbadges3._json import Reading, items
from tessella.model import (
    Achieved,
    Assessment,
    Award,
    AwardedPart,
    Credits,
    Decision,
    Evidence,
    GradingScheme,
    Identifier,
    Levels,
    LevelStatus,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
    OutcomeKind,
    Participation,
    Place,
    Prerequisites,
    QualityAssurance,
    QualitySide,
    Result,
    Route,
    RuleApplied,
    Scope,
    Stackability,
    StackEffect,
    StackTarget,
    Workload,
)
from tessella.model.base import Part

__all__ = ["NAMESPACE", "TABLES", "context_document", "read_terms", "write_terms"]

NAMESPACE = "https://w3id.org/tessella/micro-credential/v1#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"


def _part(struct: type[Part]) -> Codec:
    def read(value: Any, reading: Reading, place: str) -> Part | None:
        if not isinstance(value, dict):
            reading.unusable(place)
            return None
        return _read_part(struct, value, reading, place)

    return Codec(lambda part, language, place: write_terms(part, language, place), read, {})


_TITLE = Field("title", "titleText", TEXT)
_DESCRIPTION = Field("description", "descriptionText", TEXT)
_CRITERIA = Field("criteria", "criteriaText", TEXT)
_HOMEPAGE = Field("homepage", "homepage", URL)

TABLES: Mapping[type[Part], tuple[Field, ...]] = {
    MicroCredential: (
        _TITLE,
        _DESCRIPTION,
        _CRITERIA,
        Field("awarding_bodies", "awardingBody", _part(Organisation), many=True),
        Field("providers", "provider", _part(Organisation), many=True),
        Field("technical_issuer", "technicalIssuer", _part(Organisation)),
        Field("identifiers", "courseIdentifier", _part(Identifier), many=True),
        Field("type", "opportunityType", CONCEPT),
        Field("fields", "subjectArea", CONCEPT, many=True),
        Field("outcomes", "learningOutcome", _part(Outcome), many=True),
        Field("outcome_summary", "outcomeSummaryText", TEXT),
        Field("workload", "notionalWorkload", _part(Workload)),
        Field("levels", "learningLevel", _part(Levels)),
        Field("participation", "participation", _part(Participation)),
        Field("assessments", "assessment", _part(Assessment), many=True),
        Field("quality", "qualityAssurance", _part(QualityAssurance), many=True),
        Field("prerequisites", "prerequisites", _part(Prerequisites)),
        Field("stackability", "stackability", _part(Stackability)),
        Field("further_information", "furtherInformation", _part(Link), many=True),
        Field("target_groups", "targetGroup", CONCEPT, many=True),
        Field("credit_bearing", "creditBearing", BOOLEAN),
        Field("leads_to_degree", "leadsToDegree", BOOLEAN),
        Field("relevance", "relevanceText", TEXT),
        _HOMEPAGE,
        Field("valid_for_months", "validForMonths", INTEGER),
        Field("modified_on", "modifiedOn", DATE),
    ),
    Award: (
        Field("id", "awardId", STRING),
        Field("route", "awardRoute", enumeration(Route)),
        Field("assessed_on", "assessedOn", DATE),
        Field("issued_at", "issuedAt", INSTANT),
        Field("results", "assessmentResult", _part(Result), many=True),
        Field("achieved", "achievedOutcome", _part(Achieved), many=True),
        Field("credits", "creditAwarded", _part(Credits), many=True),
        Field("evidence", "supportingEvidence", _part(Evidence), many=True),
        Field("replaces", "replacesAward", STRING),
        Field("parts", "awardedPart", _part(AwardedPart), many=True),
        Field("rule", "ruleApplied", _part(RuleApplied)),
    ),
    AwardedPart: (
        Field("id", "partAwardId", STRING),
        Field("credential", "partCredential", STRING),
        _TITLE,
        Field("awarded_by", "awardingBody", _part(Organisation), many=True),
        Field("awarded_on", "partAwardedOn", DATE),
        Field("credits", "creditAwarded", _part(Credits), many=True),
        Field("eqf", "partEqfLevel", CONCEPT),
        Field("sha256", "partSha256", STRING),
        Field("contains", "partContains", STRING, many=True),
    ),
    RuleApplied: (
        Field("id", "ruleId", STRING),
        Field("version", "ruleVersion", STRING),
        _TITLE,
        Field("url", "rulePage", URL),
        Field("decided_by", "ruleDecidedBy", STRING),
        Field("proof_sha256", "proofSha256", STRING),
    ),
    Organisation: (
        Field("id", "id", IRI),
        Field("name", "nameText", TEXT),
        Field("alternative_names", "alternativeNameText", TEXT),
        Field("places", "place", _part(Place), many=True),
        Field("legal_id", "legalIdentifier", STRING),
        Field("registration", "registration", _part(Identifier)),
        Field("identifiers", "organisationIdentifier", _part(Identifier), many=True),
        Field("degree_awarding", "degreeAwarding", BOOLEAN),
        _HOMEPAGE,
        Field("email", "contactEmail", STRING),
    ),
    Place: (
        Field("country", "country", CONCEPT),
        Field("region", "region", STRING),
        Field("address", "addressText", TEXT),
    ),
    Identifier: (
        Field("value", "identifierValue", STRING),
        Field("scheme", "identifierScheme", STRING),
        Field("country", "country", CONCEPT),
    ),
    Link: (
        Field("url", "pageUrl", URL),
        _TITLE,
        Field("language", "pageLanguage", STRING),
        Field("media_type", "pageMediaType", STRING),
        Field("sha256", "pageSha256", STRING),
        Field("checked_on", "checkedOn", DATE),
    ),
    Outcome: (
        Field("id", "outcomeId", STRING),
        _TITLE,
        Field("kind", "outcomeKind", enumeration(OutcomeKind)),
        _DESCRIPTION,
        Field("esco", "escoSkill", CONCEPT, many=True),
        Field("related", "relatedConcept", CONCEPT, many=True),
        Field("reusability", "reusabilityLevel", CONCEPT),
        Field("required", "outcomeRequired", BOOLEAN),
    ),
    Credits: (Field("points", "creditPoints", DECIMAL), Field("system", "creditSystem", CONCEPT)),
    Workload: (
        Field("hours", "workloadHours", DECIMAL),
        Field("contact_hours", "contactHours", DECIMAL),
        Field("credits", "workloadCredit", _part(Credits), many=True),
        Field("stated", "statedDuration", STRING, many=True),
    ),
    Levels: (
        Field("eqf", "eqfLevel", CONCEPT, many=True),
        Field("nqf", "nqfLevel", CONCEPT, many=True),
        Field("qf_ehea", "qfEheaCycle", CONCEPT),
        Field("sectoral", "sectoralLevel", CONCEPT, many=True),
        Field("isced", "iscedLevel", CONCEPT),
        Field("stated_status", "levelStatus", enumeration(LevelStatus)),
        Field("not_applicable", "levelNotApplicableText", TEXT),
    ),
    Participation: (
        Field("modes", "participationMode", CONCEPT, many=True),
        Field("languages", "instructionLanguage", CONCEPT, many=True),
        Field("activities", "learningActivity", CONCEPT, many=True),
        Field("setting", "learningSetting", CONCEPT),
        Field("location", "locationText", TEXT),
        Field("starts_on", "startsOn", DATE),
        Field("ends_on", "endsOn", DATE),
        Field("hours_per_week", "hoursPerWeek", DECIMAL),
        Field("accessibility", "accessibilityText", TEXT),
    ),
    GradingScheme: (
        _TITLE,
        _DESCRIPTION,
        Field("minimum", "minimumGrade", STRING),
        Field("maximum", "maximumGrade", STRING),
        Field("passing", "passingGrade", STRING),
    ),
    Assessment: (
        Field("id", "assessmentId", STRING),
        _TITLE,
        Field("type", "assessmentType", CONCEPT),
        Field("covers", "coversOutcome", STRING, many=True),
        Field("mode", "assessmentMode", CONCEPT),
        Field("supervision", "supervision", CONCEPT),
        _CRITERIA,
        Field("criteria_url", "criteriaPage", URL),
        Field("grading", "gradingScheme", _part(GradingScheme)),
    ),
    Prerequisites: (
        Field("text", "prerequisiteText", TEXT),
        Field("none_needed", "noPrerequisites", BOOLEAN),
        Field("level", "requiredEqfLevel", CONCEPT),
        Field("language_level", "requiredLanguageLevel", CONCEPT),
        Field("credentials", "requiredCredential", STRING, many=True),
    ),
    QualityAssurance: (
        Field("side", "qualitySide", enumeration(QualitySide)),
        Field("type", "qualityType", CONCEPT),
        _TITLE,
        Field("body", "qualityBody", _part(Organisation)),
        Field("covers", "reviewedBody", _part(Organisation)),
        Field("scheme", "qualityScheme", STRING),
        Field("decision", "reviewDecision", enumeration(Decision)),
        Field("obligatory", "obligatoryReview", BOOLEAN),
        Field("scope", "reviewScope", _part(Scope)),
        Field("decided_on", "decidedOn", DATE),
        Field("valid_from", "decisionValidFrom", DATE),
        Field("valid_until", "decisionValidUntil", DATE),
        Field("reviewed_on", "reviewedOn", DATE),
        Field("report", "reviewReport", _part(Link)),
        Field("identifier", "reviewIdentifier", _part(Identifier)),
        Field("learners_involved", "learnersInvolved", BOOLEAN),
    ),
    Scope: (
        Field("eqf", "eqfLevel", CONCEPT, many=True),
        Field("fields", "subjectArea", CONCEPT, many=True),
        Field("countries", "scopeCountry", CONCEPT, many=True),
        Field("programmes", "scopeProgramme", STRING, many=True),
    ),
    Stackability: (
        Field("stackable", "stackable", BOOLEAN),
        Field("targets", "stackTarget", _part(StackTarget), many=True),
        Field("parts", "stackPart", STRING, many=True),
    ),
    StackTarget: (
        Field("id", "id", IRI),
        _TITLE,
        Field("url", "targetPage", URL),
        Field("effect", "stackEffect", enumeration(StackEffect)),
        Field("decided_by", "decidedBy", _part(Organisation)),
    ),
    Result: (
        Field("assessment", "assessmentId", STRING),
        _TITLE,
        Field("grade", "grade", STRING),
        Field("status", "gradeStatus", CONCEPT),
        Field("scheme", "gradingScheme", _part(GradingScheme)),
        Field("distribution", "gradeDistribution", STRING),
        Field("assessed_on", "assessedOn", DATE),
        Field("assessed_by", "assessedBy", _part(Organisation), many=True),
        Field("supervision", "supervision", CONCEPT),
        Field("mode", "assessmentMode", CONCEPT),
    ),
    Achieved: (Field("outcome", "outcomeId", STRING), Field("on", "achievedOn", DATE)),
    Evidence: (
        _TITLE,
        _DESCRIPTION,
        Field("type", "evidenceType", STRING),
        Field("links", "evidencePage", _part(Link), many=True),
    ),
}

_CONCEPT_TERMS: Mapping[str, Mapping[str, str]] = {
    "prefLabel": {"@id": f"{_SKOS}prefLabel", "@container": "@language"},
    "notation": {"@id": f"{_SKOS}notation"},
    "inScheme": {"@id": f"{_SKOS}inScheme", "@type": "@id"},
    "broader": {"@id": f"{_SKOS}broader", "@type": "@id"},
}


def context_document() -> dict[str, Any]:
    """The JSON-LD context that these tables need."""
    terms: dict[str, Any] = {"@version": 1.1, "@protected": True, "id": "@id", "type": "@type"}
    terms |= _CONCEPT_TERMS
    for table in TABLES.values():
        for field in table:
            if field.term != "id":
                kept_as_set = {"@container": "@set"} if field.many else {}
                terms[field.term] = {"@id": NAMESPACE + field.term, **field.codec.definition, **kept_as_set}
    return {"@context": terms}


def write_terms(part: Part, language: str, place: str, names: frozenset[str] | None = None) -> dict[str, Any]:
    """The part as terms, without fields that say no more than their default; ``names`` limits it to some fields.

    Raises:
        SchemaError: ``openbadges3.not-a-uri`` for an id or concept that is none.
    """
    node: dict[str, Any] = {}
    defaults = _defaults(type(part))
    for field in TABLES[type(part)]:
        value = getattr(part, field.name)
        if value is None or value in ("", (), {}) or (names is not None and field.name not in names):
            continue
        if value == defaults.get(field.name, msgspec.NODEFAULT):
            continue
        at = f"{place}.{field.name}"
        if field.many:
            node[field.term] = [field.codec.write(v, language, f"{at}[{n}]") for n, v in enumerate(value)]
        else:
            node[field.term] = field.codec.write(value, language, at)
    return node


def read_terms(struct: type[Part], node: Mapping[str, Any], reading: Reading, place: str) -> dict[str, Any]:
    """The fields of a struct that the node has terms for; unusable values are left out and noted."""
    found: dict[str, Any] = {}
    for field in TABLES[struct]:
        if field.term not in node:
            continue
        at = f"{place}.{field.term}"
        values = items(node[field.term])
        made = [
            field.codec.read(v, reading, f"{at}[{n}]" if field.many else at) for n, v in enumerate(values)
        ]
        usable = [value for value in made if value is not None]
        if field.many:
            found[field.name] = tuple(usable)
        elif usable:
            found[field.name] = usable[0]
    return found


def _read_part(struct: type[Part], node: Mapping[str, Any], reading: Reading, place: str) -> Part | None:
    fields = read_terms(struct, node, reading, place)
    known = {field.term for field in TABLES[struct]}
    if extra := {name: value for name, value in node.items() if name not in known}:
        fields["extra"] = extra
    for name in _required(struct):
        if name not in fields:
            if name not in _TEXTS:
                reading.unusable(place)
                return None
            fields[name] = {}
    return struct(**fields)


_TEXTS = ("title", "name")
"""Required texts may be empty: an empty language map is not written."""


@functools.cache
def _defaults(struct: type[Part]) -> Mapping[str, Any]:
    return {f.name: f.default for f in msgspec.structs.fields(struct) if not f.required}


@functools.cache
def _required(struct: type[Part]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(struct) if field.required)
