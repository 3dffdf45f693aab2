"""Which key a verification method leads to, and how it is bound."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.errors import AccessError, KeyMaterialError
from tessella.keys import (
    Binding,
    PrivateKey,
    did_jwk,
    key_from_certificates,
    key_from_jwk,
    resolve_verification_method,
)
from tests.support import shared_json

KEY = PrivateKey.generate("Ed25519").public_key
OTHER = PrivateKey.generate("Ed25519").public_key
DID = "did:web:example.org"
URL = "https://badges.example.org/issuers/7"


def document(base: str, fragment: str, **changes: Any) -> bytes:
    method = {
        "id": f"{base}#{fragment}",
        "type": "Multikey",
        "controller": base,
        "publicKeyMultibase": KEY.to_multikey(),
    }
    return json.dumps(
        {"id": base, "verificationMethod": [method], "assertionMethod": [method["id"]]} | changes
    ).encode()


def test_did_key_is_self_certifying() -> None:
    found = resolve_verification_method(KEY.did_key_url)
    assert (found.key, found.controller, found.binding, found.notes) == (
        KEY,
        KEY.did_key,
        Binding.DID_KEY,
        (),
    )
    assert found.verification_method == KEY.did_key_url


def test_did_key_bare_is_taken_with_a_note() -> None:
    found = resolve_verification_method(KEY.did_key)
    assert (found.key, found.verification_method) == (KEY, KEY.did_key_url)
    assert found.notes == ("The verification method is the bare identifier, without fragment.",)


def test_did_jwk_is_self_certifying() -> None:
    found = resolve_verification_method(did_jwk(KEY) + "#0")
    assert (found.key, found.controller, found.binding) == (KEY, did_jwk(KEY), Binding.DID_KEY)


@pytest.mark.parametrize(
    "vm",
    [
        f"{KEY.did_key}#{OTHER.to_multikey()}",
        f"{KEY.did_key}#",
        f"{did_jwk(KEY)}#1",
        f"{DID}",
        f"{DID}#",
        f"{DID}?versionTime=2026-01-01#key-1",
        f"{DID}/path#key-1",
        "did:ion:abc#key-1",
        "http://example.org/#z6Mk",
        "key-1",
        "",
        "#" * 10_000,
    ],
    ids=range(12),
)
def test_malformed_verification_method_is_refused(vm: str) -> None:
    with pytest.raises(KeyMaterialError):
        resolve_verification_method(vm, fetch=lambda _: document(DID, "key-1"))


def test_unknown_purpose_is_refused() -> None:
    with pytest.raises(KeyMaterialError):
        resolve_verification_method(KEY.did_key_url, purpose="keyAgreement")  # type: ignore[arg-type]


def test_did_web_is_fetched_at_its_address() -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return document(DID, "key-1")

    found = resolve_verification_method(f"{DID}#key-1", fetch=fetch)
    assert (found.key, found.controller, found.binding) == (KEY, DID, Binding.DID_WEB)
    assert asked == ["https://example.org/.well-known/did.json"]


def test_did_web_known_document_is_not_fetched() -> None:
    found = resolve_verification_method(f"{DID}#key-1", documents={DID: document(DID, "key-1")})
    assert found.key == KEY


def test_did_web_without_network_is_an_access_error() -> None:
    with pytest.raises(AccessError) as caught:
        resolve_verification_method(f"{DID}#key-1")
    assert caught.value.code == "access.offline"


def test_did_web_inside_a_network_is_not_fetched() -> None:
    def fetch(url: str) -> bytes:
        raise AssertionError(url)

    for host in ("localhost", "169.254.169.254"):
        with pytest.raises(KeyMaterialError):
            resolve_verification_method(f"did:web:{host}#key-1", fetch=fetch)


def test_https_key_in_fragment_is_key_only() -> None:
    vm = f"{URL}#{KEY.to_multikey()}"
    found = resolve_verification_method(vm)
    assert (found.key, found.controller, found.binding) == (KEY, "", Binding.KEY_ONLY)
    assert found.notes[0] == "The key was taken from the address itself; nothing ties it to that address."
    other_page = resolve_verification_method(vm, fetch=lambda _: b"<html>")
    assert other_page.binding is Binding.KEY_ONLY


def test_https_key_in_fragment_is_bound_when_its_document_lists_it() -> None:
    vm = f"{URL}#{KEY.to_multikey()}"
    found = resolve_verification_method(vm, fetch=lambda _: document(URL, KEY.to_multikey()))
    assert (found.key, found.controller, found.binding) == (KEY, URL, Binding.DID_WEB)


def test_https_document_that_withholds_the_purpose_is_believed() -> None:
    vm = f"{URL}#{KEY.to_multikey()}"
    with pytest.raises(KeyMaterialError) as caught:
        resolve_verification_method(vm, fetch=lambda _: document(URL, KEY.to_multikey(), assertionMethod=[]))
    assert caught.value.code == "key.purpose"


def test_https_document_with_a_named_key() -> None:
    found = resolve_verification_method(f"{URL}#key-1", fetch=lambda _: document(URL, "key-1"))
    assert (found.key, found.binding) == (KEY, Binding.DID_WEB)
    with pytest.raises(AccessError):
        resolve_verification_method(f"{URL}#key-1")


def test_key_from_jwk_is_key_only() -> None:
    found = key_from_jwk(KEY.to_jwk())
    assert (found.key, found.controller, found.binding) == (KEY, "", Binding.KEY_ONLY)


def test_key_from_no_certificate_is_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        key_from_certificates([])
    assert caught.value.code == "key.certificate"


def test_open_badges_samples_resolve() -> None:
    """The verification methods of official samples, whose keys sit in fragments or bare did:keys."""
    seen: dict[str, Binding] = {}
    for name in ("simple.json", "simple-did-key-method.json", "simple_v1.json"):
        proofs = shared_json(f"vc/1edtech/ob30/{name}")["proof"]
        for proof in proofs if isinstance(proofs, list) else [proofs]:
            seen[name] = resolve_verification_method(proof["verificationMethod"]).binding
    assert seen == {
        "simple.json": Binding.KEY_ONLY,
        "simple-did-key-method.json": Binding.DID_KEY,
        "simple_v1.json": Binding.KEY_ONLY,
    }
