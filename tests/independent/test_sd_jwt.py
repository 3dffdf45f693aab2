"""Attestations against ``@sd-jwt/sd-jwt-vc`` and ``jose``: both accept what the other issues and presents, and refuse what was changed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tessella.errors import TessellaError
from tessella.issuing.publishing import seal_token_status_list
from tessella.issuing.sealing import Issuer, StatusEntry, seal_award
from tessella.keys import PrivateKey, PublicKey
from tessella.seals import sd_jwt
from tessella.status import StatusList
from tessella.verdicts import Verdict
from tests.independent.support import ask
from tests.issuing.support import AT, award, issuer

pytestmark = pytest.mark.independent
LIST = "https://university.example/status/token-revocation.jwt"
HOLDER = PrivateKey.generate("ES256")
AUDIENCE, NONCE = "https://employer.example", "n-17"
SECONDS = int(AT.timestamp())


def with_key(algorithm: str) -> Issuer:
    key = PrivateKey.generate(algorithm)
    return Issuer(
        organisation=issuer().organisation,
        badge_signer=key.with_verification_method(key.public_key.did_key_url),
    )


def attestation(by: Issuer, status: StatusEntry | None = None) -> str:
    """An attestation bound to the holder's key."""
    given = award()
    learner = msgspec.structs.replace(given.learner, id=HOLDER.public_key.did_key)
    (copy,) = seal_award(
        msgspec.structs.replace(given, learner=learner), by, formats=["attestation"], at=AT,
        credential_ids={"attestation": "urn:uuid:1"}, statuses={"attestation": status},
    )  # fmt: skip
    return copy.data.decode()


def bare(jwk: Any) -> dict[str, str]:
    return {name: value for name, value in dict(jwk).items() if name != "alg"}


def verifying(token: str, by: Issuer, **more: Any) -> dict[str, Any]:
    assert by.badge_signer is not None
    return {
        "kind": "verify",
        "token": token,
        "jwk": bare(by.badge_signer.public_jwk),
        "at": SECONDS + 5,
        **more,
    }


def answers(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return ask({"items": list(items)}, script="sd_jwt.mjs")


def tampered(token: str) -> list[str]:
    """One sign changed in the payload, in the signature, in a disclosure; a disclosure twice."""
    jwt, *disclosures, end = token.split("~")
    head, body, signature = jwt.split(".")
    swap = lambda text: text[:20] + ("A" if text[20] != "A" else "B") + text[21:]  # noqa: E731
    return [
        "~".join((f"{head}.{swap(body)}.{signature}", *disclosures, end)),
        "~".join((f"{head}.{body}.{swap(signature)}", *disclosures, end)),
        "~".join((jwt, swap(disclosures[0]), *disclosures[1:], end)),
        "~".join((jwt, *disclosures, disclosures[0], end)),
    ]


def refused(token: str, key: PublicKey) -> bool:
    try:
        return sd_jwt.verify(token, lambda header, claims: key).verdict is Verdict.FAILED
    except TessellaError:
        return True  # not even readable any more


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ES384"])
def test_attestations_are_accepted_and_changed_ones_refused(algorithm: str) -> None:
    by = with_key(algorithm)
    token = attestation(by)
    good, *bad = answers(*(verifying(one, by) for one in (token, *tampered(token))))
    assert (good["verified"], good.get("claims")) == (True, sd_jwt.claims_of(token)[0]), good
    assert [one["verified"] for one in bad[:3]] == [False, False, False]
    assert by.badge_signer is not None
    key = PublicKey.from_jwk(by.badge_signer.public_jwk)
    assert [refused(one, key) for one in tampered(token)] == [True] * 4


def test_presentations_are_accepted_for_their_nonce_only() -> None:
    by = with_key("ES256")
    shown = sd_jwt.present(
        attestation(by), [("learning_outcomes",)], holder=HOLDER, audience=AUDIENCE, nonce=NONCE, at=AT
    )
    good, other, cut = answers(
        verifying(shown, by, nonce=NONCE),
        verifying(shown, by, nonce="n-18"),
        verifying(shown[:-4] + ("AAAA" if shown[-4:] != "AAAA" else "BBBB"), by, nonce=NONCE),
    )
    assert (good["verified"], other["verified"], cut["verified"]) == (True, False, False), good
    assert (good["binding"]["aud"], "family_name" in good["claims"]) == (AUDIENCE, False)


def test_status_lists_are_read_and_a_revoked_attestation_is_refused() -> None:
    by = with_key("ES256")
    revoked = StatusList("revocation")
    index = revoked.allocate()
    token = attestation(by, StatusEntry(list_url=LIST, index=index))
    before = seal_token_status_list(revoked, url=LIST, issuer=by, at=AT).decode()
    revoked.set(index)
    after = seal_token_status_list(revoked, url=LIST, issuer=by, at=AT).decode()
    valid, dead = answers(*(verifying(token, by, lists={LIST: one}) for one in (before, after)))
    assert (valid["verified"], dead["verified"]) == (True, False), (valid, dead)


def test_what_they_issue_and_present_is_accepted_here_and_refused_when_changed() -> None:
    claims = {
        "vct": "https://university.example/vct/1",
        "iss": "https://university.example",
        "iat": SECONDS,
        "title": "Seaweed farming",
        "family_name": "Håkonsdatter",
        "address": {"city": "Bodø", "country": "NO"},
        "outcomes": ["Lays out lines", "Harvests by hand"],
    }
    frame = {
        "_sd": ["family_name", "address"],
        "address": {"_sd": ["city"], "_sd_decoy": 2},
        "outcomes": {"_sd": [0]},
    }
    (made,) = answers({"kind": "issue", "claims": claims, "frame": frame})
    key = PublicKey.from_jwk(made["jwk"])
    resolve: sd_jwt.Resolver = lambda header, payload: key  # noqa: E731
    found = sd_jwt.verify(made["token"], resolve)
    assert (found.verdict, {name: found.claims[name] for name in claims}) == (Verdict.PASSED, claims), (
        found.problems
    )
    assert [refused(one, key) for one in tampered(made["token"])] == [True] * 4
    asked = {"nonce": NONCE, "audience": AUDIENCE, "at": SECONDS}
    (shown,) = answers(
        {
            "kind": "present",
            "token": made["token"],
            "frame": {"address": {"city": True}},
            "holder": made["holder"],
            **asked,
        }
    )
    demand = sd_jwt.BindingDemand(audience=AUDIENCE, nonce=NONCE, at=AT)
    result = sd_jwt.verify(shown["token"], resolve, demand=demand)
    assert (result.bound, result.claims["address"], "family_name" in result.claims) == (
        Verdict.PASSED,
        {"city": "Bodø", "country": "NO"},
        False,
    )
    other = msgspec.structs.replace(demand, nonce="n-18")
    assert sd_jwt.verify(shown["token"], resolve, demand=other).verdict is Verdict.FAILED
