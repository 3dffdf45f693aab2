"""Which part of the record an Open Badge carries, and where."""

from __future__ import annotations

from typing import Any

import msgspec

from tessella.formats.openbadges3.identity import Recipient
from tessella.model import Award
from tessella.model.fieldmap import Carried, FieldRule, Loss
from tessella.model.fieldmap import losses as _losses

__all__ = ["FIELD_MAP", "losses"]

_SUBJECT = "credentialSubject"
_ACHIEVEMENT = "credentialSubject.achievement"

_PERSONAL = "Left out, so that a badge says no more of a person than it must."
_ONLY_PLAIN = "Carried only when the badge is written for the holder's eyes (recipient “plain”)."
_HASHED = "Carried as a hash, which can be compared but not read."
_NAMELESS = "Left out: the badge is to be shown in public (recipient “identifier”)."
_SCHEME = "Its country, and a scheme that is not one plain word, are left out."
_LOGO = "A picture is carried only of the issuer and of the first awarding body where that is another organisation."
_STATUS = "Only entries of Bitstring Status Lists; those of another kind belong to a copy in another format."
_CATALOGUE = "Belongs to the catalogue, not to a credential."


def _rule(
    record: str, *wire: str, carried: Carried = Carried.FULL, note: str = "", element: str = ""
) -> FieldRule:
    return FieldRule(record=record, wire=wire, carried=carried, note=note, element=element)


def _micro(
    name: str, *wire: str, carried: Carried = Carried.FULL, note: str = "", element: str = ""
) -> FieldRule:
    return _rule(
        f"micro_credential.{name}",
        *(f"{_ACHIEVEMENT}.{member}" if "@" not in member else member.lstrip("@") for member in wire),
        carried=carried,
        note=note,
        element=element,
    )


_LEARNER = "Identification of the learner"
_QUALITY = "Type of quality assurance"
_BODY = "Awarding body"
_PART, _NONE = Carried.PART, Carried.NONE

