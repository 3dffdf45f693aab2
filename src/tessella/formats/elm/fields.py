"""The field map of European Digital Credentials: what of the record ELM carries, where, and what is lost.

Paths on the wire start at the credential; ``A`` is ``credentialSubject.hasClaim`` (the achievement), ``S`` is ``A.specifiedBy``, ``P`` is
``A.provenBy`` (one per result or assessment). “note” is an ``additionalNote`` with a subject (see `tessella.formats.elm._notes`):
readable for everybody, coded only for us.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tessella.formats.elm._concepts import fits, is_uri
from tessella.formats.elm._notes import NOTES
from tessella.model import Award, Organisation, QualityAssurance, QualitySide
from tessella.model.fieldmap import Carried, FieldRule, Loss, stated
from tessella.model.fieldmap import losses as plain_losses
from tessella.text import say
from tessella.vocabulary import code_list

__all__ = ["CONDITIONAL", "FIELD_MAP", "losses"]

_MC = "micro_credential."
_KEPT_AS_NOTE = "Kept as a note with a subject: everybody can read it, only this software knows what it is."

_WIRE: tuple[tuple[str, str, str], ...] = (
    # record path, wire path(s), element of the European standard
    ("id", "A.identifier[Award]", ""),
    ("learner.id", "credentialSubject.id", "learner"),
    ("learner.full_name", "credentialSubject.fullName", "learner"),
    ("learner.given_name", "credentialSubject.givenName", "learner"),
    ("learner.family_name", "credentialSubject.familyName", "learner"),
    ("learner.birth_date", "credentialSubject.dateOfBirth", "learner"),
    ("learner.national_id", "credentialSubject.nationalID", "learner"),
    ("learner.identifiers", "credentialSubject.identifier", "learner"),
    ("learner.email", "credentialSubject.contactPoint.emailAddress", "learner"),
    ("learner.citizenship", "credentialSubject.citizenshipCountry", "learner"),
    ("learner.gender", "credentialSubject.gender", "learner"),
    ("awarded_on", "A.awardedBy.awardingDate", "date"),
    ("issued_at", "issued issuanceDate", "date"),
    ("valid_from", "validFrom", "date"),
    ("valid_until", "validUntil expirationDate", "date"),
    ("number", "identifier[Certificate number]", "further information"),
    ("status", "credentialStatus", ""),
    ("credits", "A.creditReceived", "workload"),
    ("parts.id", "A.hasPart.identifier[Award]", "stackability"),
    ("parts.credential", "A.hasPart.specifiedBy.id", "stackability"),
    ("parts.title", "A.hasPart.title", "stackability"),
    ("parts.awarded_by", "A.hasPart.awardedBy.awardingBody", "stackability"),
    ("parts.awarded_on", "A.hasPart.awardedBy.awardingDate", "stackability"),
    ("parts.credits", "A.hasPart.creditReceived", "stackability"),
    ("parts.eqf", "A.hasPart.specifiedBy.eqfLevel", "stackability"),
    ("parts.sha256", "A.hasPart.identifier[SHA-256]", "stackability"),
    ("parts.contains", "A.hasPart.identifier[Part]", "stackability"),
    ("results.assessment", "P.identifier[Assessment]", "assessment"),
    ("results.title", "P.title", "assessment"),
    ("results.grade", "P.grade", "grade"),
    ("results.status", "P.gradeStatus", "grade"),
    ("results.distribution", "P.resultDistribution.description", "grade"),
    ("results.assessed_on", "P.dateIssued", "assessment"),
    ("results.assessed_by", "P.assessedBy", "assessment"),
    (_MC + "id", "S.id", ""),
    (_MC + "version", "S.identifier[Version]", ""),
    (_MC + "record_type", "S.category", ""),
    (_MC + "language", "displayParameter.primaryLanguage", ""),
    (_MC + "title", "A.title S.title displayParameter.title", "title"),
    (_MC + "description", "S.description displayParameter.description", "title"),
    (_MC + "awarding_bodies", "A.awardedBy.awardingBody", "awarding body"),
    (_MC + "providers", "A.influencedBy.directedBy", "awarding body"),
    (_MC + "technical_issuer", "issuer", "awarding body"),
    (_MC + "identifiers", "S.identifier", "further information"),
    (_MC + "type", "S.dcType", ""),
    (_MC + "fields", "S.thematicArea", ""),
    (_MC + "outcomes.title", "S.learningOutcome.title", "learning outcomes"),
    (_MC + "outcomes.id", "S.learningOutcome.identifier[Outcome]", "learning outcomes"),
    (_MC + "outcomes.esco", "S.learningOutcome.relatedESCOSkill", "learning outcomes"),
    (_MC + "outcomes.related", "S.learningOutcome.relatedSkill", "learning outcomes"),
    (_MC + "outcomes.reusability", "S.learningOutcome.reusabilityLevel", "learning outcomes"),
    (_MC + "outcome_summary", "S.learningOutcomeSummary", "learning outcomes"),
    (_MC + "workload.hours", "S.volumeOfLearning", "workload"),
    (_MC + "workload.contact_hours", "A.influencedBy.specifiedBy.contactHour", "workload"),
    (_MC + "workload.credits", "S.creditPoint", "workload"),
    (_MC + "levels.eqf", "S.eqfLevel", "level"),
    (_MC + "levels.nqf", "S.nqfLevel", "level"),
    (_MC + "levels.qf_ehea", "S.educationLevel", "level"),
    (_MC + "levels.isced", "S.educationLevel", "level"),
    (_MC + "levels.sectoral", "S.educationLevel", "level"),
    (_MC + "participation.modes", "S.mode A.influencedBy.specifiedBy.mode", "participation"),
    (_MC + "participation.languages", "S.language A.influencedBy.specifiedBy.language", "participation"),
    (_MC + "participation.activities", "A.influencedBy.specifiedBy.dcType", "participation"),
    (_MC + "participation.setting", "S.learningSetting", "participation"),
    (_MC + "participation.starts_on", "A.influencedBy.temporal.startDate", "participation"),
    (_MC + "participation.ends_on", "A.influencedBy.temporal.endDate", "participation"),
    (_MC + "assessments.id", "P.specifiedBy.identifier[Assessment]", "assessment"),
    (_MC + "assessments.title", "P.specifiedBy.title", "assessment"),
    (_MC + "assessments.type", "P.specifiedBy.dcType", "assessment"),
    (_MC + "assessments.mode", "P.specifiedBy.mode", "assessment"),
    (_MC + "assessments.supervision", "P.idVerification", "supervision"),
    (_MC + "assessments.criteria", "P.specifiedBy.description", "assessment"),
    (_MC + "assessments.criteria_url", "P.specifiedBy.supplementaryDocument", "assessment"),
    (_MC + "assessments.grading.title", "P.specifiedBy.gradingScheme.title", "grade"),
    (_MC + "assessments.grading.description", "P.specifiedBy.gradingScheme.description", "grade"),
    (_MC + "quality.type", "S.accreditation.dcType", "quality assurance"),
    (_MC + "quality.title", "S.accreditation.title", "quality assurance"),
    (_MC + "quality.body", "S.accreditation.accreditingAgent", "quality assurance"),
    (
        _MC + "quality.covers",
        "A.awardedBy.awardingBody.accreditation S.accreditation.organisation",
        "quality assurance",
    ),
    (_MC + "quality.scope.eqf", "S.accreditation.limitEQFLevel", "quality assurance"),
    (_MC + "quality.scope.fields", "S.accreditation.limitField", "quality assurance"),
    (_MC + "quality.scope.countries", "S.accreditation.limitJurisdiction", "quality assurance"),
    (_MC + "quality.decided_on", "S.accreditation.dateIssued", "quality assurance"),
    (_MC + "quality.valid_from", "S.accreditation.valid", "quality assurance"),
    (_MC + "quality.valid_until", "S.accreditation.expiryDate", "quality assurance"),
    (_MC + "quality.reviewed_on", "S.accreditation.reviewDate", "quality assurance"),
    (_MC + "quality.report", "S.accreditation.report", "quality assurance"),
    (_MC + "quality.identifier", "S.accreditation.id S.accreditation.identifier", "quality assurance"),
    (_MC + "prerequisites.text", "S.entryRequirement", "prerequisites"),
    (_MC + "stackability.targets", "S.isPartOf S.entitlesTo", "stackability"),
    (_MC + "stackability.parts", "S.hasPart", "stackability"),
    (_MC + "further_information", "S.supplementaryDocument", "further information"),
    (_MC + "target_groups", "S.targetGroup", ""),
    (_MC + "homepage", "S.homepage", "further information"),
)

_NOTED = {
    "achievement": ("", "A.additionalNote", ""),
    "specification": (_MC, "S.additionalNote", ""),
    "assessment": (_MC + "assessments.", "P.specifiedBy.additionalNote", "assessment"),
    "outcome": (_MC + "outcomes.", "S.learningOutcome.additionalNote", "learning outcomes"),
    "accreditation": (_MC + "quality.", "S.accreditation.additionalNote", "quality assurance"),
}
"""Where the notes of each kind of node stand, in the record and on the wire."""

_LOST: tuple[tuple[str, str, Carried, str, str], ...] = (
    ("learner.latin_name", "", Carried.NONE, "ELM has no place for a transliterated name.", "learner"),
    (
        "learner.birth_date_stated",
        "",
        Carried.NONE,
        "ELM has a date of birth, not another way of writing it.",
        "learner",
    ),
    ("learner.language", "", Carried.NONE, "ELM has no place for the learner's language.", "learner"),
    (
        "learner.address",
        "",
        Carried.NONE,
        "ELM wants a country in every address, and a credential needs no address.",
        "learner",
    ),
    (
        "results.scheme",
        "P.specifiedBy.gradingScheme",
        Carried.PART,
        "Carried when the assessment has no grading scheme of its own; read back as the assessment's.",
        "grade",
    ),
    (
        "results.supervision",
        "P.idVerification",
        Carried.PART,
        "ELM has one supervision per assessment; read back as the assessment's.",
        "supervision",
    ),
    (
        "results.mode",
        "P.specifiedBy.mode",
        Carried.PART,
        "ELM has one mode per assessment; read back as the assessment's.",
        "assessment",
    ),
    (
        "evidence",
        "A.supplementaryDocument",
        Carried.PART,
        "The links are carried; ELM's own evidence is about mandate, conversion and accreditation.",
        "further information",
    ),
    (
        _MC + "workload.stated",
        "",
        Carried.NONE,
        "A duration as it was written elsewhere is not repeated; the hours are.",
        "workload",
    ),
    (
        _MC + "cost",
        "",
        Carried.NONE,
        "A credential says nothing of cost; ELM has it for learning opportunities.",
        "",
    ),
    (_MC + "research", "", Carried.NONE, "ELM has no place for links to research.", ""),
)


def _rules() -> tuple[FieldRule, ...]:
    carried = [
        FieldRule(record=record, wire=tuple(wire.split(" ")), element=element)
        for record, wire, element in _WIRE
    ]
    noted = [
        FieldRule(
            record=base + field.path, wire=(f"{wire}[{field.subject}]",), note=_KEPT_AS_NOTE, element=element
        )
        for owner, (base, wire, element) in _NOTED.items()
        for field in NOTES[owner]
    ]
    lost = [
        FieldRule(record=record, wire=(wire,) if wire else (), carried=how, note=note, element=element)
        for record, wire, how, note, element in _LOST
    ]
    return (*carried, *noted, *lost)


FIELD_MAP: tuple[FieldRule, ...] = _rules()
"""Every field of the record, with its place in the credential."""

Test = Callable[[Any], bool]

_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z").match


def _outside(owner: str, term: str) -> Test:
    """Whether a concept, or one of several, is not from the list that ELM demands."""
    return lambda value: any(
        not fits(concept, owner, term) for concept in (value if isinstance(value, tuple) else (value,))
    )


def _nowhere(given: Organisation) -> bool:
    return not any(country.uri for country in given.countries) or not given.name


def _unlocated(value: Any) -> bool:
    return any(_nowhere(item) for item in (value if isinstance(value, tuple) else (value,)))


def _not_accreditation(quality: QualityAssurance) -> bool:
    """Whether quality assurance cannot be an Accreditation and goes as plain words."""
    agent = quality.body is not None and not _nowhere(quality.body)
    own = quality.side is QualitySide.INTERNAL
    return not (quality.type and fits(quality.type, "Accreditation", "dcType") and (agent or own))


_NOT_IN_LIST = "ELM takes only concepts of one list here, and this one is not of it."
_NO_COUNTRY = "ELM cannot hold an organisation without a name and a country."

_CONDITIONS: tuple[tuple[str, Test, str], ...] = (
    *(
        (path, _outside(owner, term), _NOT_IN_LIST)
        for path, owner, term in (
            ("learner.citizenship", "Person", "citizenshipCountry"),
            (_MC + "fields", "Qualification", "thematicArea"),
            (_MC + "outcomes.esco", "LearningOutcome", "relatedESCOSkill"),
            (_MC + "outcomes.reusability", "LearningOutcome", "reusabilityLevel"),
            (_MC + "levels.eqf", "Qualification", "eqfLevel"),
            (_MC + "levels.nqf", "Qualification", "nqfLevel"),
            ("parts.eqf", "Qualification", "eqfLevel"),
            (_MC + "participation.languages", "Qualification", "language"),
            (_MC + "participation.setting", "Qualification", "learningSetting"),
            (_MC + "quality.scope.eqf", "Accreditation", "limitEQFLevel"),
            (_MC + "quality.scope.fields", "Accreditation", "limitField"),
        )
    ),
    *(
        (
            path,
            lambda value: any(
                not is_uri(item.uri) for item in (value if isinstance(value, tuple) else (value,))
            ),
            "A concept without a URI cannot be carried.",
        )
        for path in (
            _MC + "type",
            _MC + "outcomes.related",
            _MC + "levels.sectoral",
            _MC + "target_groups",
            _MC + "assessments.type",
            _MC + "assessments.mode",
            _MC + "assessments.supervision",
            _MC + "participation.modes",
            _MC + "participation.activities",
        )
    ),
    (_MC + "levels.eqf", lambda levels: len(levels) > 1, "ELM has one EQF level; the first is carried."),
    (_MC + "workload.hours", lambda hours: not hours.is_finite() or hours < 0, "This is no amount of time."),
    (
        _MC + "workload.credits",
        lambda many: any(c.system is None for c in many),
        "Credits without a system say nothing in ELM.",
    ),
    *(
        (
            path,
            lambda many: any(c.system is None for c in many),
            "Credits without a system say nothing in ELM.",
        )
        for path in ("credits", "parts.credits")
    ),
    ("status", lambda many: len(many) > 1, "ELM has one status; the first is carried."),
    (
        "learner.national_id",
        lambda number: number.country is None,
        "Without a country it is written as an ordinary identifier.",
    ),
    ("learner.email", lambda address: not is_uri(f"mailto:{address}"), "This is not an e-mail address."),
    (
        "learner.gender",
        lambda word: code_list("human-sex").get(word) is None,
        "Only a word of the EU list of human sexes is carried.",
    ),
    (_MC + "awarding_bodies", _unlocated, _NO_COUNTRY),
    (_MC + "stackability.targets.decided_by", _unlocated, _NO_COUNTRY),
    (
        _MC + "quality",
        lambda many: any(map(_not_accreditation, many)),
        "Without a type of the EU list and an agency with its country it is carried in words only.",
    ),
    (_MC + "further_information.sha256", bool, "ELM has no place for the digest of a page."),
    (_MC + "further_information.media_type", bool, "ELM has no place for the media type of a page."),
    (_MC + "further_information.checked_on", bool, "ELM has no place for the day a page was checked."),
    (
        _MC + "title",
        lambda text: not all(map(_LANGUAGE_TAG, text)),
        "A text under something that is no language tag is left out.",
    ),
)
"""What is lost under a condition only: record path, when, why."""

CONDITIONAL: frozenset[str] = frozenset(path for path, _, _ in _CONDITIONS)
"""The fields that are carried in full or not depending on what they say."""

_ELEMENTS = {rule.record: rule.element for rule in FIELD_MAP}


def losses(award: Award) -> list[Loss]:
    """What writing this award as a European Digital Credential loses, or cannot keep in full."""
    found = list(plain_losses(award, FIELD_MAP))
    for path, lost, reason in _CONDITIONS:
        found += [
            Loss(element=_element(path), record=place, reason=say(reason))
            for place, value in stated(award, path)
            if lost(value)
        ]
    return found


def _element(path: str) -> str:
    """The element of a path, or of the field it lies in or contains."""
    while path:
        if path in _ELEMENTS:
            return _ELEMENTS[path]
        below = next(
            (element for record, element in _ELEMENTS.items() if record.startswith(path + ".")), None
        )
        if below is not None:
            return below
        path = path.rpartition(".")[0]
    return ""
