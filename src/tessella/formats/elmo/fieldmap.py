"""Which part of the record an ELMO file carries, and where."""

from __future__ import annotations

from typing import Any

import msgspec

from tessella.model import Award, Learner, MicroCredential
from tessella.model._shape import field_shapes
from tessella.model.base import Part
from tessella.model.fieldmap import Carried, FieldRule, Loss
from tessella.model.fieldmap import losses as _losses

__all__ = ["FIELD_MAP", "carried_fields", "losses", "without_losses"]

_LOS = "learningOpportunitySpecification"
_LOI = "learningOpportunityInstance"

_LEARNER = "Identification of the learner"
_BODY = "Awarding body"

_CATALOGUE = "Belongs to the catalogue, not to a credential."
_LOGO = "Pictures are left out: files are to be kept small."
_PERSONAL = "Left out, so that the file says no more of a person than it must."
_STATUS = "ELMO has no place where a withdrawal could be published."

_PERSON: dict[str, str] = {
    "id": "identifier",
    "full_name": "familyName",
    "given_name": "givenNames",
    "family_name": "familyName",
    "latin_name": "",
    "birth_date": "bday",
    "birth_date_stated": "",
    "national_id": "identifier",
    "identifiers": "identifier",
    "citizenship": "citizenship",
    "gender": "gender",
    "address": "currentAddress",
}
_AWARD: dict[str, tuple[str, str]] = {
    "id": (f"{_LOI}.identifier", ""),
    "route": ("", ""),
    "awarded_on": (f"{_LOI}.date", "Date of issuing"),
    "assessed_on": (f"{_LOI}.date", ""),
    "issued_at": ("report.issueDate", "Date of issuing"),
    "valid_from": ("", ""),
    "valid_until": ("", ""),
    "results": (f"{_LOI}.resultLabel", "Grade achieved"),
    "achieved": ("", "Learning outcomes"),
    "credits": (f"{_LOI}.credit", "Notional workload"),
    "evidence": ("", ""),
    "number": (f"{_LOI}.identifier", ""),
    "replaces": ("", ""),
    "parts": ("", "Integration and stackability"),
    "rule": ("", "Integration and stackability"),
}
_MICRO: dict[str, tuple[str, str]] = {
    "id": (f"{_LOS}.identifier", ""),
    "version": ("", ""),
    "record_type": ("attachment.type", ""),
    "language": (f"{_LOS}.title", ""),
    "title": (f"{_LOS}.title", "Title"),
    "description": (f"{_LOS}.description", ""),
    "awarding_bodies": ("report.issuer", _BODY),
    "awarding_bodies.places": ("report.issuer.country", "Country of the issuer"),
    "providers": ("", ""),
    "technical_issuer": ("", ""),
    "identifiers": (f"{_LOS}.identifier", ""),
    "type": (f"{_LOS}.type", ""),
    "fields": (f"{_LOS}.iscedCode", ""),
    "outcomes": (f"{_LOS}.descriptionHtml", "Learning outcomes"),
    "outcome_summary": ("", "Learning outcomes"),
    "workload": (f"{_LOI}.engagementHours", "Notional workload"),
    "levels": (f"{_LOI}.level", "Level"),
    "participation": (f"{_LOI}.languageOfInstruction", "Form of participation"),
    "assessments": ("", "Type of assessment"),
    "assessments.supervision": ("", "Supervision and identity verification"),
    "criteria": ("", ""),
    "quality": ("", "Type of quality assurance"),
    "prerequisites": ("", "Prerequisites"),
    "stackability": ("", "Integration and stackability"),
    "further_information": ("", "Further information"),
    "target_groups": ("", ""),
    "credit_bearing": ("", ""),
    "leads_to_degree": ("", ""),
    "relevance": ("", ""),
    "homepage": (f"{_LOS}.url", ""),
    "valid_for_months": ("", ""),
    "modified_on": ("", ""),
}
_NOWHERE: dict[str, str] = {
    "learner.email": _PERSONAL,
    "learner.language": _PERSONAL,
    "status": _STATUS,
    "micro_credential.cost": _CATALOGUE,
    "micro_credential.research": _CATALOGUE,
    "micro_credential.awarding_bodies.logo": _LOGO,
    "micro_credential.providers.logo": _LOGO,
    "micro_credential.technical_issuer.logo": _LOGO,
    "micro_credential.quality.body.logo": _LOGO,
    "micro_credential.quality.covers.logo": _LOGO,
    "micro_credential.stackability.targets.decided_by.logo": _LOGO,
    "results.assessed_by.logo": _LOGO,
    "parts.awarded_by.logo": _LOGO,
}


def _wire(own: str, extension: str) -> tuple[str, ...]:
    """ELMO's own element, and ours where the value does not come back from it."""
    return tuple(filter(None, (own, extension)))


FIELD_MAP: tuple[FieldRule, ...] = (
    *(
        FieldRule(
            record=f"learner.{name}",
            wire=_wire(own and f"learner.{own}", "extension.learner"),
            element=_LEARNER,
        )
        for name, own in _PERSON.items()
    ),
    *(
        FieldRule(record=name, wire=_wire(own, f"{_LOI}.extension.award"), element=element)
        for name, (own, element) in _AWARD.items()
    ),
    *(
        FieldRule(
            record=f"micro_credential.{name}",
            wire=_wire(own, f"{_LOS}.extension.microCredential"),
            element=element,
        )
        for name, (own, element) in _MICRO.items()
    ),
    *(
        FieldRule(
            record=name,
            carried=Carried.NONE,
            note=note,
            element=_LEARNER if name.startswith("learner") else "",
        )
        for name, note in _NOWHERE.items()
    ),
)
"""Every field of an `Award` and what becomes of it.

What ELMO's own element does not bring back exactly stands in our extension besides.
"""


def losses(award: Award) -> tuple[Loss, ...]:
    """What an ELMO file of this award would not carry, in the order of `FIELD_MAP`."""
    return _losses(award, FIELD_MAP)


_PREFIXES: dict[type[Part], str] = {Award: "", Learner: "learner.", MicroCredential: "micro_credential."}


def carried_fields(struct: type[Part]) -> tuple[str, ...]:
    """The fields of one of the three parts that a file carries."""
    prefix = _PREFIXES[struct]
    parts = ("learner", "micro_credential") if struct is Award else ()
    return tuple(name for name in field_shapes(struct) if prefix + name not in _NOWHERE and name not in parts)


def without_losses(award: Award) -> Award:
    """The award as a file carries it."""
    made: Any = award
    for path in _NOWHERE:
        made = _without(made, path.split("."))
    known: Award = _known(made)
    return known


def _without(part: Part, path: list[str]) -> Part:
    name, *rest = path
    value: Any = getattr(part, name)
    if not rest:
        default = next(one.default for one in msgspec.structs.fields(type(part)) if one.name == name)
        value = default
    elif isinstance(value, tuple):
        value = tuple(_without(one, rest) for one in value)
    elif value is not None:
        value = _without(value, rest)
    return msgspec.structs.replace(part, **{name: value})


def _known(part: Any) -> Any:
    """A part without the fields that this version does not know, all the way down."""
    changes: dict[str, Any] = {"extra": {}}
    struct: type[Part] = type(part)
    for name, shape in field_shapes(struct).items():
        value = getattr(part, name)
        if shape.is_part and value:
            changes[name] = tuple(map(_known, value)) if shape.many else _known(value)
    return msgspec.structs.replace(part, **changes)
