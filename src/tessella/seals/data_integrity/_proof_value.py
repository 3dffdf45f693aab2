"""Proof values of ``ecdsa-sd-2023``: five components in CBOR behind a header (VC-DI-ECDSA 1.0 §3.5.2 to §3.5.8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

import msgspec

from tessella.errors import DecodeError, LimitError, SealError
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals.data_integrity import _cbor
from tessella.text import say

__all__ = [
    "MAX_PROOF_VALUE_CHARS",
    "BaseProof",
    "DerivedProof",
    "read_base",
    "read_proof_value",
    "shows_part",
]

MAX_PROOF_VALUE_CHARS = 500_000
"""A signature takes 88 characters; a badge with a hundred statements 9,000, one with thousands is none."""

SIGNATURE_BYTES = 64
"""A P-256 signature, as two numbers of 32 bytes."""

KEY_BYTES = 35
"""A P-256 public key as multikey: two bytes of header and the compressed point."""

DIGEST_BYTES = 32
"""An HMAC key, and what it makes: the size of SHA-256 (§3.6.2 step 1)."""

_BASE = b"\xd9\x5d\x00"
_DERIVED = b"\xd9\x5d\x01"
_P256 = b"\x80\x24"


class BaseProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the issuer gives to the holder: with the HMAC key and all signatures.

    ``signatures`` are of the statements that are not mandatory, in order; ``public_key`` is the multikey of the key
    pair that made them, which exists for this proof only.
    """

    base_signature: bytes
    public_key: bytes
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]

    def encoded(self) -> str:
        """§3.5.2 serializeBaseProofValue."""
        return _encoded(
            _BASE,
            [self.base_signature, self.public_key, self.hmac_key, self.signatures, self.mandatory_pointers],
        )


class DerivedProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the holder shows: the signatures of what is shown, and how the verifier names its blank nodes.

    ``label_map``: number of the canonical label that the verifier gives → digest that the issuer signed.
    ``mandatory_indexes``: which of the shown statements the issuer made mandatory.
    """

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    label_map: Mapping[int, bytes]
    mandatory_indexes: tuple[int, ...]

    def encoded(self) -> str:
        """§3.5.7 serializeDerivedProofValue."""
        return _encoded(
            _DERIVED,
            [
                self.base_signature,
                self.public_key,
                self.signatures,
                dict(self.label_map),
                self.mandatory_indexes,
            ],
        )


def _encoded(header: bytes, components: list[Any]) -> str:
    return "u" + base64url_encode(header + _cbor.dump(components))


def shows_part(document: Mapping[str, Any]) -> bool:
    """Whether a document says by its proof that it is a selection from a larger one; the proof is not verified."""
    found = document.get("proof")
    start = "u" + base64url_encode(_DERIVED)
    return any(
        isinstance(proof, Mapping)
        and isinstance(value := proof.get("proofValue"), str)
        and value.startswith(start)
        for proof in (found if isinstance(found, list) else [found])
    )


def read_base(value: object) -> BaseProof:
    """The base proof in a proof value.

    Raises:
        SealError: ``seal.base-proof``, it is a derived one.
        LimitError, SealError: as `read_proof_value`.
    """
    proof = read_proof_value(value)
    if isinstance(proof, DerivedProof):
        raise SealError(
            say("This is already a selection; only from the issuer's credential can one be made."),
            code="seal.base-proof",
            hint=say("Use the file as the issuer gave it."),
        )
    return proof


def read_proof_value(value: object) -> BaseProof | DerivedProof:
    """§3.5.3 parseBaseProofValue and §3.5.8 parseDerivedProofValue: by the header; lengths and kinds are checked.

    Raises:
        LimitError: ``input.limit.proof-value``.
        SealError: ``seal.proof-value``.
    """
    if not isinstance(value, str) or not value.startswith("u"):
        raise _wrong(say("it is not in base64url"))
    if len(value) > MAX_PROOF_VALUE_CHARS:
        raise LimitError(
            say("The proof value is longer than %(limit)s characters.", limit=MAX_PROOF_VALUE_CHARS),
            code="input.limit.proof-value",
        )
    try:
        data = base64url_decode(value[1:])
        components = _cbor.load(data[3:]) if data[:3] in (_BASE, _DERIVED) else None
    except DecodeError as error:
        raise _wrong(error.message) from error
    if components is None:
        raise _wrong(say("its header is neither that of a base proof nor of a derived one"))
    if not isinstance(components, list) or len(components) != 5:
        raise _wrong(say("it does not have five components"))
    return _base(components) if data[:3] == _BASE else _derived(components)


def _base(components: list[Any]) -> BaseProof:
    signature, key, hmac_key, signatures, pointers = components
    _check(_is_signature(signature), "baseSignature")
    _check(_is_key(key), "publicKey")
    _check(isinstance(hmac_key, bytes) and len(hmac_key) == DIGEST_BYTES, "hmacKey")
    _check(_is_list(signatures, _is_signature), "signatures")
    _check(_is_list(pointers, lambda one: isinstance(one, str)), "mandatoryPointers")
    return BaseProof(
        base_signature=signature,
        public_key=key,
        hmac_key=hmac_key,
        signatures=tuple(signatures),
        mandatory_pointers=tuple(pointers),
    )


def _derived(components: list[Any]) -> DerivedProof:
    signature, key, signatures, labels, indexes = components
    _check(_is_signature(signature), "baseSignature")
    _check(_is_key(key), "publicKey")
    _check(_is_list(signatures, _is_signature), "signatures")
    _check(
        isinstance(labels, dict)
        and _is_list(list(labels.values()), lambda one: isinstance(one, bytes) and len(one) == DIGEST_BYTES)
        and len(set(labels.values())) == len(labels),
        "labelMap",
    )
    _check(
        _is_list(indexes, lambda one: isinstance(one, int)) and len(set(indexes)) == len(indexes),
        "mandatoryIndexes",
    )
    return DerivedProof(
        base_signature=signature,
        public_key=key,
        signatures=tuple(signatures),
        label_map=labels,
        mandatory_indexes=tuple(indexes),
    )


def _is_signature(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == SIGNATURE_BYTES


def _is_key(value: object) -> bool:
    return isinstance(value, bytes) and len(value) == KEY_BYTES and value.startswith(_P256)


def _is_list(value: object, fits: Callable[[Any], bool]) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and all(map(fits, value))


def _check(fits: bool, component: str) -> None:
    if not fits:
        raise _wrong(say("its component %(name)s is not what it should be", name=component))


def _wrong(reason: str) -> SealError:
    return SealError(
        say("The proof value of ecdsa-sd-2023 cannot be used: %(reason)s.", reason=reason.rstrip(".")),
        code="seal.proof-value",
        hint=say("Ask for the credential again, as it was made."),
    )
