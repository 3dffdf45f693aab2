"""Learner records: their own report, and one for each credential inside."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tessella.containers import Carrier, bake_png, bake_svg
from tessella.seals import jose
from tessella.verdicts import Report
from tessella.verification import PROOF_ONLY, read_credential
from tests.containers.test_png import png
from tests.support import shared_json
from tests.verification.support import KEY, OTHER, badge, check, did_of, found, proved, text, verdict

LEARNER = "urn:uuid:9a8b7c6d-0000-4000-8000-000000000001"
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
WATER = "https://ribeira.example/achievements/water"


def record(*credentials: Any, **changes: Any) -> dict[str, Any]:
    """An unsealed record of the second key's controller around these credentials."""
    subject = {
        "id": LEARNER,
        "type": ["ClrSubject"],
        "verifiableCredential": list(credentials),
        "achievement": [
            {
                "id": "urn:uuid:programme",
                "type": ["Achievement"],
                "name": "Vineyards",
                "description": "All courses.",
                "criteria": {"narrative": "All courses passed."},
            }
        ],
        "association": [
            {
                "type": "Association",
                "associationType": "isParentOf",
                "sourceId": "urn:uuid:programme",
                "targetId": WATER,
            }
        ],
    }
    return {
        "@context": CONTEXTS,
        "id": "urn:uuid:5f0c1d2e-0000-4000-8000-000000000009",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Transcript",
        "issuer": {"id": did_of(OTHER), "type": ["Profile"], "name": "Collector"},
        "validFrom": "2026-08-01T09:00:00Z",
        "credentialSubject": subject | changes.pop("subject", {}),
    } | changes


def sealed(*credentials: Any, **changes: Any) -> bytes:
    return text(proved(record(*credentials, **changes), OTHER))


def names(report: Report) -> list[tuple[str, str, str]]:
    return [(one.input, one.format, str(one.verdict)) for one in report.children]


PLACE = "- > $.credentialSubject.verifiableCredential"


def test_record_has_its_own_report_and_one_for_each_credential() -> None:
    report = check(sealed(proved(badge()), jose.sign_vc_jwt(badge(), KEY)))
    assert (report.format, str(report.verdict)) == ("clr", "passed")
    assert {id: verdict(report, id) for id in ("format", "seal", "binding", "validity", "audit")} == {
        "format": "passed",
        "seal": "passed",
        "binding": "passed",
        "validity": "passed",
        "audit": "passed",
    }
    assert names(report) == [
        (f"{PLACE}[0]", "openbadges3", "passed"),
        (f"{PLACE}[1]", "openbadges3", "passed"),
    ]
    assert report.subject["title"] == "Transcript"
    assert report.subject["credentials"] == 2
    assert report.subject["associations"] == ["Vineyards isParentOf Water-wise viticulture"]


def test_record_as_vc_jwt_is_verified() -> None:
    token = jose.sign_vc_jwt(record(jose.sign_vc_jwt(badge(), KEY)), OTHER)
    report = check(token)
    assert (report.format, str(report.verdict), names(report)) == (
        "clr",
        "passed",
        [(f"{PLACE}[0]", "openbadges3", "passed")],
    )


def test_changed_credential_inside_fails_the_record_and_is_named() -> None:
    inner = proved(badge())
    inner["name"] = "Something better"
    report = check(sealed(inner))  # the collector has signed what is there
    assert verdict(report, "seal") == "passed"
    assert (str(report.verdict), names(report)) == ("failed", [(f"{PLACE}[0]", "openbadges3", "failed")])


def test_changed_record_fails_and_its_credentials_do_not() -> None:
    whole = proved(record(proved(badge())), OTHER)
    whole["name"] = "Transcript with honours"
    report = check(text(whole))
    assert (str(report.verdict), verdict(report, "seal")) == ("failed", "failed")
    assert names(report) == [(f"{PLACE}[0]", "openbadges3", "passed")]


def test_association_that_was_changed_breaks_the_seal() -> None:
    whole = proved(record(proved(badge())), OTHER)
    whole["credentialSubject"]["association"][0]["targetId"] = "urn:uuid:programme"
    assert verdict(check(text(whole)), "seal") == "failed"


