"""Which part of the record an Open Badge 2.0 carries and where, and how such a badge becomes one of version 3.0."""

from __future__ import annotations

from typing import Any

from tessella.model import Award
from tessella.model.fieldmap import Carried, FieldRule, Loss
from tessella.model.fieldmap import losses as _losses

__all__ = ["FIELD_MAP", "UPGRADE", "as_evidence", "as_related", "losses"]

_HASHED = (
    "Carried as a hash, which can be compared but not read; only the first of address, id and identifiers."
)
_PERSONAL = "Left out: the badge is to be shown in public."
_NO_PLACE = "Open Badges 2.0 has no place for it."
_ONE_LANGUAGE = "Carried in the primary language only."
_ADDRESS = "The published document has an address of its own."
_ALIGNED = "Carried as alignment: address, code and name in one language."
_SKILLS = "Only the skills of public lists, as alignment."
_EQF_ONLY = "Only levels of the European Qualifications Framework, as alignment."
_ISSUER = "The issuer alone, with name, page, e-mail address and logo."
_EVIDENCE = "Carried in the primary language, with the first link."
_COUNTED = "Carried as evidence: the id and the title in the primary language."
_CRITERIA = "Carried in the primary language; without criteria the description stands in their place."

_LEARNER = "Identification of the learner"

_PARTS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "id": (("id",), _ADDRESS, ""),
    "learner.id": (("recipient",), _HASHED, _LEARNER),
    "learner.email": (("recipient",), _HASHED, _LEARNER),
    "learner.identifiers": (("recipient",), _HASHED, _LEARNER),
    "evidence": (("evidence",), _EVIDENCE, ""),
    "parts": (("evidence",), _COUNTED, "Integration and stackability"),
    "micro_credential.id": (("badge.id",), _ADDRESS, ""),
    "micro_credential.title": (("badge.name",), _ONE_LANGUAGE, "Title"),
    "micro_credential.description": (("badge.description",), _ONE_LANGUAGE, ""),
    "micro_credential.criteria": (("badge.criteria.narrative",), _CRITERIA, ""),
    "micro_credential.awarding_bodies": (("badge.issuer",), _ISSUER, "Awarding body"),
    "micro_credential.fields": (("badge.alignment",), _ALIGNED, ""),
    "micro_credential.levels": (("badge.alignment",), _EQF_ONLY, "Level"),
    "micro_credential.outcomes": (("badge.alignment",), _SKILLS, "Learning outcomes"),
}
_WHOLE: dict[str, tuple[tuple[str, ...], str]] = {
    "issued_at": (("issuedOn",), "Date of issuing"),
    "valid_until": (("expires",), ""),
    "micro_credential.version": (("badge.version",), ""),
    "micro_credential.language": (("badge.@language", "@language"), ""),
    "micro_credential.homepage": (("badge.criteria.id",), ""),
}
_PRIVATE = (
    "full_name",
    "given_name",
    "family_name",
    "latin_name",
    "birth_date",
    "birth_date_stated",
    "national_id",
    "language",
    "citizenship",
    "gender",
    "address",
)
_NOWHERE: dict[str, str] = {
    "route": "",
    "awarded_on": "Date of issuing",
    "assessed_on": "",
    "valid_from": "",
    "results": "Grade achieved",
    "achieved": "Learning outcomes",
    "credits": "Notional workload",
    "number": "",
    "replaces": "",
    "rule": "Integration and stackability",
    "status": "",
    "micro_credential.record_type": "",
    "micro_credential.providers": "",
    "micro_credential.technical_issuer": "",
    "micro_credential.identifiers": "",
    "micro_credential.type": "",
    "micro_credential.outcome_summary": "Learning outcomes",
    "micro_credential.workload": "Notional workload",
    "micro_credential.participation": "Form of participation",
    "micro_credential.assessments": "Type of assessment",
    "micro_credential.quality": "Type of quality assurance",
    "micro_credential.prerequisites": "Prerequisites",
    "micro_credential.stackability": "Integration and stackability",
    "micro_credential.further_information": "Further information",
    "micro_credential.target_groups": "",
    "micro_credential.credit_bearing": "",
    "micro_credential.leads_to_degree": "",
    "micro_credential.relevance": "",
    "micro_credential.cost": "",
    "micro_credential.research": "",
    "micro_credential.valid_for_months": "",
    "micro_credential.modified_on": "",
}

FIELD_MAP: tuple[FieldRule, ...] = (
    *(FieldRule(record=name, wire=wire, element=element) for name, (wire, element) in _WHOLE.items()),
    *(
        FieldRule(record=name, wire=wire, carried=Carried.PART, note=note, element=element)
        for name, (wire, note, element) in _PARTS.items()
    ),
    *(
        FieldRule(record=f"learner.{name}", carried=Carried.NONE, note=_PERSONAL, element=_LEARNER)
        for name in _PRIVATE
    ),
    *(
        FieldRule(record=name, carried=Carried.NONE, note=_NO_PLACE, element=element)
        for name, element in _NOWHERE.items()
    ),
)
"""Every field of an `Award` and what becomes of it; paths are those of an assertion with everything embedded."""


def losses(award: Award) -> tuple[Loss, ...]:
    """What a badge of this award would not carry, or not wholly, in the order of `FIELD_MAP`."""
    return _losses(award, FIELD_MAP, keeps_hashes=True)


UPGRADE: tuple[tuple[str, str], ...] = (
    ("id", "evidence.id"),
    ("recipient", "credentialSubject.identifier"),
    ("issuedOn", "validFrom"),
    ("expires", "validUntil"),
    ("evidence", "evidence"),
    ("badge.id", "credentialSubject.achievement.related.id"),
    ("badge.name", "credentialSubject.achievement.name"),
    ("badge.description", "credentialSubject.achievement.description"),
    ("badge.criteria", "credentialSubject.achievement.criteria"),
    ("badge.image", "credentialSubject.achievement.image"),
    ("badge.alignment", "credentialSubject.achievement.alignment"),
    ("badge.tags", "credentialSubject.achievement.tag"),
    ("badge.issuer", "issuer"),
)
"""Where the parts of a 2.0 badge go in a 3.0 credential (Open Badges 3.0 Implementation Guide, migrating): with ids of its own."""


def as_related(badge_class_id: str) -> dict[str, Any]:
    """The member ``related`` of a 3.0 achievement that was a badge class."""
    return {
        "id": badge_class_id,
        "type": ["Related", "https://w3id.org/openbadges#BadgeClass"],
        "version": "Open Badges v2p0",
    }


def as_evidence(assertion_id: str) -> dict[str, Any]:
    """The original assertion as evidence of a 3.0 credential."""
    return {"id": assertion_id, "type": ["Evidence", "https://w3id.org/openbadges#Assertion"]}
