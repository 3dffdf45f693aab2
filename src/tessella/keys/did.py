"""Decentralised identifiers: did:key, did:jwk and did:web, and the documents they lead to.

did:key and did:jwk carry their key and need no look-up; did:web maps to an HTTPS address whose document is
fetched by the caller. Documents are read by W3C Controlled Identifiers 1.0 §3.3, with a few tolerated
quirks of real documents, each reported as a note.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import quote, unquote

import msgspec

from tessella.errors import DecodeError, KeyMaterialError
from tessella.keys._documents import MAX_DID_CHARS, bad_did, instant, json_object
from tessella.keys.multibase import base58btc_decode, base64url_decode, multibase_encode
from tessella.keys.public import PublicKey
from tessella.text import say

__all__ = [
    "PURPOSES",
    "DidDocument",
    "Purpose",
    "VerificationMethod",
    "did_document",
    "did_jwk",
    "did_key_from_did",
    "did_web",
    "did_web_url",
    "read_did_document",
]

Purpose = Literal["assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation"]
"""What a key may be used for (verification relationships for signatures, CID 1.0 §2.3)."""

PURPOSES: tuple[Purpose, ...] = (
    "assertionMethod",
    "authentication",
    "capabilityInvocation",
    "capabilityDelegation",
)
"""The verification relationships that a DID document can name (CID 1.0 §2.3)."""

_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+")
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "localdomain")


class VerificationMethod(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a DID document: its absolute ``id``, its controller, and until when it holds (UTC)."""

    id: str
    controller: str
    key: PublicKey
    purposes: tuple[str, ...]
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None
    notes: tuple[str, ...] = ()


class DidDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The usable part of a DID document; ``unusable`` says per method id why its key cannot be used."""

    id: str
    methods: tuple[VerificationMethod, ...]
    unusable: dict[str, str] = {}

    def method(self, url: str, *, purpose: Purpose = "assertionMethod") -> VerificationMethod:
        """The method with this absolute DID URL, for this purpose (CID 1.0 §3.3).

        A revoked method that the document lists for no purpose any more is returned too, so that what it
        signed before can be judged; the caller must look at ``revoked``.

        Raises:
            KeyMaterialError: ``key.not-found``, ``key.purpose``, or ``key.controller`` when the method
                belongs to another controller.
        """
        found = [method for method in self.methods if method.id == url]
        if len(found) != 1:
            reason = self.unusable.get(url) or say("The document does not list it, or lists it twice.")
            raise bad_did(
                say("The key %(url)s cannot be used.", url=url), code="key.not-found", got=url, hint=reason
            )
        method = found[0]
        if purpose not in method.purposes and not (method.revoked and not method.purposes):
            raise bad_did(
                say("The key %(url)s is not published for %(purpose)s.", url=url, purpose=purpose),
                code="key.purpose",
                got=" ".join(method.purposes),
                hint=say("The issuer must list the key under this purpose in its DID document."),
            )
        if method.controller != self.id:
            raise bad_did(
                say("The key %(url)s belongs to another controller.", url=url),
                code="key.controller",
                got=method.controller,
            )
        return method


# --- self-certifying DIDs ----------------------------------------------------------------------------


def did_key_from_did(did: str) -> PublicKey:
    """The key that a did:key or did:jwk (without fragment) carries.

    Raises:
        KeyMaterialError: ``key.did`` for another method or syntax; otherwise as for the key's own form.
    """
    if len(did) <= MAX_DID_CHARS:
        if did.startswith("did:key:z"):
            return PublicKey.from_multikey(did[len("did:key:") :])
        if did.startswith("did:jwk:"):
            try:
                return PublicKey.from_jwk(json_object(base64url_decode(did[len("did:jwk:") :])))
            except DecodeError as error:
                raise bad_did(say("The did:jwk does not hold a JWK in base64url.")) from error
    raise bad_did(
        say("%(did)s does not carry a key.", did=did[:80]),
        got=did[:200],
        hint=say("Give a did:key:z… or a did:jwk:…."),
    )


def did_jwk(key: PublicKey) -> str:
    """The did:jwk of a key."""
    return "did:jwk:" + multibase_encode(msgspec.json.encode(key.to_jwk()), "u")[1:]


def did_document(did: str) -> dict[str, Any]:
    """The DID document of a did:key or did:jwk, as JSON-LD.

    Encryption keys are not derived (did:key's X25519 option): nothing here encrypts to an issuer.

    Raises:
        KeyMaterialError: as for `did_key_from_did`.
    """
    key = did_key_from_did(did)
    if did.startswith("did:jwk:"):
        url = did + "#0"
        method: dict[str, Any] = {
            "id": url,
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": key.to_jwk(),
        }
        contexts = [_CONTEXTS[0], "https://w3id.org/security/jwk/v1"]
    else:
        url = key.did_key_url
        multikey = key.to_multikey()
        method = {"id": url, "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
        contexts = _CONTEXTS
    return {
        "@context": list(contexts),
        "id": did,
        "verificationMethod": [method],
        **{purpose: [url] for purpose in PURPOSES},
    }


# --- did:web -----------------------------------------------------------------------------------------


def did_web(host: str, *path: str, port: int = 0) -> str:
    """The did:web of a host, with optional path segments and port.

    Raises:
        KeyMaterialError: ``key.did``, not a host name or path that a did:web can have.
    """
    authority = host.lower() + (f"%3A{port}" if port else "")
    did = ":".join(["did:web", authority, *(quote(segment, safe="") for segment in path)])
    did_web_url(did, allow_local=True)
    return did


def did_web_url(did: str, *, allow_local: bool = False) -> str:
    """The HTTPS address of the DID document of a did:web (did:web method §2.5.2).

    Args:
        allow_local: accept IP addresses, ``localhost`` and names without a dot (development only).

    Raises:
        KeyMaterialError: ``key.did``, not a did:web, or a host that policy refuses.
    """
    authority, *path = did.removeprefix("did:web:").split(":")
    host, colon, port = unquote(authority).partition(":")
    host = host.lower()
    if (
        not did.startswith("did:web:")
        or len(did) > MAX_DID_CHARS
        or not all(_LABEL.fullmatch(label) for label in host.split("."))
        or len(host) > 253
        or authority.lower() != host + ("%3a" + port if colon else "")
        or (colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536))
        or not all(_SEGMENT.fullmatch(one) and _harmless(unquote(one)) for one in path)
    ):
        raise bad_did(
            say("%(did)s is not a did:web.", did=did[:80]),
            got=did[:200],
            hint=say("Write it as did:web:example.org or did:web:example.org:path, a port as %3A8443."),
        )
    if not allow_local and _is_local(host):
        raise bad_did(
            say("The did:web %(did)s leads to an address inside a network.", did=did[:80]),
            code="key.did.local",
            got=host,
            hint=say("Use a public host name."),
        )
    suffix = "/".join(path) or ".well-known"
    return f"https://{host}{':' + port if colon else ''}/{suffix}/did.json"


def _harmless(segment: str) -> bool:
    return segment not in (".", "..") and not re.search(r"[/\\\x00-\x1f\x7f?#]", segment)


def _is_local(host: str) -> bool:
    """IPv4 in any spelling (last label a number), names without a dot, and names reserved for local use."""
    labels = host.split(".")
    return (
        len(labels) == 1
        or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) is not None
        or any(host == suffix or host.endswith("." + suffix) for suffix in _LOCAL_SUFFIXES)
    )


# --- documents ---------------------------------------------------------------------------------------


def read_did_document(data: bytes | Mapping[str, Any], *, expected_id: str) -> DidDocument:
    """Read a DID document (or controlled identifier document).

    Keys of types this library does not know are listed in ``unusable``. A key that appears only inside
    ``assertionMethod`` is taken, with a note.

    Raises:
        KeyMaterialError: ``key.document``, not such a document, or one of another ``id``.
    """
    document = json_object(data) if isinstance(data, bytes) else data
    if document.get("id") != expected_id:
        raise bad_did(
            say("The document is for %(id)s, not for the one asked for.", id=str(document.get("id"))[:200]),
            code="key.document",
            got=str(document.get("id"))[:200],
        )
    purposes: dict[str, list[str]] = {}
    found: list[tuple[str, Mapping[str, Any], tuple[str, ...]]] = []
    for url, entry in _entries(document, "verificationMethod", expected_id):
        if entry is not None:
            found.append((url, entry, ()))
    listed = {url for url, _, _ in found}
    for purpose in PURPOSES:
        for url, entry in _entries(document, purpose, expected_id):
            purposes.setdefault(url, []).append(purpose)
            if entry is not None and url not in listed:
                listed.add(url)
                note = say("The key is published only inside %(purpose)s.", purpose=purpose)
                found.append((url, entry, (note,)))
    methods: list[VerificationMethod] = []
    unusable: dict[str, str] = {}
    for url, entry, notes in found:
        try:
            methods.append(_method(url, entry, expected_id, tuple(purposes.get(url, ())), notes))
        except KeyMaterialError as error:
            unusable[url] = error.message
    return DidDocument(id=expected_id, methods=tuple(methods), unusable=unusable)


def _entries(
    document: Mapping[str, Any], name: str, base: str
) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """The absolute ids under a member of the document, with the method where it is embedded."""
    value = document.get(name, [])
    for entry in value if isinstance(value, list) else [value]:
        url = entry.get("id") if isinstance(entry, Mapping) else entry
        if isinstance(url, str):
            yield (base + url if url.startswith("#") else url), entry if isinstance(entry, Mapping) else None


def _method(
    url: str, entry: Mapping[str, Any], base: str, purposes: tuple[str, ...], notes: tuple[str, ...]
) -> VerificationMethod:
    controller = entry.get("controller")
    if controller is None:
        controller = base
        notes = (*notes, say("The key names no controller; the document's subject is taken."))
    return VerificationMethod(
        id=url,
        controller=str(controller),
        key=_method_key(entry),
        purposes=purposes,
        expires=instant(entry.get("expires")),
        revoked=instant(entry.get("revoked")),
        notes=notes,
    )


def _method_key(entry: Mapping[str, Any]) -> PublicKey:
    """The key of a method: Multikey, JsonWebKey, or the two Ed25519 types before them."""
    forms = [name for name in ("publicKeyMultibase", "publicKeyJwk", "publicKeyBase58") if name in entry]
    value = entry[forms[0]] if len(forms) == 1 else None
    if isinstance(value, str) and forms == ["publicKeyMultibase"]:
        return PublicKey.from_multikey(value)
    if isinstance(value, Mapping) and forms == ["publicKeyJwk"]:
        return PublicKey.from_jwk(value)
    if isinstance(value, str) and entry.get("type") == "Ed25519VerificationKey2018":
        try:
            return PublicKey.from_multikey(multibase_encode(b"\xed\x01" + base58btc_decode(value)))
        except DecodeError as error:
            raise bad_did(say("The key is not base58 text."), code="key.format") from error
    raise bad_did(
        say("The key of type %(type)s is in a form not known here.", type=repr(entry.get("type"))),
        code="key.format",
    )
