"""Proofs from before Data Integrity 1.0: ``Ed25519Signature2020`` by the W3C's vectors, others by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.canonical import ContextStore, default_contexts
from tessella.keys import ResolvedKey, resolve_verification_method
from tessella.seals.data_integrity import LEGACY_SUITES, hash_data, verify_proofs
from tests.support import shared, shared_json

ROOT = "vc/w3c-vc-di-eddsa/TestVectors/Ed25519Signature2020"
SUITE = LEGACY_SUITES["Ed25519Signature2020"]


def contexts() -> ContextStore:
    document = json.loads(shared("vc/contexts/w3c-vc-data-model/credentials/examples/v2").read_bytes())
    return default_contexts().with_context("https://www.w3.org/ns/credentials/examples/v2", document)


def resolve(method: str, purpose: str) -> ResolvedKey:
    return resolve_verification_method(method)


def text(name: str) -> str:
    return shared(f"{ROOT}/{name}").read_text(encoding="utf-8")


def signed() -> dict[str, Any]:
    document: dict[str, Any] = shared_json(f"{ROOT}/signedEdSig.json")
    return document


def test_every_stage_is_that_of_the_vector() -> None:
    document = signed()
    config = dict(document.pop("proof"))
    del config["proofValue"]
    hashed = hash_data(document, config, algorithm="Ed25519", suite=SUITE, contexts=contexts())
    assert hashed.canonical_document.decode() == text("canonDocEdSig.txt")
    assert hashed.canonical_config.decode() == text("proofCanonEdSig.txt")
    assert hashed.document_hash.hex() == text("docHashEdSig.txt").strip()
    assert hashed.config_hash.hex() == text("proofHashEdSig.txt").strip()
    assert hashed.signing_input.hex() == text("combinedHashEdSig.txt").strip()


def test_the_signed_document_of_the_vector_verifies_and_a_changed_one_does_not() -> None:
    (result,) = verify_proofs(signed(), resolve, contexts=contexts())
    assert (result.suite, result.error) == ("Ed25519Signature2020", None)
    document = signed()
    document["name"] = document.get("name", "") + "!"
    (changed,) = verify_proofs(document, resolve, contexts=contexts())
    assert changed.error is not None
    assert changed.error.code == "seal.signature"


@pytest.mark.parametrize("kind", ["Ed25519Signature2018", "JsonWebSignature2020", "BbsBlsSignature2020"])
def test_other_older_proofs_are_known_by_name(kind: str) -> None:
    document = signed()
    document["proof"]["type"] = kind
    (result,) = verify_proofs(document, resolve, contexts=contexts())
    assert result.error is not None
    assert (result.error.code, result.error.got) == ("seal.proof-type", kind)
    assert kind in result.error.message
    assert result.error.hint


@pytest.mark.parametrize("kind", [[], ["DataIntegrityProof"], {"id": "x"}, None, 1, True])
def test_a_type_that_is_no_text_is_refused(kind: object) -> None:
    """Found by mutation: a list cannot be looked up in a table."""
    document = signed()
    document["proof"]["type"] = kind
    (result,) = verify_proofs(document, resolve, contexts=contexts())
    assert result.error is not None
    assert result.error.code == "seal.proof-type"
