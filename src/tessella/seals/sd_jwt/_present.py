"""The holder's side: what there is to disclose, and a presentation of chosen claims (RFC 9901 §7.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tessella.errors import KeyMaterialError, SchemaError, SealError
from tessella.keys import PublicKey
from tessella.ports import Signer
from tessella.seals.sd_jwt._binding import holder_key, sign_binding
from tessella.seals.sd_jwt._disclosure import ClaimPath, Processed, hash_of, shown
from tessella.seals.sd_jwt._parse import SdJwt, parse
from tessella.text import say

__all__ = ["claims_of", "present"]


def claims_of(sd_jwt: str | bytes | SdJwt) -> tuple[dict[str, Any], tuple[ClaimPath, ...]]:
    """All claims of a credential as its holder has it, and the paths of those that can be withheld.

    Nothing is verified but that the disclosures fit (§7.1 steps 3 to 5); `verify` the credential when it is received.

    Raises:
        TessellaError: as for `parse`, and ``seal.disclosure``.
    """
    token = sd_jwt if isinstance(sd_jwt, SdJwt) else parse(sd_jwt)
    processed = token.processed
    return processed.claims, tuple(one.path for one in processed.disclosed)


def present(
    sd_jwt: str | bytes | SdJwt,
    choose: Iterable[ClaimPath],
    *,
    holder: Signer | None = None,
    audience: str = "",
    nonce: str = "",
    at: dt.datetime | None = None,
    custodian: str = "",
) -> str:
    """A presentation in compact serialisation that discloses the chosen claims and no others.

    Choosing a claim discloses it with everything in it, and of what it lies in the bare shell; the empty path is the
    whole credential. Claims that the issuer left open are always there. With ``holder`` the presentation is bound to that key, the verifier, the transaction
    and the moment; then ``audience``, ``nonce`` and ``at`` (time-zone aware) are needed. Who keeps the key for the holder names itself
    as ``custodian`` (a URI): verifiers are told.

    Raises:
        SchemaError: ``input.schema.claim-path``, a path that leads nowhere; ``input.schema.binding``, the verifier,
            the nonce or the time is missing.
        SealError: ``seal.binding``, what was given is itself a presentation (§7.2), or not bound to a key.
        KeyMaterialError: ``key.mismatch``, ``holder`` is not the key that the credential names.
        TessellaError: as for `claims_of`.
    """
    token = sd_jwt if isinstance(sd_jwt, SdJwt) else parse(sd_jwt)
    if token.key_binding:
        raise SealError(
            say("This is a presentation, not the credential itself."),
            code="seal.binding",
            hint=say("Present the credential as the issuer gave it."),
        )
    processed = token.processed
    chosen = [tuple(path) for path in choose]
    for path in chosen:
        if not _leads_somewhere(processed.claims, path):
            raise SchemaError(
                say("There is no claim at %(place)s.", place=shown(path)),
                code="input.schema.claim-path",
                place=shown(path),
                hint=say("It says: %(names)s.", names=", ".join(processed.claims)),
            )
    kept = tuple(one.text for one in processed.disclosed if any(_on_line(one.path, path) for path in chosen))
    presentation = "~".join((token.issuer_jwt, *kept, ""))
    if holder is None:
        return presentation
    return presentation + _bound(token, processed, presentation, holder, audience, nonce, at, custodian)


def _bound(
    token: SdJwt,
    processed: Processed,
    presentation: str,
    holder: Signer,
    audience: str,
    nonce: str,
    at: dt.datetime | None,
    custodian: str,
) -> str:
    """§7.2, presentation step 5.1."""
    if not audience or not nonce or at is None or at.tzinfo is None:
        raise SchemaError(
            say("Binding a presentation needs the verifier, its nonce and the time."),
            code="input.schema.binding",
            hint=say("Take audience and nonce from the verifier's request, and give the time with its zone."),
        )
    if holder_key(processed.claims).thumbprint != PublicKey.from_jwk(holder.public_jwk).thumbprint:
        raise KeyMaterialError(
            say("The credential is bound to another key than this one."),
            code="key.mismatch",
            hint=say("Use the key that the credential was issued to."),
        )
    return sign_binding(
        presentation,
        holder,
        audience=audience,
        nonce=nonce,
        at=at,
        hash_name=hash_of(token.payload),
        custodian=custodian,
    )


def _on_line(path: ClaimPath, chosen: ClaimPath) -> bool:
    """Whether one path is the beginning of the other: the claim holds what was chosen, or is held by it."""
    return all(
        step == wanted or (wanted is None and isinstance(step, int))
        for step, wanted in zip(path, chosen, strict=False)
    )


def _leads_somewhere(value: Any, path: ClaimPath) -> bool:
    if not path:
        return True
    step, *rest = path
    below = tuple(rest)
    if isinstance(value, dict):
        return isinstance(step, str) and step in value and _leads_somewhere(value[step], below)
    if isinstance(value, list) and not isinstance(step, str):
        items = value if step is None else value[step : step + 1] if step >= 0 else []
        return any(_leads_somewhere(item, below) for item in items)
    return False
