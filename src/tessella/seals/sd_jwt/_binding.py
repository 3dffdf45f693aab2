"""Key binding: the holder shows that the credential is theirs (RFC 9901 §4.3, §7.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.errors import SealError, UnsupportedError
from tessella.keys import PublicKey, did_key_from_did
from tessella.ports import Signer
from tessella.seals import _jws
from tessella.seals.sd_jwt._disclosure import digest
from tessella.seals.sd_jwt._issue import json_bytes, written_algorithm
from tessella.text import say

__all__ = [
    "DEFAULT_MAX_AGE_S",
    "BindingDemand",
    "KeyBinding",
    "check_binding",
    "custodian_of",
    "holder_key",
    "instant_claim",
    "read_binding",
    "sign_binding",
]

KB_TYPE = "kb+jwt"

DEFAULT_MAX_AGE_S = 600
"""Seconds a Key Binding JWT is good for: a person who consents in a wallet needs a minute or two; the nonce, which
is used once, is what keeps out replay."""

MAX_SKEW_S = 60
"""Seconds a holder's clock may run ahead of the verifier's."""


class BindingDemand(msgspec.Struct, frozen=True, kw_only=True):
    """That a presentation must be bound to the holder's key, and to what.

    ``audience`` is the verifier as the holder was told it (in OpenID4VP the client id with its prefix), ``nonce`` the
    one of this transaction, ``at`` the time now (time-zone aware).
    """

    audience: str
    nonce: str
    at: dt.datetime
    max_age_s: int = DEFAULT_MAX_AGE_S


class KeyBinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a Key Binding JWT says, once its signature and its ``sd_hash`` hold: for whom it was made, and when (UTC).

    ``custodian`` is who made it on behalf of the holder, where somebody else keeps the key (``act``, RFC 8693 §4.1).
    """

    audience: str
    nonce: str
    issued_at: dt.datetime
    key: PublicKey
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None
    custodian: str = ""


def sign_binding(
    without_binding: str,
    signer: Signer,
    *,
    audience: str,
    nonce: str,
    at: dt.datetime,
    hash_name: str,
    custodian: str = "",
) -> str:
    """The Key Binding JWT for exactly this SD-JWT (§4.3); a ``custodian`` who keeps the holder's key is named as the one who acts."""
    claims: dict[str, Any] = {
        "iat": int(at.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest(without_binding, hash_name),
        **({"act": {"sub": custodian}} if custodian else {}),
    }
    header = {"alg": written_algorithm(signer), "typ": KB_TYPE}
    protected, signed, signature = _jws.sign(header, json_bytes(claims), signer)
    return f"{protected}.{signed.decode('ascii')}.{signature}"


def holder_key(claims: Mapping[str, Any]) -> PublicKey:
    """The key that ``cnf`` names (§4.1.2): ``jwk``, or a ``kid`` that is itself the key (did:key, did:jwk).

    Nothing is fetched: an address in ``cnf`` would tell the issuer where the credential is shown.

    Raises:
        SealError: ``seal.binding``, the credential has no ``cnf``.
        UnsupportedError: ``seal.binding.method``, another way of naming the key.
        KeyMaterialError: the key is unusable.
    """
    confirmation = claims.get("cnf")
    if not isinstance(confirmation, Mapping):
        raise _refused(say("The credential is not bound to a key of its holder."))
    if isinstance(jwk := confirmation.get("jwk"), Mapping):
        return PublicKey.from_jwk(jwk)
    kid = confirmation.get("kid")
    if isinstance(kid, str) and kid.startswith(("did:key:", "did:jwk:")):
        return did_key_from_did(kid.partition("#")[0])
    raise UnsupportedError(
        say("The credential names its holder's key in a way that is not known here."),
        code="seal.binding.method",
        got=", ".join(map(str, confirmation))[:100],
        expected="jwk",
        hint=say("Ask the issuer for a credential that carries the holder's key."),
    )


def read_binding(token: str, without_binding: str, claims: Mapping[str, Any], hash_name: str) -> KeyBinding:
    """§7.3 step 5 without what depends on the transaction: the key, the signature, the type and the hash.

    Raises:
        TessellaError: what does not hold.
    """
    key = holder_key(claims)  # 5.1
    jws = _jws.parse_compact(token)
    [signature] = jws.signatures
    name = _jws.check_header(signature.header)  # 5.2
    _jws.verify_signature(jws, signature, key.for_algorithm(name))  # 5.3
    if signature.header.get("typ") != KB_TYPE:  # 5.4
        raise SealError(
            say("What stands after the disclosures is no Key Binding JWT."),
            code="seal.type",
            got=signature.header.get("typ"),
            expected=KB_TYPE,
            hint=say("Ask the holder for a new presentation."),
        )
    body = loads(jws.payload)
    said = body if isinstance(body, dict) else {}
    audience, nonce, issued_at = said.get("aud"), said.get("nonce"), instant_claim(said, "iat")
    if not isinstance(audience, str) or not isinstance(nonce, str) or issued_at is None:  # §4.3
        raise _refused(say("The Key Binding JWT does not say for whom, for what and when it was made."))
    if said.get("sd_hash") != digest(without_binding, hash_name):  # 5.7
        raise _refused(say("The Key Binding JWT was made for another presentation."))
    return KeyBinding(
        audience=audience,
        nonce=nonce,
        issued_at=issued_at,
        key=key,
        not_before=instant_claim(said, "nbf"),  # 5.8
        not_after=instant_claim(said, "exp"),
        custodian=custodian_of(said),
    )


def custodian_of(claims: Mapping[str, Any]) -> str:
    """Who made a token on behalf of the holder (``act``, RFC 8693 §4.1); empty where nobody else is named."""
    actor = claims.get("act")
    name = actor.get("sub") if isinstance(actor, Mapping) else None
    return name if isinstance(name, str) else ""


def check_binding(binding: KeyBinding | None, demand: BindingDemand) -> KeyBinding:
    """§7.3 steps 2, 5.5, 5.6 and 5.8: there is one, it is fresh, for this verifier and this transaction.

    Raises:
        SealError: ``seal.binding``.
    """
    if binding is None:  # step 2
        raise _refused(say("The presentation does not show that the credential is the holder's."))
    if binding.audience != demand.audience:
        raise _refused(say("The presentation was made for another verifier."), binding.audience)
    if binding.nonce != demand.nonce:
        raise _refused(say("The presentation was made for another transaction."))
    age_s = (demand.at - binding.issued_at).total_seconds()
    expired = binding.not_after is not None and demand.at >= binding.not_after
    early = binding.not_before is not None and demand.at < binding.not_before
    if not -MAX_SKEW_S <= age_s <= demand.max_age_s or expired or early:
        raise _refused(say("The presentation was not made just now."), binding.issued_at.isoformat())
    return binding


def instant_claim(claims: Mapping[str, Any], name: str) -> dt.datetime | None:
    """A NumericDate (RFC 7519 §2) as an instant in UTC; None when the claim is absent.

    Raises:
        SealError: ``seal.claim``, it is there and is no time: what cannot be read must not count as unlimited.
    """
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return dt.datetime.fromtimestamp(value, dt.UTC)
        except (OverflowError, OSError, ValueError):
            pass
    raise SealError(
        say("The claim “%(name)s” is no time.", name=name),
        code="seal.claim",
        place=f"$.{name}",
        got=str(value)[:40],
        hint=say("Ask the issuer for a credential with a readable time."),
    )


def _refused(message: str, got: object = None) -> SealError:
    return SealError(
        message, code="seal.binding", got=got, hint=say("Ask the holder to present the credential again.")
    )
