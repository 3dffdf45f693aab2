"""One award in every format; each copy whole, marked as a test, and a credential of its own."""

from __future__ import annotations

import json

import msgspec
import pytest

from tessella.containers import extract, read_png
from tessella.errors import ConfigError, SchemaError, UnsupportedError
from tessella.formats import elm, openbadges3
from tessella.issuing.sealing import FORMATS, Issuer, StatusEntry, formats_for, seal, seal_award
from tessella.keys import PrivateKey
from tessella.model import RecordType
from tessella.seals import jades
from tests.issuing.support import AT, award, issuer

IDS = {name: f"urn:uuid:11111111-0000-4000-8000-{n:012d}" for n, name in enumerate(FORMATS)}


def copies() -> dict[str, bytes]:
    badge = PrivateKey.generate("ES256")  # which every format takes
    keys = msgspec.structs.replace(
        issuer(), badge_signer=badge.with_verification_method(badge.public_key.did_key_url)
    )
    made = seal_award(award(), keys, formats=list(FORMATS), at=AT, credential_ids=IDS)
    return {copy.format: copy.data for copy in made}


def test_every_format_is_made_with_its_own_id() -> None:
    made = copies()
    assert list(made) == list(FORMATS)
    assert json.loads(json.loads(made["edc"])["payload"])["id"] == IDS["edc"]
    assert json.loads(made["openbadge"])["id"] == IDS["openbadge"]
    assert json.loads(read_png(made["png"])[0].text)["id"] == IDS["png"]
    assert made["pdf"].startswith(b"%PDF-1.7")


def test_edc_conforms_and_says_test() -> None:
    document = json.loads(json.loads(copies()["edc"])["payload"])
    assert elm.validate(document) == []
    assert "(TEST)" in next(iter(document["issuer"]["legalName"].values()))


def test_badge_follows_the_data_model() -> None:
    document = json.loads(copies()["openbadge"])
    assert openbadges3.validate(document) == []
    assert document["credentialSubject"]["achievement"]["achievementType"] == "MicroCredential"


def test_certificate_carries_the_sealed_copies() -> None:
    made = copies()
    found = extract(made["pdf"])
    assert {item.data for item in found} >= {made["edc"], made["openbadge"]}


def test_status_entry_stands_in_every_copy_that_has_one() -> None:
    entry = StatusEntry(list_url="https://university.example/status/revocation.json", index=94567)
    made = seal_award(
        award(), issuer(), formats=["edc", "openbadge"], at=AT, credential_ids=IDS,
        statuses={"edc": entry, "openbadge": entry},
    )  # fmt: skip
    edc, badge = (json.loads(copy.data) for copy in made)
    for status in (json.loads(edc["payload"])["credentialStatus"], badge["credentialStatus"]):
        assert status["statusListIndex"] == "94567"
        assert status["statusListCredential"] == entry.list_url


BOTH = ("https://university.example/1.json", "https://university.example/1.revoked.json")
HELD = StatusEntry(list_url=BOTH[0], index=7, purpose="suspension", revocation_url=BOTH[1])


def test_a_copy_that_can_be_suspended_names_revocation_and_suspension() -> None:
    (copy,) = seal_award(
        award(),
        issuer(),
        formats=["openbadge"],
        at=AT,
        credential_ids=IDS,
        statuses={"openbadge": HELD},
    )
    document = json.loads(copy.data)
    named = [
        (one["statusPurpose"], one["statusListCredential"], one["statusListIndex"])
        for one in document["credentialStatus"]
    ]
    assert named == [("revocation", BOTH[1], "7"), ("suspension", BOTH[0], "7")]
    assert openbadges3.validate(document) == []


def test_the_european_credential_has_room_for_the_revocation_alone() -> None:
    (copy,) = seal_award(
        award(), issuer(), formats=["edc"], at=AT, credential_ids=IDS, statuses={"edc": HELD}
    )
    document = json.loads(json.loads(copy.data)["payload"])
    named = document["credentialStatus"]
    assert (named["statusPurpose"], named["statusListCredential"]) == ("revocation", BOTH[1])
    assert elm.validate(document) == []


def test_missing_keys_and_unknown_formats_are_clear_errors() -> None:
    nobody = Issuer(organisation=issuer().organisation)
    with pytest.raises(ConfigError, match="electronic seals"):
        seal(award(), nobody, "edc", at=AT)
    with pytest.raises(ConfigError, match="DID"):
        seal(award(), nobody, "openbadge", at=AT)
    with pytest.raises(UnsupportedError, match="edc, openbadge"):
        seal(award(), issuer(), "docx", at=AT)


def test_other_record_types_are_never_called_micro_credentials() -> None:
    course = msgspec.structs.replace(award().micro_credential, record_type=RecordType.PARTICIPATION)
    plain = msgspec.structs.replace(award(), micro_credential=course)
    badge = json.loads(seal(plain, issuer(), "openbadge", at=AT))
    assert badge["credentialSubject"]["achievement"]["achievementType"] != "MicroCredential"
    assert "icro-credential" not in json.dumps(
        json.loads(json.loads(seal(plain, issuer(), "edc", at=AT))["payload"])["displayParameter"]
    )
    with pytest.raises(SchemaError) as refused:
        seal(plain, issuer(), "attestation", at=AT)
    assert refused.value.code == "attestation.record-type"
    possible, lacking = formats_for(issuer(), course)
    assert "attestation" not in possible
    assert lacking["attestation"].code == "attestation.record-type"


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_cryptosuite_can_be_chosen(suite: str) -> None:
    chosen = msgspec.structs.replace(issuer(), cryptosuite=suite)
    assert json.loads(seal(award(), chosen, "openbadge", at=AT))["proof"]["cryptosuite"] == suite


@pytest.mark.parametrize(("profile", "time"), [("europass", "sigT"), ("etsi", "iat")])
def test_jades_profile_can_be_chosen(profile: str, time: str) -> None:
    chosen = msgspec.structs.replace(issuer(), jades_profile=profile)
    document = jades.parse(seal(award(), chosen, "edc", at=AT))
    assert time in document.signatures[0].header
    assert jades.verify(document).verdict == "passed"


def test_certificate_made_alone_carries_a_badge_of_its_own() -> None:
    (attached,) = [item.data for item in extract(seal(award(), issuer(), "pdf", at=AT)) if item.where]
    assert openbadges3.detect(json.loads(attached))


def test_all_formats_leave_out_what_an_rsa_key_cannot_seal() -> None:
    key = PrivateKey.generate("RS256")
    rsa = key.with_verification_method(key.public_key.did_key_url)
    names, lacking = formats_for(msgspec.structs.replace(issuer(), badge_signer=rsa))
    assert names == ("edc", "openbadge-jwt", "attestation", "elmo", "openbadge2", "openbadge2-signed", "pdf")
    assert {name: lack.code for name, lack in lacking.items()} == {
        "openbadge": "issuing.no-proof-key",
        "openbadge-sd": "issuing.no-selective-key",
        "png": "issuing.no-proof-key",
        "svg": "issuing.no-proof-key",
    }


def test_all_formats_without_keys_are_none() -> None:
    assert formats_for(Issuer(organisation=issuer().organisation))[0] == ()


def test_all_formats_leave_out_what_the_description_cannot_fill() -> None:
    record = award().micro_credential
    assert "attestation" in formats_for(issuer(), record)[0]
    names, lacking = formats_for(issuer(), msgspec.structs.replace(record, participation=None))
    assert "attestation" not in names
    assert lacking["attestation"].code == "attestation.incomplete"
