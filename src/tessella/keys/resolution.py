"""From a verification method to the key, and what that key says about its controller."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tessella.errors import AccessError, KeyMaterialError
from tessella.keys._documents import MAX_DID_CHARS, bad_did
from tessella.keys.certificates import certificate_facts
from tessella.keys.did import (
    PURPOSES,
    Purpose,
    did_key_from_did,
    did_web_url,
    read_did_document,
)
from tessella.keys.public import KEY_CACHE_ENTRIES, PublicKey
from tessella.text import say

__all__ = [
    "Binding",
    "ResolvedKey",
    "key_from_certificates",
    "key_from_jwk",
    "resolve_verification_method",
]


class Binding(enum.StrEnum):
    """How the key is tied to its controller: what a good signature by it shows beyond integrity."""

    DID_KEY = "did-key"
    """Self-certifying (did:key, did:jwk): the controller *is* the key; says nothing about who that is."""

    DID_WEB = "did-web"
    """Published at the controller's domain (did:web, or a document at an https address)."""

    X509 = "x509"
    """Named in a certificate; worth what the trust in the certificate is worth."""

    KEY_ONLY = "key-only"
    """The key came with the content (URL fragment, JWK header): integrity only, no controller."""


class ResolvedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key and where it came from.

    ``controller`` is the DID or URL the key is tied to, and empty for ``key-only``. ``expires`` and
    ``revoked`` (UTC) come from the controller's document: judge them with `published_key_verdict`.
    ``notes`` name tolerated quirks.
    """

    key: PublicKey
    controller: str
    binding: Binding
    verification_method: str = ""
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None
    notes: tuple[str, ...] = ()


def resolve_verification_method(
    vm: str,
    *,
    purpose: Purpose = "assertionMethod",
    documents: Mapping[str, bytes] | None = None,
    fetch: Callable[[str], bytes] | None = None,
    allow_local: bool = False,
) -> ResolvedKey:
    """The key of a verification method (CID 1.0 §3.3 "Retrieve Verification Method").

    Accepts ``did:key`` and ``did:jwk`` URLs (a bare DID with a note), ``did:web`` URLs, ``https`` URLs of
    controlled identifier documents, and ``https://…#z6Mk…`` whose fragment is the key itself: if its
    document cannot be had or does not list the key, the key is taken alone as ``key-only``.

    The caller must still compare ``controller`` with the issuer, and judge ``revoked`` and ``expires``.

    Args:
        documents: known documents by DID or by URL without fragment; looked at first.
        fetch: gets a document by its https address; raises AccessError. Without it nothing is fetched.
        allow_local: accept did:web hosts inside a network (development only).

    Raises:
        KeyMaterialError: the method is malformed or its document does not support it.
        AccessError: ``access.offline`` when a document is needed and there is no ``fetch``; or fetch failed.
    """
    base, _, fragment = vm.partition("#")
    if len(vm) > MAX_DID_CHARS or purpose not in PURPOSES:
        raise bad_did(say("The verification method or its purpose is not valid."), got=vm[:200])
    if base.startswith(("did:key:", "did:jwk:")):
        return _self_certifying(vm)
    if base.startswith("did:web:"):
        address = did_web_url(base, allow_local=allow_local)
    elif base.startswith("https://"):
        address = base
    else:
        raise bad_did(
            say("Verification methods of this kind are not known: %(vm)s.", vm=vm[:80]),
            got=vm[:200],
            hint=say("Use a did:key, did:jwk, did:web or https URL."),
        )
    if not fragment:
        raise bad_did(
            say("The verification method does not say which key is meant."),
            got=vm,
            hint=say("Add the key's fragment, for example #key-1."),
        )
    try:
        return _published(vm, base, address, purpose, documents or {}, fetch)
    except (AccessError, KeyMaterialError) as error:
        alone = vm.startswith("https://") and fragment.startswith("z")
        if not alone or error.code in ("key.purpose", "key.controller"):
            raise
        return ResolvedKey(
            key=PublicKey.from_multikey(fragment),
            controller="",
            binding=Binding.KEY_ONLY,
            verification_method=vm,
            notes=(
                say("The key was taken from the address itself; nothing ties it to that address."),
                error.message,
            ),
        )


def key_from_jwk(jwk: Mapping[str, Any]) -> ResolvedKey:
    """A key that came with the content as a JWK (JOSE header ``jwk``): integrity only.

    Raises:
        KeyMaterialError: as for `PublicKey.from_jwk`.
    """
    return ResolvedKey(
        key=PublicKey.from_jwk(jwk),
        controller="",
        binding=Binding.KEY_ONLY,
        notes=(say("The key came with the content; nothing ties it to an issuer."),),
    )


def key_from_certificates(chain: Sequence[bytes]) -> ResolvedKey:
    """The key of the first certificate of a chain (JOSE header ``x5c``); trust is the caller's to judge.

    Raises:
        KeyMaterialError: ``key.certificate``, empty or unreadable; or its key is not accepted.
    """
    if not chain:
        raise KeyMaterialError(
            say("There is no certificate."),
            code="key.certificate",
            hint=say("Give the certificate chain, end entity first."),
        )
    facts = certificate_facts(chain[0])
    return ResolvedKey(
        key=PublicKey.from_certificate_der(chain[0]),
        controller=facts.subject,
        binding=Binding.X509,
    )


@lru_cache(maxsize=KEY_CACHE_ENTRIES)
def _self_certifying(vm: str) -> ResolvedKey:
    """The key that a did:key or did:jwk URL carries; its fragment can only name that same key."""
    did, hash_, fragment = vm.partition("#")
    key = did_key_from_did(did)
    expected = "0" if did.startswith("did:jwk:") else did.removeprefix("did:key:")
    if hash_ and fragment != expected:
        raise bad_did(
            say("The fragment names another key than the identifier."),
            got=fragment[:200],
            code="key.not-found",
        )
    notes = () if hash_ else (say("The verification method is the bare identifier, without fragment."),)
    return ResolvedKey(
        key=key,
        controller=did,
        binding=Binding.DID_KEY,
        verification_method=f"{did}#{expected}",
        notes=notes,
    )


def _published(
    vm: str,
    base: str,
    address: str,
    purpose: Purpose,
    documents: Mapping[str, bytes],
    fetch: Callable[[str], bytes] | None,
) -> ResolvedKey:
    """The key that the document of ``base`` publishes for ``purpose``."""
    data = documents.get(base)
    if data is None:
        if fetch is None:
            raise AccessError(
                say("The keys of %(base)s are not at hand, and nothing may be fetched.", base=base),
                code="access.offline",
                got=address,
                hint=say("Allow network access, or supply the document."),
            )
        data = fetch(address)
    method = read_did_document(data, expected_id=base).method(vm, purpose=purpose)
    return ResolvedKey(
        key=method.key,
        controller=method.controller,
        binding=Binding.DID_WEB,
        verification_method=vm,
        expires=method.expires,
        revoked=method.revoked,
        notes=method.notes,
    )
