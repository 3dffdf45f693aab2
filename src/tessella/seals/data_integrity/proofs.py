"""Adding and verifying Data Integrity proofs (VC Data Integrity 1.0 §4)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tessella.canonical import ContextStore
from tessella.errors import InputError, SchemaError, SealError, TessellaError, UnsupportedError
from tessella.keys import ResolvedKey, base58btc_decode, base58btc_encode
from tessella.ports import Signer
from tessella.seals.data_integrity._options import proof_options
from tessella.seals.data_integrity.selective import verify_selective
from tessella.seals.data_integrity.suites import LEGACY_SUITES, SELECTIVE, Suite, hash_data, suite_named
from tessella.text import say

__all__ = ["MAX_PROOFS", "ProofResult", "Resolve", "add_proof", "verify_proofs"]

MAX_PROOFS = 16
"""Proofs in one document that are looked at: an award has one to three; each costs a canonicalisation."""

Resolve = Callable[[str, str], ResolvedKey]
"""From verification method and proof purpose to the key; raises KeyMaterialError or AccessError."""

_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z")

_DRAFT_SUITES: Mapping[str, str] = {"eddsa-2022": "eddsa-rdfc-2022"}
"""Names of drafts that real badges still carry, and the suite they meant."""


_OLDER_TYPES = frozenset(
    (
        "BbsBlsSignature2020",
        "BbsBlsSignatureProof2020",
        "EcdsaSecp256k1Signature2019",
        "EcdsaSecp256r1Signature2019",
        "Ed25519Signature2018",
        "JsonWebSignature2020",
        "RsaSignature2018",
    )
)
"""Proof types of the time before Data Integrity 1.0 that credentials still carry, known by name only."""


class ProofResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome for one proof. ``error`` is None when the signature holds.

    An ``error`` that is an AccessError, UnsupportedError or CanonicalError says that the proof could not be checked,
    a SealError that it does not hold. ``created`` is what the proof itself says: nobody else vouches for it.
    """

    proof: Mapping[str, Any]
    suite: str = ""
    verification_method: str = ""
    created: dt.datetime | None = None
    key: ResolvedKey | None = None
    error: TessellaError | None = None
    notes: tuple[str, ...] = ()


def add_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    cryptosuite: str,
    created: dt.datetime,
    purpose: str = "assertionMethod",
    previous_proof: str | Sequence[str] | None = None,
    proof_id: str = "",
    options: Mapping[str, Any] | None = None,
    contexts: ContextStore | None = None,
) -> dict[str, Any]:
    """The document with one more proof (§4.2 "Add Proof", §4.3 "Add Proof Set/Chain").

    Args:
        created: time-zone aware; written in UTC to the second.
        previous_proof: ids of proofs already in the document that this one covers too (a chain).
        options: further proof options (``expires``, ``domain``, ``challenge`` …).

    Raises:
        UnsupportedError: the suite is not known or does not take the signer's algorithm.
        SealError: the signer names no verification method, or a previous proof is not there.
        CanonicalError: the document cannot be signed safely.
    """
    unsecured, proofs = _take_apart(document)
    suite = suite_named(cryptosuite)
    config = proof_options(unsecured, signer, suite, created=created, purpose=purpose, proof_id=proof_id)
    if previous_proof is not None:
        config["previousProof"] = previous_proof if isinstance(previous_proof, str) else list(previous_proof)
    config |= options or {}
    covered = _with_previous(unsecured, config, proofs)
    hashed = hash_data(covered, config, algorithm=signer.algorithm, suite=suite, contexts=contexts)
    config["proofValue"] = "z" + base58btc_encode(signer.sign(hashed.signing_input))
    unsecured["proof"] = config if not proofs else [*proofs, config]
    return unsecured


