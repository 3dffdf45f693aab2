"""``ecdsa-sd-2023``: the W3C's vectors, stage by stage."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tessella.canonical import ContextStore, canonicalize, default_contexts
from tessella.keys import (
    PublicKey,
    ResolvedKey,
    multibase_decode,
    multibase_encode,
    resolve_verification_method,
)
from tessella.seals.data_integrity import SELECTIVE, derive, verify_proofs
from tessella.seals.data_integrity._proof_value import BaseProof, DerivedProof, read_base, read_proof_value
from tessella.seals.data_integrity._selection import select
from tessella.seals.data_integrity.selective import group, verified_lines
from tessella.seals.data_integrity.suites import config_hash
from tests.support import shared, shared_json

ROOT = "vc/w3c-vc-di-ecdsa/TestVectors"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
INPUTS = {
    "employ": ("employMandatory.json", "employSelective.json"),
    "prc": ("prCredMandatory.json", "prCredSelective.json"),
}


class Vector:
    """One folder of vectors with its inputs (the unsigned document is taken from the signed one, as one of the
    files beside it has another description)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mandatory, self.selective = (shared_json(f"{ROOT}/{one}") for one in INPUTS[name])
        self.unsigned = self.file("addSignedSDBase.json")
        del self.unsigned["proof"]
        context = json.loads(shared("vc/contexts/npm/w3id.org_citizenship_v4rc1.json").read_bytes())
        self.contexts: ContextStore = default_contexts().with_context(CITIZENSHIP, context)
        self.hmac_key = bytes.fromhex(
            shared_json(f"{ROOT}/ecdsa-sd-2023/SDKeyMaterial.json")["hmacKeyString"]
        )

    def file(self, name: str) -> Any:
        return shared_json(f"{ROOT}/ecdsa-sd-2023/{self.name}/{name}")

    def text(self, name: str) -> str:
        return shared(f"{ROOT}/ecdsa-sd-2023/{self.name}/{name}").read_text(encoding="utf-8")


@pytest.fixture(params=sorted(INPUTS))
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(request.param)


def resolve(method: str, purpose: str) -> ResolvedKey:
    return resolve_verification_method(method)


def pairs(map_: dict[str, Any]) -> list[Any]:
    """The entries of a serialised map."""
    found: list[Any] = map_["value"]
    return found


def test_the_selected_document_is_that_of_the_vector(vector: Vector) -> None:
    selection = select(vector.unsigned, [*vector.mandatory, *vector.selective])
    assert selection is not None
    assert selection.document == vector.file("derivedUnsignedReveal.json")
    found = select(vector.unsigned, vector.mandatory)
    assert found is not None
    for one in vector.file("addPointerValues.json"):
        assert found.document[one["pointer"][1:]] == one["value"]


def test_canonical_statements_and_their_hmac_names_are_those_of_the_vector(vector: Vector) -> None:
    canonical = canonicalize(vector.unsigned, contexts=vector.contexts).decode()
    assert canonical.splitlines(keepends=True) == vector.file("addBaseDocCanon.json")
    grouped = group(vector.unsigned, vector.hmac_key, vector.mandatory, contexts=vector.contexts)
    assert list(grouped.lines) == vector.file("addBaseDocHMACCanon.json")
    transformed = vector.file("addBaseTransform.json")
    assert grouped.mandatory_lines == [line for _, line in pairs(transformed["mandatory"])]
    assert grouped.others == [line for _, line in pairs(transformed["nonMandatory"])]
    indexes = vector.file("derivedGroupIndexes.json")
    assert [i for i, line in enumerate(grouped.lines) if line in grouped.mandatory] == indexes[
        "mandatoryIndexes"
    ]


def test_the_hashes_are_those_of_the_vector(vector: Vector) -> None:
    config = vector.file("addProofConfig.json")
    assert canonicalize(config, contexts=vector.contexts).decode() == vector.text("addProofConfigCanon.txt")
    expected = vector.file("addHashData.json")
    context = config.pop("@context")
    hashed = config_hash(SELECTIVE, context, config, algorithm="ES256", contexts=vector.contexts)
    assert hashed.hex() == expected["proofHash"]
    grouped = group(vector.unsigned, vector.hmac_key, vector.mandatory, contexts=vector.contexts)
    mandatory = hashlib.sha256("".join(grouped.mandatory_lines).encode()).hexdigest()
    assert mandatory == expected["mandatoryHash"]


