"""From the record to an OpenBadgeCredential (Open Badges 3.0 on VCDM 2.0)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.openbadges3._json import Reading, iri, is_iri, items, number, timestamp
from tessella.formats.openbadges3._names import (
    ACHIEVEMENT_TYPES,
    CREDENTIALS_V2,
    EXTENSION_CONTEXT_URL,
    OB_CONTEXT,
    OB_EXTENSIONS,
    TYPES_OF_EXTENSIONS,
)
from tessella.formats.openbadges3._parts import (
    alignments,
    criteria_narrative,
    data_uri,
    evidence_objects,
    identifier_entries,
    part_objects,
    profile,
    result_objects,
    rule_alignment,
    status_objects,
)
from tessella.formats.openbadges3._terms import TABLES, write_terms
from tessella.formats.openbadges3.identity import Recipient, identity_objects
from tessella.formats.openbadges3.reading import plain_award, without_composed_criteria
from tessella.model import Award, MicroCredential, Organisation
from tessella.model.base import Part
from tessella.text import pick, say

__all__ = ["write"]

_MEDIA_TYPES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"<", "image/svg+xml"))


def write(
    award: Award,
    *,
    credential_id: str,
    issued_at: dt.datetime,
    issuer: Organisation,
    issuer_id: str,
    image: bytes | str | None = None,
    status: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    recipient: Recipient | str = Recipient.NAMED,
    salt: str = "",
) -> dict[str, Any]:
    """The award as an unsealed OpenBadgeCredential of VCDM 2.0.

    Texts are in the record's language; what the standard has no place for (other languages too) is in the terms of the
    extension, whose context is named only when one is used. Every term is defined by the contexts named.

    Args:
        award: what to write. Its micro-credential needs an ``id`` and a title; its learner a name or an identifier.
        credential_id: the URI of this credential.
        issued_at: when it is made out, with time zone; ``validFrom`` unless the award has its own ``valid_from``.
        issuer: who seals; ``issuer_id`` is the DID or URL of its keys.
        image: the badge's picture: PNG or SVG bytes, or its address (``https:`` or ``data:``).
        status: credentialStatus as it shall stand; by default what ``award.status`` says.
        recipient: how the learner is named, see `Recipient`.
        salt: random text for hashed identifiers, a new one for each badge.

    Raises:
        SchemaError: ``openbadges3.no-title``, ``openbadges3.no-recipient``, ``openbadges3.image``,
            ``openbadges3.not-a-uri``, ``openbadges3.no-time-zone``: the record lacks what a badge needs.
        InputError: ``openbadges3.salt`` identifiers are to be hashed and there is no salt.
    """
    micro = award.micro_credential
    if not pick(micro.title, (micro.language,)).strip():
        raise SchemaError(
            say("The micro-credential has no title."),
            code="openbadges3.no-title",
            place="micro_credential.title",
            hint=say("Give it a title in its primary language."),
        )
    described, results = result_objects(micro, award.results)
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V2, OB_CONTEXT],
        "id": iri(credential_id, "credential_id"),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": profile(issuer, iri(issuer_id, "issuer_id"), micro.language),
        "validFrom": timestamp(award.valid_from or issued_at, "valid_from"),
        "name": pick(micro.title, (micro.language,)),
        "credentialSubject": _subject(award, Recipient(recipient), salt)
        | ({"result": results} if results else {})
        | {"achievement": _achievement(award, issuer, described, image)},
    }
    if award.valid_until:
        document["validUntil"] = timestamp(award.valid_until, "valid_until")
    if award.awarded_on:
        document["awardedDate"] = f"{award.awarded_on.isoformat()}T00:00:00Z"
    if evidence := [
        *part_objects(award.parts, micro.language),
        *evidence_objects(award.evidence, micro.language),
    ]:
        document["evidence"] = evidence
    statuses = items(status) if isinstance(status, Mapping) else list(status or status_objects(award.status))
    if statuses:
        document["credentialStatus"] = (
            dict(statuses[0]) if len(statuses) == 1 else [dict(s) for s in statuses]
        )
    if any(TYPES_OF_EXTENSIONS.intersection(items(entry.get("type"))) for entry in statuses):
        document["@context"].append(OB_EXTENSIONS)
    _extend(document, msgspec.structs.replace(award, issued_at=issued_at))
    return document


def _subject(award: Award, recipient: Recipient, salt: str) -> dict[str, Any]:
    subject: dict[str, Any] = {"type": ["AchievementSubject"]}
    learner = award.learner
    if learner.id:
        subject = {"id": iri(learner.id, "learner.id"), **subject}
    if identities := identity_objects(learner, recipient, salt):
        subject["identifier"] = identities
    if not learner.id and not identities:
        raise SchemaError(
            say("The badge would not say whose it is."),
            code="openbadges3.no-recipient",
            place="learner",
            hint=say(
                "Give the learner an e-mail address, another identifier or, where names are shown, a name."
            ),
        )
    took_part = award.micro_credential.participation
    for member, day in (
        ("activityStartDate", took_part.starts_on if took_part else None),
        ("activityEndDate", took_part.ends_on if took_part else None),
    ):
        if day:
            subject[member] = f"{day.isoformat()}T00:00:00Z"
    if award.credits:
        subject["creditsEarned"] = number(award.credits[0].points)
    if award.number:
        subject["licenseNumber"] = award.number
    return subject


def _achievement(
    award: Award,
    issuer: Organisation,
    described: list[dict[str, Any]],
    image: bytes | str | None,
) -> dict[str, Any]:
    micro = award.micro_credential
    name = pick(micro.title, (micro.language,))
    workload = micro.workload
    rule = rule_alignment(award.rule, micro.language) if award.rule else None
    made: dict[str, Any] = {
        "id": iri(micro.id, "micro_credential.id"),
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPES[micro.record_type],
        "name": name,
        "description": pick(micro.description, (micro.language,)) or name,
        "criteria": {"narrative": criteria_narrative(micro)},
        "inLanguage": micro.language,
        "version": micro.version,
        "creator": _creator(micro, issuer),
        "alignment": [*alignments(micro), *([rule] if rule else [])],
        "otherIdentifier": identifier_entries(micro.identifiers),
        "resultDescription": described,
    }
    if micro.fields:
        made["fieldOfStudy"] = micro.fields[0].label(micro.language, "en")
    if workload and workload.credits:
        made["creditsAvailable"] = number(workload.credits[0].points)
    if image is not None:
        made["image"] = {"id": _image_address(image), "type": "Image", "caption": name}
    return {member: value for member, value in made.items() if value or value == 0}


def _creator(micro: MicroCredential, issuer: Organisation) -> dict[str, Any] | None:
    """The awarding body (the first of several) when it is not the issuer, and has an address to go by."""
    if not micro.awarding_bodies or issuer in micro.awarding_bodies:
        return None
    body = micro.awarding_bodies[0]
    if (body.id and body.id == issuer.id) or (body.legal_id and body.legal_id == issuer.legal_id):
        return None
    address = next((one for one in (body.id, body.homepage) if is_iri(one)), "")
    return profile(body, address, micro.language) if address else None


def _image_address(image: bytes | str) -> str:
    if isinstance(image, str):
        return iri(image, "image")
    for magic, media_type in _MEDIA_TYPES:
        if image.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
            return data_uri(image, media_type)
    raise SchemaError(
        say("The picture of a badge must be PNG or SVG."),
        code="openbadges3.image",
        place="image",
        hint=say("Save the picture as PNG or SVG."),
    )


def _extend(document: dict[str, Any], award: Award) -> None:
    """Add, in the extension's terms, every field that the standard's own terms would not give back as it is."""
    plain = plain_award(document, Reading(award.micro_credential.language))
    subject, micro = document["credentialSubject"], award.micro_credential
    said_of_micro = without_composed_criteria(plain.micro_credential, micro)
    language = micro.language
    for node, part, said, place in (
        (subject, award, plain, "award"),
        (subject["achievement"], micro, said_of_micro, "micro_credential"),
    ):
        node.update(write_terms(part, language, place, _unsaid(part, said)))
    if any(
        _uses_extension(node, kind)
        for node, kind in ((subject, Award), (subject["achievement"], MicroCredential))
    ):
        document["@context"].append(EXTENSION_CONTEXT_URL)


def _unsaid(part: Part, said: Part) -> frozenset[str]:
    names = (field.name for field in TABLES[type(part)])
    return frozenset(name for name in names if getattr(part, name) != getattr(said, name))


def _uses_extension(node: Mapping[str, Any], kind: type[Part]) -> bool:
    return any(field.term in node for field in TABLES[kind])
