"""The signed proof of a stacking decision: who decided on which day that which credentials meet which rule, with the grounds.

A verifiable credential (VC Data Model 2.0) of the type ``StackingProof`` about one award::

    build       decision → the document, to be sealed
    detect      whether a JSON value is one
    validate    what is missing or wrong in it
    read        document → `StackingDecision`

The proof itself and the rule are inside; of the credentials only their digests, unless whoever decided put the items in. Whether the
proof holds is for the independent checker to say (``tessella stack verify-proof``); a seal says only whose it is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats._enclosing import Enclosing, Violation
from tessella.text import say

__all__ = ["TYPE", "StackingDecision", "Violation", "build", "detect", "read", "validate"]

TYPE = "StackingProof"
"""The type of the credential, beside ``VerifiableCredential``."""


class StackingDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A decision as it is kept on file.

    ``award`` is the id of the larger award, ``rule`` the rule's data, ``proof`` the proof as `tessella.stacking.proof_of` makes it;
    ``items`` what was known of the credentials, where it is passed on (personal data), else None.
    """

    type: str = "StackingDecision"
    award: str
    title: str
    decided_on: dt.date
    decided_by: str
    rule: dict[str, Any]
    proof: dict[str, Any]
    items: tuple[dict[str, Any], ...] | None = None


_ENCLOSING = Enclosing(TYPE, vocabulary="urn:tessella:stacking-proof:", subject=StackingDecision)


def build(
    decision: StackingDecision, *, id: str, issuer: str, name: str, made_at: dt.datetime
) -> dict[str, Any]:
    """The document to be sealed; JSON values only.

    Args:
        id: identifies this proof (a URN).
        issuer: the DID of whoever decided; ``name`` is theirs.
        made_at: with a time zone.
    """
    made: dict[str, Any] = msgspec.to_builtins(decision)
    if decision.items is None:
        del made["items"]
    return _ENCLOSING.document(made, id=id, issuer=issuer, name=name, at=made_at)


def detect(document: Mapping[str, Any]) -> bool:
    """Whether this is a signed stacking proof, well-formed or not."""
    return _ENCLOSING.detect(document)


def validate(document: Mapping[str, Any]) -> Iterator[Violation]:
    """What is missing or wrong: the structure, and that the proof is about the rule and the day that stand beside it."""
    try:
        found = _ENCLOSING.read(document)
    except msgspec.ValidationError as error:
        yield _ENCLOSING.structure(error)
        return
    about = found.proof.get("rule")
    if not isinstance(about, Mapping) or about.get("sha256") != _digest(found.rule):
        yield Violation(
            constraint="rule",
            path="$.credentialSubject.proof.rule",
            message=say("The proof is about another rule than the one beside it."),
        )
    if found.proof.get("on") != found.decided_on.isoformat():
        yield Violation(
            constraint="day",
            path="$.credentialSubject.proof.on",
            message=say("The proof is about another day than that of the decision."),
        )


def read(document: Mapping[str, Any]) -> StackingDecision:
    """The decision that the document proves.

    Raises:
        SchemaError: ``input.schema.stacking-proof``, see `validate`.
    """
    try:
        return _ENCLOSING.read(document)
    except msgspec.ValidationError as error:
        raise SchemaError(
            say("The signed proof cannot be read: %(reason)s.", reason=error),
            code="input.schema.stacking-proof",
            place="$.credentialSubject",
            hint=say("Ask whoever decided for the proof again; do not edit it."),
        ) from error


def _digest(value: Any) -> str:
    """As proofs name a rule: SHA-256 over JSON with sorted keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
