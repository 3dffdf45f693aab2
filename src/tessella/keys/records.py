"""The life of keys: records, rotation, revocation, and what that means for a signature made earlier.

Rotation keeps old signatures verifiable. Compromise does not: from the moment a key may have been in other
hands, the time a signature states about itself proves nothing, and only a trusted timestamp from before that
moment saves it.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from tessella import typed
from tessella.errors import DecodeError, SchemaError, StateError
from tessella.keys.public import PublicKey
from tessella.keys.resolution import ResolvedKey
from tessella.ports import Signer
from tessella.text import say
from tessella.verdicts import Check, Verdict

__all__ = [
    "KeyRecord",
    "KeyRing",
    "KeyStatus",
    "key_verdict",
    "new_key_record",
    "published_key_verdict",
    "retire_key",
    "revoke_key",
]

_Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
_CLAUSE = "CID 1.0 §2.2.1 (expires, revoked)"


class KeyStatus(enum.StrEnum):
    """The state of a key."""

    ACTIVE = "active"
    """Signs and verifies."""

    RETIRED = "retired"
    """Replaced: verifies what it signed until then, signs no more."""

    REVOKED = "revoked"
    """Withdrawn for a reason; see ``compromised_at``."""


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The public record of one key. All times are UTC.

    ``public_key_multibase`` is the Multikey; ``compromised_at`` the earliest moment at which the private
    key may have been in other hands, which can be long before ``revoked_at``.
    """

    id: str
    name: str
    algorithm: str
    public_key_multibase: str
    created: _Moment
    verification_method: str = ""
    certificates: tuple[bytes, ...] = ()
    status: KeyStatus = KeyStatus.ACTIVE
    retired_at: _Moment | None = None
    revoked_at: _Moment | None = None
    compromised_at: _Moment | None = None
    reason: str = ""

    @property
    def public_key(self) -> PublicKey:
        """The key; parsing is cached."""
        return PublicKey.from_multikey(self.public_key_multibase).for_algorithm(self.algorithm)


def new_key_record(signer: Signer, *, id: str, name: str, created: dt.datetime) -> KeyRecord:
    """The record of a signer's public half.

    Args:
        id: unique in the key ring; becomes the fragment of the verification method where it has none.
        created: when the issuer took the key into use (time-zone aware).

    Raises:
        SchemaError: ``input.schema.time``, a time without zone (also in `retire_key` and `revoke_key`).
    """
    public = PublicKey.from_jwk(signer.public_jwk)
    return KeyRecord(
        id=id,
        name=name,
        algorithm=public.algorithm,
        public_key_multibase=public.to_multikey(),
        created=_utc(created),
        verification_method=signer.verification_method,
        certificates=signer.certificate_chain,
    )


def retire_key(record: KeyRecord, *, at: dt.datetime, reason: str = "") -> KeyRecord:
    """The record after the key was replaced at ``at``.

    Raises:
        StateError: ``state.key``, the key is not active.
    """
    if record.status is not KeyStatus.ACTIVE:
        raise _wrong_state(record, say("Only an active key is retired."))
    return msgspec.structs.replace(record, status=KeyStatus.RETIRED, retired_at=_utc(at), reason=reason)


def revoke_key(
    record: KeyRecord, *, at: dt.datetime, compromised_at: dt.datetime | None = None, reason: str = ""
) -> KeyRecord:
    """The record after the key was revoked at ``at``; also for retired keys.

    Revoking again is allowed only to move ``compromised_at`` to an earlier moment.

    Args:
        compromised_at: the earliest moment the private key may have been known to others.

    Raises:
        StateError: ``state.key``, revoked before and nothing worse is known now.
    """
    earliest = _utc(compromised_at) if compromised_at else None
    known = record.compromised_at
    if record.status is KeyStatus.REVOKED and (earliest is None or (known is not None and known <= earliest)):
        raise _wrong_state(record, say("It stays revoked as it is."))
    return msgspec.structs.replace(
        record,
        status=KeyStatus.REVOKED,
        revoked_at=record.revoked_at or _utc(at),
        compromised_at=earliest or known,
        reason=reason or record.reason,
    )