def verify_proofs(
    document: Mapping[str, Any],
    resolve: Resolve,
    *,
    purpose: str = "assertionMethod",
    at: dt.datetime | None = None,
    challenge: str = "",
    domain: str = "",
    contexts: ContextStore | None = None,
) -> tuple[ProofResult, ...]:
    """Verify every proof of a document (§4.5 "Verify Proof Sets and Chains"); one result per proof, in order.

    The caller must still decide what a set means (one good proof is enough for Open Badges 3.0), compare each key's
    controller with the issuer, and judge the key's own dates. ``at`` is the instant ``expires`` is compared with; ``challenge`` and ``domain``, where given, are
    what the proof must have been made for. A base proof of ``ecdsa-sd-2023`` is verified over all that it covers.

    Raises:
        SchemaError: there is no proof, or it is not an object.
        LimitError: more than `MAX_PROOFS`.
    """
    unsecured, proofs = _take_apart(document)
    if not proofs:
        raise SchemaError(
            say("The document has no proof."),
            code="seal.no-proof",
            hint=say("Ask the issuer for the sealed file."),
        )
    asked = _Asked(purpose, at, challenge, domain)
    return tuple(_verify(unsecured, proof, proofs, resolve, asked, contexts) for proof in proofs)


def _take_apart(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mapping[str, Any]]]:
    unsecured = dict(document)
    found = unsecured.pop("proof", None)
    proofs = found if isinstance(found, list) else [] if found is None else [found]
    if not all(isinstance(proof, Mapping) for proof in proofs):
        raise SchemaError(say("A proof is not an object."), code="seal.proof-shape", place="$.proof")
    if len(proofs) > MAX_PROOFS:
        raise InputError(
            say("The document has more than %(limit)s proofs.", limit=MAX_PROOFS),
            code="input.limit.proofs",
            place="$.proof",
        )
    return unsecured, proofs


