"""Data Integrity: every W3C vector with every intermediate value, and everything that must not hold."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.canonical import ContextStore, Kind, default_contexts
from tessella.errors import CanonicalError, SchemaError, SealError, UnsupportedError
from tessella.keys import PrivateKey, base58btc_decode, base58btc_encode, resolve_verification_method
from tessella.ports import Signer
from tessella.seals.data_integrity import SUITES, SealedSeries, add_proof, hash_data, verify_proofs
from tests.support import shared, shared_json

CREATED = dt.datetime(2023, 2, 24, 23, 36, 38, tzinfo=dt.UTC)
EDDSA = "vc/w3c-vc-di-eddsa/TestVectors"
ECDSA = "vc/w3c-vc-di-ecdsa/TestVectors"


def contexts() -> ContextStore:
    store = default_contexts()
    for url, path in (
        ("https://www.w3.org/ns/credentials/examples/v2", "w3c-vc-data-model/credentials/examples/v2"),
        ("https://w3id.org/citizenship/v4rc1", "npm/w3id.org_citizenship_v4rc1.json"),
    ):
        store = store.with_context(url, json.loads(shared(f"vc/contexts/{path}").read_bytes()))
    return store


def resolve(method: str, purpose: str) -> Any:
    return resolve_verification_method(method, purpose=purpose)  # type: ignore[arg-type]


VECTORS = [
    (f"{EDDSA}/eddsa-rdfc-2022", "DataInt", "Ed25519"),
    (f"{EDDSA}/eddsa-rdfc-2022/employ", "DataInt", "Ed25519"),
    (f"{EDDSA}/eddsa-jcs-2022", "JCS", "Ed25519"),
    (f"{ECDSA}/ecdsa-rdfc-2019-p256", "ECDSAP256", "ES256"),
    (f"{ECDSA}/ecdsa-rdfc-2019-p256/employ", "ECDSAP256", "ES256"),
    (f"{ECDSA}/ecdsa-rdfc-2019-p384", "ECDSAP384", "ES384"),
    (f"{ECDSA}/ecdsa-rdfc-2019-p384/employ", "ECDSAP384", "ES384"),
    (f"{ECDSA}/ecdsa-jcs-2019-p256", "JCSECDSAP256", "ES256"),
    (f"{ECDSA}/ecdsa-jcs-2019-p384", "JCSECDSAP384", "ES384"),
]


@pytest.mark.parametrize(("folder", "suffix", "algorithm"), VECTORS)
def test_vector_with_every_intermediate_value(folder: str, suffix: str, algorithm: str) -> None:
    root = shared(folder)
    read = lambda name: (root / name).read_text(encoding="utf-8")  # noqa: E731
    signed = json.loads(read(f"signed{suffix}.json"))
    config = json.loads(read(f"proofConfig{suffix}.json"))
    unsecured = {k: v for k, v in signed.items() if k != "proof"}
    proof_config = {k: v for k, v in signed["proof"].items() if k != "proofValue"}
    if "rdfc" in config["cryptosuite"]:
        config.pop("@context", None)
        proof_config.pop("@context", None)
    assert proof_config == config

    hashed = hash_data(unsecured, config, algorithm=algorithm, contexts=contexts())
    assert hashed.canonical_document.decode() == read(f"canonDoc{suffix}.txt")
    assert hashed.canonical_config.decode() == read(f"proofCanon{suffix}.txt")
    assert hashed.document_hash.hex() == read(f"docHash{suffix}.txt").strip()
    assert hashed.config_hash.hex() == read(f"proofHash{suffix}.txt").strip()
    assert hashed.signing_input.hex() == read(f"combinedHash{suffix}.txt").strip()
    assert signed["proof"]["proofValue"] == read(f"sigBTC58{suffix}.txt").strip()

    (result,) = verify_proofs(signed, resolve, contexts=contexts())
    assert result.error is None
    assert result.created == CREATED


@pytest.mark.parametrize(("folder", "suffix"), [(v[0], v[1]) for v in VECTORS if v[2] == "Ed25519"])
def test_signing_again_gives_the_vectors_signature(folder: str, suffix: str) -> None:
    root = shared(folder)
    signed = json.loads((root / f"signed{suffix}.json").read_bytes())
    pair = shared_json(f"{EDDSA}/keyPair.json")
    method = signed["proof"]["verificationMethod"]
    key = PrivateKey.from_multikey(pair["privateKeyMultibase"]).with_verification_method(method)
    unsecured = {k: v for k, v in signed.items() if k != "proof"}
    made = add_proof(
        unsecured, key, cryptosuite=signed["proof"]["cryptosuite"], created=CREATED, contexts=contexts()
    )
    assert made["proof"]["proofValue"] == signed["proof"]["proofValue"]


@pytest.mark.parametrize(
    "name", ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"]
)
def test_proof_sets_and_chains(name: str) -> None:
    signed = shared_json(f"{EDDSA}/proof-set-chain/{name}.json")
    results = verify_proofs(signed, resolve, contexts=contexts())
    assert [result.error for result in results] == [None] * len(results)


def test_w3c_proof_chain_inputs() -> None:
    folder = shared("vc/di-test-suite-inputs/inputs/eddsa-rdfc-2022")
    outcomes = {}
    for path in sorted(folder.rglob("*.json")):
        results = verify_proofs(json.loads(path.read_bytes()), resolve, contexts=contexts())
        outcomes[path.name] = all(result.error is None for result in results)
    assert outcomes
    assert outcomes == {name: "ok" in name.lower() for name in outcomes}


DOCUMENT = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:6c0f34b0-7d52-4c22-9f4e-0d8d6a0f4d51",
    "type": ["VerifiableCredential"],
    "issuer": "https://university.example/",
    "validFrom": "2026-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:learner"},
    "name": "Data ethics",
}


def signer(algorithm: str) -> PrivateKey:
    key = PrivateKey.generate(algorithm)
    return key.with_verification_method(key.public_key.did_key_url)


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_round_trip_with_every_suite_and_algorithm(suite: str) -> None:
    for algorithm in SUITES[suite].digests:
        key: Signer = signer(algorithm)
        sealed = add_proof(DOCUMENT, key, cryptosuite=suite, created=CREATED)
        (result,) = verify_proofs(sealed, resolve)
        assert result.error is None
        assert result.suite == suite


def sealed(suite: str = "eddsa-rdfc-2022") -> dict[str, Any]:
    return add_proof(DOCUMENT, signer("Ed25519"), cryptosuite=suite, created=CREATED)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "Data ethics II"),
        (("validFrom",), "2026-01-02T00:00:00Z"),
        (("issuer",), "https://other.example/"),
        (("proof", "created"), "2023-02-24T23:36:39Z"),
        (("proof", "proofValue"), "z" + "1" * 64),
        (("proof", "proofValue"), "z"),
        (("proof", "proofValue"), "u123"),
        (("proof", "proofPurpose"), "authentication"),
        (("proof", "created"), "yesterday"),
    ],
)
def test_any_change_breaks_the_seal(suite: str, path: tuple[str, ...], value: str) -> None:
    document = copy.deepcopy(sealed(suite))
    target: Any = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    (result,) = verify_proofs(document, resolve)
    assert isinstance(result.error, SealError)


def test_added_property_breaks_the_seal() -> None:
    document = {**sealed(), "description": "added later"}
    (result,) = verify_proofs(document, resolve)
    assert isinstance(result.error, SealError)


@settings(max_examples=40, deadline=None)
@given(bit=st.integers(0, 64 * 8 - 1))
def test_any_flipped_bit_of_the_signature_fails(bit: int) -> None:
    document = sealed("eddsa-jcs-2022")
    signature = bytearray(base58btc_decode(document["proof"]["proofValue"][1:]))
    signature[bit // 8] ^= 1 << (bit % 8)
    document["proof"]["proofValue"] = "z" + base58btc_encode(bytes(signature))
    (result,) = verify_proofs(document, resolve)
    assert isinstance(result.error, SealError)


def test_no_proof_is_an_error_not_a_success() -> None:
    with pytest.raises(SchemaError):
        verify_proofs(DOCUMENT, resolve)
    with pytest.raises(SchemaError):
        verify_proofs({**DOCUMENT, "proof": []}, resolve)


@pytest.mark.parametrize("change", [{"cryptosuite": "none"}, {"cryptosuite": None}, {"type": "Other"}])
def test_unknown_suites_and_types_are_unsupported(change: dict[str, Any]) -> None:
    document = sealed()
    document["proof"] = {**document["proof"], **change}
    (result,) = verify_proofs(document, resolve)
    assert isinstance(result.error, UnsupportedError)


def test_ecdsa_key_in_an_eddsa_suite_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        add_proof(DOCUMENT, signer("ES256"), cryptosuite="eddsa-rdfc-2022", created=CREATED)


def test_expired_proof_fails_at_that_time_only() -> None:
    document = add_proof(
        DOCUMENT,
        signer("Ed25519"),
        cryptosuite="eddsa-rdfc-2022",
        created=CREATED,
        options={"expires": "2024-01-01T00:00:00Z"},
    )
    before, after = dt.datetime(2023, 6, 1, tzinfo=dt.UTC), dt.datetime(2024, 6, 1, tzinfo=dt.UTC)
    assert verify_proofs(document, resolve, at=before)[0].error is None
    assert getattr(verify_proofs(document, resolve, at=after)[0].error, "code", "") == "seal.expired"


def test_chain_needs_its_previous_proof() -> None:
    first = add_proof(
        DOCUMENT, signer("Ed25519"), cryptosuite="eddsa-rdfc-2022", created=CREATED, proof_id="urn:uuid:1"
    )
    both = add_proof(
        first, signer("Ed25519"), cryptosuite="eddsa-rdfc-2022", created=CREATED, previous_proof="urn:uuid:1"
    )
    assert [r.error for r in verify_proofs(both, resolve)] == [None, None]
    alone = {**both, "proof": both["proof"][1]}
    assert getattr(verify_proofs(alone, resolve)[0].error, "code", "") == "seal.previous-proof"


def test_hashes_are_those_of_the_canonical_forms() -> None:
    config = {k: v for k, v in sealed()["proof"].items() if k != "proofValue"}
    hashed = hash_data(DOCUMENT, config, algorithm="Ed25519")
    assert hashed.document_hash == hashlib.sha256(hashed.canonical_document).digest()
    assert hashed.config_hash == hashlib.sha256(hashed.canonical_config).digest()


SERIES_KEY = signer("Ed25519")

nasty = st.text(min_size=1).filter(lambda text: not any(0xD800 <= ord(sign) < 0xE000 for sign in text))


@settings(max_examples=60, deadline=None)
@given(
    name=nasty, subject=st.integers(0, 10**12), suite=st.sampled_from(["eddsa-rdfc-2022", "eddsa-jcs-2022"])
)
def test_series_signs_the_same_bytes_as_one_by_one(name: str, subject: int, suite: str) -> None:
    variables = {"/name": Kind.TEXT, "/credentialSubject/id": Kind.IRI}
    values = {"/name": name, "/credentialSubject/id": f"urn:example:{subject}"}
    series = SealedSeries(DOCUMENT, variables, SERIES_KEY, cryptosuite=suite, created=CREATED)
    document = {**DOCUMENT, "name": name, "credentialSubject": {"id": f"urn:example:{subject}"}}
    try:
        slow = add_proof(document, SERIES_KEY, cryptosuite=suite, created=CREATED)
    except CanonicalError:
        with pytest.raises(CanonicalError):
            series.seal(values)
        return
    assert json.loads(series.seal(values)) == slow  # Ed25519 is deterministic: equal signatures, equal bytes


def test_series_refuses_keys_that_the_suite_does_not_take() -> None:
    with pytest.raises(UnsupportedError):
        SealedSeries(DOCUMENT, {}, signer("ES256"), cryptosuite="eddsa-jcs-2022", created=CREATED)