def key_verdict(record: KeyRecord, signed_at: dt.datetime | None, trusted_time: dt.datetime | None) -> Check:
    """Whether the key's state allows a signature made at that time.

    Args:
        signed_at: the time the signature states about itself.
        trusted_time: a time before which it certainly existed (verified timestamp), or None.

    Returns:
        A check ``key-status``. A compromised key passes only with a ``trusted_time`` before the compromise;
        a revoked one without known compromise is indeterminate on the signature's own word.
    """
    retired = record.retired_at
    ends = [moment for moment in (record.compromised_at, record.revoked_at) if moment is not None]
    evidence = {"key": record.id, "status": str(record.status), "reason": record.reason}
    if ends:
        compromised = record.compromised_at is not None
        check = _against_end(min(ends), trusted_time, signed_at, evidence, compromised=compromised)
        if retired is None or check.verdict is not Verdict.PASSED:
            return check
    if retired is None:
        return _check(Verdict.PASSED, say("The key is in use."), evidence)
    # The signature's own word is enough against retirement: the issuer still had the key to itself.
    at = trusted_time or signed_at
    if at is None:
        message = say("The key was retired on %(end)s and the signature states no time.", end=_day(retired))
        return _check(Verdict.INDETERMINATE, message, evidence)
    if at > retired:
        message = say("The signature is from after the key was retired on %(end)s.", end=_day(retired))
        return _check(Verdict.FAILED, message, evidence)
    message = say("The key was in use then; it was retired on %(end)s.", end=_day(retired))
    return _check(Verdict.PASSED, message, evidence)


def published_key_verdict(
    resolved: ResolvedKey, signed_at: dt.datetime | None, trusted_time: dt.datetime | None
) -> Check:
    """The same for a key from a DID document, by its ``revoked`` and ``expires``.

    Why a foreign key was revoked is unknown, so compromise is assumed.
    """
    evidence = {"key": resolved.verification_method}
    if resolved.revoked is not None:
        return _against_end(resolved.revoked, trusted_time, signed_at, evidence, compromised=True)
    at = trusted_time or signed_at
    if resolved.expires is not None and (at is None or at > resolved.expires):
        verdict = Verdict.INDETERMINATE if at is None else Verdict.FAILED
        message = say("The key expired on %(end)s, before the signature.", end=_day(resolved.expires))
        if at is None:
            message = say(
                "The key has an end, %(end)s, and the signature states no time.", end=_day(resolved.expires)
            )
        return _check(verdict, message, evidence)
    return _check(Verdict.PASSED, say("The key is published without revocation."), evidence)


