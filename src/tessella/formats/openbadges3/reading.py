"""From a badge to the record: Open Badges 3.0 on VCDM 2.0 and 1.1, ours and anybody's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.openbadges3._json import Note, Reading, items, number
from tessella.formats.openbadges3._names import (
    CREDENTIAL_TYPES,
    CREDENTIALS_V1,
    EXTENSION_CONTEXT_URL,
    LANGUAGE_TAG,
    RECORD_TYPES,
    context_urls,
    credential_types,
)
from tessella.formats.openbadges3._national import NATIONAL_TERMS, read_national
from tessella.formats.openbadges3._parts import (
    criteria_narrative,
    read_alignments,
    read_evidence,
    read_identifier_entries,
    read_parts,
    read_profile,
    read_results,
    read_rule,
    read_status,
)
from tessella.formats.openbadges3._terms import TABLES, read_terms
from tessella.formats.openbadges3.identity import read_identities
from tessella.model import (
    Award,
    Credits,
    Learner,
    Link,
    MicroCredential,
    Organisation,
    Participation,
    RecordType,
    Workload,
)
from tessella.text import pick, say

__all__ = ["BadgeRead", "CredentialFacts", "detect", "plain_award", "read", "without_composed_criteria"]

_SUBJECT = "$.credentialSubject"
_ACHIEVEMENT = "$.credentialSubject.achievement"

_CREDENTIAL_MEMBERS = frozenset(
    [
        "@context",
        "id",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "issuanceDate",
        "expirationDate",
        "name",
        "description",
        "image",
        "awardedDate",
        "credentialSubject",
        "evidence",
        "credentialStatus",
        "credentialSchema",
        "refreshService",
        "termsOfUse",
        "endorsement",
        "endorsementJwt",
        "proof",
    ]
)
_SUBJECT_MEMBERS = frozenset(
    [
        "id",
        "type",
        "identifier",
        "name",
        "achievement",
        "activityStartDate",
        "activityEndDate",
        "creditsEarned",
        "licenseNumber",
        "result",
    ]
)
_ACHIEVEMENT_MEMBERS = frozenset(
    [
        "id",
        "type",
        "achievementType",
        "name",
        "description",
        "criteria",
        "inLanguage",
        "version",
        "creator",
        "alignment",
        "otherIdentifier",
        "resultDescription",
        "fieldOfStudy",
        "creditsAvailable",
        "image",
    ]
)


class CredentialFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the credential says of itself, not of the award.

    Times are UTC. ``data_model`` is ``2.0`` or ``1.1`` (of W3C verifiable credentials). ``image`` is the address of the badge's
    picture (``https:`` or ``data:``). ``status``, ``schemas``, ``refresh``, ``terms`` and ``endorsements`` are the JSON objects as they
    stand; ``extra`` the members that the standard does not know.
    """

    id: str = ""
    types: tuple[str, ...] = ()
    contexts: tuple[Any, ...] = ()
    data_model: str = "2.0"
    name: str = ""
    description: str = ""
    image: str = ""
    achievement_type: str = ""
    valid_from: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    status: tuple[Any, ...] = ()
    schemas: tuple[Any, ...] = ()
    refresh: tuple[Any, ...] = ()
    terms: tuple[Any, ...] = ()
    endorsements: tuple[Any, ...] = ()
    extra: dict[str, Any] = {}


class BadgeRead(msgspec.Struct, frozen=True, kw_only=True):
    """A badge read into the record: the award, who issued it, facts of the credential, and what was odd."""

    award: Award
    issuer: Organisation
    issuer_id: str
    credential: CredentialFacts
    notes: tuple[Note, ...] = ()


def detect(document: Any) -> bool:
    """Whether a JSON value is an Open Badges 3.0 credential (an endorsement or CLR is none)."""
    return isinstance(document, Mapping) and not CREDENTIAL_TYPES.isdisjoint(credential_types(document))


