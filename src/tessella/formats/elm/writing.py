"""Writing an award as a European Digital Credential, ready to be sealed.

The keys come in one fixed order: ``id type credentialProfiles displayParameter identifier credentialSchema credentialSubject evidence
credentialStatus issuer issuanceDate issued validFrom validUntil expirationDate @context``; inside a node ``id`` and ``type``
first. A single value stands bare, several stand in a list. `FIELD_MAP` says what of the record goes where.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import InputError, SchemaError, UnsupportedError
from tessella.formats.elm._achieved import part_achieved
from tessella.formats.elm._concepts import is_uri
from tessella.formats.elm._nodes import OWN_URI, Workshop, day, moment, several
from tessella.formats.elm._parties import same_organisation
from tessella.formats.elm._specification import accreditation, activity, awarding_bodies, specification
from tessella.formats.elm._tables import CONTEXT
from tessella.model import (
    Assessment,
    Award,
    Identifier,
    Image,
    Learner,
    MicroCredential,
    Organisation,
    Result,
)
from tessella.text import pick, say
from tessella.vocabulary import code_list, language

__all__ = ["MANDATE_TYPES", "WRITTEN_PROFILES", "Mandate", "SealIdentity", "encode", "write"]

_SCHEMA = "http://data.europa.eu/snb/model/ap/edc-"
WRITTEN_PROFILES: Mapping[str, tuple[str, str]] = {
    "generic": (_SCHEMA + "generic-full", "generic"),
    "accredited": (_SCHEMA + "accredited", "accreditation"),
    "issued-by-mandate": (_SCHEMA + "issued-by-mandate", "issued-by-mandate"),
}
"""The profiles `write` makes: the id of the credential schema, and the code in the list of credential profiles."""


class SealIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Who will seal, as the certificate says it: subject O, CN, organizationIdentifier (2.5.4.97) and C.

    Europass writes these into the issuer when it seals, so that the credential names who sealed it.
    """

    organisation: str
    common_name: str
    organization_identifier: str
    country: str


MANDATE_TYPES: Mapping[str, str] = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG"}
"""Kinds of document that a mandate may be, as Europass takes them, by media type with the code of the file type."""


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """The mandate under which another body issues: what it says in one sentence, and the document itself."""

    statement: str = ""
    title: str = ""
    document: Image | None = None


def write(
    award: Award,
    *,
    credential_id: str,
    issued_at: dt.datetime,
    issuer: Organisation,
    image: Image,
    seal: SealIdentity | None = None,
    status: Mapping[str, Any] | None = None,
    profile: str = "generic",
    mandate: Mandate | None = None,
) -> dict[str, Any]:
    """The award as an unsealed European Digital Credential (ELM 3.2 on VCDM 1.1).

    With ``seal`` (or a ``legal_id`` of the issuer) the result conforms to the official shapes of the profile. What ELM cannot
    hold is left out; `losses` names it. The same arguments give the same document.

    Args:
        credential_id: a URI, unique for ever (Europass uses ``urn:credential:<uuid4>``).
        issued_at: with a time zone.
        issuer: who issues; when that is not an awarding body, a mandate is added as evidence.
        image: the picture of page 1, which ELM demands.
        status: the status list entry (``id``, ``type``, ``statusPurpose`` …); default is the first of ``award.status``.
        profile: a key of `WRITTEN_PROFILES`.
        mandate: what the issuer was mandated by, where it is another than the awarding body; its document goes inside.

    Raises:
        SchemaError: ELM demands something that the record does not say (a title, an awarding body with its country …).
        InputError: ``issued_at`` has no time zone, or ``credential_id`` is no URI.
        UnsupportedError: another profile.
    """
    if profile not in WRITTEN_PROFILES:
        raise UnsupportedError(
            say("Credentials of the profile “%(name)s” are not made here.", name=profile),
            got=profile,
            expected=", ".join(WRITTEN_PROFILES),
        )
    if issued_at.utcoffset() is None:
        raise InputError(say("The time of issuing has no time zone."), hint=say("Use an aware datetime."))
    if not is_uri(credential_id):
        raise InputError(
            say("The id of a credential is a URI."),
            got=credential_id,
            hint=say("Use urn:credential:<uuid4>."),
        )
    record = award.micro_credential
    shop = Workshop(record.language)
    shop.reserve(credential_id)
    bodies = awarding_bodies(shop, record)
    if not bodies:
        raise _demanded(
            say("A European Digital Credential needs an awarding body with its name and country."),
            "micro_credential.awarding_bodies",
            say("Add its place."),
        )
    schema, concept = WRITTEN_PROFILES[profile]
    made: dict[str, Any] = {
        "id": credential_id,
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "credentialProfiles": shop.code("credential", concept),
        "displayParameter": _display(shop, record, image),
        "identifier": shop.named("Certificate number", award.number),
        "credentialSchema": {"id": schema, "type": "ShaclValidator2017"},
        "credentialSubject": _person(shop, award.learner, _claim(shop, award, bodies)),
        "evidence": _evidence(shop, award, issuer, profile, mandate),
        "credentialStatus": _status(award, status),
        "issuer": _issuer(shop, issuer, seal, credential_id),
        "issuanceDate": moment(issued_at),
        "issued": moment(issued_at),
        "validFrom": moment(award.valid_from or issued_at),
        "validUntil": moment(award.valid_until) if award.valid_until else None,
        "expirationDate": moment(award.valid_until) if award.valid_until else None,
        "@context": list(CONTEXT),
    }
    return {key: value for key, value in made.items() if value is not None}


