"""The check *seal*: what holds, what does not, and what cannot be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.keys import PrivateKey, base58btc_encode
from tessella.seals import _jws, jose
from tessella.seals.data_integrity import SUITES, hash_data
from tessella.verdicts import Verdict
from tessella.verification import PROOF_ONLY
from tessella.verification._names import _VOCABULARIES
from tessella.verification.surroundings import known_contexts
from tests.verification.support import (
    KEY,
    OTHER,
    badge,
    check,
    did_of,
    found,
    new_key,
    proved,
    sealed,
    text,
    verdict,
)

CRED = "https://www.w3.org/2018/credentials#"


def changed(change: Callable[[dict[str, Any]], object], **changes: Any) -> bytes:
    document = proved(badge(**changes))
    change(document)
    return text(document)


def proof(**changes: Any) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["proof"].update(changes)


def moved(name: str, to: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.update({to: document.pop(name)})


@pytest.mark.parametrize(
    ("algorithm", "cryptosuite"),
    [
        ("Ed25519", "eddsa-rdfc-2022"),
        ("Ed25519", "eddsa-jcs-2022"),
        ("ES256", "ecdsa-rdfc-2019"),
        ("ES384", "ecdsa-rdfc-2019"),
    ],
)
def test_every_suite_is_verified(algorithm: str, cryptosuite: str) -> None:
    key = new_key(algorithm)
    report = check(text(proved(badge(key), key, cryptosuite=cryptosuite)))
    assert (str(report.verdict), report.format) == ("passed", "openbadges3")
    assert found(report, "seal").evidence == {"seals": [cryptosuite]}


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "RS256"])
def test_every_token_algorithm_is_verified(algorithm: str) -> None:
    key = new_key(algorithm)
    report = check(jose.sign_vc_jwt(badge(key), key))
    assert (str(report.verdict), report.format) == ("passed", "openbadges3")


CASES: dict[str, tuple[str, bytes, str]] = {
    # what: (verdict of the seal, the file, a word of the explanation)
    "no proof": ("failed", text(badge()), "no seal"),
    "changed claim": ("failed", sealed().replace(b"terraced", b"terrific"), "does not fit"),
    "changed proof date": ("failed", changed(proof(created="2026-07-01T09:00:01Z")), "does not fit"),
    "other key": (
        "failed",
        changed(proof(verificationMethod=OTHER.verification_method)),
        "does not fit",
    ),
    "other purpose": ("failed", changed(proof(proofPurpose="authentication")), "purpose"),
    "no verification method": ("failed", changed(lambda d: d["proof"].pop("verificationMethod")), "method"),
    "signature not base58": ("failed", changed(proof(proofValue="z0OIl")), "base58"),
    "proof is no object": ("failed", changed(lambda d: d.update(proof="signed")), "proof"),
    "empty proof list": ("failed", changed(lambda d: d.update(proof=[])), "no proof"),
    "too many proofs": ("failed", changed(lambda d: d.update(proof=[d["proof"]] * 17)), "more than"),
    "undefined term": ("failed", changed(lambda d: d.update(colour="red")), "colour"),
    "expired proof": (
        "failed",
        text(proved(badge(), options={"expires": "2026-08-01T00:00:00Z"})),
        "expired",
    ),
    "unknown context": (
        "indeterminate",
        changed(lambda d: d["@context"].append("https://ribeira.example/context")),
        "https://ribeira.example/context",
    ),
    "unknown suite": ("indeterminate", changed(proof(cryptosuite="bbs-2023")), "bbs-2023"),
    "unknown proof type": (
        "indeterminate",
        changed(proof(type="Ed25519Signature2018")),
        "Ed25519Signature2018",
    ),
    "unknown DID method": (
        "indeterminate",
        changed(proof(verificationMethod="did:example:abc#key-1")),
        "did:example",
    ),
    "malformed DID": ("failed", changed(proof(verificationMethod="did:key:zzzz")), ""),
    "did:web without network": (
        "indeterminate",
        changed(proof(verificationMethod="did:web:ribeira.example#key-1")),
        "not at hand",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_seal(name: str) -> None:
    expected, data, word = CASES[name]
    for policy in ({}, {"policy": PROOF_ONLY}):
        report = check(data, **policy)
        one = found(report, "seal")
        assert str(one.verdict) == expected
        assert word in one.explanation
        assert str(report.verdict) == expected


def test_one_good_proof_of_several_is_enough_and_the_others_are_named() -> None:
    document = proved(badge())
    bad = {**document["proof"], "proofValue": proved(badge(name="Other"))["proof"]["proofValue"]}
    odd = {"type": "FutureProof2040", "proofValue": "z1"}
    report = check(text({**document, "proof": [bad, odd, document["proof"]]}))
    assert report.verdict is Verdict.PASSED
    assert len([note for note in found(report, "seal").notes if "does not count" in note]) == 2


def test_the_issuers_proof_counts_beside_that_of_a_witness() -> None:
    by_witness = proved(badge(), OTHER)
    by_issuer = proved(badge())
    report = check(text({**by_issuer, "proof": [by_witness["proof"], by_issuer["proof"]]}))
    assert verdict(report, "binding") == "passed"
    assert verdict(check(text(by_witness)), "binding") == "failed"


HIDDEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "end under its IRI": moved("validUntil", CRED + "validUntil"),
    "status under its IRI": moved("credentialStatus", CRED + "credentialStatus"),
    "end under an alias": lambda d: (
        d["@context"].append(
            {"until": {"@id": CRED + "validUntil", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}}
        ),
        moved("validUntil", "until")(d),
    ),
    "id under a keyword": moved("id", "@id"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_statement_hidden_from_readers_of_the_json_fails(name: str) -> None:
    """The RDF, and so the signature, stays the same: only the names of the members change."""
    changes = {
        "validUntil": "2026-07-02T00:00:00Z",
        "credentialStatus": {
            "id": "https://ribeira.example/status#7",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": "https://ribeira.example/status",
        },
    }
    data = changed(HIDDEN[name], **changes)
    assert str(check(data, policy=PROOF_ONLY).verdict) == "failed"
    assert verdict(check(changed(lambda d: d, **changes)), "seal") == "passed"


def test_statement_moved_into_another_object_with_the_same_id_fails() -> None:
    same = "urn:uuid:5f0c1d2e-0000-4000-8000-000000000001"
    service = {"id": same, "type": "1EdTechCredentialRefresh"}
    changes = {"refreshService": service, "validUntil": "2026-07-02T00:00:00Z"}

    def hide(document: dict[str, Any]) -> None:
        document["refreshService"] = {
            "id": same,
            "type": ["1EdTechCredentialRefresh", "VerifiableCredential"],
            "validUntil": document.pop("validUntil"),
        }

    assert verdict(check(changed(lambda d: d, **changes)), "seal") == "passed"
    assert check(changed(hide, **changes), policy=PROOF_ONLY).verdict is Verdict.FAILED


def test_draft_name_of_a_suite_does_not_open_a_way_around() -> None:
    document = badge(validUntil="2026-07-02T00:00:00Z")
    sealed_as_draft = _as_draft(document)
    assert verdict(check(text(sealed_as_draft)), "seal") == "passed"
    moved("validUntil", CRED + "validUntil")(sealed_as_draft)
    sealed_as_draft[CRED + "validUntil"] = {
        "@value": "2026-07-02T00:00:00Z",
        "@type": "http://www.w3.org/2001/XMLSchema#dateTime",
    }
    assert check(text(sealed_as_draft), policy=PROOF_ONLY).verdict is Verdict.FAILED


def _as_draft(document: dict[str, Any]) -> dict[str, Any]:
    """Sealed under the draft's name of the suite, as old badges are."""
    config = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-2022",
        "created": "2026-07-01T09:00:00Z",
        "verificationMethod": KEY.verification_method,
        "proofPurpose": "assertionMethod",
    }
    suite = SUITES["eddsa-rdfc-2022"]
    hashed = hash_data(document, config, algorithm="Ed25519", suite=suite)
    config["proofValue"] = "z" + base58btc_encode(KEY.sign(hashed.signing_input))
    return {**document, "proof": config}


OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["credentialSubject"].update(
            {OB + "creditsEarned": d["credentialSubject"].pop("creditsEarned")}
        ),
        lambda d: d["@context"].append({"points": OB + "creditsEarned"}),
        lambda d: d["@context"].append({"p": "https://purl.imsglobal.org/spec/vc/"}),
        lambda d: d["@context"].append({"p": "https://", "points": "p:purl.imsglobal.org/spec/x"}),
        lambda d: d["@context"].append({"points": "cred:validUntil"}),
        lambda d: d["@context"].append({"points": "obi:creditsEarned"}),
        lambda d: d["credentialSubject"].update({"cred:validUntil": "2020-01-01T00:00:00Z"}),
        lambda d: d["credentialSubject"].update({"@context": {"kind": "@type"}}),
    ],
)
def test_term_of_the_standards_under_another_name_breaks_the_format(change: Callable[[Any], object]) -> None:
    document = badge()
    document["credentialSubject"]["creditsEarned"] = 3
    assert verdict(check(text(proved(document))), "format") == "passed"
    spoiled = json.loads(json.dumps(proved(document)))
    change(spoiled)
    report = check(text(spoiled))
    assert verdict(report, "format") == "failed"
    assert "under another name" in found(report, "format").explanation


def test_two_prefixes_of_the_pinned_contexts_reach_the_standards() -> None:
    def definitions(context: Any) -> Iterator[tuple[str, str]]:
        for part in context if isinstance(context, list) else [context]:
            if isinstance(part, dict):
                for name, value in part.items():
                    yield name, value.get("@id", "") if isinstance(value, dict) else str(value)
                    yield from definitions(value)

    store = known_contexts()
    prefixes = {
        name
        for url in store.urls
        for name, target in definitions(store.document(url)["@context"])
        if ":" in target and any(one.startswith(target) for one in _VOCABULARIES)
    }
    assert prefixes == {"cred", "obi"}