def read(document: Mapping[str, Any]) -> BadgeRead:
    """An OpenBadgeCredential or AchievementCredential as an award. Proofs are not looked at.

    Terms of our extension come first when the document names its context; then the standard's own terms; then terms
    that others are known to add. Nothing is invented: what is missing stays empty, what cannot be used is left out
    and noted, members without a place in the record are kept in ``extra``. Whether the document is a valid badge
    is the business of `validate`.

    Raises:
        SchemaError: ``openbadges3.type`` it is no Open Badges 3.0 credential.
    """
    if not detect(document):
        raise SchemaError(
            say("This is not an Open Badges 3.0 credential."),
            code="openbadges3.type",
            got=credential_types(document),
            expected=sorted(CREDENTIAL_TYPES),
        )
    subject, achievement = _nodes(document, Reading())
    reading = Reading()
    reading.language = _language(achievement, reading)
    award = plain_award(document, reading)
    if EXTENSION_CONTEXT_URL in context_urls(document):
        award = _extended(award, subject, achievement, reading)
    else:
        micro = award.micro_credential
        award = msgspec.structs.replace(award, micro_credential=without_composed_criteria(micro, micro))
    if not achievement:
        reading.note("no-achievement", say("The badge does not say what was achieved."), _ACHIEVEMENT)
    issuer = read_profile(document.get("issuer"), reading, "$.issuer")
    if isinstance(document.get("issuer"), str):
        reading.note("issuer-string", say("The issuer is named by its address only."), "$.issuer")
    facts = _facts(document, achievement, reading)
    if facts.data_model == "1.1":
        reading.note("data-model-1.1", say("The badge uses version 1.1 of the W3C data model."))
    notes = tuple(dict.fromkeys((n.code, n.message, n.place) for n in reading.notes))
    return BadgeRead(
        award=award,
        issuer=issuer,
        issuer_id=issuer.id,
        credential=facts,
        notes=tuple(Note(code=code, message=message, place=place) for code, message, place in notes),
    )


def _language(achievement: Mapping[str, Any], reading: Reading) -> str:
    """The language of the badge's texts; one that names none is taken to be in English, as its standard is."""
    stated = reading.string(achievement.get("inLanguage"), f"{_ACHIEVEMENT}.inLanguage")
    if stated and not LANGUAGE_TAG.fullmatch(stated):
        reading.unusable(f"{_ACHIEVEMENT}.inLanguage")
        return "und"
    return stated or "en"


def _nodes(document: Mapping[str, Any], reading: Reading) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    subject = reading.node(document.get("credentialSubject"), _SUBJECT)
    return subject, reading.node(subject.get("achievement"), _ACHIEVEMENT)


def plain_award(document: Mapping[str, Any], reading: Reading) -> Award:
    """The award that the standard's own terms (and known terms of others) state, without our extension."""
    subject, achievement = _nodes(document, reading)
    micro = _plain_micro_credential(document, subject, achievement, reading)
    at = f"{_SUBJECT}.identifier"
    identities = read_identities(reading.nodes(subject.get("identifier"), at), reading, at)
    if "full_name" not in identities:  # some issuers write the name as the subject's own
        identities["full_name"] = reading.string(subject.get("name"), f"{_SUBJECT}.name")
    learner = Learner(id=reading.string(subject.get("id"), f"{_SUBJECT}.id"), **identities)
    earned = subject.get("creditsEarned")
    points = reading.decimal(earned, f"{_SUBJECT}.creditsEarned") if earned is not None else None
    known = _SUBJECT_MEMBERS | {field.term for field in TABLES[Award]}
    return Award(
        id=reading.string(document.get("id"), "$.id"),
        micro_credential=micro,
        learner=learner,
        awarded_on=reading.date(document.get("awardedDate"), "$.awardedDate"),
        issued_at=reading.instant(_first(document, "validFrom", "issuanceDate"), "$.validFrom"),
        valid_until=reading.instant(_first(document, "validUntil", "expirationDate"), "$.validUntil"),
        results=read_results(subject, achievement, reading),
        credits=(Credits(points=points),) if points is not None else (),
        evidence=read_evidence(document.get("evidence"), reading, "$.evidence"),
        parts=read_parts(document.get("evidence"), reading, "$.evidence"),
        rule=read_rule(
            reading.nodes(achievement.get("alignment"), f"{_ACHIEVEMENT}.alignment"),
            reading,
            f"{_ACHIEVEMENT}.alignment",
        ),
        number=reading.string(subject.get("licenseNumber"), f"{_SUBJECT}.licenseNumber"),
        status=read_status(document.get("credentialStatus"), reading, "$.credentialStatus"),
        extra={name: value for name, value in subject.items() if name not in known},
    )