def test_expired_credential_inside_makes_the_record_fail() -> None:
    report = check(sealed(proved(badge(validUntil="2026-08-01T00:00:00Z"))))
    assert (str(report.verdict), verdict(report, "validity")) == ("failed", "passed")


def test_proof_only_asks_every_seal() -> None:
    assert str(check(sealed(proved(badge())), policy=PROOF_ONLY).verdict) == "passed"
    assert str(check(sealed(badge()), policy=PROOF_ONLY).verdict) == "failed"


def test_credential_about_another_learner_is_doubted() -> None:
    inner = badge()
    inner["credentialSubject"]["id"] = "urn:uuid:9a8b7c6d-0000-4000-8000-000000000002"
    report = check(sealed(proved(inner)))
    assert [one["rule"] for one in found(report, "audit").evidence["findings"]] == ["clr.other-subject"]


@pytest.mark.parametrize(
    "value", [5, "no credential", {"type": "Thing"}, {"type": ["VerifiableCredential"]}, None]
)
def test_what_is_no_credential_inside_fails(value: Any) -> None:
    report = check(jose.sign_vc_jwt(record(proved(badge()), value if value is not None else [1]), OTHER))
    assert str(report.verdict) == "failed"
    assert [str(one.verdict) for one in report.children] == ["passed", "failed"]


def test_records_within_records_are_verified_to_a_limit() -> None:
    whole: Any = proved(badge())
    for level in range(4):
        whole = proved(record(whole, id=f"urn:uuid:5f0c1d2e-0000-4000-8000-00000000010{level}"), OTHER)
    report = check(text(whole))
    deepest = report.children[0].children[0].children[0].children[0]
    assert (str(report.verdict), deepest.checks[0].evidence["code"]) == ("failed", "clr.depth")


@pytest.mark.parametrize("bake", [lambda text: bake_png(png(), text, carrier=Carrier.CLR),
                                  lambda text: bake_svg(b"<svg/>", text, carrier=Carrier.CLR)])  # fmt: skip
def test_baked_record_is_verified(bake: Any) -> None:
    report = check(bake(sealed(proved(badge()))))
    assert (report.format, str(report.verdict), len(report.children)) == ("clr", "passed", 1)
    assert report.subject["where"] == "clrcredential"


def test_the_standards_own_sample_has_the_signature_that_its_vectors_print() -> None:
    vector = shared_json("vc/1edtech/spec/kat/linked-data-proof-clr.json")
    document = copy.deepcopy(vector["credential"])
    document["proof"] = vector["proof"] | {"proofValue": vector["proofValue"]}
    report = check(text(document))
    assert verdict(report, "seal") == "passed"
    document["proof"]["proofValue"] = vector["proof"]["proofValue"]  # the one in the guide is stale
    assert verdict(check(text(document)), "seal") == "failed"


def test_record_is_read_by_its_first_award() -> None:
    opened = read_credential(sealed(proved(badge())))
    assert opened.award is not None
    assert opened.award.micro_credential.title == {"en": "Water-wise viticulture"}
    assert opened.where == "$.credentialSubject.verifiableCredential[0]"


def test_credential_moved_to_a_second_subject_of_the_same_name_stays_in_sight() -> None:
    """The RDF that the seal covers is the same; whoever holds the record must not hide a failed credential so."""
    expired = badge(validUntil="2026-08-01T00:00:00Z", id="urn:uuid:5f0c1d2e-0000-4000-8000-000000000002")
    whole = proved(record(proved(badge()), proved(expired)), OTHER)
    subject = whole["credentialSubject"]
    moved = {
        "id": LEARNER,
        "type": ["ClrSubject"],
        "verifiableCredential": [subject["verifiableCredential"].pop()],
    }
    whole["credentialSubject"] = [subject, moved]
    report = check(text(whole))
    assert verdict(report, "seal") == "passed"
    assert (str(report.verdict), verdict(report, "format")) == ("failed", "failed")
    assert [str(one.verdict) for one in report.children] == ["passed", "failed"]