def test_status_hidden_behind_a_repeated_one_fails() -> None:
    """The RDF of an entry repeated in part is the same as that of the entry once."""
    shown, hidden = (
        {
            "id": f"https://ribeira.example/status#{purpose}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose,
            "statusListIndex": "7",
            "statusListCredential": "https://ribeira.example/status",
        }
        for purpose in ("suspension", "revocation")
    )

    def hide(document: dict[str, Any]) -> None:
        document["credentialStatus"] = [shown, {"id": shown["id"]}]
        document[CRED + "credentialStatus"] = hidden

    both = {"credentialStatus": [shown, hidden]}
    assert verdict(check(changed(lambda d: d, **both)), "seal") == "passed"
    report = check(changed(hide, **both), policy=PROOF_ONLY)
    assert found(report, "seal").evidence["codes"] == ["seal.renamed"]


def test_a_keyword_in_the_place_of_a_plain_name_is_told() -> None:
    """Found by mutation: the same statements, and readers of plain JSON overlook them."""
    document = badge()
    document["credentialSubject"]["achievement"]["criteria"] |= {"@id": "https://ribeira.example/criteria"}
    report = check(text(proved(document)))
    assert (verdict(report, "seal"), found(report, "format").evidence["renamed"]) == ("passed", "@id")


def test_token_that_ends_before_its_credential_is_over() -> None:
    claims = {**badge(), "iss": did_of(KEY), "exp": 1_785_000_000}  # July 2026
    report = check(signed_token(claims, KEY.verification_method))
    assert (verdict(report, "seal"), verdict(report, "validity")) == ("passed", "failed")


def test_token_that_contradicts_itself_fails_even_without_its_key() -> None:
    claims = {**badge(), "iss": did_of(OTHER)}
    report = check(signed_token(claims, "did:web:ribeira.example#key-1"))
    assert found(report, "seal").evidence["codes"] == ["seal.claim-mismatch"]


def test_inline_context_for_an_own_member_is_accepted() -> None:
    contexts = [*badge()["@context"], {"colour": "https://ribeira.example/terms#colour"}]
    document = badge(**{"@context": contexts, "colour": "red"})
    assert verdict(check(text(proved(document))), "seal") == "passed"


def test_token_in_the_name_of_another_issuer_fails() -> None:
    forged = badge()
    forged["issuer"]["id"] = did_of(OTHER)
    report = check(jose.sign_vc_jwt(forged, KEY))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", "failed")


def test_token_signed_by_another_key_than_it_names_fails() -> None:
    other = PrivateKey.generate("Ed25519").with_verification_method(KEY.verification_method)
    assert verdict(check(jose.sign_vc_jwt(badge(), other)), "seal") == "failed"


def test_token_with_its_key_in_the_header_shows_integrity_only() -> None:
    key = PrivateKey.generate("ES256")
    report = check(jose.sign_vc_jwt(badge(), key))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", "indeterminate")


def signed_token(claims: dict[str, Any], kid: str) -> str:
    """A token with any claims and any key name."""
    header = {"alg": "EdDSA", "kid": kid, "typ": "JWT"}
    protected, payload, value = _jws.sign(header, json.dumps(claims).encode(), KEY)
    return f"{protected}.{payload.decode()}.{value}"


def test_key_named_by_its_fragment_is_one_of_the_issuers() -> None:
    fragment = KEY.verification_method.partition("#")[2]
    report = check(signed_token(badge(), f"#{fragment}"))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", "passed")


def test_key_named_in_no_known_way_leaves_the_seal_open() -> None:
    assert found(check(signed_token(badge(), "key 7")), "seal").evidence["codes"] == ["seal.no-key"]


TOKEN = jose.sign_vc_jwt(badge(), KEY).encode()
FILES = {
    "eddsa-rdfc-2022": sealed(),
    "eddsa-jcs-2022": text(proved(badge(), cryptosuite="eddsa-jcs-2022")),
    "VC-JWT": TOKEN,
}


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_passes(name: str, data: st.DataObject) -> None:
    original = FILES[name]
    place = data.draw(st.integers(0, len(original) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = original[:place] + bytes((original[place] ^ (1 << bit),)) + original[place + 1 :]
    report = check(flipped, policy=PROOF_ONLY)
    if report.verdict is Verdict.PASSED:
        # Only space may differ: JSON that means the same in every member.
        assert json.loads(flipped) == json.loads(original)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_get_a_report(data: bytes) -> None:
    assert check(data).verdict is not Verdict.PASSED
