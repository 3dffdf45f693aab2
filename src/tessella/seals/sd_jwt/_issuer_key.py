"""Whose key: the issuer signature mechanisms of SD-JWT VC §3.5, and DIDs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tessella.canonical import Limits, loads
from tessella.errors import AccessError, DecodeError, KeyMaterialError, SchemaError, UnsupportedError
from tessella.keys import (
    Binding,
    PublicKey,
    ResolvedKey,
    key_from_certificates,
    resolve_verification_method,
)
from tessella.text import say

__all__ = [
    "MAX_METADATA_BYTES",
    "certificate_chain",
    "issuer_key",
    "issuer_metadata",
    "issuer_metadata_url",
]

MAX_METADATA_BYTES = 200_000
"""Issuer metadata or a key set: a key with certificates takes 5 kB, and an issuer has a handful."""

MAX_CERTIFICATES = 10
"""Certificates in ``x5c``: a chain has three or four."""

_WELL_KNOWN = "/.well-known/jwt-vc-issuer"
_LIMITS = Limits(max_bytes=MAX_METADATA_BYTES)

Fetch = Callable[[str], bytes]


def certificate_chain(header: Mapping[str, Any]) -> tuple[bytes, ...]:
    """The certificates of ``x5c`` in DER, end entity first; empty when the header has none (RFC 7515 §4.1.6).

    Raises:
        KeyMaterialError: ``key.certificate``, not a list of certificates.
    """
    if "x5c" not in header:
        return ()
    texts = header["x5c"]
    try:
        if isinstance(texts, list) and 0 < len(texts) <= MAX_CERTIFICATES:
            return tuple(base64.b64decode(text, validate=True) for text in texts)
    except (binascii.Error, TypeError, ValueError):
        pass
    raise KeyMaterialError(
        say("The certificates in the header cannot be read."),
        code="key.certificate",
        hint=say("Ask the issuer for the credential again."),
    )


def issuer_key(
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    *,
    documents: Mapping[str, bytes] | None = None,
    fetch: Fetch | None = None,
    allow_local: bool = False,
) -> ResolvedKey:
    """The issuer's key and how it is tied to the issuer.

    In this order: the end entity's certificate when there is ``x5c`` (trust in the chain is the caller's to judge);
    the issuer's DID when ``iss`` or ``kid`` is one; the metadata at the issuer's domain when ``iss`` is https.

    Args:
        documents: known documents by address or DID (issuer metadata, key sets, DID documents); looked at first.
        fetch: gets a document by its https address; raises AccessError. Without it nothing is fetched.

    Raises:
        UnsupportedError: ``seal.no-key``, the credential does not say where its key is found.
        AccessError: ``access.offline``, a document is needed and nothing may be fetched; or fetching failed.
        KeyMaterialError, DecodeError, LimitError: what was found does not give the key.
    """
    if "x5c" in header:
        return key_from_certificates(certificate_chain(header))
    issuer, kid = claims.get("iss"), header.get("kid", "")
    if isinstance(issuer, str) and isinstance(kid, str):
        if method := _did_method(issuer, kid):
            return resolve_verification_method(
                method, documents=documents, fetch=fetch, allow_local=allow_local
            )
        if issuer.startswith("https://"):
            return _published(issuer, kid, documents or {}, fetch)
    raise UnsupportedError(
        say("The credential does not say where its issuer's key is found."),
        code="seal.no-key",
        hint=say("Ask for a credential with the issuer's certificate, DID or https address."),
    )


def _did_method(issuer: str, kid: str) -> str:
    """The verification method: ``kid`` as it stands, or a fragment of the issuer's DID; a DID of its own has one key."""
    if not issuer.startswith("did:"):
        return ""
    if kid.startswith("did:"):
        if kid.partition("#")[0] != issuer:
            raise KeyMaterialError(
                say("The key named is not the issuer's."),
                code="key.controller",
                got=kid[:200],
                expected=issuer[:200],
                hint=say("Ask the issuer for a credential signed with its own key."),
            )
        return kid
    return f"{issuer}#{kid.removeprefix('#')}" if kid else issuer


