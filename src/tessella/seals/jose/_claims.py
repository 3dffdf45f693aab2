"""Registered claims (RFC 7519 §4.1) and the credential properties that they repeat.

The mapping is the one of Open Badges 3.0 §8.2.2 and VC Data Model 1.1 §6.3.1: ``iss`` issuer, ``jti`` id, ``sub``
credentialSubject.id, ``nbf`` and ``exp`` the credential's period.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal

from tessella.errors import SchemaError, SealError
from tessella.text import say

__all__ = ["CLAIMS", "Version", "claims_of", "compare", "completed", "instant", "property_of", "seconds"]

Version = Literal["2.0", "1.1"]

CLAIMS = frozenset(("iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc"))
"""Names that no credential property may have in a VC-JWT."""

_TIME_PROPERTIES: Mapping[Version, Mapping[str, tuple[str, ...]]] = {
    "2.0": {"nbf": ("validFrom",), "exp": ("validUntil",)},
    "1.1": {"nbf": ("issuanceDate", "validFrom"), "exp": ("expirationDate", "validUntil")},
}
"""The property that a claim repeats: the first that is there (a ``vc`` claim may hold a VC 2.0 credential)."""

_TOLERANCE_S = 1  # NumericDate in whole seconds against a property with fractions


def claims_of(
    credential: Mapping[str, Any], version: Version, number: Callable[[object], object]
) -> dict[str, Any]:
    """The registered claims that the credential's properties give; ``number`` makes a NumericDate."""
    sources = {"iss": "issuer", "jti": "id", "sub": "credentialSubject"}
    texts = {claim: _id(credential.get(name)) for claim, name in sources.items()}
    times = {
        claim: number(credential[name])
        for claim, names in _TIME_PROPERTIES[version].items()
        if (name := _first(credential, names)) in credential
    }
    found = {**texts, **times}
    order = ("iss", "jti", "nbf", "exp", "sub")
    return {name: found[name] for name in order if found.get(name) is not None}


def compare(
    claims: Mapping[str, Any], credential: Mapping[str, Any], version: Version
) -> tuple[list[SealError], list[str]]:
    """Each registered claim against its property: the contradictions, and notes on what only one side says."""
    expected = claims_of(credential, version, _moment_if_any)
    mismatches, notes = [], []
    for name in ("iss", "jti", "sub", "nbf", "exp"):
        claim, wanted = claims.get(name), expected.get(name)
        if claim is None:
            if wanted is not None:
                notes.append(say("The token does not repeat the credential's “%(name)s”.", name=name))
        elif wanted is None:
            notes.append(say("The claim “%(name)s” has no counterpart in the credential.", name=name))
        elif not _agree(name, claim, wanted):
            mismatches.append(
                SealError(
                    say("The claim “%(name)s” and the credential contradict each other.", name=name),
                    code="seal.claim-mismatch",
                    place=name,
                    got=claim,
                    expected=wanted,
                    hint=say("Ask the issuer for a credential that says one thing."),
                )
            )
    return mismatches, notes


def _agree(name: str, claim: object, wanted: object) -> bool:
    if name in ("nbf", "exp"):
        if isinstance(claim, int | float) and isinstance(wanted, float):
            return wanted - _TOLERANCE_S < claim < wanted + _TOLERANCE_S
        return False
    return claim == wanted


def completed(inner: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """The VC 1.1 credential with what only the claims say (VC Data Model 1.1 §6.3.1, JWT decoding)."""
    credential = dict(inner)
    for claim, name in (("iss", "issuer"), ("jti", "id")):
        if isinstance(claims.get(claim), str):
            credential.setdefault(name, claims[claim])
    for claim, names in _TIME_PROPERTIES["1.1"].items():
        if (moment := instant(claims.get(claim))) is not None:
            credential.setdefault(_first(credential, names), moment.isoformat().replace("+00:00", "Z"))
    subject = credential.get("credentialSubject")
    if isinstance(subject, dict) and isinstance(claims.get("sub"), str):
        credential["credentialSubject"] = {"id": claims["sub"], **subject}
    return credential


def _id(value: object) -> str | None:
    """The identifier of an issuer or a subject: the text itself, or its ``id``; of several none."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) else None


def seconds(value: object) -> int:
    """An XML Schema dateTime as NumericDate (RFC 7519 §2), fractions cut; without zone it is UTC.

    Raises:
        SchemaError: ``input.schema.date``.
    """
    try:
        return int(_moment(value) // 1)
    except ValueError as error:
        raise SchemaError(
            say("This is not a date and time."),
            code="input.schema.date",
            got=value,
            expected="2026-01-31T12:00:00Z",
            hint=say("Write date, T, time and zone."),
        ) from error


def _moment(value: object) -> float:
    moment = dt.datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()


def _moment_if_any(value: object) -> object:
    """Exactly, with fractions; what is no date stays as it is, and so contradicts every claim about it."""
    try:
        return _moment(value)
    except ValueError:
        return value


def instant(value: object) -> dt.datetime | None:
    """A NumericDate as an instant in UTC; None when absent or out of range."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return dt.datetime.fromtimestamp(value, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None


def property_of(claim: str, version: Version) -> str:
    names = {"iss": "issuer.id", "jti": "id", "sub": "credentialSubject.id"}
    return names.get(claim) or _TIME_PROPERTIES[version][claim][0]


def _first(credential: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """The first of the properties that the credential has, else the first of all."""
    return next((name for name in names if name in credential), names[0])
