"""``ecdsa-sd-2023``: a proof from which the holder shows only what is wanted (VC-DI-ECDSA 1.0 §3.4 to §3.6).

The issuer signs every statement apart, with a key that exists for this proof only (*base proof*), but those
that it makes mandatory. The holder leaves statements out with their signatures (*derived proof*). Blank nodes are named by
an HMAC, so that their names tell nothing of what was left out. A derived proof cannot show less than the mandatory
statements, nor anything that the issuer did not sign; what a statement is about goes with it (ids and types).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tessella.canonical import ContextStore, Statements, no_selection, statements
from tessella.errors import KeyMaterialError, LimitError, SchemaError, SealError
from tessella.keys import PrivateKey, PublicKey, base64url_encode, multibase_decode, multibase_encode
from tessella.ports import Signer, VerifyingKey
from tessella.seals.data_integrity._options import proof_options
from tessella.seals.data_integrity._proof_value import (
    DIGEST_BYTES,
    BaseProof,
    DerivedProof,
    read_base,
    read_proof_value,
)
from tessella.seals.data_integrity._selection import fresh, select
from tessella.seals.data_integrity.suites import SELECTIVE, config_hash
from tessella.text import say

__all__ = [
    "MAX_STATEMENTS",
    "Grouped",
    "Revealed",
    "add_selective_proof",
    "base_proof_of",
    "derive",
    "group",
    "verified_lines",
    "verify_selective",
]

MAX_STATEMENTS = 2_000
"""Statements that are signed or verified one by one, about a fifth of a second; an Open Badge has 50 to 150."""


class Grouped(msgspec.Struct, frozen=True, kw_only=True):
    """The statements of a whole document under their HMAC names, in order, and which of them are mandatory (§3.4.16).

    ``names``: blank node of ``statements`` → name, both with ``_:``.
    """

    statements: Statements
    names: Mapping[str, str]
    lines: tuple[str, ...]
    mandatory: frozenset[str]

    @property
    def mandatory_lines(self) -> list[str]:
        """What is always shown, in order."""
        return [line for line in self.lines if line in self.mandatory]

    @property
    def others(self) -> list[str]:
        """What may be left out, in order; each has its own signature."""
        return [line for line in self.lines if line not in self.mandatory]


class Revealed(msgspec.Struct, frozen=True, kw_only=True):
    """A derived credential: ``document`` with its proof, and that proof's parts."""

    document: dict[str, Any]
    proof: DerivedProof
    lines: tuple[str, ...]


def add_selective_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    mandatory: Sequence[str],
    created: dt.datetime,
    purpose: str = "assertionMethod",
    proof_id: str = "",
    contexts: ContextStore | None = None,
) -> dict[str, Any]:
    """The document with a base proof (§3.6.1), for its holder only: with it, any part can be shown.

    Args:
        mandatory: JSON pointers of what the holder cannot leave out. A pointer that ends at an object or array means all of it.
        created: time-zone aware; written in UTC to the second.

    Raises:
        UnsupportedError: ``seal.algorithm``, the key is not on P-256.
        SchemaError: a pointer leads nowhere; or ``seal.proof-shape``, the document has a proof already.
        SealError: the signer names no verification method.
        CanonicalError, LimitError: the document cannot be signed safely, or not in parts.
    """
    unsecured = fresh(document)
    if "proof" in unsecured:
        raise SchemaError(
            say("The document has a proof already."),
            code="seal.proof-shape",
            place="$.proof",
            hint=say("Add this proof first."),
        )
    SELECTIVE.digest(signer.algorithm)
    config = proof_options(unsecured, signer, SELECTIVE, created=created, purpose=purpose, proof_id=proof_id)
    hmac_key = secrets.token_bytes(DIGEST_BYTES)
    grouped = group(unsecured, hmac_key, mandatory, contexts=contexts)
    # §3.6.5: the key pair for this proof signs the statements, the issuer's key signs its public half
    own = PrivateKey.generate("ES256")
    public = multibase_decode(own.public_key.to_multikey())
    hashed = _config_hash(unsecured, config, contexts)
    base = BaseProof(
        base_signature=signer.sign(_sign_data(hashed, public, grouped.mandatory_lines)),
        public_key=public,
        hmac_key=hmac_key,
        signatures=tuple(own.sign(line.encode()) for line in grouped.others),
        mandatory_pointers=tuple(mandatory),
    )
    return {**unsecured, "proof": {**config, "proofValue": base.encoded()}}


