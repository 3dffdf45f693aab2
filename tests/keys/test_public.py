"""Public keys: every way in and out, and verification."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import KeyMaterialError, SealError
from tessella.keys import (
    ALGORITHMS,
    PrivateKey,
    PublicKey,
    algorithm_named,
    multibase_decode,
    multibase_encode,
)
from tessella.ports import VerifyingKey
from tests.support import shared_json

SIGNING = ("Ed25519", "ES256", "ES384", "RS256")
KEYS = {name: PrivateKey.generate(name, rsa_bits=2048) for name in SIGNING}

RFC7638_KEY = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3ok"
    "njhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qM"
    "QvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKn"
    "qDKgw",
    "e": "AQAB",
}
RFC8032_TEST_2 = (
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
)


def ed25519(raw: bytes) -> str:
    return multibase_encode(b"\xed\x01" + raw)


@pytest.mark.parametrize("name", SIGNING)
def test_public_key_survives_every_form(name: str) -> None:
    key = KEYS[name].public_key
    spki = ec_or_other_pem(key)
    assert isinstance(key, VerifyingKey)
    assert PublicKey.from_jwk(key.to_jwk()) == key
    assert PublicKey.from_multikey(key.to_multikey()) == key
    assert PublicKey.from_pem(spki) == key
    assert pickle.loads(pickle.dumps(key)) == key
    assert key.to_jwk()["alg"] == name
    assert hash(PublicKey.from_jwk(key.to_jwk())) == hash(key)


def ec_or_other_pem(key: PublicKey) -> str:
    import base64

    body = base64.encodebytes(key.to_spki_der()).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize("name", SIGNING)
@given(data=st.binary(max_size=60), flip=st.integers(min_value=0))
def test_verify_any_flipped_bit_fails(name: str, data: bytes, flip: int) -> None:
    private = KEYS[name]
    signature = bytearray(private.sign(data))
    private.public_key.verify(bytes(signature), data)
    position = flip % (len(signature) * 8)
    signature[position // 8] ^= 1 << position % 8
    with pytest.raises(SealError) as caught:
        private.public_key.verify(bytes(signature), data)
    assert caught.value.code == "seal.signature"
    with pytest.raises(SealError):
        private.public_key.verify(private.sign(data), data + b"\0")


@pytest.mark.parametrize("name", SIGNING)
def test_verify_wrong_length_fails(name: str) -> None:
    private = KEYS[name]
    signature = private.sign(b"data")
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(len(signature))):
        with pytest.raises(SealError):
            private.public_key.verify(wrong, b"data")


def test_verify_der_signature_of_ecdsa_fails() -> None:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    raw = KEYS["ES256"].sign(b"data")
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    with pytest.raises(SealError):
        KEYS["ES256"].public_key.verify(der, b"data")


def test_verify_ecdsa_signature_with_a_leading_zero_left_out_fails() -> None:
    """RFC 7518 §3.4: both halves have full length, or one signature would have several spellings."""
    private = KEYS["ES256"]
    signature = next(found for found in iter(lambda: private.sign(b"data"), None) if found[32] == 0)
    private.public_key.verify(signature, b"data")
    for wrong in (signature[:32] + signature[33:], signature[:32] + b"\0" + signature[32:]):
        with pytest.raises(SealError):
            private.public_key.verify(wrong, b"data")


def test_verify_rfc8032_vector() -> None:
    public, message, signature = map(bytes.fromhex, RFC8032_TEST_2)
    PublicKey.from_multikey(ed25519(public)).verify(signature, message)


def test_verify_ps256_with_an_rsa_key() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    private = rsa.generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signature = private.sign(b"data", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    key = PublicKey.from_pem(pem)
    key.for_algorithm("PS256").verify(signature, b"data")
    with pytest.raises(SealError):
        key.verify(signature, b"data")
    assert PublicKey.from_jwk(key.for_algorithm("PS256").to_jwk()).algorithm == "PS256"


def test_thumbprint_rfc7638_example() -> None:
    assert PublicKey.from_jwk(RFC7638_KEY).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_eddsa_is_read_as_ed25519() -> None:
    jwk = KEYS["Ed25519"].public_key.to_jwk() | {"alg": "EdDSA"}
    assert PublicKey.from_jwk(jwk).algorithm == "Ed25519"
    assert algorithm_named("EdDSA") is algorithm_named("Ed25519")


@pytest.mark.parametrize("name", ["none", "HS256", "EDDSA", "es256", "RS1", "", None, 5, ["ES256"]])
def test_algorithm_outside_the_registry_is_refused(name: Any) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        algorithm_named(name)
    assert caught.value.code == "key.algorithm"


def test_registry_names_are_unique_and_signing_ones_complete() -> None:
    names = [name for row in ALGORITHMS for name in (row.name, *row.aliases)]
    assert len(set(names)) == len(names)
    assert tuple(row.name for row in ALGORITHMS if row.may_sign) == SIGNING


# --- JWK that must be refused ------------------------------------------------------------------------

P256 = KEYS["ES256"].public_key.to_jwk()
OKP = KEYS["Ed25519"].public_key.to_jwk()


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (P256 | {"d": "AAAA"}, "key.private"),
        (OKP | {"d": ""}, "key.private"),
        ({"kty": "oct", "k": "AAAA"}, "key.private"),
        (P256 | {"alg": "ES384"}, "key.algorithm"),
        (P256 | {"alg": "none"}, "key.algorithm"),
        (P256 | {"alg": "HS256"}, "key.algorithm"),
        (P256 | {"crv": "secp256k1"}, "key.algorithm"),
        (P256 | {"crv": ["P-256"]}, "key.algorithm"),
        (P256 | {"kty": "OKP"}, "key.algorithm"),
        (OKP | {"crv": "X25519"}, "key.algorithm"),
        ({}, "key.algorithm"),
        (P256 | {"use": "enc"}, "key.use"),
        (P256 | {"key_ops": ["encrypt"]}, "key.use"),
        (P256 | {"key_ops": "verify"}, "key.use"),
        (P256 | {"x": P256["x"] + "="}, "key.format"),
        (P256 | {"x": P256["x"][:-2]}, "key.format"),
        (P256 | {"x": 5}, "key.format"),
        ({name: value for name, value in P256.items() if name != "y"}, "key.format"),
        (P256 | {"y": P256["x"]}, "key.point"),
        (OKP | {"x": OKP["x"][:-3]}, "key.format"),
    ],
)
def test_from_jwk_unusable_is_refused(jwk: dict[str, Any], code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_jwk(jwk)
    assert caught.value.code == code


def test_from_jwk_weak_rsa_is_refused() -> None:
    numbers = rsa.generate_private_key(65537, 1024).public_key()
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_pem(numbers.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert caught.value.code == "key.weak"


def test_from_jwk_enormous_rsa_is_refused_before_it_costs() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_jwk({"kty": "RSA", "e": "AQAB", "n": "_" * 200_000})
    assert caught.value.code == "key.weak"


def test_from_jwk_rsa_leading_zero_byte_is_read() -> None:
    from tessella.keys import base64url_decode, base64url_encode

    padded = RFC7638_KEY | {"n": base64url_encode(b"\0" + base64url_decode(RFC7638_KEY["n"]))}
    assert PublicKey.from_jwk(padded) == PublicKey.from_jwk(RFC7638_KEY)


# --- Multikey ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "key.format"),
        ("6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", "key.format"),
        ("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbT0l", "key.format"),
        ("z" + "2" * 5000, "key.format"),
        ("u7QEB", "key.format"),
        ("z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "key.algorithm"),  # X25519
        ("z", "key.algorithm"),
        (ed25519(bytes(31)), "key.format"),
        (ed25519(bytes(33)), "key.format"),
        (multibase_encode(b"\x80\x24" + b"\x04" + bytes(64)), "key.format"),
        (multibase_encode(b"\x80\x24" + b"\x02" + b"\xff" * 32), "key.point"),
        (multibase_encode(b"\x80\x24" + b"\x05" + b"\x01" * 32), "key.point"),
        (multibase_encode(b"\x85\x24" + b"\x30\x00"), "key.point"),
    ],
)
def test_from_multikey_unusable_is_refused(text: str, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_multikey(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "raw",
    [
        (2).to_bytes(32, "little"),  # not on the curve
        (1).to_bytes(32, "little"),  # neutral element
        bytes(32),  # order 4
        (2**255 - 20).to_bytes(32, "little"),  # order 2
        (2**255 - 19).to_bytes(32, "little"),  # not canonical
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),  # order 8
        bytes.fromhex(
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"
        ),  # order 8, sign set
    ],
)
def test_ed25519_point_that_proves_nothing_is_refused(raw: bytes) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_multikey(ed25519(raw))
    assert caught.value.code == "key.point"


def test_from_multikey_uncompressed_point_is_refused() -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    with pytest.raises(KeyMaterialError):
        PublicKey.from_multikey(multibase_encode(b"\x80\x24" + raw))


@pytest.mark.parametrize("name", ["ed25519-x25519", "nist-curves", "rsa"])
def test_did_key_vectors_keys(name: str) -> None:
    """did:key: every identifier of an accepted key type gives the stated key and back."""
    for did, case in shared_json(f"vc/did-key/test-vectors/{name}.json").items():
        key = PublicKey.from_multikey(did.removeprefix("did:key:"))
        assert key.did_key == did
        method = case.get("verificationMethod") or case.get("verificationKeyPair") or case
        if "publicKeyJwk" in method:
            assert PublicKey.from_jwk(method["publicKeyJwk"]) == key
        else:
            assert multibase_decode(did[8:])[2:] == multibase_decode("z" + method["publicKeyBase58"])


@pytest.mark.parametrize("name", ["bls12381", "secp256k1", "x25519"])
def test_did_key_vectors_of_other_key_types_are_refused(name: str) -> None:
    for did in shared_json(f"vc/did-key/test-vectors/{name}.json"):
        with pytest.raises(KeyMaterialError):
            PublicKey.from_multikey(did.removeprefix("did:key:"))


def test_w3c_key_pairs_fit() -> None:
    eddsa = shared_json("vc/w3c-vc-di-eddsa/TestVectors/keyPair.json")
    pairs = [(eddsa["publicKeyMultibase"], eddsa["privateKeyMultibase"])]
    for curve in ("p256", "p384"):
        pair = shared_json(f"vc/w3c-vc-di-ecdsa/TestVectors/{curve}KeyPair.json")
        pairs.append((pair["publicKeyMultibase"], pair["secretKeyMultibase"]))
    for public, secret in pairs:
        assert PrivateKey.from_multikey(secret).public_key == PublicKey.from_multikey(public)


def test_from_multikey_is_cached() -> None:
    text = KEYS["Ed25519"].public_key.to_multikey()
    assert PublicKey.from_multikey(text) is PublicKey.from_multikey(text)


def test_from_certificate_der_of_something_else_is_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        PublicKey.from_certificate_der(b"0\x00")
    assert caught.value.code == "key.certificate"


def test_from_pem_of_something_else_is_refused() -> None:
    with pytest.raises(KeyMaterialError):
        PublicKey.from_pem("hello")


def test_repr_names_algorithm_and_thumbprint() -> None:
    key = PublicKey.from_jwk(RFC7638_KEY)
    assert repr(key) == "PublicKey(RS256, NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs)"
    assert json.dumps(key.to_jwk())


def test_ed25519_points_are_accepted_exactly_when_they_decode() -> None:
    """Against the textbook: y is on the curve when (y² − 1)/(d·y² + 1) has a square root."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    for y in range(3, 60):
        ratio = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        root = pow(ratio, (p + 3) // 8, p)
        decodes = root * root % p in (ratio, -ratio % p)
        try:
            PublicKey.from_multikey(ed25519(y.to_bytes(32, "little")))
        except KeyMaterialError:
            assert not decodes
        else:
            assert decodes
