"""Who the badge is about: IdentityObjects, plain or hashed (Open Badges 3.0, class IdentityObject)."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tessella.errors import InputError
from tessella.formats.openbadges3._json import Reading
from tessella.formats.openbadges3._names import identifier_type, scheme_of
from tessella.model import Identifier, Learner
from tessella.text import say

__all__ = ["Recipient", "hash_identity", "identity_matches", "identity_objects", "read_identities"]

MIN_SALT_CHARACTERS = 8
"""A shorter salt is in tables of precomputed hashes."""

_ALGORITHMS: Mapping[str, Any] = {"sha256": hashlib.sha256, "md5": hashlib.md5}
"""What the standard allows in an identity hash; MD5 is read only."""

_NAMES = (
    ("name", "full_name"),
    ("ext:givenName", "given_name"),
    ("ext:familyName", "family_name"),
    ("ext:latinName", "latin_name"),
)
_EMAIL, _NATIONAL_ID, _BIRTH_DATE, _PLAIN_SCHEME = (
    "emailAddress",
    "nationalIdentityNumber",
    "ext:dateOfBirth",
    "identifier",
)
_NAME_TYPES = {**dict(_NAMES), "ext:fullName": "full_name"}


class Recipient(enum.StrEnum):
    """How a badge says whose it is.

    ``named``: the name in plain text, e-mail address and other identifiers hashed. ``identifier``: no name, everything
    hashed; for badges that are shown in public. ``plain``: everything the record has, also date of birth and
    national identity number; for badges that only go from issuer to holder.
    """

    NAMED = "named"
    IDENTIFIER = "identifier"
    PLAIN = "plain"


def hash_identity(value: str, salt: str) -> str:
    """The identity hash of a value: ``sha256$`` and the hexadecimal digest of value and salt in UTF-8."""
    return "sha256$" + hashlib.sha256((value + salt).encode()).hexdigest()


def identity_matches(identifier: Identifier, value: str) -> bool:
    """Whether an identifier read from a badge, hashed or plain, is this value.

    E-mail addresses are also tried in lower case, as many issuers hash them. An unknown hash algorithm never matches.
    """
    candidates = [value, value.lower()] if "@" in value else [value]
    if not identifier.extra.get("hashed"):
        return any(hmac.compare_digest(identifier.value.encode(), c.encode()) for c in candidates)
    name, _, digest = identifier.value.partition("$")
    algorithm = _ALGORITHMS.get(name)
    salt = str(identifier.extra.get("salt", ""))
    if algorithm is None:
        return False
    made = [algorithm((c + salt).encode(), usedforsecurity=False).hexdigest() for c in candidates]
    return any(hmac.compare_digest(m.encode(), digest.lower().encode()) for m in made)


def identity_objects(learner: Learner, recipient: Recipient, salt: str) -> list[dict[str, Any]]:
    """The learner as IdentityObjects.

    Raises:
        InputError: ``openbadges3.salt`` something must be hashed and the salt has fewer than eight characters.
    """
    made = list(_plain_objects(learner, recipient))
    hidden = [(kind, value) for kind, value in _identifiers(learner) if recipient is not Recipient.PLAIN]
    if hidden and len(salt) < MIN_SALT_CHARACTERS:
        raise InputError(
            say("To hash the learner's identifiers, a salt is needed."),
            code="openbadges3.salt",
            expected=MIN_SALT_CHARACTERS,
            hint=say("Pass a random salt of eight or more characters, a new one for each badge."),
        )
    made += [_object(kind, hash_identity(value, salt), salt) for kind, value in hidden]
    made += [
        _object(_type_of(identifier.scheme), identifier.value, str(identifier.extra.get("salt", "")))
        for identifier in learner.identifiers
        if identifier.extra.get("hashed")
    ]
    return made


def _plain_objects(learner: Learner, recipient: Recipient) -> Iterator[dict[str, Any]]:
    if recipient is not Recipient.IDENTIFIER:
        for kind, field in _NAMES:
            if value := getattr(learner, field):
                yield _object(kind, value)
    if recipient is Recipient.PLAIN:
        for kind, value in _identifiers(learner):
            yield _object(kind, value)
        if learner.national_id:
            yield _object(_NATIONAL_ID, learner.national_id.value)
        if learner.birth_date:
            yield _object(_BIRTH_DATE, learner.birth_date.isoformat())


def _identifiers(learner: Learner) -> Iterator[tuple[str, str]]:
    if learner.email:
        yield _EMAIL, learner.email
    for identifier in learner.identifiers:
        if not identifier.extra.get("hashed"):
            yield _type_of(identifier.scheme), identifier.value


def _type_of(scheme: str) -> str:
    """As `identifier_type`, but for schemes that would be read back as a name or another field."""
    kind = identifier_type(scheme)
    taken = kind in _NAME_TYPES or kind in (_BIRTH_DATE, _NATIONAL_ID)
    return _PLAIN_SCHEME if taken else kind


def _object(kind: str, value: str, salt: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "IdentityObject",
        "hashed": salt is not None,
        "identityHash": value,
        "identityType": kind,
    }
    return made | {"salt": salt} if salt else made


def read_identities(objects: Sequence[Mapping[str, Any]], reading: Reading, place: str) -> dict[str, Any]:
    """The learner's fields that the IdentityObjects state.

    Hashed values become identifiers with the identity type as scheme and ``hashed`` and ``salt`` in ``extra``; see
    `identity_matches`.
    """
    found: dict[str, Any] = {}
    identifiers: list[Identifier] = []
    for number, entry in enumerate(objects):
        at = f"{place}[{number}]"
        kind = reading.string(entry.get("identityType"), at)
        value = reading.string(entry.get("identityHash"), at)
        if not value:
            reading.unusable(at)
        elif entry.get("hashed") is True:
            salt = reading.string(entry.get("salt"), at)
            extra = {"hashed": True, "salt": salt} if salt else {"hashed": True}
            identifiers.append(Identifier(value=value, scheme=scheme_of(kind), extra=extra))
        elif not _read_plain(found, kind, value):
            identifiers.append(Identifier(value=value, scheme=scheme_of(kind)))
    if identifiers:
        found["identifiers"] = tuple(identifiers)
    return found


def _read_plain(found: dict[str, Any], kind: str, value: str) -> bool:
    """Put a plain value into its own field; False when there is none, or it is taken already."""
    field = _NAME_TYPES.get(kind) or {
        _EMAIL: "email",
        _NATIONAL_ID: "national_id",
        _BIRTH_DATE: "birth_date",
    }.get(kind)
    if field is None or field in found:
        return False
    made: Any = value
    if field == "national_id":
        made = Identifier(value=value)
    elif field == "birth_date":
        try:
            made = dt.date.fromisoformat(value)
        except ValueError:
            return False
    found[field] = made
    return True
