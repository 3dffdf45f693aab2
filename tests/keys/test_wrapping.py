"""Private keys under a key-encryption key: they open with it, where they belong, unchanged; and not otherwise."""

from __future__ import annotations

import datetime as dt
import json
import pickle

import pytest

from tessella.errors import KeyMaterialError
from tessella.keys import KeyEncryptionKey, PrivateKey, base64url_decode, base64url_encode
from tessella.keys.testca import TestCertificateAuthority

HERE = "organisation-1 key-1"


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "ES384", "RS256"])
def test_a_key_comes_back_and_signs(algorithm: str) -> None:
    kek, key = KeyEncryptionKey.generate(), PrivateKey.generate(algorithm, rsa_bits=2048)
    back = KeyEncryptionKey.from_text(kek.to_text()).unwrap(kek.wrap(key, bound_to=HERE), bound_to=HERE)
    assert back.public_jwk == key.public_jwk
    key.public_key.verify(back.sign(b"x"), b"x")


def test_method_and_certificates_come_back() -> None:
    kek = KeyEncryptionKey.generate()
    seal = TestCertificateAuthority(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).issue_seal("Twickel")
    named = seal.with_verification_method("did:web:twickel.example#k1")
    back = kek.unwrap(kek.wrap(named, bound_to=HERE), bound_to=HERE)
    assert (back.verification_method, back.certificate_chain) == (
        "did:web:twickel.example#k1",
        seal.certificate_chain,
    )


def test_another_key_or_another_place_does_not_open_it() -> None:
    kek = KeyEncryptionKey.generate()
    wrapped = kek.wrap(PrivateKey.generate(), bound_to=HERE)
    for other, place in ((KeyEncryptionKey.generate(), HERE), (kek, "organisation-2 key-1"), (kek, "")):
        with pytest.raises(KeyMaterialError) as caught:
            other.unwrap(wrapped, bound_to=place)
        assert caught.value.code == "key.kek"


def test_any_changed_part_is_noticed() -> None:
    kek = KeyEncryptionKey.generate()
    envelope = json.loads(kek.wrap(PrivateKey.generate(), bound_to=HERE))
    header = base64url_decode(envelope["protected"]).decode()
    method = header.replace('"verificationMethod":""', '"verificationMethod":"did:web:evil#1"')
    flipped = envelope["ciphertext"][:-5] + ("A" if envelope["ciphertext"][-5] != "A" else "B") + "AAAA"
    for changed in (
        {**envelope, "protected": base64url_encode(method.encode())},
        {**envelope, "ciphertext": flipped},
    ):
        with pytest.raises(KeyMaterialError):
            kek.unwrap(json.dumps(changed).encode(), bound_to=HERE)


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b'{"protected": "e30", "ciphertext": ""}', b"\xff"])
def test_what_is_no_wrapped_key_is_told(junk: bytes) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        KeyEncryptionKey.generate().unwrap(junk, bound_to=HERE)
    assert caught.value.code == "key.wrapped"


@pytest.mark.parametrize("text", ["", "AAAA", "not base64!", "A" * 44])
def test_what_is_no_key_encryption_key_is_told(text: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        KeyEncryptionKey.from_text(text)
    assert caught.value.code == "key.kek"


def test_the_secret_shows_nowhere() -> None:
    kek, key = KeyEncryptionKey.generate(), PrivateKey.generate()
    assert kek.to_text() not in f"{kek!r}{kek.id}"
    assert base64url_decode(kek.to_text()) not in kek.wrap(key, bound_to=HERE)
    with pytest.raises(KeyMaterialError):
        pickle.dumps(kek)