def issuer_metadata_url(issuer: str) -> str:
    """Where the metadata of an issuer is: the well-known part stands between host and path (SD-JWT VC §5.1).

    Raises:
        KeyMaterialError: ``key.issuer``, no https address without query, fragment and user.
    """
    try:
        parts = urlsplit(issuer)
        plain = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        plain = False
    if not plain or "?" in issuer or "#" in issuer:
        raise KeyMaterialError(
            say("This issuer has no address at which its keys could be published."),
            code="key.issuer",
            got=issuer[:200],
            expected="https://host/path",
            hint=say("Use an https address without query and fragment."),
        )
    return f"https://{parts.netloc}{_WELL_KNOWN}{parts.path.rstrip('/')}"


def issuer_metadata(issuer: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """The metadata document to publish at `issuer_metadata_url`; keys are named by their thumbprints (§5.2).

    Raises:
        KeyMaterialError: ``key.issuer``; SchemaError: ``input.schema.keys``, no key.
    """
    issuer_metadata_url(issuer)
    published = [{**key.to_jwk(), "kid": key.thumbprint, "use": "sig"} for key in keys]
    if not published:
        raise SchemaError(
            say("An issuer without keys cannot be verified."),
            code="input.schema.keys",
            hint=say("Give the public keys that the issuer signs with."),
        )
    return {"issuer": issuer, "jwks": {"keys": published}}


def _published(issuer: str, kid: str, documents: Mapping[str, bytes], fetch: Fetch | None) -> ResolvedKey:
    """§5: the key of this ``kid`` in the issuer's metadata, or in the key set that the metadata names."""
    url = issuer_metadata_url(issuer)
    metadata = _document(url, documents, fetch)
    if metadata.get("issuer") != issuer:  # §5.3
        raise KeyMaterialError(
            say("The keys found at the issuer's address are another issuer's."),
            code="key.controller",
            got=str(metadata.get("issuer"))[:200],
            expected=issuer,
            hint=say("Tell the issuer that its metadata name another issuer."),
        )
    if ("jwks" in metadata) == ("jwks_uri" in metadata):  # §5.2: one of the two
        raise _no_key(say("The issuer's metadata have no keys, or two sets of keys."), url)
    key_set, place = metadata.get("jwks"), url
    if "jwks_uri" in metadata:
        place = metadata["jwks_uri"]
        if not isinstance(place, str) or not place.startswith("https://"):
            raise _no_key(say("The issuer's keys are at no https address."), url)
        key_set = _document(place, documents, fetch)
    return ResolvedKey(
        key=_key_named(key_set, kid, place),
        controller=issuer,
        binding=Binding.DID_WEB,
        verification_method=f"{place}#{kid}" if kid else place,
    )


def _document(url: str, documents: Mapping[str, bytes], fetch: Fetch | None) -> Mapping[str, Any]:
    data = documents.get(url)
    if data is None:
        if fetch is None:
            raise AccessError(
                say("The keys at %(url)s are not at hand, and nothing may be fetched.", url=url),
                code="access.offline",
                got=url,
                hint=say("Allow network access, or supply the document."),
            )
        data = fetch(url)
    found = loads(data, limits=_LIMITS)
    if not isinstance(found, dict):
        raise DecodeError(
            say("The document with the issuer's keys is not a JSON object."),
            code="input.decode.issuer-metadata",
            place=url,
            hint=say("Tell the issuer; its keys cannot be read as they are."),
        )
    return found


def _key_named(key_set: object, kid: str, place: str) -> PublicKey:
    """The key with this ``kid``; without one the only key there is (RFC 7517 §4.5)."""
    keys = key_set.get("keys") if isinstance(key_set, Mapping) else None
    rows = [row for row in keys if isinstance(row, Mapping)] if isinstance(keys, list) else []
    wanted = [row for row in rows if row.get("kid") == kid] if kid else rows
    if len(wanted) != 1:
        raise _no_key(
            say("The issuer publishes no single key with the name that the credential gives."), place
        )
    return PublicKey.from_jwk(wanted[0])


def _no_key(message: str, place: str) -> KeyMaterialError:
    return KeyMaterialError(
        message,
        code="key.not-found",
        place=place,
        hint=say("Tell the issuer; its keys cannot be found as they are published."),
    )