def group(
    document: dict[str, Any],
    hmac_key: bytes,
    mandatory: Iterable[str],
    *,
    contexts: ContextStore | None = None,
) -> Grouped:
    """§3.4.16 canonicalizeAndGroup for an unsecured document that is `fresh`.

    Raises:
        SchemaError, CanonicalError, LimitError: as `add_selective_proof`.
    """
    found = statements(document, contexts=contexts)
    names = {node: _hmac_name(hmac_key, label) for node, label in found.labels.items()}
    lines = tuple(found.written(names))
    if len(lines) > MAX_STATEMENTS:
        raise LimitError(
            say("The document makes more than %(limit)s statements.", limit=MAX_STATEMENTS),
            code="input.limit.statements",
        )
    chosen = _selected(document, mandatory, found, names, contexts)
    grouped = Grouped(statements=found, names=names, lines=lines, mandatory=frozenset(chosen[1]))
    _check_among(grouped.mandatory, lines)
    return grouped


def _hmac_name(key: bytes, label: str) -> str:
    """§3.4.4 createHmacIdLabelMapFunction."""
    digest = hmac.digest(key, label.removeprefix("_:").encode(), hashlib.sha256)
    return "_:u" + base64url_encode(digest)


def _selected(
    document: dict[str, Any],
    pointers: Iterable[str],
    found: Statements,
    names: Mapping[str, str],
    contexts: ContextStore | None,
) -> tuple[Mapping[str, bytes], list[str], dict[str, Any]]:
    """§3.4.15 selectCanonicalNQuads: canonical label → digest, the selected statements, the selected document."""
    selection = select(document, pointers)
    if selection is None:
        return {}, [], {}
    part = statements(selection.document, contexts=contexts)
    if part.origins is None or found.origins is None:
        raise no_selection()
    same = {}
    for (element, place), node in part.origins.items():
        origin = (selection.sources.get(element, element), place)
        if origin in found.origins:
            same[node] = names[found.origins[origin]]
    lines = part.written(same)
    digests = {label: multibase_decode(same[node][2:]) for node, label in part.labels.items()}
    return digests, lines, selection.document


def _check_among(part: Iterable[str], lines: Iterable[str]) -> None:
    """What a selection says must have been said by the whole (a list shown in part says something else)."""
    if not set(lines).issuperset(part):
        raise no_selection()


def _config_hash(
    document: Mapping[str, Any], config: Mapping[str, Any], contexts: ContextStore | None
) -> bytes:
    """§3.6.4 and step 1 of §3.6.3."""
    return config_hash(SELECTIVE, document.get("@context"), config, algorithm="ES256", contexts=contexts)


def _sign_data(proof_hash: bytes, public_key: bytes, mandatory: Iterable[str]) -> bytes:
    """§3.5.1 serializeSignData with §3.4.17 hashMandatoryNQuads."""
    return proof_hash + public_key + hashlib.sha256("".join(mandatory).encode()).digest()


def base_proof_of(document: Mapping[str, Any]) -> tuple[dict[str, Any], BaseProof]:
    """The document's base proof as it stands there, and read.

    Raises:
        SealError: ``seal.no-selective-proof``, there is none; ``seal.base-proof``, it is already derived;
            ``seal.proof-value``.
        LimitError: the proof value is too long.
    """
    found = document.get("proof")
    for proof in found if isinstance(found, list) else [found]:
        if isinstance(proof, Mapping) and proof.get("cryptosuite") == SELECTIVE.name:
            return dict(proof), read_base(proof.get("proofValue"))
    raise SealError(
        say("The credential has no proof from which a part can be shown."),
        code="seal.no-selective-proof",
        expected=SELECTIVE.name,
        hint=say("Ask the issuer for a badge with selective disclosure, or for an attestation."),
    )


