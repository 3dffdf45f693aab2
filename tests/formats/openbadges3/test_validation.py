"""The data model of Open Badges 3.0."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tessella.containers import extract
from tessella.errors import LimitError
from tessella.formats.openbadges3 import validate
from tests.formats.openbadges3.sample import written
from tests.formats.openbadges3.test_reading import badge
from tests.support import SHARED_DATA, shared, shared_json

STRUCTURE = {"ContextProperty", "TypeProperty", "JsonSchema", "Issuer", "CredentialSubject", "Evidence"}


def official_cases() -> list[Any]:
    expected = SHARED_DATA / "vc/1edtech/EXPECTED.json"
    if not expected.exists():
        return [pytest.param("", [], marks=pytest.mark.skip("official data not on this machine"))]
    return [
        pytest.param(name, cases, id=name)
        for name, cases in json.loads(expected.read_text()).items()
        if name.startswith("ob30/") and (SHARED_DATA / "vc/1edtech" / name).exists() and "jwt" not in name
    ]


@pytest.mark.parametrize(("name", "cases"), official_cases())
def test_official_sample_has_its_expected_outcome(name: str, cases: list[dict[str, Any]]) -> None:
    """Samples that fail another check (proof, expiry, inline schema) are well-formed for this one."""
    (found,) = extract(shared(f"vc/1edtech/{name}").read_bytes())
    probes = {violation.probe for violation in validate(json.loads(found.data))}
    expected = {probe.removesuffix("Probe") for case in cases for probe in case["probe"]}
    assert probes == expected & STRUCTURE


def test_unfinished_official_sample_lacks_its_achievement() -> None:
    (violation,) = validate(shared_json("vc/1edtech/ob30/simple-noproof.json"))
    assert (violation.path, violation.constraint) == ("$.credentialSubject.achievement", "min")


def test_model_agrees_with_the_official_schema() -> None:
    """Required members and closed classes, as the official JSON schema has them."""
    from tessella.formats.openbadges3.validation import _model

    schema = shared_json("vc/1edtech/ob30-schemas/ob_v3p0_achievementcredential_schema.json")
    ours = _model().classes
    for name, definition in schema["$defs"].items():
        if (
            name not in ours or name == "CredentialStatus"
        ):  # VCDM 2.0 has made its id optional, and lets it come several times
            continue
        table = ours[name].table
        required = {member for member, prop in table.items() if prop.required}
        assert required == set(definition["required"]) - {"type", "@context"}, name
        assert set(table) == set(definition["properties"]) - {"type", "@context"} - {"domain"}, name
        assert ours[name].closed is not definition.get("additionalProperties", True), name
        arrays = {member for member, kind in definition["properties"].items() if "items" in json.dumps(kind)}
        many = {member for member, prop in table.items() if prop.many}
        assert many - {"credentialStatus", "refreshService"} == arrays - {"type", "@context"}, name


def changed(*path: Any, value: Any) -> dict[str, Any]:
    document = badge()
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return document


SUBJECT = "credentialSubject"
ACHIEVEMENT = (SUBJECT, "achievement")
IDENTITY = {"type": "IdentityObject", "hashed": False, "identityHash": "Pia", "identityType": "name"}


@pytest.mark.parametrize(
    ("document", "path", "constraint", "probe"),
    [
        (
            changed("@context", value=["https://www.w3.org/ns/credentials/v2"]),
            "$.@context",
            "context",
            "ContextProperty",
        ),
        (changed("@context", 0, value="https://x.example"), "$.@context", "context", "ContextProperty"),
        (changed("@context", 1, value={}), "$.@context", "context", "ContextProperty"),
        (changed("@context", value=None), "$.@context", "context", "ContextProperty"),
        (changed("type", value=["OpenBadgeCredential"]), "$.type", "type", "TypeProperty"),
        (changed("type", value="VerifiableCredential"), "$.type", "type", "TypeProperty"),
        (changed("id", value=None), "$.id", "min", "JsonSchema"),
        (changed("id", value="42"), "$.id", "kind", "JsonSchema"),
        (changed("validFrom", value=None), "$.validFrom", "min", "JsonSchema"),
        (changed("validFrom", value="2025-01-31"), "$.validFrom", "kind", "JsonSchema"),
        (changed("validFrom", value="2025-01-31T12:00:00"), "$.validFrom", "kind", "JsonSchema"),
        (changed("validUntil", value="2025-13-01T12:00:00Z"), "$.validUntil", "kind", "JsonSchema"),
        (changed("issuer", value=None), "$.issuer", "min", "JsonSchema"),
        (changed("issuer", "type", value=["Organization"]), "$.issuer.type", "class", "Issuer"),
        (changed("issuer", "id", value=None), "$.issuer.id", "min", "JsonSchema"),
        (changed("issuer", value="somebody"), "$.issuer", "kind", "JsonSchema"),
        (
            changed("issuer", "otherIdentifier", value=[{"identifier": "1", "identifierType": "name"}]),
            "$.issuer.otherIdentifier[0].type",
            "class",
            "Issuer",
        ),
        (changed(SUBJECT, "id", value=None), "$.credentialSubject", "one-of", "CredentialSubject"),
        (
            changed(SUBJECT, "type", value=["Person"]),
            "$.credentialSubject.type",
            "class",
            "CredentialSubject",
        ),
        (
            changed(SUBJECT, "creditsEarned", value="3"),
            "$.credentialSubject.creditsEarned",
            "kind",
            "JsonSchema",
        ),
        (changed(SUBJECT, value=[badge()[SUBJECT]] * 2), "$.credentialSubject", "max", "JsonSchema"),
        (
            changed(SUBJECT, "identifier", value=[IDENTITY | {"type": "Identity"}]),
            "$.credentialSubject.identifier[0].type",
            "class",
            "CredentialSubject",
        ),
        (
            changed(SUBJECT, "identifier", value=[IDENTITY | {"hashed": "no"}]),
            "$.credentialSubject.identifier[0].hashed",
            "kind",
            "JsonSchema",
        ),
        (
            changed(SUBJECT, "identifier", value=[IDENTITY | {"colour": "blue"}]),
            "$.credentialSubject.identifier[0].colour",
            "closed",
            "JsonSchema",
        ),
        (
            changed(SUBJECT, "identifier", value=[IDENTITY | {"identityType": "nickname"}]),
            "$.credentialSubject.identifier[0].identityType",
            "enumeration",
            "JsonSchema",
        ),
        (
            changed(SUBJECT, "result", value={"value": "1"}),
            "$.credentialSubject.result.type",
            "class",
            "CredentialSubject",
        ),
        (
            changed(SUBJECT, "result", value={"type": "Result", "status": "Done"}),
            "$.credentialSubject.result.status",
            "enumeration",
            "JsonSchema",
        ),
        (changed(*ACHIEVEMENT, value=None), "$.credentialSubject.achievement", "min", "JsonSchema"),
        (
            changed(*ACHIEVEMENT, "criteria", value=None),
            "$.credentialSubject.achievement.criteria",
            "min",
            "JsonSchema",
        ),
        (
            changed(*ACHIEVEMENT, "name", value={"en": "x"}),
            "$.credentialSubject.achievement.name",
            "kind",
            "JsonSchema",
        ),
        (
            changed(*ACHIEVEMENT, "type", value=["BadgeClass"]),
            "$.credentialSubject.achievement.type",
            "class",
            "CredentialSubject",
        ),
        (
            changed(*ACHIEVEMENT, "achievementType", value="Microcredential"),
            "$.credentialSubject.achievement.achievementType",
            "enumeration",
            "JsonSchema",
        ),
        (
            changed(*ACHIEVEMENT, "alignment", value=[{"type": ["Alignment"], "targetName": "x"}]),
            "$.credentialSubject.achievement.alignment[0].targetUrl",
            "min",
            "JsonSchema",
        ),
        (
            changed(*ACHIEVEMENT, "inLanguage", value="English (UK)"),
            "$.credentialSubject.achievement.inLanguage",
            "kind",
            "JsonSchema",
        ),
        (
            changed(*ACHIEVEMENT, "image", value="https://x.example/a.png"),
            "$.credentialSubject.achievement.image",
            "kind",
            "JsonSchema",
        ),
        (changed("evidence", value=[{"name": "Essay"}]), "$.evidence[0].type", "class", "Evidence"),
        (
            changed("credentialSchema", value={"id": "urn:x:1"}),
            "$.credentialSchema.type",
            "class",
            "JsonSchema",
        ),
        (
            changed("credentialStatus", value={"id": "urn:x:1", "type": "1EdTechRevocationList"}),
            "$.@context",
            "context",
            "ContextProperty",
        ),
        (changed("endorsement", value=[{}]), "$.endorsement[0].@context", "context", "ContextProperty"),
    ],
)
def test_broken_rule_is_found_at_its_place(
    document: dict[str, Any], path: str, constraint: str, probe: str
) -> None:
    first = validate(document)[0]
    assert (first.path, first.constraint, first.probe) == (path, constraint, probe)
    assert first.message


@pytest.mark.parametrize(
    "document",
    [
        badge(),
        badge(achievementType="ext:Participation"),
        changed("issuer", value="did:key:z6Mk"),
        changed("issuer", "type", value="Profile"),
        changed("validFrom", value="2025-01-31T12:00:00.123+01:00"),
        changed("credentialStatus", value={"type": "BitstringStatusListEntry"}),
    ],
)
def test_allowed_variants_conform(document: dict[str, Any]) -> None:
    assert validate(document) == []


def test_version_1_1_has_its_own_members() -> None:
    document = badge() | {"name": "Knots", "issuanceDate": "2025-01-31T12:00:00Z"}
    document["@context"][0] = "https://www.w3.org/2018/credentials/v1"
    assert validate(document) == []
    for member in ("name", "issuanceDate"):
        broken = copy.deepcopy(document)
        del broken[member]
        assert [(v.path, v.constraint) for v in validate(broken)] == [(f"$.{member}", "min")]
    assert [v.constraint for v in validate(document | {"issuer": "did:key:z6Mk"})] == ["kind"]


def test_what_we_write_conforms() -> None:
    for recipient in ("named", "identifier", "plain"):
        assert validate(written(recipient=recipient)) == []


def test_endless_endorsements_are_refused() -> None:
    document = badge()
    for _ in range(80):
        document = {**badge(), "endorsement": [document]}
    with pytest.raises(LimitError) as caught:
        validate(document)
    assert caught.value.code == "openbadges3.depth"