def _with_previous(
    unsecured: Mapping[str, Any], config: Mapping[str, Any], proofs: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """§4.5 steps 4–6: a proof that names previous ones covers the document with just those."""
    previous = config.get("previousProof")
    if previous is None:
        return unsecured
    names = previous if isinstance(previous, list) else [previous]
    matching = [proof for proof in proofs if proof.get("id") in names]
    if not names or len(matching) != len(set(map(str, names))):
        raise SealError(
            say("A proof depends on another proof that is not in the document."),
            code="seal.previous-proof",
            got=str(previous)[:200],
        )
    return {**unsecured, "proof": matching}


def _verify(
    unsecured: Mapping[str, Any],
    proof: Mapping[str, Any],
    proofs: Sequence[Mapping[str, Any]],
    resolve: Resolve,
    asked: _Asked,
    contexts: ContextStore | None,
) -> ProofResult:
    notes: list[str] = []
    key: ResolvedKey | None = None
    created: dt.datetime | None = None
    try:
        config = {name: value for name, value in proof.items() if name != "proofValue"}
        # 1. The proof is of a known type and suite (§4.4 step 2).
        suite = _suite_of(proof, notes)
        # 2. Purpose, dates, and whom it was made for (§4.4 steps 3–7).
        created = _checked_options(proof, asked)
        # 3. In JCS suites the document's context must be the one that was signed (§3.3.2 step 4).
        document = _with_previous(unsecured, proof, proofs)
        if suite.transformation == "jcs" and "@context" in proof:
            document = _in_signed_context(document, proof["@context"])
        # 4. The key.
        method = proof.get("verificationMethod")
        if not isinstance(method, str):
            raise SealError(say("The proof does not name a verification method."), code="seal.proof-shape")
        signature = b"" if suite is SELECTIVE else _signature(proof.get("proofValue"))
        key = resolve(method, asked.purpose)
        # 5. Transformation, hashing and the signature itself.
        if suite is SELECTIVE:
            notes += verify_selective(document, config, proof.get("proofValue"), key.key, contexts=contexts)
        else:
            hashed = hash_data(document, config, algorithm=key.key.algorithm, suite=suite, contexts=contexts)
            key.key.verify(signature, hashed.signing_input)
        error: TessellaError | None = None
    except TessellaError as raised:
        error = raised
    return ProofResult(
        proof=proof,
        suite=_name_of(proof),
        verification_method=str(proof.get("verificationMethod", "")),
        created=created,
        key=key,
        error=error,
        notes=(*notes, *(key.notes if key else ())),
    )


class _Asked(NamedTuple):
    """What a proof must have been made for, and when it is looked at."""

    purpose: str
    at: dt.datetime | None
    challenge: str
    domain: str


def _name_of(proof: Mapping[str, Any]) -> str:
    return str(proof.get("cryptosuite", proof.get("type") if str(proof.get("type")) in LEGACY_SUITES else ""))


def _suite_of(proof: Mapping[str, Any], notes: list[str]) -> Suite:
    """The suite of a proof by its type and cryptosuite.

    Raises:
        UnsupportedError: not one that is verified here.
    """
    kind, name = proof.get("type"), proof.get("cryptosuite")
    kind = kind if isinstance(kind, str) else repr(kind)
    if kind in LEGACY_SUITES:
        return LEGACY_SUITES[kind]
    if kind != "DataIntegrityProof":
        known = kind in _OLDER_TYPES
        raise UnsupportedError(
            say("It is sealed by %(type)s, an older kind of proof that is not verified here.", type=kind)
            if known
            else say("Proofs of type “%(type)s” are not supported.", type=kind[:60]),
            code="seal.proof-type",
            got=kind,
            expected=", ".join(("DataIntegrityProof", *LEGACY_SUITES)),
            hint=say("Ask the issuer for a credential with a current proof.") if known else "",
        )
    if name == SELECTIVE.name:
        return SELECTIVE
    draft = _DRAFT_SUITES.get(str(name))
    if draft:
        notes.append(say("The proof uses a draft's name for the cryptosuite %(name)s.", name=draft))
    return suite_named(draft or name)


def _checked_options(proof: Mapping[str, Any], asked: _Asked) -> dt.datetime | None:
    """Purpose, addressee, creation time and expiry as the proof states them; the creation time."""
    purpose, at = asked.purpose, asked.at
    if proof.get("proofPurpose") != purpose:
        raise SealError(
            say("The proof was made for another purpose."),
            code="seal.purpose",
            got=proof.get("proofPurpose"),
            expected=purpose,
        )
    domains = proof.get("domain")
    for wanted, stated, name in (
        (asked.challenge, [proof.get("challenge")], "challenge"),
        (asked.domain, domains if isinstance(domains, list) else [domains], "domain"),
    ):
        if wanted and wanted not in stated:
            raise SealError(
                say("The proof was made for another %(name)s.", name=name),
                code="seal.addressee",
                got=", ".join(str(one)[:100] for one in stated),
                expected=wanted,
                hint=say("Ask its holder for a presentation made for you."),
            )
    expires = _time(proof.get("expires"), "expires")
    if expires is not None and at is not None and expires <= at:
        raise SealError(
            say("The proof expired on %(day)s.", day=expires.date().isoformat()),
            code="seal.expired",
            got=expires,
        )
    return _time(proof.get("created"), "created")


def _time(value: object, field: str) -> dt.datetime | None:
    if value is None:
        return None
    try:
        if isinstance(value, str) and _TIME.match(value):
            return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise SealError(
        say("The proof's “%(field)s” is not a date and time with zone.", field=field),
        code="seal.proof-time",
        got=str(value)[:60],
    )


def _signature(value: object) -> bytes:
    if not isinstance(value, str) or not value.startswith("z"):
        raise SealError(say("The proof has no signature in base58."), code="seal.proof-value")
    try:
        return base58btc_decode(value[1:])
    except InputError as error:
        raise SealError(say("The proof's signature is not valid base58."), code="seal.proof-value") from error


def _in_signed_context(document: Mapping[str, Any], signed: Any) -> Mapping[str, Any]:
    """The document in the context its JCS proof carries, if the document's context starts with that one."""
    stated = document.get("@context")
    stated = stated if isinstance(stated, list) else [stated]
    wanted = signed if isinstance(signed, list) else [signed]
    if stated[: len(wanted)] != wanted:
        raise SealError(
            say("The document's context does not start with the one that was signed."), code="seal.context"
        )
    return {**document, "@context": signed}
