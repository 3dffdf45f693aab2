"""Selective disclosure both ways: others verify and derive from what we sign, we from what they sign."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from tessella.keys import resolve_verification_method
from tessella.seals.data_integrity import add_selective_proof, derive, verify_proofs
from tests.independent.support import ask
from tests.seals.test_selective import AT, BADGE, MANDATORY, key, outcome, without_proof

pytestmark = pytest.mark.independent
CHOICES = [[], ["/name"], ["/evidence", "/credentialSubject/result"], ["/credentialSubject"]]


@functools.cache
def _sealed() -> bytes:
    issuer = {**BADGE["issuer"], "id": key().public_key.did_key}
    return json.dumps(
        add_selective_proof({**BADGE, "issuer": issuer}, key(), mandatory=MANDATORY, created=AT)
    ).encode()


def sealed() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_sealed())
    return document


def shown(*pointers: str) -> dict[str, Any]:
    return derive(sealed(), pointers).document


def answers(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return ask({"items": list(items)})


def theirs(**changes: Any) -> dict[str, Any]:
    (made,) = answers(
        {"kind": "issue", "suite": "ecdsa-sd-2023", "mandatory": MANDATORY, "credential": BADGE, **changes}
    )
    document: dict[str, Any] = made["document"]
    return document


def test_they_confirm_our_base_proofs() -> None:
    changed = sealed()
    changed["name"] += "!"
    found = answers(*({"kind": "confirm", "credential": one} for one in (sealed(), changed)))
    assert [one["verified"] for one in found] == [True, False], found


def test_they_verify_what_we_derive_and_refuse_what_is_changed() -> None:
    derived = [shown(*choice) for choice in CHOICES]
    changed = shown("/name")
    changed["name"] += "!"
    found = answers(*({"kind": "data-integrity", "credential": one} for one in (*derived, changed)))
    assert [one["verified"] for one in found] == [*(True for _ in CHOICES), False], found


def test_they_derive_the_same_from_our_base_proofs() -> None:
    found = answers(*({"kind": "derive", "credential": sealed(), "pointers": one} for one in CHOICES[1:]))
    for one, choice in zip(found, CHOICES[1:], strict=True):
        assert outcome(one["document"]) == ""
        assert one["document"] == shown(*choice)


def test_we_verify_what_they_sign_and_derive_from_it() -> None:
    signed = theirs()
    assert outcome(signed) == ""
    derived = [derive(signed, choice).document for choice in CHOICES]
    assert [outcome(one) for one in derived] == ["" for _ in CHOICES]
    found = answers(*({"kind": "data-integrity", "credential": one} for one in derived))
    assert [one["verified"] for one in found] == [True for _ in CHOICES], found


def test_we_verify_what_they_derive_from_theirs() -> None:
    (found,) = answers({"kind": "derive", "credential": theirs(), "pointers": ["/evidence"]})
    document = found["document"]
    assert outcome(document) == ""
    assert without_proof(document)["evidence"] == BADGE["evidence"]
    document["evidence"][0]["name"] += "!"
    assert outcome(document) == "seal.signature"


def test_we_verify_their_ed25519_signature_2020() -> None:
    credential = {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://w3id.org/security/suites/ed25519-2020/v1",
        ],
        "id": BADGE["id"],
        "type": BADGE["type"],
        "name": BADGE["name"],
        "issuer": BADGE["issuer"],
        "issuanceDate": "2022-03-31T00:00:00Z",
        "credentialSubject": BADGE["credentialSubject"],
    }
    signed = theirs(suite="Ed25519Signature2020", credential=credential)
    assert signed["proof"]["type"] == "Ed25519Signature2020"
    assert outcome(signed) == ""
    signed["issuanceDate"] = "2023-03-31T00:00:00Z"
    assert outcome(signed) == "seal.signature"


def test_we_verify_their_presentations() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [shown("/name")],
    }
    (made,) = answers(
        {"kind": "present", "presentation": presentation, "challenge": "n-1", "domain": "verifier.example"}
    )

    def error(**asked: str) -> str:
        (result,) = verify_proofs(
            made["document"],
            lambda method, purpose: resolve_verification_method(method),
            purpose="authentication",
            **asked,  # type: ignore[arg-type]
        )
        return result.error.code if result.error else ""

    assert error() == ""
    assert error(challenge="n-1", domain="verifier.example") == ""
    assert error(challenge="n-2", domain="verifier.example") == "seal.addressee"
    assert error(challenge="n-1", domain="other.example") == "seal.addressee"
