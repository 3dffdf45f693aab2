"""Whose key: certificate, DID, and metadata at the issuer's domain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.errors import AccessError, KeyMaterialError, SchemaError, TessellaError, UnsupportedError
from tessella.keys import Binding, PublicKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tests.seals.sd_jwt.support import AT, CLAIMS, ISSUER, KEYS, STRANGER, codes, issued

ISS = CLAIMS["iss"]
URL = "https://fjord.example/.well-known/jwt-vc-issuer/academy"
KEY = ISSUER.public_key


def published(**changes: Any) -> dict[str, bytes]:
    document = sd_jwt.issuer_metadata(ISS, [KEYS["Ed25519"].public_key, KEY]) | changes
    return {URL: json.dumps({name: value for name, value in document.items() if value is not None}).encode()}


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        ("https://example.com", "https://example.com/.well-known/jwt-vc-issuer"),
        ("https://example.com/", "https://example.com/.well-known/jwt-vc-issuer"),
        ("https://example.com/tenant/1234", "https://example.com/.well-known/jwt-vc-issuer/tenant/1234"),
        ("https://example.com:8443/t/", "https://example.com:8443/.well-known/jwt-vc-issuer/t"),
    ],
)
def test_metadata_address_is_between_host_and_path(issuer: str, url: str) -> None:
    assert sd_jwt.issuer_metadata_url(issuer) == url


@pytest.mark.parametrize(
    "issuer",
    [
        "http://example.com",
        "https://",
        "https://a.example/?x=1",
        "https://a.example/#k",
        "https://u@a.example",
        "https://[",
        "did:web:a",
    ],
)
def test_metadata_address_of_anything_else_is_refused(issuer: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        sd_jwt.issuer_metadata_url(issuer)
    assert caught.value.code == "key.issuer"


def test_metadata_give_the_key_that_the_header_names() -> None:
    found = sd_jwt.issuer_key({"kid": KEY.thumbprint}, {"iss": ISS}, documents=published())
    assert (found.key, found.controller, found.binding) == (KEY, ISS, Binding.DID_WEB)


def test_metadata_without_kid_give_the_only_key() -> None:
    one = sd_jwt.issuer_metadata(ISS, [KEY])
    assert sd_jwt.issuer_key({}, {"iss": ISS}, fetch=lambda url: json.dumps(one).encode()).key == KEY
    with pytest.raises(KeyMaterialError) as caught:
        sd_jwt.issuer_key({}, {"iss": ISS}, documents=published())
    assert caught.value.code == "key.not-found"


def test_keys_may_be_at_an_address_of_their_own() -> None:
    jwks = json.loads(published()[URL])["jwks"]
    documents = published(jwks=None, jwks_uri="https://keys.example/set") | {
        "https://keys.example/set": json.dumps(jwks).encode()
    }
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return documents[url]

    assert sd_jwt.issuer_key({"kid": KEY.thumbprint}, {"iss": ISS}, fetch=fetch).key == KEY
    assert asked == [URL, "https://keys.example/set"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://fjord.example"}, "key.controller"),
        ({"issuer": None}, "key.controller"),
        ({"jwks": None}, "key.not-found"),
        ({"jwks_uri": "https://keys.example/set"}, "key.not-found"),
        ({"jwks": None, "jwks_uri": "http://keys.example/set"}, "key.not-found"),
        ({"jwks": None, "jwks_uri": 1}, "key.not-found"),
        ({"jwks": []}, "key.not-found"),
        ({"jwks": {"keys": "x"}}, "key.not-found"),
        ({"jwks": {"keys": [1]}}, "key.not-found"),
        ({"jwks": {"keys": [{"kid": KEY.thumbprint, "kty": "oct", "k": "AA"}]}}, "key.private"),
        ({"jwks": {"keys": [{**KEY.to_jwk(), "kid": KEY.thumbprint}] * 2}}, "key.not-found"),
    ],
)
def test_metadata_that_do_not_fit_are_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(TessellaError) as caught:
        sd_jwt.issuer_key({"kid": KEY.thumbprint}, {"iss": ISS}, documents=published(**changes))
    assert caught.value.code == code


def test_metadata_that_are_no_object_are_refused() -> None:
    with pytest.raises(TessellaError) as caught:
        sd_jwt.issuer_key({}, {"iss": ISS}, documents={URL: b"[]"})
    assert caught.value.code == "input.decode.issuer-metadata"


def test_metadata_too_large_are_refused() -> None:
    with pytest.raises(TessellaError) as caught:
        sd_jwt.issuer_key({}, {"iss": ISS}, documents={URL: b" " * (sd_jwt.MAX_METADATA_BYTES + 1)})
    assert caught.value.code == "input.size"


def test_nothing_is_fetched_unless_allowed() -> None:
    with pytest.raises(AccessError) as caught:
        sd_jwt.issuer_key({}, {"iss": ISS})
    assert (caught.value.code, caught.value.got) == ("access.offline", URL)
    result = sd_jwt.verify(issued())
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["access.offline"])


def test_credential_verifies_with_what_the_issuer_publishes() -> None:
    result = sd_jwt.verify(issued(), lambda h, c: sd_jwt.issuer_key(h, c, documents=published()).key)
    assert (result.verdict, result.key) == (Verdict.PASSED, KEY)


@pytest.mark.parametrize("kid", ["", "own", "whole"])
def test_did_that_is_its_own_key_needs_nothing_else(kid: str) -> None:
    did = KEY.did_key
    header = {"own": {"kid": f"#{did.removeprefix('did:key:')}"}, "whole": {"kid": KEY.did_key_url}}.get(
        kid, {}
    )
    found = sd_jwt.issuer_key(header, {"iss": did})
    assert (found.key, found.controller) == (KEY, did)


def test_key_of_another_did_is_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        sd_jwt.issuer_key({"kid": STRANGER.public_key.did_key_url}, {"iss": KEY.did_key})
    assert caught.value.code == "key.controller"


@pytest.mark.parametrize(
    "claims", [{}, {"iss": 1}, {"iss": "Fjordakademiet"}, {"iss": "http://fjord.example"}]
)
def test_issuer_without_address_has_no_key(claims: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedError) as caught:
        sd_jwt.issuer_key({"kid": "1"}, claims)
    assert caught.value.code == "seal.no-key"


def test_certificate_comes_before_everything_else() -> None:
    seal = TestCertificateAuthority(AT, algorithm="ES256").issue_seal("Fjordakademiet", algorithm="ES256")
    token = sd_jwt.parse(issued(signer=seal))
    found = sd_jwt.issuer_key(token.header, token.payload, documents=published())
    assert found.binding is Binding.X509
    assert found.key == PublicKey.from_certificate_der(seal.certificate_chain[0])


@pytest.mark.parametrize("x5c", [[], "AAAA", [1], ["%%"], ["AAAA"] * 11, None, ["AAAA"]])
def test_certificates_that_cannot_be_read_are_refused(x5c: object) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        sd_jwt.issuer_key({"x5c": x5c}, {"iss": ISS}, documents=published())
    assert caught.value.code == "key.certificate"


def test_issuer_without_keys_is_refused() -> None:
    with pytest.raises(SchemaError):
        sd_jwt.issuer_metadata(ISS, [])
