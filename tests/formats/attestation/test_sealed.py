"""The whole way: award → claims → SD-JWT VC → presentation → award, with status and type metadata."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from tessella.formats.attestation import (
    EUDI,
    PROFILES,
    RULEBOOK,
    Profile,
    integrity,
    read,
    type_metadata,
    validate,
)
from tessella.keys import PrivateKey
from tessella.seals import sd_jwt
from tessella.status import read_token_status, token_status_claim
from tessella.verdicts import Verdict
from tests.formats.attestation.sample import ISSUED_AT, written

ISSUER = PrivateKey.generate("ES256")
HOLDER = PrivateKey.generate("ES256")
DEMAND = sd_jwt.BindingDemand(audience="x509_hash:abc", nonce=secrets.token_urlsafe(16), at=ISSUED_AT)


def sealed(profile: Profile, **changes: Any) -> str:
    made = written(profile=profile, **changes)
    return sd_jwt.issue(
        made.claims,
        ISSUER,
        disclosable=made.disclosable,
        decoys=made.decoys,
        holder_key=HOLDER.public_key.to_jwk(),
    )


def opened(token: str, demand: sd_jwt.BindingDemand | None = None) -> sd_jwt.SdJwtResult:
    return sd_jwt.verify(token, lambda header, claims: ISSUER.public_key, demand=demand).require()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_award_comes_back_through_the_seal(profile: Profile) -> None:
    made, result = written(profile=profile), opened(sealed(profile))
    assert {name: value for name, value in result.claims.items() if name != "cnf"} == made.claims
    assert read(result.claims).award == read(made.claims).award
    assert {one.path for one in result.disclosed if len(one.path) == 1} == {
        path for path in made.disclosable if len(path) == 1
    }
    assert validate(result.claims, disclosable=[one.path for one in result.disclosed]) == []


def present(token: str, *choose: sd_jwt.ClaimPath) -> sd_jwt.SdJwtResult:
    shown = sd_jwt.present(
        token, choose, holder=HOLDER, audience=DEMAND.audience, nonce=DEMAND.nonce, at=ISSUED_AT
    )
    return opened(shown, DEMAND)


def test_chosen_claims_are_all_that_a_verifier_learns_of_the_learner() -> None:
    result = present(sealed(EUDI), ("family_name",), ("level_of_learning_experience",))
    found = read(result.claims)
    assert (result.bound, found.notes) == (Verdict.PASSED, ())
    assert (found.award.learner.family_name, found.award.learner.given_name) == ("Håkonsdatter", "")
    assert (found.award.learner.id, found.award.learner.identifiers, found.award.results) == ("", (), ())
    assert [one.rule for one in validate(result.claims, presented=True)] == []


def test_single_outcomes_can_be_shown_where_the_profile_allows_it() -> None:
    result = present(sealed(RULEBOOK), ("title",), ("learningOutcomes", 1))
    micro = read(result.claims).award.micro_credential
    assert (micro.title["en"], [one.title["en"] for one in micro.outcomes]) == (
        "Seaweed farming",
        ["Judges water quality"],
    )
    assert result.claims.keys() - {"cnf"} == {
        "vct",
        "jti",
        "iss",
        "iat",
        "nbf",
        "exp",
        "attestation_legal_category",
        "title",
        "learningOutcomes",
    }


def test_status_and_type_metadata_are_bound_to_the_credential() -> None:
    vct = "https://fjord.example/vct/mc/1"
    document = type_metadata(EUDI, vct=vct)
    status = token_status_claim("https://status.example/7", 42)
    claims = opened(sealed(EUDI, vct=vct, vct_integrity=integrity(document), status=status)).claims
    assert read_token_status(claims) == ("https://status.example/7", 42)
    assert (json.loads(document)["vct"], claims["vct#integrity"]) == (claims["vct"], integrity(document))
    assert read(claims).award.status[0].index == 42


def test_size_stays_small_enough_for_a_wallet() -> None:
    assert len(sealed(EUDI)) < 5_000
