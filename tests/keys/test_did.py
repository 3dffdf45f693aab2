"""did:key, did:jwk, did:web and DID documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.errors import KeyMaterialError
from tessella.keys import (
    PURPOSES,
    PrivateKey,
    PublicKey,
    did_document,
    did_jwk,
    did_key_from_did,
    did_web,
    did_web_url,
    multibase_encode,
    read_did_document,
)
from tests.support import shared_json

KEY = PrivateKey.generate("Ed25519").public_key
OTHER = PrivateKey.generate("ES256").public_key
DID = "did:web:example.org"


def method(key: PublicKey = KEY, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{DID}#key-1",
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": key.to_multikey(),
    } | changes


def document(**changes: Any) -> dict[str, Any]:
    return {"id": DID, "verificationMethod": [method()], "assertionMethod": [f"{DID}#key-1"]} | changes


# --- did:key -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ed25519-x25519", "nist-curves", "rsa"])
def test_did_key_vectors_documents(name: str) -> None:
    """Our document and the vector's name the same key under the same id for the same purposes."""
    for did, case in shared_json(f"vc/did-key/test-vectors/{name}.json").items():
        official, ours = case["didDocument"], did_document(did)
        url = f"{did}#{did[8:]}"
        assert ours["id"] == official["id"]
        for purpose in PURPOSES:
            assert ours[purpose] == [url]
            assert official[purpose] == [url]
        if official["verificationMethod"][0]["type"] != "P256Key2021":
            read = read_did_document(official, expected_id=did).method(url)
            assert read.key == read_did_document(ours, expected_id=did).method(url).key
            assert read.key == did_key_from_did(did)


