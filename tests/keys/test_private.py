"""Private keys: ways in, protection at rest, and what never leaves."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tessella.errors import KeyMaterialError
from tessella.keys import PrivateKey, base64url_decode, base64url_encode
from tessella.keys.private import MIN_SCRYPT_LOG2_N
from tessella.ports import Signer
from tests.support import shared_json

SIGNING = ("Ed25519", "ES256", "ES384", "RS256")
KEYS = {name: PrivateKey.generate(name, rsa_bits=2048) for name in SIGNING}


RSA_2048_DID = (
    "did:key:z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4"
    "cd2Uf2tfrB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA"
    "58H3DFW8rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS"
    "9NQ3fze6vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i"
)


def cheap(key: PrivateKey, password: str = "correct horse") -> bytes:
    return key.wrap(password, scrypt_log2_n=MIN_SCRYPT_LOG2_N)


@pytest.mark.parametrize("name", SIGNING)
def test_key_is_a_signer_whose_signatures_hold(name: str) -> None:
    key = KEYS[name]
    assert isinstance(key, Signer)
    assert (key.algorithm, key.verification_method, key.certificate_chain) == (name, "", ())
    assert key.public_jwk == key.public_key.to_jwk()
    key.public_key.verify(key.sign(b"data"), b"data")


@pytest.mark.parametrize("name", SIGNING)
def test_wrap_and_unwrap_keep_the_key_and_its_names(name: str) -> None:
    key = KEYS[name].with_verification_method("did:web:example.org#key-1")
    again = PrivateKey.unwrap(cheap(key), "correct horse")
    assert again.public_key == key.public_key
    assert again.verification_method == "did:web:example.org#key-1"
    key.public_key.verify(again.sign(b"data"), b"data")


def test_unwrap_with_another_password_fails() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.unwrap(cheap(KEYS["Ed25519"]), "wrong")
    assert caught.value.code == "key.password"


def test_unwrap_with_a_changed_header_fails() -> None:
    """The verification method is authenticated: nobody can make the key speak for another issuer."""
    envelope = json.loads(cheap(KEYS["Ed25519"]))
    header = json.loads(base64url_decode(envelope["protected"]))
    header["verificationMethod"] = "did:web:other.example#key-1"
    envelope["protected"] = base64url_encode(json.dumps(header, separators=(",", ":")).encode())
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.unwrap(json.dumps(envelope).encode(), "correct horse")
    assert caught.value.code == "key.password"


@pytest.mark.parametrize("work", [1, 14, 21, 60, "16", None])
def test_unwrap_with_work_out_of_bounds_fails(work: object) -> None:
    envelope = json.loads(cheap(KEYS["Ed25519"]))
    header = json.loads(base64url_decode(envelope["protected"]))
    header["kdf"]["log2n"] = work
    envelope["protected"] = base64url_encode(json.dumps(header).encode())
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.unwrap(json.dumps(envelope).encode(), "correct horse")
    assert caught.value.code == "key.wrapped"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"protected": "e30", "ciphertext": ""}', b"\xff"])
def test_unwrap_of_something_else_fails(data: bytes) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.unwrap(data, "x")
    assert caught.value.code == "key.wrapped"


def test_wrap_without_a_password_is_refused() -> None:
    for make in (KEYS["Ed25519"].wrap, KEYS["Ed25519"].to_encrypted_pem):
        with pytest.raises(KeyMaterialError) as caught:
            make("")
        assert caught.value.code == "key.password"


@pytest.mark.parametrize("name", SIGNING)
def test_encrypted_pem_round_trips(name: str) -> None:
    pem = KEYS[name].to_encrypted_pem("correct horse")
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert PrivateKey.from_pem(pem, "correct horse").public_key == KEYS[name].public_key
    for wrong in ("other", None):
        with pytest.raises(KeyMaterialError) as caught:
            PrivateKey.from_pem(pem, wrong)
        assert caught.value.code == "key.password"


def test_private_key_is_never_shown_copied_or_pickled() -> None:
    key = KEYS["Ed25519"]
    secret = key._key.private_bytes_raw()  # type: ignore[union-attr]
    for text in (repr(key), str(key), f"{key}"):
        assert text == f"PrivateKey(Ed25519, {key.public_key.thumbprint})"
    assert secret not in cheap(key)
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(KeyMaterialError) as caught:
            leave(key)
        assert caught.value.code == "key.private"


def test_from_jwk_did_key_vectors() -> None:
    cases = [*shared_json("vc/did-key/test-vectors/nist-curves.json").values()]
    methods = [case["verificationMethod"] for case in cases if "publicKeyJwk" in case["verificationMethod"]]
    methods += [shared_json("vc/did-key/test-vectors/rsa.json")[RSA_2048_DID]]
    read = 0
    for method in methods:
        if method["publicKeyJwk"].get("crv") != "P-521":
            key = PrivateKey.from_jwk(method["privateKeyJwk"])
            assert key.public_key.to_jwk().items() >= method["publicKeyJwk"].items()
            read += 1
    assert read == 5


def test_from_jwk_padded_private_member_is_refused_without_showing_it() -> None:
    """The RSA-4096 vector writes its private members with padding."""
    vectors = shared_json("vc/did-key/test-vectors/rsa.json")
    jwk = next(case for did, case in vectors.items() if did != RSA_2048_DID)["privateKeyJwk"]
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.from_jwk(jwk)
    assert caught.value.__cause__ is None
    assert jwk["d"][:20] not in str(caught.value)


def test_from_jwk_mismatched_halves_are_refused() -> None:
    case = next(iter(shared_json("vc/did-key/test-vectors/nist-curves.json").values()))
    jwk = case["verificationMethod"]["privateKeyJwk"]
    other = PrivateKey.generate("ES256").public_key.to_jwk()
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.from_jwk(jwk | {"x": other["x"], "y": other["y"]})
    assert caught.value.code == "key.mismatch"


def test_generate_only_what_may_sign() -> None:
    for name in ("ES512", "PS256", "HS256"):
        with pytest.raises(KeyMaterialError) as caught:
            PrivateKey.generate(name)
        assert caught.value.code == "key.algorithm"
    for bits in (1024, 16384):
        with pytest.raises(KeyMaterialError) as caught:
            PrivateKey.generate("RS256", rsa_bits=bits)
        assert caught.value.code == "key.weak"


def test_from_pem_of_another_curve_is_refused() -> None:
    pem = ec.generate_private_key(ec.SECP256K1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with pytest.raises(KeyMaterialError) as caught:
        PrivateKey.from_pem(pem)
    assert caught.value.code == "key.algorithm"


@pytest.mark.parametrize("text", ["", "z", "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP", "z0"])
def test_from_multikey_of_no_secret_is_refused(text: str) -> None:
    with pytest.raises(KeyMaterialError):
        PrivateKey.from_multikey(text)


def test_with_verification_method_needs_a_url() -> None:
    for text in ("", "key-1", "did:web: example.org#a"):
        with pytest.raises(KeyMaterialError):
            KEYS["Ed25519"].with_verification_method(text)
