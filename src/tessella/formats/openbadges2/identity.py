"""Whose badge it is: the recipient as IdentityObject, hashed with salt or plain (Open Badges 2.0, class IdentityObject)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from tessella.errors import InputError, SchemaError
from tessella.formats.openbadges2._json import Reading
from tessella.model import Identifier, Learner
from tessella.text import say

__all__ = ["hash_identity", "read_recipient", "recipient_matches", "recipient_object"]

MIN_SALT_CHARACTERS = 8
"""A shorter salt is in tables of precomputed hashes."""

_ALGORITHMS: Mapping[str, Any] = {"sha256": hashlib.sha256, "md5": hashlib.md5}
"""What the standard allows in an identity hash; MD5 is read only."""


def hash_identity(value: str, salt: str) -> str:
    """The identity hash of a value: ``sha256$`` and the hexadecimal digest of value and salt in UTF-8."""
    return "sha256$" + hashlib.sha256((value + salt).encode()).hexdigest()


def recipient_matches(recipient: Mapping[str, Any], value: str) -> bool:
    """Whether the IdentityObject of an assertion, hashed or plain, is this value.

    An e-mail address is also tried in lower case: issuers hash it as it was typed or so.
    """
    stated = recipient.get("identity")
    if not isinstance(stated, str):
        return False
    candidates = dict.fromkeys((value, value.lower()) if recipient.get("type") == "email" else (value,))
    if recipient.get("hashed") is not True:
        return stated in candidates
    name, _, digest = stated.partition("$")
    algorithm = _ALGORITHMS.get(name)
    if algorithm is None:
        return False
    salt = str(recipient.get("salt", ""))
    made = [algorithm((one + salt).encode(), usedforsecurity=False).hexdigest() for one in candidates]
    return any(hmac.compare_digest(one.encode(), digest.lower().encode()) for one in made)


def recipient_object(learner: Learner, salt: str) -> dict[str, Any]:
    """The learner's e-mail address (else id, else first identifier), hashed.

    A hashed identifier that was read from a badge is written again as it is.

    Raises:
        SchemaError: ``openbadges2.no-recipient``.
        InputError: ``openbadges2.salt``, fewer than eight characters.
    """
    kind, value = _identity(learner)
    if not value:
        raise SchemaError(
            say("The badge would not say whose it is."),
            code="openbadges2.no-recipient",
            place="learner",
            hint=say("Give the learner an e-mail address or another identifier."),
        )
    first = learner.identifiers[0] if learner.identifiers else None
    if first is not None and first.value == value and first.extra.get("hashed"):
        kept = {"type": kind, "hashed": True, "identity": value}
        return kept | ({"salt": str(first.extra["salt"])} if first.extra.get("salt") else {})
    if len(salt) < MIN_SALT_CHARACTERS:
        raise InputError(
            say("To hash the learner's identifiers, a salt is needed."),
            code="openbadges2.salt",
            expected=MIN_SALT_CHARACTERS,
            hint=say("Pass a random salt of eight or more characters, a new one for each badge."),
        )
    return {"type": kind, "hashed": True, "salt": salt, "identity": hash_identity(value, salt)}


def _identity(learner: Learner) -> tuple[str, str]:
    if learner.email:
        return "email", learner.email
    if learner.id:
        return "id", learner.id
    for one in learner.identifiers:
        return one.scheme or "id", one.value
    return "", ""


def read_recipient(recipient: Mapping[str, Any], reading: Reading) -> Learner:
    """The learner; a hashed identity is an identifier with ``hashed`` and ``salt`` in ``extra``."""
    at = "$.recipient"
    value, kind = reading.string(recipient, "identity", at), reading.string(recipient, "type", at)
    if not value:
        return Learner()
    if recipient.get("hashed") is True:
        salt = reading.string(recipient, "salt", at)
        extra = {"hashed": True, "salt": salt} if salt else {"hashed": True}
        return Learner(identifiers=(Identifier(value=value, scheme=kind, extra=extra),))
    if kind == "email":
        return Learner(email=value)
    return (
        Learner(id=value)
        if kind in ("id", "url")
        else Learner(identifiers=(Identifier(value=value, scheme=kind),))
    )
