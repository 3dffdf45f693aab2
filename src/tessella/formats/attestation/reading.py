"""From the claims of an attestation to the record: ours and anybody's, whole or as far as they were disclosed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from tessella.errors import SchemaError
from tessella.formats.attestation.profile import KINDS, Profile
from tessella.formats.attestation.profiles import PROFILES, profile_of
from tessella.formats.attestation.writing import STATUS_TYPE
from tessella.model import (
    Assessment,
    Award,
    AwardStatus,
    Identifier,
    Learner,
    Levels,
    MicroCredential,
    Organisation,
    Participation,
    QualityAssurance,
    QualitySide,
    Result,
    Stackability,
)
from tessella.model.base import Part
from tessella.text import say

_P = TypeVar("_P", bound=Part)

__all__ = ["AttestationFacts", "AttestationRead", "Note", "read"]

_ENVELOPE = frozenset(
    ("vct", "vct#integrity", "aka_vcts", "jti", "iss", "iat", "nbf", "exp", "status", "sub", "cnf")
)
_DEFAULTS: Mapping[tuple[type[Part], str], Any] = {
    (Award, "learner"): Learner(),
    (Organisation, "name"): {},
    (QualityAssurance, "side"): QualitySide.EXTERNAL,
    (Stackability, "stackable"): True,  # something that is part of a qualification stacks
}
"""What a part has where its required field was withheld."""


_PARTS: Mapping[str, tuple[type[Part], bool]] = {
    "micro_credential": (MicroCredential, False),
    "learner": (Learner, False),
    "results": (Result, True),
    "awarding_bodies": (Organisation, True),
    "levels": (Levels, False),
    "participation": (Participation, False),
    "assessments": (Assessment, True),
    "quality": (QualityAssurance, True),
    "stackability": (Stackability, False),
}
"""Fields that several claims fill together, the part in them, and whether it is the first of a list."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd that was tolerated in reading: a stable code, one sentence, and where."""

    code: str
    message: str
    place: str = ""


class AttestationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the attestation says of itself, not of the award. Times are UTC.

    ``holder_key`` is the public JWK it is bound to; ``extra`` are the claims that the profile does not know (``ld``, a
    JSON-LD document that OpenID4VP B.3.5 puts beside them, for one).
    """

    id: str = ""
    vct: str = ""
    vct_integrity: str = ""
    other_types: tuple[str, ...] = ()
    issued_at: dt.datetime | None = None
    not_before: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    status: Any = None
    holder_key: Mapping[str, Any] | None = None
    extra: dict[str, Any] = {}


class AttestationRead(msgspec.Struct, frozen=True, kw_only=True):
    """An attestation read into the record: the award, who issued it, facts of the credential, and what was odd."""

    award: Award
    issuer: Organisation
    issuer_id: str
    profile: Profile
    facts: AttestationFacts
    notes: tuple[Note, ...] = ()


def read(claims: Mapping[str, Any], *, language: str = "en") -> AttestationRead:
    """The claims of an attestation as an award. Seal and status are not looked at.

    Nothing is invented: what was withheld stays empty; what cannot be used is left out, noted, and kept in the ``extra``
    of the facts, beside claims that the profile does not know.

    Args:
        claims: the processed payload of the SD-JWT VC.
        language: of its texts (BCP 47), which the attestation does not say.

    Raises:
        SchemaError: ``attestation.type``, it is of another type.
    """
    profile = profile_of(claims)
    if profile is None:
        raise SchemaError(
            say("This is not a micro-credential attestation."),
            code="attestation.type",
            got=str(claims.get("vct"))[:200],
            expected=", ".join(one.vct for one in PROFILES),
        )
    tree: dict[str, Any] = {}
    notes: list[Note] = []
    extra = {
        name: value
        for name, value in claims.items()
        if name not in _ENVELOPE and name not in profile.constants and profile.rule(name) is None
    }
    for rule in profile.rules:
        value = claims.get(rule.claim, [])
        if value == []:  # absent, or a list whose elements are all withheld
            continue
        found = rule.read(value, language) if KINDS[rule.kind](value) else None
        if found is None:
            place = f"$.{rule.claim}"
            told = say("This value cannot be used and was left out.")
            notes.append(Note(code="attestation.unusable", message=told, place=place))
            extra[rule.claim] = value
        for path, item in (found or {}).items():
            _put(tree, path, item)
    times = {name: _instant(claims.get(name)) for name in ("iat", "nbf", "exp")}
    issuer_id = _string(claims.get("iss"))
    issuer_tree = tree.pop("issuer", {})
    return AttestationRead(
        award=_award(tree, claims, language, times["iat"]),
        issuer=_build(Organisation, {**issuer_tree, "id": issuer_id}),
        issuer_id=issuer_id,
        profile=profile,
        facts=_facts(claims, times, extra),
        notes=tuple(notes),
    )


def _award(
    tree: dict[str, Any], claims: Mapping[str, Any], language: str, issued_at: dt.datetime | None
) -> Award:
    subject = _string(claims.get("sub"))
    learner = tree.setdefault("learner", {})
    if subject:
        learner["id"] = subject
        if learner.get("identifiers") == (Identifier(value=subject),):
            del learner["identifiers"]  # the learner has no other number
    _put(tree, "micro_credential.language", language)
    tree["id"] = _string(claims.get("jti"))
    tree["issued_at"] = issued_at
    tree["status"] = _status(claims.get("status"))
    return _build(Award, tree)


def _facts(
    claims: Mapping[str, Any], times: Mapping[str, dt.datetime | None], extra: dict[str, Any]
) -> AttestationFacts:
    others, confirmation = claims.get("aka_vcts"), claims.get("cnf")
    key = confirmation.get("jwk") if isinstance(confirmation, Mapping) else None
    return AttestationFacts(
        id=_string(claims.get("jti")),
        vct=_string(claims.get("vct")),
        vct_integrity=_string(claims.get("vct#integrity")),
        other_types=tuple(filter(None, map(_string, others))) if isinstance(others, list) else (),
        issued_at=times["iat"],
        not_before=times["nbf"],
        expires_at=times["exp"],
        status=claims.get("status"),
        holder_key=key if isinstance(key, Mapping) else None,
        extra=extra,
    )


def _status(claim: object) -> tuple[AwardStatus, ...]:
    """The Token Status List entry (§6.1), with the purpose that ETSI puts beside it."""
    entry = claim.get("status_list") if isinstance(claim, Mapping) else None
    if not isinstance(claim, Mapping) or not isinstance(entry, Mapping):
        return ()
    index, url = entry.get("idx"), entry.get("uri")
    if type(index) is not int or not isinstance(url, str):
        return ()
    purpose = _string(claim.get("purpose")) or "revocation"
    return (AwardStatus(type=STATUS_TYPE, purpose=purpose, list_url=url, index=index),)


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        tree = tree.setdefault(step, {})
    tree[last] = value


def _build(struct: type[_P], tree: Mapping[str, Any]) -> _P:
    """The part with the fields of the tree; a branch into a list is its first item."""
    fields: dict[str, Any] = {name: value for (kind, name), value in _DEFAULTS.items() if kind is struct}
    for name, value in tree.items():
        if name in _PARTS and isinstance(value, dict):
            part, many = _PARTS[name]
            made = _build(part, value)
            fields[name] = (made,) if many else made
        else:
            fields[name] = value
    return struct(**fields)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _instant(value: object) -> dt.datetime | None:
    """A NumericDate (RFC 7519 §2) as an instant; the seal has judged it."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None