def encode(document: Mapping[str, Any]) -> bytes:
    """The text to seal: compact JSON in UTF-8, keys in their order. Once sealed it is never written anew."""
    return msgspec.json.encode(document)


def _display(shop: Workshop, record: MicroCredential, image: Image) -> dict[str, Any]:
    tongue = shop.concept(_language(record.language))
    tags = dict.fromkeys((record.language, *record.title))
    tongues = {concept.uri: concept for tag in tags if (concept := _language(tag))}
    detail = shop.node("displayDetail", "DisplayDetail", image=shop.image(image), page=1)
    return shop.node(
        "displayParameter",
        "DisplayParameter",
        title=shop.required_text(record.title, "micro_credential.title"),
        description=shop.text(record.description),
        language=several(shop.concept(concept) for concept in tongues.values()),
        primaryLanguage=tongue,
        individualDisplay=shop.node(
            "individualDisplay", "IndividualDisplay", language=tongue, displayDetail=detail
        ),
    )


def _language(tag: str) -> Any:
    """The language of a tag in the EU list; English for a tag the list does not know."""
    codes = code_list("language")
    return codes.get(tag) or codes.get(tag.partition("-")[0]) or language("en")


def _issuer(
    shop: Workshop, issuer: Organisation, seal: SealIdentity | None, credential_id: str
) -> dict[str, Any]:
    """The issuer under an id of its own, with what the certificate says of it."""
    more: dict[str, Any] = {}
    if seal is not None:
        country = shop.concept(code_list("country").require(seal.country))
        address = {"id": "urn:certificateAddress:1", "type": "Address", "countryCode": country}
        more["locations"] = [{"id": "urn:certificateLocation:1", "type": "Location", "address": address}]
        more["eIDASIdentifier"] = {
            "id": "urn:certificateIdentifier:1",
            "type": "LegalIdentifier",
            "notation": seal.organization_identifier,
            "spatial": country,
        }
        issuer = msgspec.structs.replace(
            issuer,
            name={shop.language: seal.organisation},
            alternative_names={shop.language: seal.common_name} if seal.common_name else {},
        )
    own = shop.identifier(Identifier(value=issuer.id, scheme=OWN_URI)) if issuer.id else None
    node = shop.organisation_with(issuer, kind="issuer", uri="", identifiers=[own], **more)
    if node is None:
        raise _demanded(
            say("A European Digital Credential needs an issuer with its name and country."),
            "issuer",
            say("Add its place."),
        )
    return {**node, "id": f"urn:epass:org:issuer:{credential_id.rpartition(':')[2]}"}


