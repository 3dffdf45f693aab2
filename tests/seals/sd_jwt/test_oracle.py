"""Another implementation, the authors' own: it opens what is issued here, and what it issues is opened here."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tests.seals.sd_jwt.support import CLAIMS, HOLDER, ISSUER, demand, issued, presented, verified
from tests.seals.sd_jwt.test_issue import framed

oracle = pytest.importorskip("sd_jwt.verifier", reason="the package sd-jwt is not installed (extra “test”)")
holder = pytest.importorskip("sd_jwt.holder")
issuer = pytest.importorskip("sd_jwt.issuer")
common = pytest.importorskip("sd_jwt.common")
jwk = pytest.importorskip("jwcrypto.jwk")

PUBLIC = jwk.JWK(**ISSUER.public_key.to_jwk())
OWN = jwk.JWK.generate(kty="EC", crv="P-256")
OWN_PUBLIC = json.loads(OWN.export_public())


def opened(token: str, **options: Any) -> dict[str, Any]:
    found = oracle.SDJWTVerifier(token, lambda issuer, header: PUBLIC, **options)
    return found.get_verified_payload()  # type: ignore[no-any-return]


def test_oracle_opens_what_is_issued_here() -> None:
    token = issued()
    assert opened(token) == verified(token).claims


def test_oracle_opens_a_bound_presentation_made_here() -> None:
    token = presented(("address", "city"), ("outcomes", 1))
    claims = opened(token, expected_aud=demand().audience, expected_nonce=demand().nonce)
    assert claims == verified(token, demand=demand()).claims
    assert (claims["address"], claims["outcomes"]) == (
        {"city": "Bodø", "country": "NO"},
        ["Judges water quality"],
    )


@settings(max_examples=40, deadline=None)
@given(framed())
def test_oracle_sees_the_same_claims(made: tuple[dict[str, Any], list[tuple[Any, ...]]]) -> None:
    claims, frame = made
    claims = {**claims, "iss": "https://fjord.example"}
    frame = [path for path in frame if path[0] != "iss"]
    token = sd_jwt.issue(claims, ISSUER, disclosable=frame, typ="test+sd-jwt", decoys={(): 1})
    assert opened(token) == claims


@pytest.fixture
def theirs() -> Any:
    """Issued there: the same claims, an object and a list with things to withhold, decoys and a holder's key."""
    hide = common.SDObj
    claims = {
        **{name: CLAIMS[name] for name in ("vct", "iss", "iat", "exp")},
        hide("given_name"): "Ingrid",
        hide("address"): {hide("street"): "Kaia 4", "city": "Bodø"},
        "outcomes": [hide("Lays out lines"), "Judges water quality", hide("Harvests by hand")],
    }
    key = jwk.JWK.generate(kty="EC", crv="P-256")
    token = issuer.SDJWTIssuer(
        claims,
        key,
        jwk.JWK(**HOLDER.public_key.to_jwk()),
        add_decoy_claims=True,
        extra_header_parameters={"typ": "dc+sd-jwt"},
    )
    from tessella.keys import PublicKey

    public = PublicKey.from_jwk(json.loads(key.export_public()))
    return token.sd_jwt_issuance, lambda header, payload: public


def test_what_the_oracle_issues_is_opened_here(theirs: Any) -> None:
    token, resolve = theirs
    result = sd_jwt.verify(token, resolve)
    assert (result.verdict, result.problems) == (Verdict.PASSED, ())
    assert result.claims["address"] == {"street": "Kaia 4", "city": "Bodø"}
    assert result.claims["outcomes"] == ["Lays out lines", "Judges water quality", "Harvests by hand"]
    assert result.withheld > 0


def test_what_the_oracle_issues_is_presented_here(theirs: Any) -> None:
    token, resolve = theirs
    result = sd_jwt.verify(
        presented(("address", "street"), ("outcomes", 2), token=token), resolve, demand=demand()
    )
    assert (result.verdict, result.bound) == (Verdict.PASSED, Verdict.PASSED)
    assert (result.claims["address"], result.claims["outcomes"]) == (
        {"street": "Kaia 4", "city": "Bodø"},
        ["Judges water quality", "Harvests by hand"],
    )
    assert "given_name" not in result.claims


def test_what_the_oracle_presents_is_opened_here() -> None:
    wallet = holder.SDJWTHolder(issued(holder_key=OWN_PUBLIC))
    wallet.create_presentation({"address": {"city": True}, "given_name": True}, "n", "https://v.example", OWN)
    result = verified(wallet.sd_jwt_presentation)
    assert (result.verdict, result.bound) == (Verdict.PASSED, Verdict.INDETERMINATE)
    assert result.binding is not None
    assert (result.binding.audience, result.binding.nonce) == ("https://v.example", "n")
    assert result.claims["address"] == {"city": "Bodø", "country": "NO"}