def _first(document: Mapping[str, Any], *names: str) -> Any:
    return next((document[name] for name in names if name in document), None)


def _plain_micro_credential(
    document: Mapping[str, Any], subject: Mapping[str, Any], achievement: Mapping[str, Any], reading: Reading
) -> MicroCredential:
    def string(member: str) -> str:
        return reading.string(achievement.get(member), f"{_ACHIEVEMENT}.{member}")

    aligned = read_alignments(
        reading.nodes(achievement.get("alignment"), f"{_ACHIEVEMENT}.alignment"),
        reading,
        f"{_ACHIEVEMENT}.alignment",
    )
    known = _ACHIEVEMENT_MEMBERS | NATIONAL_TERMS | {field.term for field in TABLES[MicroCredential]}
    extra = {name: value for name, value in achievement.items() if name not in known}
    if rest := aligned.pop("rest"):
        extra["alignment"] = rest
    name, description = string("name"), string("description")
    criteria = reading.node(achievement.get("criteria"), f"{_ACHIEVEMENT}.criteria")
    page = reading.string(criteria.get("id"), f"{_ACHIEVEMENT}.criteria.id")
    fields: dict[str, Any] = {
        "id": string("id"),
        "version": string("version") or "1",
        "record_type": RECORD_TYPES.get(string("achievementType"), RecordType.ACHIEVEMENT),
        "language": reading.language,
        "title": reading.text(name or reading.string(document.get("name"), "$.name"), ""),
        "description": reading.text("" if description == name else description, ""),
        "awarding_bodies": _awarding_body(document, achievement, reading),
        "identifiers": read_identifier_entries(
            achievement.get("otherIdentifier"), reading, f"{_ACHIEVEMENT}.otherIdentifier"
        ),
        "workload": _workload(achievement, reading),
        "participation": _participation(subject, reading),
        "levels": aligned["levels"],
        **{member: tuple(aligned[member]) for member in ("fields", "outcomes", "quality")},
        "criteria": reading.text(
            reading.string(criteria.get("narrative"), f"{_ACHIEVEMENT}.criteria.narrative"), ""
        ),
        "further_information": (Link(url=page),) if page else (),
        "extra": extra,
    }
    return MicroCredential(**_merged(fields, read_national(achievement, reading, _ACHIEVEMENT)))


def _merged(fields: dict[str, Any], national: Mapping[str, Any]) -> dict[str, Any]:
    """Terms of others win over the standard's less precise ones; dates of participation and identifiers add up."""
    if (took_part := fields["participation"]) and "participation" in national:
        national = {
            **national,
            "participation": msgspec.structs.replace(took_part, modes=national["participation"].modes),
        }
    if "identifiers" in national:
        national = {**national, "identifiers": fields["identifiers"] + national["identifiers"]}
    return {**fields, **national}


def _awarding_body(
    document: Mapping[str, Any], achievement: Mapping[str, Any], reading: Reading
) -> tuple[Organisation, ...]:
    """Who made the achievement, else who issued the badge."""
    for value, place in (
        (achievement.get("creator"), f"{_ACHIEVEMENT}.creator"),
        (document.get("issuer"), "$.issuer"),
    ):
        if value:
            return (read_profile(value, reading, place),)
    return ()


