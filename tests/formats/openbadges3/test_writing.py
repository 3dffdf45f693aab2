"""From the record to an OpenBadgeCredential."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tessella.errors import InputError, SchemaError
from tessella.formats.openbadges3 import EXTENSION_CONTEXT_URL, Recipient, hash_identity
from tessella.model import (
    Award,
    AwardStatus,
    Credits,
    Image,
    Learner,
    MicroCredential,
    Organisation,
    RecordType,
    Workload,
)
from tests.formats.openbadges3.sample import AWARD, LAKESIDE, MICRO, SEALER, with_micro, written

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
PNG = b"\x89PNG\r\n\x1a\n..."


def achievement(document: dict[str, Any]) -> dict[str, Any]:
    return document["credentialSubject"]["achievement"]  # type: ignore[no-any-return]


def test_credential_is_an_open_badge_of_vcdm_2() -> None:
    document = written()
    assert document["@context"] == [V2, OB, EXTENSION_CONTEXT_URL]
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["issuer"] == {
        "id": "did:web:seals.example",
        "type": ["Profile"],
        "name": "Campus Seals Ltd",
    }
    assert (document["validFrom"], document["awardedDate"]) == (
        "2026-06-03T09:30:00Z",
        "2026-06-01T00:00:00Z",
    )
    assert {"validUntil", "credentialStatus", "proof"}.isdisjoint(document)


def test_texts_are_in_the_primary_language_and_all_of_them_in_the_extension() -> None:
    finnish = written(with_micro(language="fi"))
    assert (finnish["name"], achievement(finnish)["inLanguage"]) == ("Dataetiikka käytännössä", "fi")
    assert achievement(finnish)["titleText"] == MICRO.title
    assert achievement(finnish)["fieldOfStudy"] == "Computer use"
    assert achievement(finnish)["alignment"][0]["targetName"] == "soveltaa dataetiikkaa"


def test_elements_of_the_european_standard_have_their_places() -> None:
    made = achievement(written())
    assert made["achievementType"] == "MicroCredential"
    assert made["notionalWorkload"]["workloadHours"] == "67.5"
    assert made["notionalWorkload"]["workloadCredit"][0]["creditSystem"]["notation"] == "ects"
    assert [one["titleText"]["en"] for one in made["learningOutcome"]] == [
        o.title["en"] for o in MICRO.outcomes
    ]
    assert made["participation"]["participationMode"][0]["notation"] == "online"
    assert made["assessment"][0]["assessmentType"]["notation"] == "marked-assignment"
    assert made["assessment"][0]["supervision"]["notation"] == "unsupervised-with-id"
    assert made["qualityAssurance"][0]["qualityScheme"] == "ESG 2015"
    assert made["stackability"]["stackable"] is True
    assert made["prerequisites"]["noPrerequisites"] is True


def test_alignments_name_skills_levels_and_fields() -> None:
    assert [(a["targetType"], a["targetUrl"]) for a in achievement(written())["alignment"]] == [
        ("ext:ESCOSkill", "http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180"),
        ("ext:EQF", "http://data.europa.eu/snb/eqf/6"),
        ("ext:QF-EHEA", "urn:tessella:qf-ehea:first"),
        ("ext:ISCED-F", "http://data.europa.eu/snb/isced-f/0611"),
    ]


def test_grade_and_scale_are_linked() -> None:
    document = written()
    (result,) = document["credentialSubject"]["result"]
    (description,) = achievement(document)["resultDescription"]
    assert result == {"type": ["Result"], "resultDescription": description["id"], "value": "4"}
    assert (
        description["name"],
        description["valueMin"],
        description["valueMax"],
        description["requiredValue"],
    ) == (
        "Case report",
        "0",
        "5",
        "1",
    )


@pytest.mark.parametrize(
    ("record_type", "name"),
    [
        (RecordType.MICRO_CREDENTIAL, "MicroCredential"),
        (RecordType.ACHIEVEMENT, "Achievement"),
        (RecordType.PARTICIPATION, "ext:Participation"),
        (RecordType.MEMBERSHIP, "Membership"),
        (RecordType.MOTIVATION, "ext:Motivation"),
        (RecordType.CONTRIBUTION, "ext:Contribution"),
        (RecordType.RECOGNITION_DECISION, "ext:RecognitionDecision"),
    ],
)
def test_only_a_micro_credential_is_called_one(record_type: RecordType, name: str) -> None:
    assert achievement(written(with_micro(record_type=record_type)))["achievementType"] == name


def test_every_record_type_has_its_achievement_type() -> None:
    from tessella.formats.openbadges3._names import ACHIEVEMENT_TYPES

    assert set(ACHIEVEMENT_TYPES) == set(RecordType)
    assert len(set(ACHIEVEMENT_TYPES.values())) == len(RecordType)


def test_extension_context_is_named_only_when_a_term_is_used() -> None:
    body = Organisation(id="did:web:club.example", name={"en": "Chess Club"})
    plain = Award(
        micro_credential=MicroCredential(
            id="urn:uuid:0b0f3a0e-5d7c-4f0b-9d0e-7b7d3f1a2c01",
            record_type=RecordType.MEMBERSHIP,
            title={"en": "Member 2026"},
            description={"en": "Plays with us."},
            awarding_bodies=(body,),
        ),
        learner=Learner(full_name="Pia"),
    )
    badge = written(plain, issuer=body, issuer_id=body.id)
    assert badge["@context"] == [V2, OB]
    changed = msgspec.structs.replace(plain, assessed_on=dt.date(2026, 1, 1))
    assert written(changed, issuer=body, issuer_id=body.id)["@context"] == [V2, OB, EXTENSION_CONTEXT_URL]


def test_awarding_body_is_creator_when_another_seals() -> None:
    assert achievement(written())["creator"]["id"] == LAKESIDE.id
    assert "creator" not in achievement(written(issuer=LAKESIDE, issuer_id="did:web:lakeside.example"))
    same = msgspec.structs.replace(SEALER, legal_id=LAKESIDE.legal_id)
    assert "creator" not in achievement(written(issuer=same))


def test_awarding_body_without_address_is_in_the_extension_only() -> None:
    made = achievement(written(with_micro(awarding_bodies=(Organisation(name={"en": "Guild"}),))))
    assert "creator" not in made
    assert made["awardingBody"] == [{"nameText": {"en": "Guild"}}]


def test_issuer_profile_says_what_the_organisation_has() -> None:
    logo = Image(content=PNG, media_type="image/png")
    issuer = written(
        issuer=msgspec.structs.replace(LAKESIDE, logo=logo), issuer_id="did:web:lakeside.example"
    )["issuer"]
    assert issuer["address"]["addressCountryCode"] == "FI"
    assert issuer["image"] == {"id": "data:image/png;base64,iVBORw0KGgouLi4=", "type": "Image"}
    assert [one["identifierType"] for one in issuer["otherIdentifier"]] == [
        "ext:eIDASIdentifier",
        "ext:DEQARINST",
    ]


@pytest.mark.parametrize(
    ("image", "address"),
    [
        (PNG, "data:image/png;base64,iVBORw0KGgouLi4="),
        (b"\xef\xbb\xbf <svg/>", "data:image/svg+xml;base64,77u/IDxzdmcvPg=="),
        ("https://lakeside.example/badge.png", "https://lakeside.example/badge.png"),
    ],
)
def test_image_is_carried_or_named(image: bytes | str, address: str) -> None:
    assert achievement(written(image=image))["image"] == {
        "id": address,
        "type": "Image",
        "caption": "Data ethics in practice",
    }


def test_whole_credits_are_whole_numbers() -> None:
    workload = Workload(credits=(Credits(points=Decimal("3.00")),))
    credits = achievement(written(with_micro(workload=workload)))["creditsAvailable"]
    assert (credits, type(credits)) == (3, int)


def test_criteria_are_the_records_else_the_assessments_else_the_outcomes() -> None:
    def narrative(**changes: Any) -> str:
        return achievement(written(with_micro(**changes)))["criteria"]["narrative"]  # type: ignore[no-any-return]

    assert narrative(criteria={"en": "Hand in a report."}) == "Hand in a report."
    assert narrative() == "The report names the interests at stake and weighs them."
    assert narrative(assessments=()).splitlines() == [f"- {o.title['en']}" for o in MICRO.outcomes]
    assert narrative(assessments=(), outcomes=()) == "Data ethics in practice"


def test_status_is_as_given_else_as_recorded() -> None:
    entry = {"type": "BitstringStatusListEntry", "statusListIndex": "7"}
    assert written(status=entry)["credentialStatus"] == entry
    assert written(status=[entry, entry])["credentialStatus"] == [entry, entry]
    recorded = AwardStatus(
        type="BitstringStatusListEntry",
        purpose="revocation",
        list_url="https://lakeside.example/status/1",
        index=0,
    )
    of_another_copy = AwardStatus(type="TokenStatusList", purpose="revocation", index=3)
    assert written(msgspec.structs.replace(AWARD, status=(recorded, of_another_copy)))[
        "credentialStatus"
    ] == {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "0",
        "statusListCredential": "https://lakeside.example/status/1",
    }


def test_types_of_1edtech_bring_their_context() -> None:
    status = {"id": "https://lakeside.example/revoked", "type": "1EdTechRevocationList"}
    assert written(status=status)["@context"] == [
        V2,
        OB,
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        EXTENSION_CONTEXT_URL,
    ]


def identities(recipient: Recipient | str) -> dict[str, str]:
    objects = written(recipient=recipient)["credentialSubject"]["identifier"]
    return {one["identityType"]: one["identityHash"] for one in objects}


def test_named_recipient_shows_the_name_and_hashes_the_rest() -> None:
    assert identities("named") == {
        "name": "Aino Esimerkki",
        "ext:givenName": "Aino",
        "ext:familyName": "Esimerkki",
        "emailAddress": hash_identity("aino@post.example", "kfj38dhs"),
        "ext:esi": hash_identity(AWARD.learner.identifiers[0].value, "kfj38dhs"),
    }


def test_recipient_by_identifier_shows_nothing_readable() -> None:
    assert set(identities(Recipient.IDENTIFIER)) == {"emailAddress", "ext:esi"}
    assert "Aino" not in str(written(recipient=Recipient.IDENTIFIER))


def test_plain_recipient_shows_everything() -> None:
    shown = identities(Recipient.PLAIN)
    assert shown["emailAddress"] == "aino@post.example"
    assert (shown["nationalIdentityNumber"], shown["ext:dateOfBirth"]) == ("311299-999X", "1999-12-31")


def test_national_number_and_birth_date_are_never_hashed() -> None:
    """Both can be guessed from the salt that stands beside the hash."""
    for recipient in (Recipient.NAMED, Recipient.IDENTIFIER):
        assert {"nationalIdentityNumber", "ext:dateOfBirth"}.isdisjoint(identities(recipient))


@pytest.mark.parametrize("salt", ["", "short"])
def test_salt_is_needed_where_something_is_hashed(salt: str) -> None:
    with pytest.raises(InputError) as caught:
        written(salt=salt)
    assert caught.value.code == "openbadges3.salt"
    assert written(salt=salt, recipient="plain")["type"]


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"award": with_micro(title={})}, "openbadges3.no-title", "micro_credential.title"),
        ({"award": with_micro(title={"en": " "})}, "openbadges3.no-title", "micro_credential.title"),
        ({"award": with_micro(id="")}, "openbadges3.not-a-uri", "micro_credential.id"),
        ({"award": with_micro(id="data ethics")}, "openbadges3.not-a-uri", "micro_credential.id"),
        ({"award": msgspec.structs.replace(AWARD, learner=Learner())}, "openbadges3.no-recipient", "learner"),
        ({"credential_id": "42"}, "openbadges3.not-a-uri", "credential_id"),
        ({"issuer_id": "Lakeside"}, "openbadges3.not-a-uri", "issuer_id"),
        ({"issued_at": dt.datetime(2026, 1, 1)}, "openbadges3.no-time-zone", "valid_from"),
        ({"image": b"GIF89a"}, "openbadges3.image", "image"),
        ({"image": "badge.png"}, "openbadges3.not-a-uri", "image"),
    ],
)
def test_what_a_badge_needs_is_asked_for(change: dict[str, Any], code: str, place: str) -> None:
    with pytest.raises(SchemaError) as caught:
        written(**change)
    assert (caught.value.code, caught.value.place, bool(caught.value.hint)) == (code, place, True)
