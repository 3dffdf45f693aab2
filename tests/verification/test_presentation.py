"""Presentations with a proof of their own: who made it, for whom, and what a broken one is worth."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tessella.keys import PrivateKey
from tessella.seals.data_integrity import add_proof
from tessella.seals.jose import sign_token, sign_vc_jwt
from tessella.verdicts import Report
from tessella.verification import DEFAULT, PROOF_ONLY, Policy, Surroundings, verify
from tests.verification.support import AT, KEY, SEALED, badge, did_of, new_key, proved, text

HOLDER = new_key()
STRANGER = new_key()
ASKED = {"challenge": "n-42", "audience": "verifier.example"}


def held(holder: PrivateKey | None = HOLDER) -> dict[str, Any]:
    """A badge that was issued to the holder's key, or to nobody's."""
    document = badge()
    if holder is not None:
        document["credentialSubject"]["id"] = did_of(holder)
    return proved(document)


def presented(
    *credentials: Any, key: PrivateKey = HOLDER, purpose: str = "authentication", **options: Any
) -> dict[str, Any]:
    """A presentation with a Data Integrity proof."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": did_of(key),
        "verifiableCredential": list(credentials) or [held()],
    }
    return add_proof(
        document, key, cryptosuite="eddsa-rdfc-2022", created=SEALED, purpose=purpose, options=options
    )


def for_us(*credentials: Any, **more: Any) -> dict[str, Any]:
    return presented(*credentials, challenge="n-42", domain="verifier.example", **more)


def token(key: PrivateKey = HOLDER, **claims: Any) -> bytes:
    """A presentation as JWT, as VCDM 1.1 §6.3.1 has it."""
    inner = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [sign_vc_jwt(_subject_of_holder(), KEY)],
    }
    said = {"iss": did_of(key), "vp": inner, "aud": "verifier.example", "nonce": "n-42"}
    return sign_token({**said, **claims}, key, typ="JWT").encode()


def _subject_of_holder() -> dict[str, Any]:
    document = badge()
    document["credentialSubject"]["id"] = did_of(HOLDER)
    return document


def check(data: Mapping[str, Any] | bytes, policy: Policy = DEFAULT, **asked: str) -> Report:
    around = Surroundings(at=AT, **asked)  # type: ignore[arg-type]
    if asked:
        policy = msgspec.structs.replace(policy, required=(*policy.required, "holder"))
    return verify(data if isinstance(data, bytes) else text(data), policy=policy, surroundings=around)


def outcome(report: Report) -> tuple[str, str]:
    holder = report.check("holder")
    assert holder is not None
    return str(report.verdict), str(holder.verdict)


def test_a_presentation_by_the_holder_for_who_asked_passes() -> None:
    assert outcome(check(for_us(), **ASKED)) == ("passed", "passed")
    assert outcome(check(token(), **ASKED)) == ("passed", "passed")


def test_a_presentation_that_nobody_asked_for_leaves_open_who_is_meant() -> None:
    for made in (for_us(), token()):
        report = check(made)
        assert outcome(report) == ("passed", "indeterminate")
        holder = report.check("holder")
        assert holder is not None
        assert holder.evidence == {
            "holder": did_of(HOLDER), "audience": ["verifier.example"], "challenge": "n-42",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"challenge": "n-43", "audience": "verifier.example"}, "failed"),
        ({"challenge": "n-42", "audience": "other.example"}, "failed"),
        ({"challenge": "n-42"}, "indeterminate"),
        ({"audience": "verifier.example"}, "indeterminate"),
    ],
)
def test_a_presentation_for_another_request_does_not_pass(asked: dict[str, str], expected: str) -> None:
    assert outcome(check(for_us(), **asked)) == (expected, expected)
    assert outcome(check(token(), **asked)) == (expected, expected)


def test_a_presentation_by_somebody_else_fails_when_asked_for() -> None:
    for made in (for_us(held(), key=STRANGER), token(STRANGER)):
        assert outcome(check(made, **ASKED)) == ("failed", "failed")
        assert outcome(check(made)) == ("passed", "failed")


def test_a_credential_that_names_no_key_leaves_its_holder_open() -> None:
    report = check(for_us(held(None)), **ASKED)
    assert outcome(report) == ("indeterminate", "indeterminate")


def test_a_presentation_without_proof_shows_nothing() -> None:
    bare = {name: value for name, value in for_us().items() if name != "proof"}
    assert outcome(check(bare)) == ("passed", "indeterminate")
    assert outcome(check(bare, **ASKED)) == ("failed", "failed")


def broken() -> list[Any]:
    changed = for_us()
    changed["holder"] = did_of(STRANGER)
    added = for_us()
    added["verifiableCredential"].append(held(STRANGER))
    other = for_us()
    other["proof"]["challenge"] = "n-43"
    head, body, signature = token().split(b".")
    claims = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    forged = base64.urlsafe_b64encode(json.dumps({**claims, "nonce": "n-43"}).encode()).rstrip(b"=")
    return [
        changed,
        added,
        other,
        presented(purpose="assertionMethod"),
        presented(expires="2026-08-01T00:00:00Z"),
        b".".join((head, forged, signature)),
        token(exp=1),
        token(nbf=4_000_000_000),
        token(nbf="soon"),
        token(STRANGER, iss=did_of(HOLDER)),
    ]


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("policy", [DEFAULT, PROOF_ONLY])
def test_a_presentation_whose_own_proof_is_broken_fails_whatever_is_in_it(
    number: int, policy: Policy
) -> None:
    report = check(broken()[number], policy)
    assert str(report.verdict) == "failed"
    holder = report.check("holder")
    assert holder is not None
    assert (str(holder.verdict), holder.required) == ("failed", True)


def test_an_unknown_key_of_a_presentation_leaves_it_open() -> None:
    web = HOLDER.with_verification_method("did:web:wallet.example#key-1")
    report = check(presented(held(), key=web))
    assert outcome(report) == ("passed", "indeterminate")


def test_a_token_that_is_no_credential_and_no_presentation_is_refused() -> None:
    report = check(sign_token({"iss": did_of(HOLDER)}, HOLDER, typ="JWT").encode())
    assert str(report.verdict) == "failed"


def test_several_credentials_in_a_presentation_have_one_proof_verified_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tessella.verification import _presentation

    calls: list[int] = []
    real = _presentation.verify_proofs
    monkeypatch.setattr(
        _presentation, "verify_proofs", lambda *args, **kw: (calls.append(1), real(*args, **kw))[1]
    )
    report = check(for_us(*(held() for _ in range(10))), **ASKED)
    assert (str(report.verdict), len(report.children), len(calls)) == ("passed", 10, 1)


def test_a_presentation_by_whoever_keeps_the_holders_key_says_so() -> None:
    found = check(token(act={"sub": "https://wallet.example"}), **ASKED).check("holder")
    assert found is not None
    assert (found.verdict, found.evidence["custodian"]) == ("passed", "https://wallet.example")
    assert "kept by https://wallet.example on behalf of the holder" in found.explanation