def derive(
    document: Mapping[str, Any], reveal: Iterable[str], *, contexts: ContextStore | None = None
) -> Revealed:
    """A credential that shows what the pointers name and what the issuer made mandatory (§3.6.6, §3.5.4).

    The signatures are not verified here; other proofs of the document are left out, as they cover all of it.

    Raises:
        SchemaError: a pointer leads nowhere.
        SealError: as `base_proof_of`; or the signatures do not match the statements.
        CanonicalError: ``canonical.selection``, the choice cannot be shown alone; else as `canonicalize`.
        LimitError: too many statements or pointers.
    """
    config, base = base_proof_of(document)
    unsecured = fresh({name: value for name, value in document.items() if name != "proof"})
    grouped = group(unsecured, base.hmac_key, base.mandatory_pointers, contexts=contexts)
    others = grouped.others
    _check_count(base.signatures, others)
    digests, shown, revealed = _selected(
        unsecured, (*base.mandatory_pointers, *reveal), grouped.statements, grouped.names, contexts
    )
    if not shown:
        raise SchemaError(
            say("Nothing is chosen to be shown, and the issuer made nothing mandatory."),
            code="input.schema.pointer",
            hint=say("Choose at least one element."),
        )
    _check_among(shown, grouped.lines)
    chosen = frozenset(shown)
    proof = DerivedProof(
        base_signature=base.base_signature,
        public_key=base.public_key,
        signatures=tuple(
            signature for line, signature in zip(others, base.signatures, strict=True) if line in chosen
        ),
        label_map={int(label.removeprefix("_:c14n")): digest for label, digest in digests.items()},
        mandatory_indexes=tuple(index for index, line in enumerate(shown) if line in grouped.mandatory),
    )
    sealed = {**revealed, "proof": {**config, "proofValue": proof.encoded()}}
    return Revealed(document=sealed, proof=proof, lines=tuple(shown))


def verify_selective(
    document: Mapping[str, Any],
    config: Mapping[str, Any],
    proof_value: object,
    key: VerifyingKey,
    *,
    contexts: ContextStore | None = None,
) -> tuple[str, ...]:
    """Verify a derived proof (§3.6.7), or a base proof by looking at everything it covers; notes for the reader.

    Args:
        document: without its proof.
        config: the proof without ``proofValue``.

    Raises:
        SealError: a signature does not hold, or the proof value is not in order.
        UnsupportedError: ``seal.algorithm``, the key is not on P-256.
        CanonicalError, LimitError, SchemaError: the bytes cannot be determined.
    """
    SELECTIVE.digest(key.algorithm)
    proof = read_proof_value(proof_value)
    unsecured = fresh(document)
    notes: tuple[str, ...] = ()
    if isinstance(proof, BaseProof):
        grouped = group(unsecured, proof.hmac_key, proof.mandatory_pointers, contexts=contexts)
        mandatory, others = grouped.mandatory_lines, grouped.others
        notes = (
            say(
                "This is the holder's own copy: whoever has it can show any part of it. Pass on a selection instead."
            ),
        )
    else:
        mandatory, others = verified_lines(unsecured, proof, contexts=contexts)
    _check_count(proof.signatures, others)
    hashed = _config_hash(unsecured, config, contexts)
    key.verify(proof.base_signature, _sign_data(hashed, proof.public_key, mandatory))
    try:
        own = PublicKey.from_multikey(multibase_encode(proof.public_key))
    except KeyMaterialError as error:
        raise SealError(
            say("The key for the single statements is not a key."), code="seal.proof-value"
        ) from error
    for line, signature in zip(others, proof.signatures, strict=True):
        own.verify(signature, line.encode())
    return notes


def verified_lines(
    document: dict[str, Any], proof: DerivedProof, *, contexts: ContextStore | None = None
) -> tuple[list[str], list[str]]:
    """§3.5.9 createVerifyData: the mandatory statements and the others, under the names that were signed."""
    found = statements(document, contexts=contexts)
    numbers = {label: int(label.removeprefix("_:c14n")) for label in found.labels.values()}
    if set(numbers.values()) != proof.label_map.keys():
        raise _not_fitting()
    lines = found.written(
        {
            node: "_:u" + base64url_encode(proof.label_map[numbers[label]])
            for node, label in found.labels.items()
        }
    )
    if len(lines) > MAX_STATEMENTS or any(index >= len(lines) for index in proof.mandatory_indexes):
        raise _not_fitting()
    indexes = frozenset(proof.mandatory_indexes)
    return (
        [line for index, line in enumerate(lines) if index in indexes],
        [line for index, line in enumerate(lines) if index not in indexes],
    )


def _check_count(signatures: Sequence[bytes], others: Sequence[str]) -> None:
    if len(signatures) != len(others):
        raise _not_fitting()


def _not_fitting() -> SealError:
    return SealError(
        say("The proof does not fit what is shown: something was added, left out or changed afterwards."),
        code="seal.signature",
        hint=say("Ask its holder for a new selection."),
    )
