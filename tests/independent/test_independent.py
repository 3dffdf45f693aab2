"""What we issue is accepted by software that others wrote, and refused by it when changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.formats.openbadges3 import EXTENSION_CONTEXT_URL, extension_context
from tessella.issuing.sealing import Issuer, seal
from tessella.keys import PrivateKey
from tests.independent.support import ask
from tests.issuing.support import AT, award, issuer

pytestmark = pytest.mark.independent
CONTEXTS = {EXTENSION_CONTEXT_URL: extension_context()}


def with_key(algorithm: str) -> Issuer:
    key = PrivateKey.generate(algorithm)
    return Issuer(
        organisation=issuer().organisation,
        badge_signer=key.with_verification_method(key.public_key.did_key_url),
    )


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ES384"])
def test_data_integrity_badges_are_accepted(algorithm: str) -> None:
    credential = json.loads(seal(award(), with_key(algorithm), "openbadge", at=AT))
    changed = json.loads(json.dumps(credential))
    changed["credentialSubject"]["achievement"]["name"] += "!"
    answers = ask({"contexts": CONTEXTS, "items": [di(credential), di(changed)]})
    assert [answer["verified"] for answer in answers] == [True, False], answers


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "RS256"])
def test_vc_jwts_are_accepted(algorithm: str) -> None:
    issued_by = with_key(algorithm)
    assert issued_by.badge_signer is not None
    token = seal(award(), issued_by, "openbadge-jwt", at=AT).decode()
    alg = {"Ed25519": "EdDSA"}.get(algorithm, algorithm)
    jwk = {**issued_by.badge_signer.public_jwk, "alg": alg}
    head, body, signature = token.split(".")
    forged = f"{head}.{body[:-4]}{'AAAA' if body[-4:] != 'AAAA' else 'BBBB'}.{signature}"
    answers = ask({"items": [{"kind": "jwt", "token": text, "jwk": jwk} for text in (token, forged)]})
    assert [answer["verified"] for answer in answers] == [True, False], answers


def di(credential: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "data-integrity", "credential": credential}