def _workload(achievement: Mapping[str, Any], reading: Reading) -> Workload | None:
    available = achievement.get("creditsAvailable")
    if available is None:
        return None
    points = reading.decimal(available, f"{_ACHIEVEMENT}.creditsAvailable")
    return Workload(credits=(Credits(points=points),)) if points is not None else None


def _participation(subject: Mapping[str, Any], reading: Reading) -> Participation | None:
    starts, ends = (
        reading.date(subject.get(member), f"{_SUBJECT}.{member}")
        for member in ("activityStartDate", "activityEndDate")
    )
    return Participation(starts_on=starts, ends_on=ends) if starts or ends else None


def _extended(
    award: Award, subject: Mapping[str, Any], achievement: Mapping[str, Any], reading: Reading
) -> Award:
    """The award with the fields that the extension states, and notes where it contradicts the standard's terms."""
    micro = award.micro_credential
    described = read_terms(MicroCredential, achievement, reading, _ACHIEVEMENT)
    stated = read_terms(Award, subject, reading, _SUBJECT)
    for name, field in (("title", "name"), ("description", "description"), ("criteria", "criteria")):
        text, copy = described.get(name), getattr(micro, name)
        if text and copy and pick(copy) != pick(text, (reading.language,)):
            reading.note(
                "contradiction",
                say("The text differs from its copy in the extension, which is used."),
                f"{_ACHIEVEMENT}.{field}",
            )
    if "workload" in described and micro.workload and micro.workload.credits:
        credits = described["workload"].credits
        if not credits or number(credits[0].points) != number(micro.workload.credits[0].points):
            reading.note(
                "contradiction",
                say("The credits differ from those in the extension, which are used."),
                f"{_ACHIEVEMENT}.creditsAvailable",
            )
    if "issued_at" in stated:
        stated["valid_from"] = award.issued_at
    whole = msgspec.structs.replace(micro, **described)
    if "criteria" not in described:
        whole = without_composed_criteria(whole, whole)
    return msgspec.structs.replace(award, micro_credential=whole, **stated)


def without_composed_criteria(micro: MicroCredential, described: MicroCredential) -> MicroCredential:
    """The same without criteria that say no more than what the writer composes when a record has none."""
    composed = criteria_narrative(msgspec.structs.replace(described, criteria={}))
    same = sorted(pick(micro.criteria).splitlines()) == sorted(
        composed.splitlines()
    )  # their order says nothing
    return msgspec.structs.replace(micro, criteria={}) if same else micro


def _facts(document: Mapping[str, Any], achievement: Mapping[str, Any], reading: Reading) -> CredentialFacts:
    contexts = context_urls(document)
    image = reading.node(_first(achievement, "image") or document.get("image"), f"{_ACHIEVEMENT}.image")
    strings = {
        name: reading.string(document.get(name), f"$.{name}") for name in ("id", "name", "description")
    }
    return CredentialFacts(
        types=credential_types(document),
        contexts=contexts,
        data_model="1.1" if CREDENTIALS_V1 in contexts else "2.0",
        image=reading.string(image.get("id"), f"{_ACHIEVEMENT}.image.id"),
        achievement_type=reading.string(
            achievement.get("achievementType"), f"{_ACHIEVEMENT}.achievementType"
        ),
        valid_from=reading.instant(_first(document, "validFrom", "issuanceDate"), "$.validFrom"),
        valid_until=reading.instant(_first(document, "validUntil", "expirationDate"), "$.validUntil"),
        status=tuple(items(document.get("credentialStatus"))),
        schemas=tuple(items(document.get("credentialSchema"))),
        refresh=tuple(items(document.get("refreshService"))),
        terms=tuple(items(document.get("termsOfUse"))),
        endorsements=(*items(document.get("endorsement")), *items(document.get("endorsementJwt"))),
        extra={name: value for name, value in document.items() if name not in _CREDENTIAL_MEMBERS},
        **strings,
    )
