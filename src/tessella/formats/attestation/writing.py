"""From the record to the claims of an attestation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.attestation.profile import Profile, Writing
from tessella.formats.attestation.profiles import EUDI
from tessella.model import Award, Organisation
from tessella.text import say

__all__ = ["STATUS_TYPE", "Attestation", "ClaimPath", "content", "status_claim", "write"]

ClaimPath = tuple[str | int | None, ...]
"""A claim path (SD-JWT VC §9.1): names, indexes, and None for every element of a list."""

STATUS_TYPE = "TokenStatusList"
"""Type of a status entry in the record, and its name in ETSI TS 119 472-1."""

_SUBJECT: ClaimPath = ("sub",)


class Attestation(msgspec.Struct, frozen=True, kw_only=True):
    """What to seal as SD-JWT VC.

    ``disclosable`` are the paths that the holder may withhold. ``decoys`` says how many decoy digests to add: as many as
    the profile has claims that this award has not, so that the number of digests says nothing about the learner.
    """

    claims: dict[str, Any]
    disclosable: tuple[ClaimPath, ...]
    decoys: dict[ClaimPath, int]


def write(
    award: Award,
    *,
    issuer: Organisation,
    issuer_id: str,
    issued_at: dt.datetime,
    credential_id: str,
    profile: Profile = EUDI,
    expires_at: dt.datetime | None = None,
    status: Mapping[str, Any] | None = None,
    vct: str = "",
    vct_integrity: str = "",
    matching: bool = False,
    allow_incomplete: bool = False,
) -> Attestation:
    """The award as claims of an attestation, and what of them the holder may withhold.

    Texts are in the record's language. The holder's key (``cnf``) is added by the seal.

    Args:
        issuer: who seals; ``issuer_id`` is the https address or DID of its keys (``iss``).
        issued_at: time-zone aware; ``iat`` and ``nbf``, in whole seconds.
        credential_id: the URI of this copy (``jti``).
        expires_at: technical end of the copy (``exp``); by default the end of the award's validity, if it has one.
        status: the ``status`` claim; by default what ``award.status`` says of a Token Status List.
        vct: a type of the issuer's own, whose metadata it publishes; the profile's is then among ``aka_vcts``.
        vct_integrity: hash of the type metadata, see `integrity`.
        matching: also include what only serves to match the holder: birth date, citizenship, national identifier,
            address, e-mail (profiles that have them).
        allow_incomplete: write although claims are missing that the profile demands (MC-IR-01).

    Raises:
        SchemaError: ``attestation.incomplete``, what the award lacks; ``attestation.record-type``, it is no micro-credential;
            ``attestation.no-time-zone``.
    """
    for moment in (issued_at, expires_at):
        if moment is not None and moment.tzinfo is None:
            raise SchemaError(
                say("A date and time needs a time zone."),
                code="attestation.no-time-zone",
                hint=say("Give the time in UTC."),
            )
    said = content(Writing(award=award, issuer=issuer, issued_at=issued_at), profile, matching=matching)
    if not allow_incomplete:
        _require_micro_credential(award)
        _require_complete(said, profile)
    until = expires_at or award.valid_until
    seconds = int(issued_at.timestamp())
    envelope: dict[str, Any] = {
        "vct": vct or profile.vct,
        "vct#integrity": vct_integrity,
        "aka_vcts": [profile.vct] if vct and vct != profile.vct else [],
        "jti": credential_id,
        "iss": issuer_id,
        "iat": seconds,
        "nbf": seconds,
        "exp": int(until.timestamp()) if until else None,
        "status": dict(status) if status else _status(award),
        "sub": award.learner.id,
    }
    claims = {name: value for name, value in envelope.items() if value not in ("", [], None)}
    claims |= {**profile.constants, **said}
    withheld = [rule for rule in profile.rules if rule.withheld]
    paths: list[ClaimPath] = [(rule.claim,) for rule in withheld if rule.claim in said]
    paths += [(rule.claim, None) for rule in withheld if rule.elements and rule.claim in said]
    absent = sum(rule.claim not in said for rule in withheld) + ("sub" not in claims)
    return Attestation(
        claims=claims,
        disclosable=(*paths, _SUBJECT) if "sub" in claims else tuple(paths),
        decoys={(): absent} if absent else {},
    )


def content(writing: Writing, profile: Profile, *, matching: bool) -> dict[str, Any]:
    """The profile's own claims, as far as the record has something for them."""
    written = {rule.claim: rule.write(writing) for rule in profile.rules if matching or not rule.matching}
    return {
        claim: value for claim, value in written.items() if value is not None and value not in ("", [], {})
    }


def _require_micro_credential(award: Award) -> None:
    """Wallets show the type's name: a record of taking part must not carry it."""
    if not award.micro_credential.is_micro_credential:
        raise SchemaError(
            say("The attestation is a type for micro-credentials, and this record is none."),
            code="attestation.record-type",
            got=str(award.micro_credential.record_type),
            hint=say("Use a badge or a certificate, which name the kind of record."),
        )


def _require_complete(said: Mapping[str, Any], profile: Profile) -> None:
    missing = [rule for rule in profile.rules if rule.mandatory and rule.claim not in said]
    if missing:
        raise SchemaError(
            say("The attestation would lack %(names)s.", names=", ".join(rule.claim for rule in missing)),
            code="attestation.incomplete",
            got=", ".join(said),
            expected=", ".join(rule.claim for rule in profile.rules if rule.mandatory),
            hint=" ".join(dict.fromkeys(say(rule.remedy) for rule in missing)),
        )


def status_claim(list_url: str, index: int, purpose: str = "revocation") -> dict[str, Any]:
    """The ``status`` claim in both shapes at once: the Token Status List's (§6.1) and the flat one of ETSI TS 119 472-1 §5."""
    return {
        "status_list": {"idx": index, "uri": list_url},
        "type": STATUS_TYPE,
        "purpose": purpose,
        "index": index,
        "uri": list_url,
    }


def _status(award: Award) -> dict[str, Any] | None:
    for one in award.status:
        if one.type == STATUS_TYPE and one.list_url and one.index is not None:
            return status_claim(one.list_url, one.index, one.purpose)
    return None
