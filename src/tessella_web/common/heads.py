"""Signed heads of the audit trail: whoever keeps a copy can show later whether anything before it was rewritten.

The key lies in a file outside the database: whoever can write in the database alone cannot sign another history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from tessella.errors import TessellaError
from tessella.keys import PrivateKey, PublicKey
from tessella.seals.jose import embedded_key, open_token, sign_token
from tessella_web.common import audit
from tessella_web.common.keyfiles import signing_key
from tessella_web.common.models import AuditEntry, SignedHead

__all__ = ["Checked", "check", "read_claims", "sign", "sign_claims", "sign_if_due"]

TYPE = "tessella-audit-head+jwt"

SIGN_EVERY = dt.timedelta(hours=1)
"""What was rewritten within the last hour and before anybody took a copy cannot be shown."""

MAX_HEAD_BYTES = 20_000  # bytes
"""A head has less than one kilobyte."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What comparing the trail with a head has found: ``problems`` in sentences, none when all is well."""

    number: int
    at: str = ""
    key: str = ""
    problems: tuple[str, ...] = ()


def sign_if_due() -> bool:
    """Sign the head when the trail has grown and the last signature is old enough; False when there was nothing to do."""
    last = SignedHead.objects.first()
    number, _digest = audit.head()
    if number == 0 or (last is not None and (last.number >= number or last.at > timezone.now() - SIGN_EVERY)):
        return False
    return sign() is not None


def sign() -> SignedHead | None:
    """Sign the head as it is now; None while the trail is empty."""
    number, digest = audit.head()
    if number == 0:
        return None
    at, key = timezone.now().replace(microsecond=0), _key(Path(settings.AUDIT_KEY_FILE))
    claims = {"iss": settings.BASE_URL, "iat": int(at.timestamp()), "number": number, "digest": digest}
    made, _new = SignedHead.objects.get_or_create(
        number=number,
        defaults={
            "digest": digest,
            "at": at,
            "token": sign_token(claims, key, typ=TYPE),
            "key": key.public_key.thumbprint,
        },
    )
    return made


def sign_claims(claims: Mapping[str, Any], *, typ: str) -> str:
    """Something else that the installation states, signed with the same key: a JWS (RFC 7515) that carries it.

    Raises:
        ImproperlyConfigured: the key cannot be read or made.
    """
    stated = {"iss": settings.BASE_URL, "iat": int(timezone.now().timestamp()), **claims}
    return sign_token(stated, _key(Path(settings.AUDIT_KEY_FILE)), typ=typ)


def read_claims(token: str, *, typ: str) -> Mapping[str, Any]:
    """What `sign_claims` has signed here.

    Raises:
        ValueError: it is no such statement, was changed, or another key signed it.
    """
    try:
        found = open_token(token.strip(), _carried, typ=typ)
        key = PublicKey.from_jwk(found.header["jwk"]).thumbprint
    except (TessellaError, KeyError, TypeError) as error:
        raise ValueError("no statement of this installation") from error
    if key != _key(Path(settings.AUDIT_KEY_FILE)).public_key.thumbprint:
        raise ValueError("another key signed it")
    return found.claims


def check(token: str) -> Checked:
    """Whether the trail still is what a head says that was taken out of here: pass what was kept, not what is in the database.

    It is compared with the entry of that number, after all links of the chain were followed.
    """
    token = token.strip()
    if len(token) > MAX_HEAD_BYTES:
        return Checked(number=0, problems=("This is no signed head: it is too long.",))
    try:
        found = open_token(token, _carried, typ=TYPE)
        key = PublicKey.from_jwk(found.header["jwk"]).thumbprint
        number, digest, signed_at = (found.claims[name] for name in ("number", "digest", "iat"))
        at = dt.datetime.fromtimestamp(int(signed_at), dt.UTC).isoformat()
    except (TessellaError, KeyError, TypeError, ValueError, OverflowError):
        return Checked(number=0, problems=("This is no signed head, or its signature does not hold.",))
    problems = []
    if not SignedHead.objects.filter(key=key).exists():
        problems.append(f"The key {key} has signed no head that is known here.")
    entry = AuditEntry.objects.filter(number=number).first()
    if entry is None:
        problems.append(f"Entry {number} is gone: the trail is shorter than it was.")
    elif entry.digest != digest or audit.digest_of(entry) != digest:
        problems.append(f"Entry {number} or one before it was rewritten.")
    broken = next(iter(audit.broken_links()), None)
    if broken is not None:
        problems.append(f"The chain is broken at entry {broken}.")
    return Checked(number=number, at=at, key=key, problems=tuple(problems))


def _carried(header: Mapping[str, Any], _claims: Mapping[str, Any]) -> PublicKey:
    """The key that a head carries; whether it is ours is asked afterwards.

    Raises:
        KeyError: it carries none.
    """
    key = embedded_key(header)
    if key is None:
        raise KeyError("jwk")
    return key


def _key(path: Path) -> PrivateKey:
    """The signing key: made at the first need, readable by its owner only.

    Raises:
        ImproperlyConfigured: the file cannot be read or made, or others can read it.
    """
    return signing_key(path, variable="TESSELLA_AUDIT_KEY_FILE")