@pytest.mark.parametrize(
    ("did", "code"),
    [
        ("did:key:", "key.did"),
        ("did:key", "key.did"),
        ("did:web:example.org", "key.did"),
        ("did:key:uTkJ", "key.did"),  # another base
        ("did:key:1.1:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", "key.did"),
        ("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW", "key.algorithm"),
        ("did:key:z" + "2" * 9000, "key.did"),
        ("did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "key.algorithm"),
        ("did:key:" + multibase_encode(b"\xed\x01" + bytes(31)), "key.format"),
        ("did:key:" + multibase_encode(b"\x80\x24\x02" + b"\xff" * 32), "key.point"),
        ("did:jwk:", "key.document"),
        ("did:jwk:e30=", "key.did"),
        ("did:jwk:e30", "key.algorithm"),
        ("did:jwk:W10", "key.document"),
    ],
)
def test_did_that_carries_no_usable_key_is_refused(did: str, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        did_document(did)
    assert caught.value.code == code


def test_did_jwk_round_trips() -> None:
    did = did_jwk(OTHER)
    assert did_key_from_did(did) == OTHER
    assert did_document(did)["assertionMethod"] == [did + "#0"]
    assert read_did_document(did_document(did), expected_id=did).method(did + "#0").key == OTHER


def test_did_jwk_example_of_the_method() -> None:
    """did:jwk method, example with P-256."""
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAi"
        "LCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    assert did_key_from_did(did).algorithm == "ES256"


def test_did_jwk_with_a_private_key_is_refused() -> None:
    jwk = OTHER.to_jwk() | {"d": "AAAA"}
    did = "did:jwk:" + multibase_encode(json.dumps(jwk).encode(), "u")[1:]
    with pytest.raises(KeyMaterialError) as caught:
        did_key_from_did(did)
    assert caught.value.code == "key.private"


# --- did:web -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        ("did:web:w3c-ccg.github.io:user:alice", "https://w3c-ccg.github.io/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3a3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:EXAMPLE.org", "https://example.org/.well-known/did.json"),
        ("did:web:xn--bcher-kva.example:a%20b", "https://xn--bcher-kva.example/a%20b/did.json"),
    ],
)
def test_did_web_url(did: str, url: str) -> None:
    """The examples of the did:web method §2.5.2 and its neighbours."""
    assert did_web_url(did) == url


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web",
        "did:key:example.org",
        "did:web:example.org:",
        "did:web:example.org::a",
        "did:web:example.org:..:a",
        "did:web:example.org:%2e%2e",
        "did:web:example.org:a%2Fb",
        "did:web:example.org:a%5Cb",
        "did:web:example.org:a%00",
        "did:web:example.org/path",
        "did:web:example.org%2Fpath",
        "did:web:example.org%3A",
        "did:web:example.org%3A0",
        "did:web:example.org%3A70000",
        "did:web:example.org%3A80%3A80",
        "did:web:example.org%3A٣",
        "did:web:user@example.org",
        "did:web:user%40example.org",
        "did:web:example..org",
        "did:web:-example.org",
        "did:web:example.org.",
        "did:web:exämple.org",
        "did:web:%65xample.org",
        "did:web:example.org?x=1",
        "did:web:%5B%3A%3A1%5D",
        "did:web:" + "a." * 130 + "org",
    ],
)
def test_did_web_malformed_is_refused(did: str) -> None:
    for allow_local in (False, True):
        with pytest.raises(KeyMaterialError) as caught:
            did_web_url(did, allow_local=allow_local)
        assert caught.value.code == "key.did"


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "10.0.0.1", "8.8.8.8", "127.1", "2130706433", "0x7f000001", "0x7f.1", "1.0x1", "server",
     "a.localhost", "printer.local", "db.internal", "nas.home.arpa"],
)  # fmt: skip
def test_did_web_inside_a_network_needs_permission(host: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        did_web_url(f"did:web:{host}")
    assert caught.value.code == "key.did.local"
    assert did_web_url(f"did:web:{host}", allow_local=True) == f"https://{host}/.well-known/did.json"


def test_did_web_is_built_from_host_and_path() -> None:
    assert did_web("Example.org") == "did:web:example.org"
    assert did_web("example.org", "issuers", "7 b", port=8443) == "did:web:example.org%3A8443:issuers:7%20b"
    assert (
        did_web_url("did:web:example.org%3A8443:issuers:7%20b")
        == "https://example.org:8443/issuers/7%20b/did.json"
    )
    for host, path in (
        ("example.org/x", ()),
        ("exämple.org", ()),
        ("example.org", ("..",)),
        ("example.org", ("a/b",)),
    ):
        with pytest.raises(KeyMaterialError):
            did_web(host, *path)


# --- documents ---------------------------------------------------------------------------------------


def read(data: Any, url: str = f"{DID}#key-1", **options: Any) -> Any:
    return read_did_document(json.dumps(data).encode(), expected_id=DID).method(url, **options)


def test_document_method_by_reference() -> None:
    found = read(document())
    assert (found.key, found.controller, found.notes) == (KEY, DID, ())


def test_document_with_relative_ids() -> None:
    data = document(verificationMethod=[method(id="#key-1")], assertionMethod=["#key-1"])
    assert read(data).key == KEY


def test_document_with_a_jwk() -> None:
    jwk = {"id": f"{DID}#key-1", "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": OTHER.to_jwk()}
    assert read(document(verificationMethod=[jwk])).key == OTHER


def test_document_key_only_inside_the_purpose_is_taken_with_a_note() -> None:
    found = read({"id": DID, "assertionMethod": [method()]})
    assert (found.key, found.notes) == (KEY, ("The key is published only inside assertionMethod.",))
    assert read({"id": DID, "assertionMethod": method()}).key == KEY


def test_document_key_without_controller_is_taken_with_a_note() -> None:
    entry = method()
    del entry["controller"]
    assert read(document(verificationMethod=[entry])).notes == (
        "The key names no controller; the document's subject is taken.",
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (document(id="did:web:other.example"), "key.document"),
        ({}, "key.document"),
        ([], "key.document"),
        (document(verificationMethod=[]), "key.not-found"),
        (document(verificationMethod="x"), "key.not-found"),
        (document(verificationMethod=[method(), method(OTHER)]), "key.not-found"),
        (document(verificationMethod=[method(publicKeyMultibase="zzz")]), "key.not-found"),
        (document(verificationMethod=[method(publicKeyJwk=OTHER.to_jwk())]), "key.not-found"),
        (document(verificationMethod=[method(revoked="yesterday")]), "key.not-found"),
        (document(verificationMethod=[method(revoked="2026-01-01T00:00:00")]), "key.not-found"),
        (document(assertionMethod=[]), "key.purpose"),
        (document(assertionMethod=[], authentication=[f"{DID}#key-1"]), "key.purpose"),
        (document(verificationMethod=[method(controller="did:web:other.example")]), "key.controller"),
    ],
)
def test_document_that_does_not_support_the_key_is_refused(data: Any, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        read(data)
    assert caught.value.code == code


def test_document_with_duplicate_members_is_refused() -> None:
    text = json.dumps(document())[:-1] + f', "id": "{DID}"}}'
    with pytest.raises(KeyMaterialError) as caught:
        read_did_document(text.encode(), expected_id=DID)
    assert caught.value.code == "key.document"


@pytest.mark.parametrize(
    "data", [b"", b"[" * 100_000, b'{"id": ' + b'"' + b"x" * 1_000_001 + b'"}', b"\xff\xfe"]
)
def test_document_too_large_too_deep_or_not_json_is_refused(data: bytes) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        read_did_document(data, expected_id=DID)
    assert caught.value.code == "key.document"


def test_document_purpose_is_the_one_asked_for() -> None:
    data = document(assertionMethod=[], authentication=[f"{DID}#key-1"])
    assert read(data, purpose="authentication").key == KEY


def test_document_revoked_method_listed_nowhere_is_returned_with_its_time() -> None:
    data = document(verificationMethod=[method(revoked="2026-03-01T00:00:00Z")], assertionMethod=[])
    assert read(data).revoked.isoformat() == "2026-03-01T00:00:00+00:00"


def test_document_revoked_method_listed_for_another_purpose_only_is_refused() -> None:
    revoked = method(revoked="2026-03-01T00:00:00Z")
    data = document(verificationMethod=[revoked], assertionMethod=[], authentication=[f"{DID}#key-1"])
    with pytest.raises(KeyMaterialError) as caught:
        read(data)
    assert caught.value.code == "key.purpose"