def _person(shop: Workshop, learner: Learner, claim: dict[str, Any]) -> dict[str, Any]:
    number = shop.identifier(learner.national_id)
    legal = number if number and number["type"] == "LegalIdentifier" else None
    genders = code_list("human-sex")
    return shop.node(
        "person",
        "Person",
        uri=learner.id,
        fullName=shop.text(learner.full_name),
        givenName=shop.text(learner.given_name),
        familyName=shop.text(learner.family_name),
        dateOfBirth=day(learner.birth_date),
        nationalID=legal,
        identifier=several([*map(shop.identifier, learner.identifiers), None if legal else number]),
        citizenshipCountry=shop.concepts(learner.citizenship, "Person", "citizenshipCountry"),
        gender=shop.concept(genders.get(learner.gender)) if learner.gender else None,
        contactPoint=shop.mail(learner.email),
        hasClaim=claim,
    )


def _claim(shop: Workshop, award: Award, bodies: list[dict[str, Any]]) -> dict[str, Any]:
    record = award.micro_credential
    process = shop.node(
        "awardingProcess",
        "AwardingProcess",
        awardingBody=several(bodies),
        awardingDate=day(award.awarded_on),
    )
    return shop.node(
        "learningAchievement",
        "LearningAchievement",
        identifier=shop.named("Award", award.id),
        title=shop.required_text(record.title, "micro_credential.title"),
        awardedBy=process,
        provenBy=several(_assessments(shop, award, process)),
        influencedBy=activity(shop, record, process),
        creditReceived=several(map(shop.credit, award.credits)),
        specifiedBy=specification(shop, record),
        hasPart=several(part_achieved(shop, part, number) for number, part in enumerate(award.parts)),
        supplementaryDocument=several(shop.web(link) for item in award.evidence for link in item.links),
        additionalNote=several(shop.notes("achievement", award)),
    )


def _assessments(shop: Workshop, award: Award, process: dict[str, Any]) -> list[dict[str, Any]]:
    """Every result with its assessment, then the assessments nobody recorded a result for."""
    described = award.micro_credential.assessments
    by_id = {item.id: item for item in described if item.id}
    sole = described[0] if len(described) == 1 and not described[0].id else None
    pairs: list[tuple[Assessment | None, Result]] = [
        (by_id.get(result.assessment) or (sole if not result.assessment else None), result)
        for result in award.results
    ]
    met = {id(assessment) for assessment, _ in pairs}
    pairs += [(item, Result()) for item in described if id(item) not in met]
    return [_assessment(shop, award.micro_credential, item, result, process) for item, result in pairs]


def _assessment(
    shop: Workshop,
    record: MicroCredential,
    described: Assessment | None,
    result: Result,
    process: dict[str, Any],
) -> dict[str, Any]:
    grade = shop.note(result.grade) or shop.note({"en": "No grade recorded"}, "no-grade", "Grade")
    fallback = _assessment_title(shop, record, described)
    return shop.node(
        "learningAssessment",
        "LearningAssessment",
        identifier=shop.named("Assessment", result.assessment),
        title=shop.text(result.title) or fallback,
        awardedBy=process,
        grade=grade,
        gradeStatus=shop.concept(result.status),
        resultDistribution=shop.node(
            "resultDistribution", "ResultDistribution", description=shop.text(result.distribution)
        )
        if result.distribution
        else None,
        dateIssued=day(result.assessed_on),
        assessedBy=several(map(shop.agent, result.assessed_by)),
        idVerification=shop.concept(result.supervision or (described.supervision if described else None)),
        specifiedBy=_assessment_specification(shop, described, result, fallback),
    )


def _assessment_title(
    shop: Workshop, record: MicroCredential, described: Assessment | None
) -> dict[str, str]:
    """The title of an assessment, else the name of its type, else the title of the micro-credential."""
    kind = shop.concept(described.type) if described else None
    return (
        (shop.text(described.title) if described else None)
        or (kind or {}).get("prefLabel")
        or shop.required_text(record.title, "micro_credential.title")
    )