class KeyRing(msgspec.Struct, frozen=True, kw_only=True):
    """The public keys of one controller, past and present.

    Holds no secrets. Key ids and verification methods are unique.
    """

    controller: str
    keys: tuple[KeyRecord, ...] = ()

    def __post_init__(self) -> None:
        _require_unique((key.id for key in self.keys), say("key id"))
        methods = (self.method_of(key) for key in self.keys)
        _require_unique(methods, say("verification method"))

    def method_of(self, record: KeyRecord) -> str:
        """The verification method of a record: its own, or the controller with the record's id."""
        return record.verification_method or f"{self.controller}#{record.id}"

    def find(self, id: str) -> KeyRecord | None:
        """The record with this id, or None."""
        return next((key for key in self.keys if key.id == id), None)

    def find_method(self, url: str) -> KeyRecord | None:
        """The record with this verification method, or None."""
        return next((key for key in self.keys if self.method_of(key) == url), None)

    @property
    def active(self) -> tuple[KeyRecord, ...]:
        """The keys in use, newest first."""
        keys = [key for key in self.keys if key.status is KeyStatus.ACTIVE]
        return tuple(sorted(keys, key=lambda key: key.created, reverse=True))

    def with_key(self, record: KeyRecord) -> KeyRing:
        """The ring with this record added, or in the place of the one with the same id.

        Raises:
            StateError: ``state.key``, another record has the verification method, or the id stands for
                another key.
        """
        old = self.find(record.id)
        if old is None:
            return KeyRing(controller=self.controller, keys=(*self.keys, record))
        if old.public_key_multibase != record.public_key_multibase:
            raise _wrong_state(record, say("The id stands for another key; give the new key a new id."))
        keys = tuple(record if key.id == record.id else key for key in self.keys)
        return KeyRing(controller=self.controller, keys=keys)

    def rotate(self, old_id: str, successor: KeyRecord, *, at: dt.datetime) -> KeyRing:
        """The ring after ``successor`` took the place of the key ``old_id`` at ``at``.

        Raises:
            StateError: ``state.key``, there is no such active key, or the successor's id is taken.
        """
        old = self.find(old_id)
        if old is None or self.find(successor.id) is not None:
            raise _wrong_state(successor, say("Name an existing key to replace and a new id."))
        return self.with_key(retire_key(old, at=at)).with_key(successor)

    def to_json(self) -> bytes:
        """The ring as JSON (UTF-8); contains public data only."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, data: bytes) -> KeyRing:
        """The ring from `to_json`.

        Raises:
            DecodeError: not JSON.
            SchemaError: not a key ring, or a time without zone.
            StateError: ``state.key``, a key id or verification method occurs twice.
        """
        try:
            return typed.decode(data, cls)
        except msgspec.ValidationError as error:
            raise SchemaError(
                say("This is not a key ring."),
                got=str(error),
                hint=say("Use a file that this library wrote."),
            ) from error
        except msgspec.DecodeError as error:
            raise DecodeError(
                say("The key ring is not JSON."),
                got=str(error),
                hint=say("Use a file that this library wrote."),
            ) from error

    def did_document(self) -> dict[str, Any]:
        """The controller's DID document (for did:web: what to publish at `did_web_url`).

        Retired keys stay listed, so that what they signed stays verifiable. Revoked keys carry ``revoked``
        (the earlier of revocation and compromise) and are listed for no purpose any more. Keys published
        elsewhere (another DID) are left out.
        """
        own = [key for key in self.keys if self.method_of(key).startswith(self.controller + "#")]
        usable = [self.method_of(key) for key in own if key.status is not KeyStatus.REVOKED]
        return {
            "@context": [
                "https://www.w3.org/ns/did/v1",
                "https://w3id.org/security/multikey/v1",
                "https://w3id.org/security/jwk/v1",
            ],
            "id": self.controller,
            "verificationMethod": [self._published(key) for key in own],
            "assertionMethod": usable,
            "authentication": list(usable),
        }

    def _published(self, record: KeyRecord) -> dict[str, Any]:
        method: dict[str, Any] = {"id": self.method_of(record), "controller": self.controller}
        if record.public_key.to_jwk()["kty"] == "RSA":  # Multikey has no RSA (CID 1.0 §2.2.2)
            method |= {"type": "JsonWebKey", "publicKeyJwk": record.public_key.to_jwk()}
        else:
            method |= {"type": "Multikey", "publicKeyMultibase": record.public_key_multibase}
        ends = [moment for moment in (record.revoked_at, record.compromised_at) if moment is not None]
        if ends:
            method["revoked"] = min(ends).isoformat(timespec="seconds").replace("+00:00", "Z")
        return method


def _against_end(
    end: dt.datetime,
    trusted_time: dt.datetime | None,
    signed_at: dt.datetime | None,
    evidence: dict[str, Any],
    *,
    compromised: bool,
) -> Check:
    """The verdict on a revoked key: a trusted time decides; the signature's own word never saves it."""
    if trusted_time is not None and trusted_time < end:
        message = say(
            "The key was revoked as of %(end)s; a timestamp shows the signature is older.", end=_day(end)
        )
        return _check(Verdict.PASSED, message, evidence)
    own_word_older = trusted_time is None and (signed_at is None or signed_at < end)
    if own_word_older and not compromised:
        message = say(
            "The key was revoked as of %(end)s, and no timestamp shows whether the signature is older.",
            end=_day(end),
        )
        return _check(Verdict.INDETERMINATE, message, evidence)
    if compromised:
        message = say(
            "From %(end)s on the key may have been in other hands, and no timestamp shows that the signature "
            "is older.",
            end=_day(end),
        )
    else:
        message = say("The key was revoked as of %(end)s, before the signature.", end=_day(end))
    return _check(Verdict.FAILED, message, evidence)


def _check(verdict: Verdict, explanation: str, evidence: dict[str, Any]) -> Check:
    return Check(
        id="key-status",
        verdict=verdict,
        title=say("State of the key"),
        explanation=explanation,
        clause=_CLAUSE,
        evidence={name: value for name, value in evidence.items() if value},
    )


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise SchemaError(
            say("A time of a key record has no time zone."),
            code="input.schema.time",
            got=moment,
            hint=say("Give a time-zone aware datetime, for example in UTC."),
        )
    return moment.astimezone(dt.UTC)


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _wrong_state(record: KeyRecord, hint: str) -> StateError:
    return StateError(
        say("The key %(id)s is %(status)s.", id=record.id, status=record.status),
        code="state.key",
        got=str(record.status),
        hint=hint,
    )


def _require_unique(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise StateError(
                say("The %(what)s %(value)s occurs twice in the key ring.", what=what, value=value),
                code="state.key",
                got=value,
                hint=say("Give every key its own id and verification method."),
            )
        seen.add(value)