FIELD_MAP: tuple[FieldRule, ...] = (
    _rule("id", "id", f"{_SUBJECT}.awardId"),
    _rule("learner.id", f"{_SUBJECT}.id", element=_LEARNER),
    _rule("learner.full_name", f"{_SUBJECT}.identifier", element=_LEARNER),
    _rule("learner.given_name", f"{_SUBJECT}.identifier", element=_LEARNER),
    _rule("learner.family_name", f"{_SUBJECT}.identifier", element=_LEARNER),
    _rule("learner.latin_name", f"{_SUBJECT}.identifier", element=_LEARNER),
    _rule("learner.email", f"{_SUBJECT}.identifier", carried=_PART, note=_HASHED, element=_LEARNER),
    _rule("learner.identifiers", f"{_SUBJECT}.identifier", carried=_PART, note=_HASHED, element=_LEARNER),
    _rule("learner.national_id", f"{_SUBJECT}.identifier", carried=_NONE, note=_ONLY_PLAIN, element=_LEARNER),
    _rule("learner.birth_date", f"{_SUBJECT}.identifier", carried=_NONE, note=_ONLY_PLAIN, element=_LEARNER),
    *(
        _rule(f"learner.{name}", carried=_NONE, note=_PERSONAL, element=_LEARNER)
        for name in ("birth_date_stated", "language", "citizenship", "gender", "address")
    ),
    _rule("route", f"{_SUBJECT}.awardRoute"),
    _rule("awarded_on", "awardedDate", element="Date of issuing"),
    _rule("assessed_on", f"{_SUBJECT}.assessedOn"),
    _rule("issued_at", "validFrom", f"{_SUBJECT}.issuedAt", element="Date of issuing"),
    _rule("valid_from", "validFrom"),
    _rule("valid_until", "validUntil"),
    _rule("results", f"{_SUBJECT}.result", f"{_SUBJECT}.assessmentResult", element="Grade achieved"),
    _rule("results.assessed_by.logo", carried=_NONE, note=_LOGO),
    _rule("achieved", f"{_SUBJECT}.achievedOutcome", element="Learning outcomes"),
    _rule("credits", f"{_SUBJECT}.creditsEarned", f"{_SUBJECT}.creditAwarded", element="Notional workload"),
    _rule("evidence", "evidence", f"{_SUBJECT}.supportingEvidence"),
    _rule("number", f"{_SUBJECT}.licenseNumber"),
    _rule("replaces", f"{_SUBJECT}.replacesAward"),
    _rule("parts", "evidence", f"{_SUBJECT}.awardedPart", element="Integration and stackability"),
    _rule("parts.awarded_by.logo", carried=_NONE, note=_LOGO),
    _rule(
        "rule", f"{_ACHIEVEMENT}.alignment", f"{_SUBJECT}.ruleApplied", element="Integration and stackability"
    ),
    _rule("status", "credentialStatus", carried=_PART, note=_STATUS),
    _micro("id", "id"),
    _micro("version", "version"),
    _micro("record_type", "achievementType"),
    _micro("language", "inLanguage"),
    _micro("title", "name", "titleText", element="Title"),
    _micro("description", "description", "descriptionText"),
    _micro("awarding_bodies", "creator", "awardingBody", "@issuer", element=_BODY),
    _micro("awarding_bodies.places", "awardingBody.place", element="Country of the issuer"),
    _micro("awarding_bodies.logo", "creator.image", "@issuer.image", carried=_PART, note=_LOGO),
    _micro("providers", "provider"),
    _micro("providers.logo", carried=_NONE, note=_LOGO),
    _micro("technical_issuer", "technicalIssuer"),
    _micro("technical_issuer.logo", carried=_NONE, note=_LOGO),
    _micro("identifiers", "otherIdentifier", "courseIdentifier"),
    _micro("type", "opportunityType"),
    _micro("fields", "fieldOfStudy", "alignment", "subjectArea"),
    _micro("outcomes", "learningOutcome", "alignment", element="Learning outcomes"),
    _micro("outcome_summary", "outcomeSummaryText", element="Learning outcomes"),
    _micro("workload", "creditsAvailable", "notionalWorkload", element="Notional workload"),
    _micro("levels", "alignment", "learningLevel", element="Level"),
    _micro(
        "participation", "participation", f"@{_SUBJECT}.activityStartDate", element="Form of participation"
    ),
    _micro("assessments", "assessment", element="Type of assessment"),
    _micro(
        "assessments.supervision", "assessment.supervision", element="Supervision and identity verification"
    ),
    _micro("criteria", "criteria.narrative", "criteriaText"),
    _micro("quality", "qualityAssurance", element=_QUALITY),
    _micro("quality.body.logo", carried=_NONE, note=_LOGO),
    _micro("quality.covers.logo", carried=_NONE, note=_LOGO),
    _micro("prerequisites", "prerequisites", element="Prerequisites"),
    _micro("stackability", "stackability", element="Integration and stackability"),
    _micro("stackability.targets.decided_by.logo", carried=_NONE, note=_LOGO),
    _micro("further_information", "furtherInformation", element="Further information"),
    _micro("target_groups", "targetGroup"),
    _micro("credit_bearing", "creditBearing"),
    _micro("leads_to_degree", "leadsToDegree"),
    _micro("relevance", "relevanceText"),
    _micro("cost", carried=_NONE, note=_CATALOGUE),
    _micro("research", carried=_NONE, note=_CATALOGUE),
    _micro("homepage", "homepage"),
    _micro("valid_for_months", "validForMonths"),
    _micro("modified_on", "modifiedOn"),
)
"""Every field of an `Award` and what becomes of it when the recipient is ``named``, the default; see `losses` for the others.

Terms that are not Open Badges' own are our extension's.
"""

_NAMES = ("learner.full_name", "learner.given_name", "learner.family_name", "learner.latin_name")
_HIDDEN = ("learner.email", "learner.birth_date")
_NUMBERS = ("learner.identifiers", "learner.national_id")


def _for(rule: FieldRule, recipient: Recipient) -> FieldRule:
    """The rule as it is for another recipient."""
    change: dict[str, Any] = {}
    if recipient is Recipient.IDENTIFIER and rule.record in _NAMES:
        change = {"carried": _NONE, "note": _NAMELESS}
    elif recipient is Recipient.PLAIN and rule.record in _HIDDEN:
        change = {"carried": Carried.FULL, "note": ""}
    elif recipient is Recipient.PLAIN and rule.record in _NUMBERS:
        change = {"carried": _PART, "note": _SCHEME}
    return msgspec.structs.replace(rule, **change)


def losses(award: Award, *, recipient: Recipient | str = Recipient.NAMED) -> tuple[Loss, ...]:
    """What a badge of this award would not carry, or not wholly, in the order of `FIELD_MAP`."""
    return _losses(award, [_for(rule, Recipient(recipient)) for rule in FIELD_MAP], keeps_hashes=True)