def _assessment_specification(
    shop: Workshop, described: Assessment | None, result: Result, title: dict[str, str]
) -> dict[str, Any] | None:
    if described is None and result.scheme is None and result.mode is None:
        return None
    scheme = (described.grading if described else None) or result.scheme
    mode = result.mode or (described.mode if described else None)
    page = described.criteria_url if described else ""
    return shop.node(
        "learningAssessmentSpec",
        "LearningAssessmentSpecification",
        identifier=shop.named("Assessment", described.id) if described else None,
        title=title,
        description=shop.text(described.criteria) if described else None,
        dcType=shop.concept(described.type) if described else None,
        mode=shop.concept(mode),
        gradingScheme=shop.node(
            "gradingScheme",
            "GradingScheme",
            title=shop.required_text(scheme.title, "grading.title"),
            description=shop.text(scheme.description),
        )
        if scheme
        else None,
        supplementaryDocument=shop.web(page),
        additionalNote=several(shop.notes("assessment", described)),
    )


def _evidence(
    shop: Workshop, award: Award, issuer: Organisation, profile: str, mandate: Mandate | None
) -> dict[str, Any] | None:
    """The mandate when another organisation issues, and the accreditation that the accredited profile rests on.

    One object holds both: in the accredited profile every evidence must have an accreditation.
    """
    record = award.micro_credential
    mandated = not any(same_organisation(issuer, body) for body in record.awarding_bodies)
    if profile == "issued-by-mandate" and not mandated:
        raise _demanded(
            say("The issuer is the awarding body, so there is no mandate."),
            "issuer",
            say("Use the generic profile."),
        )
    proof = None
    if profile == "accredited":
        proof = next((node for item in record.quality if (node := accreditation(shop, record, item))), None)
        if proof is None:
            raise _demanded(
                say(
                    "The accredited profile needs quality assurance with its type, and an agency with its country."
                ),
                "micro_credential.quality",
                say("Add it, or use the generic profile."),
            )
    if not mandated and proof is None:
        return None
    statement = (mandate.statement if mandate else "") or say(
        "Every claim in this credential is made by %(awarding)s, which has given %(issuer)s the mandate to issue it.",
        awarding=", ".join(pick(body.name, (record.language,)) for body in record.awarding_bodies),
        issuer=pick(issuer.name, (record.language,)),
    )
    return shop.node(
        "evidence",
        "Evidence",
        dcType=shop.code("evidence-type", "accreditation" if proof else "mandate"),
        evidenceStatement=statement if mandated else None,
        embeddedEvidence=_mandate_document(shop, mandate) if mandated else None,
        accreditation=proof,
    )


def _mandate_document(shop: Workshop, mandate: Mandate | None) -> dict[str, Any] | None:
    """The agreement itself, as Europass embeds it."""
    if mandate is None or mandate.document is None:
        return None
    return shop.media(mandate.document, MANDATE_TYPES, say("Use PDF, PNG or JPEG."), mandate.title)


def _demanded(message: str, place: str, hint: str) -> SchemaError:
    """ELM demands something that the record does not say."""
    return SchemaError(message, code="input.schema.elm-required", place=place, hint=hint)


def _status(award: Award, given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The status entry in the one form that Europass' shapes accept: its own class beside ``CredentialStatus``."""
    if given is None:
        if not award.status:
            return None
        first = award.status[0]
        given = {
            "type": first.type,
            "statusPurpose": first.purpose,
            "statusListIndex": None if first.index is None else str(first.index),
            "statusListCredential": first.list_url,
        }
    entry = {
        key: value for key, value in given.items() if key not in ("id", "type") and value not in (None, "")
    }
    kind = given.get("type", "BitstringStatusListEntry")
    kinds = [name for name in (kind if isinstance(kind, list) else [kind]) if name != "CredentialStatus"]
    ident = given.get("id") or f"{entry.get('statusListCredential', '')}#{entry.get('statusListIndex', '')}"
    return {"id": ident, "type": ["CredentialStatus", *kinds], **entry}
