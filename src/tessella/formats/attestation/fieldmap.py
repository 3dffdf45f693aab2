"""Which part of the record an attestation carries, and where; made from the rows of the profile."""

from __future__ import annotations

import datetime as dt
import functools

from tessella.formats.attestation.profile import Profile
from tessella.formats.attestation.profiles import EUDI
from tessella.formats.attestation.reading import read
from tessella.formats.attestation.writing import write
from tessella.model import Award, Organisation
from tessella.model.fieldmap import Carried, FieldRule, Loss, stated, uncovered
from tessella.model.fieldmap import losses as _losses

__all__ = ["FIELD_MAP", "field_map", "losses"]

_NONE = "The attestation has no claim for it."
_PERSONAL = "Left out, so that an attestation says no more of a person than it must."
_CATALOGUE = "Belongs to the catalogue, not to a credential."
_REASONS = {
    "learner": _PERSONAL,
    "micro_credential.cost": _CATALOGUE,
    "micro_credential.research": _CATALOGUE,
}
_ENVELOPE = (
    FieldRule(
        record="id", wire=("jti",), carried=Carried.PART, note="The attestation's own id stands in its place."
    ),
    FieldRule(record="learner.id", wire=("sub",), element="Identification of the learner"),
    FieldRule(record="issued_at", wire=("iat",), carried=Carried.PART, note="In whole seconds."),
    FieldRule(
        record="status",
        wire=("status",),
        carried=Carried.PART,
        note="Only an entry of a Token Status List; those of another kind belong to a copy in another format.",
    ),
)
_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_SOMEBODY = Organisation(name={"en": "-"})


@functools.cache
def field_map(profile: Profile = EUDI) -> tuple[FieldRule, ...]:
    """Every field of an `Award` and what becomes of it in this profile."""
    rules = {rule.record: rule for rule in _ENVELOPE}
    for row in profile.rules:
        for path in row.record:
            if (known := rules.get(path)) is not None:  # a second claim about the same field
                rules[path] = FieldRule(
                    record=path,
                    wire=(*known.wire, row.claim),
                    carried=known.carried,
                    note=known.note,
                    element=known.element or row.element,
                )
                continue
            rules[path] = FieldRule(
                record=path,
                wire=(row.claim,),
                carried=Carried.FULL if row.full else Carried.PART,
                note="" if row.full else row.note,
                element=row.element,
            )
    missing = [
        FieldRule(record=path, carried=Carried.NONE, note=_reason(path))
        for path in uncovered(Award, rules.values())
    ]
    return (*rules.values(), *missing)


def _reason(path: str) -> str:
    found = [reason for start, reason in _REASONS.items() if path == start or path.startswith(f"{start}.")]
    return found[0] if found else _NONE


FIELD_MAP = field_map(EUDI)
"""The field map of the default profile."""


def losses(award: Award, *, profile: Profile = EUDI, matching: bool = False) -> tuple[Loss, ...]:
    """What an attestation of this award would not carry, or not wholly, in the order of the field map.

    Of what a profile carries in part, only that counts which does not come back: a title in one language is carried.
    """
    language = award.micro_credential.language
    written = write(
        award,
        issuer=_SOMEBODY,
        issuer_id="",
        issued_at=award.issued_at or _AT,
        credential_id=award.id,
        profile=profile,
        matching=matching,
        allow_incomplete=True,
    )
    back = read(written.claims, language=language).award
    rules = field_map(profile)
    kept = {
        place
        for rule in rules
        for place, value in stated(award, rule.record)
        if (place, value) in list(stated(back, rule.record))
    }
    if award.learner.display_name == back.learner.display_name:
        kept.add("learner.full_name")
    return tuple(loss for loss in _losses(award, rules) if loss.record not in kept)
