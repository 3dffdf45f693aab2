"""The proof of a combined award: sealed first, so that the award can carry its digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tessella.errors import InputError, StateError
from tessella.formats import stacking_proof
from tessella.issuing.issuer import Issuer
from tessella.model import Award, RuleApplied
from tessella.seals.data_integrity import SUITES, add_proof
from tessella.text import pick, say

__all__ = ["MEDIA_TYPE", "check_parts", "seal_proof"]

MEDIA_TYPE = "application/vc+ld+json"
"""Of a sealed proof."""


def seal_proof(
    award: Award,
    issuer: Issuer,
    *,
    proof: Mapping[str, Any],
    rule: Mapping[str, Any],
    at: dt.datetime,
    items: Iterable[Mapping[str, Any]] | None = None,
    proof_id: str = "",
) -> tuple[Award, bytes]:
    """The signed proof of an award's decision, and the award with its digest. Seal the award afterwards.

    Args:
        award: with parts and rule, as `tessella.stacking.combine` makes it.
        proof: what `tessella.stacking.proof_of` made; ``rule`` the data of that rule.
        at: the time of sealing (time-zone aware).
        items: what was known of the credentials, to be passed on with the proof (personal data); None leaves it out.
        proof_id: a URN; a new one when none is given.

    Raises:
        InputError: ``issuing.no-decision``, the award names no rule or no day.
        ConfigError: ``issuing.no-key``, ``issuing.no-proof-key``, the issuer cannot sign it.
    """
    applied, day = award.rule, award.awarded_on
    if applied is None or day is None:
        raise InputError(
            say("The award does not say by which rule and when it was decided."),
            code="issuing.no-decision",
            hint=say("Combine it first: tessella.stacking.combine."),
        )
    signer = issuer.proof_key()
    language = award.micro_credential.language
    decision = stacking_proof.StackingDecision(
        award=award.id,
        title=pick(award.micro_credential.title, (language,)),
        decided_on=day,
        decided_by=applied.decided_by,
        rule=dict(rule),
        proof=dict(proof),
        items=None if items is None else tuple(map(dict, items)),
    )
    document = stacking_proof.build(
        decision,
        id=proof_id or uuid.uuid4().urn,
        issuer=issuer.id,
        name=pick(issuer.organisation.name, (language,)),
        made_at=at,
    )
    sealed = add_proof(document, signer, cryptosuite=_suite(signer.algorithm), created=at)
    data = json.dumps(sealed, ensure_ascii=False, indent=1).encode() + b"\n"
    return msgspec.structs.replace(award, rule=_with_digest(applied, data)), data


def check_parts(award: Award) -> None:
    """That no award is made of itself, and none of its parts stands there twice.

    Raises:
        StateError: ``issuing.part-loop``, ``issuing.part-twice``.
    """
    own = {award.id, award.micro_credential.id} - {""}
    seen: set[str] = set()
    for part in award.parts:
        title = pick(part.title, (award.micro_credential.language,)) or part.id
        if own & {part.id, part.credential, *part.contains}:
            whole = pick(award.micro_credential.title, (award.micro_credential.language,))
            raise StateError(
                say("An award cannot be a part of itself: %(cycle)s.", cycle=f"{whole} → {title} → {whole}"),
                code="issuing.part-loop",
                got=part.id or part.credential,
                hint=say(
                    "Leave this part out, and ask its issuer which of them is the part and which the whole."
                ),
            )
        if part.id and part.id in seen:
            raise StateError(
                say("The part “%(title)s” stands there twice; nothing counts twice.", title=title),
                code="issuing.part-twice",
                got=part.id,
                hint=say("Name each part once."),
            )
        seen.add(part.id)


def _with_digest(applied: RuleApplied, data: bytes) -> RuleApplied:
    return msgspec.structs.replace(applied, proof_sha256=hashlib.sha256(data).hexdigest())


def _suite(algorithm: str) -> str:
    """The JCS suite of the key: the proof is plain JSON, no vocabulary gives it meaning."""
    return next(
        one.name for one in SUITES.values() if one.transformation == "jcs" and algorithm in one.digests
    )