def test_the_base_proof_value_is_that_of_the_vector(vector: Vector) -> None:
    raw = vector.file("addRawBaseSignatureInfo.json")
    public = PublicKey.from_multikey(raw["publicKey"])
    made = BaseProof(
        base_signature=bytes.fromhex(raw["baseSignature"]),
        public_key=b"\x80\x24" + public_point(public),
        hmac_key=vector.hmac_key,
        signatures=tuple(bytes.fromhex(one) for one in raw["signatures"]),
        mandatory_pointers=tuple(vector.mandatory),
    )
    value = vector.file("addSignedSDBase.json")["proof"]["proofValue"]
    assert made.encoded() == value
    assert read_base(value) == made


def public_point(public: PublicKey) -> bytes:
    return multibase_decode(public.to_multikey())[2:]


def test_the_derived_credential_is_that_of_the_vector_byte_by_byte(vector: Vector) -> None:
    revealed = derive(vector.file("addSignedSDBase.json"), vector.selective, contexts=vector.contexts)
    assert revealed.document == vector.file("derivedRevealDocument.json")
    data = vector.file("derivedDisclosureData.json")
    assert revealed.proof.base_signature.hex() == data["baseSignature"]
    assert [one.hex() for one in revealed.proof.signatures] == data["signatures"]
    labels = {f"c14n{key}": multibase_encode(value, "u") for key, value in revealed.proof.label_map.items()}
    assert sorted(labels.items()) == sorted(map(tuple, pairs(data["labelMap"])))
    assert list(revealed.proof.mandatory_indexes) == data["mandatoryIndexes"]
    adjusted = vector.file("derivedAdjMandatoryIndexes.json")["adjMandatoryIndexes"]
    assert list(revealed.proof.mandatory_indexes) == adjusted
    filtered = vector.file("derivedAdjSignatures.json")["filteredSignatures"]
    assert [one.hex() for one in revealed.proof.signatures] == filtered


def test_the_derived_proof_value_is_read_as_the_vector_says(vector: Vector) -> None:
    proof = read_proof_value(vector.file("derivedRevealDocument.json")["proof"]["proofValue"])
    expected = vector.file("verifyDerivedProofValue.json")
    assert isinstance(proof, DerivedProof)
    assert proof.base_signature.hex() == expected["baseSignature"]
    assert multibase_encode(proof.public_key) == expected["publicKey"]
    assert [one.hex() for one in proof.signatures] == expected["signatures"]
    assert list(proof.mandatory_indexes) == expected["mandatoryIndexes"]
    assert proof.encoded() == vector.file("derivedRevealDocument.json")["proof"]["proofValue"]


def test_what_the_verifier_works_out_is_what_the_vector_says(vector: Vector) -> None:
    proof = read_proof_value(vector.file("derivedRevealDocument.json")["proof"]["proofValue"])
    assert isinstance(proof, DerivedProof)
    mandatory, others = verified_lines(
        vector.file("derivedUnsignedReveal.json"), proof, contexts=vector.contexts
    )
    assert sorted([*mandatory, *others]) == vector.file("verifyNQuads.json")
    data = vector.file("verifyCreateVerifyData.json")
    assert others == data["nonMandatory"]
    assert hashlib.sha256("".join(mandatory).encode()).hexdigest() == data["mandatoryHash"]


@pytest.mark.parametrize("name", ["addSignedSDBase.json", "derivedRevealDocument.json"])
def test_the_signed_documents_of_the_vector_verify(vector: Vector, name: str) -> None:
    (result,) = verify_proofs(vector.file(name), resolve, contexts=vector.contexts)
    assert result.error is None
    assert bool(result.notes) == (name == "addSignedSDBase.json")
