"""Keys in a software token: every kind of key signs, a lost session is opened anew, secrets are wrapped inside."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tessella.adapters import pkcs11
from tessella.adapters.pkcs11 import open_token_signer
from tessella.adapters.pkcs11uri import TokenUri
from tessella.adapters.pkcs11wrapping import TokenWrappers
from tessella.errors import AccessError, ConfigError, KeyMaterialError
from tessella.keys import KeyEncryptionKey, OutsideKeyEncryptionKey, PrivateKey, PublicKey
from tessella.keys.testca import TestCertificateAuthority
from tests.softhsm import MODULE, PIN, Token, a_token

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
KINDS = ("ES256", "ES384", "RS256", "Ed25519")


class Filled:
    token: Token
    seal: PrivateKey


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Filled]]:
    Filled.seal = TestCertificateAuthority(AT).issue_seal("University of Twickel", algorithm="ES256")

    def use(token: Token) -> None:
        Filled.token = token
        for number, kind in enumerate(KINDS):
            token.make(kind, kind, bytes([number + 1]))
        token.make("ES256", "twin", b"a")
        token.make("ES256", "twin", b"b")
        token.put(Filled.seal, "eseal", b"seal")

    for _ready in a_token(tmp_path_factory.mktemp("token"), use):
        yield Filled


@pytest.fixture(autouse=True)
def pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSELLA_PKCS11_PIN", PIN)
    monkeypatch.delenv("TESSELLA_PKCS11_MODULE", raising=False)


@pytest.mark.parametrize("kind", KINDS)
def test_token_signs(filled: type[Filled], kind: str) -> None:
    signer = open_token_signer(filled.token.uri(kind))
    signature = signer.sign(b"message")
    public = PublicKey.from_jwk(signer.public_jwk)
    public.verify(signature, b"message")
    assert (signer.algorithm, public.algorithm, signer.certificate_chain) == (kind, kind, ())


def test_seal_in_a_token_has_its_chain(filled: type[Filled]) -> None:
    signer = open_token_signer(filled.token.uri("eseal"))
    assert signer.certificate_chain == filled.seal.certificate_chain
    filled.seal.public_key.verify(signer.sign(b"x"), b"x")


def test_key_is_found_by_its_id(filled: type[Filled]) -> None:
    uri = filled.token.uri("twin")
    with pytest.raises(KeyMaterialError) as caught:
        open_token_signer(uri)
    assert (caught.value.code, caught.value.got) == ("key.token", 2)
    one, other = (open_token_signer(uri.replace("object=twin", f"id={id}")) for id in ("a", "%62"))
    assert one.public_jwk != other.public_jwk


def test_key_that_is_not_there_is_told(filled: type[Filled]) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        open_token_signer(filled.token.uri("nothing"))
    assert caught.value.code == "key.token"


def test_token_that_is_not_there_is_told(filled: type[Filled]) -> None:
    with pytest.raises(AccessError) as caught:
        open_token_signer(f"pkcs11:token=Nowhere;object=x?module-path={MODULE}")
    assert caught.value.code == "access.token"


def test_pin_is_read_from_a_file(
    filled: type[Filled], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TESSELLA_PKCS11_PIN")
    pkcs11._modules[MODULE].restart()
    with pytest.raises(KeyMaterialError) as caught:
        open_token_signer(filled.token.uri("ES256"))
    assert caught.value.code == "key.pin"
    (tmp_path / "pin").write_text(f"{PIN}\n")
    open_token_signer(filled.token.uri("ES256", pin_source=f"file:{tmp_path / 'pin'}")).sign(b"x")


def test_wrong_pin_is_tried_once(filled: type[Filled]) -> None:
    pkcs11._modules[MODULE].restart()
    asked = []

    def wrong() -> str:
        asked.append(1)
        return "0000"

    with pytest.raises(KeyMaterialError) as caught:
        open_token_signer(filled.token.uri("ES256"), pin=wrong)
    assert (caught.value.code, len(asked)) == ("key.pin", 1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_lost_session_is_opened_anew(filled: type[Filled]) -> None:
    signer = open_token_signer(filled.token.uri("ES256"))
    signer.sign(b"before")
    for session in pkcs11._modules[MODULE].sessions.values():
        session.close()
    PublicKey.from_jwk(signer.public_jwk).verify(signer.sign(b"after"), b"after")
    pkcs11._modules[MODULE].library.finalize()  # as if the module had gone away
    PublicKey.from_jwk(signer.public_jwk).verify(signer.sign(b"again"), b"again")


def test_token_that_was_taken_out_is_told_and_comes_back(filled: type[Filled], tmp_path: Path) -> None:
    signer = open_token_signer(filled.token.uri("ES256"))
    tokens = Path(os.environ["SOFTHSM2_CONF"]).parent / "tokens"
    away = tokens.with_name("away")
    tokens.rename(away)
    tokens.mkdir()
    pkcs11._modules[MODULE].restart()
    with pytest.raises(AccessError) as caught:
        signer.sign(b"x")
    assert caught.value.code == "access.token"
    tokens.rmdir()
    away.rename(tokens)
    PublicKey.from_jwk(signer.public_jwk).verify(signer.sign(b"y"), b"y")


def test_threads_share_a_token(filled: type[Filled]) -> None:
    signer = open_token_signer(filled.token.uri("ES256"))
    public, made = PublicKey.from_jwk(signer.public_jwk), []

    def work(number: int) -> None:
        message = str(number).encode()
        made.append((signer.sign(message), message))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(made) == 8
    for signature, message in made:
        public.verify(signature, message)


def test_child_process_has_a_session_of_its_own(filled: type[Filled]) -> None:
    signer = open_token_signer(filled.token.uri("ES256"))
    signer.sign(b"parent")
    child = os.fork()
    if child == 0:
        try:
            signer.sign(b"child")
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    signer.sign(b"parent again")


def test_key_encryption_key_stays_in_the_token(filled: type[Filled]) -> None:
    keys = TokenWrappers(filled.token.uri("kek"))
    assert keys.all() == ()
    first = keys.make()
    key = PrivateKey.generate("ES256")
    outside = OutsideKeyEncryptionKey(first)
    wrapped = outside.wrap(key, bound_to="org k1")
    assert outside.unwrap(wrapped, bound_to="org k1").public_jwk == key.public_jwk
    for other in (lambda: outside.unwrap(wrapped, bound_to="org k2"), lambda: KeyEncryptionKey.generate().unwrap(wrapped, bound_to="org k1")):  # fmt: skip
        with pytest.raises(KeyMaterialError) as caught:
            other()
        assert caught.value.code == "key.kek"
    second = keys.make()
    assert [one.id for one in keys.all()] == [second.id, first.id]
    with pytest.raises(AccessError):
        OutsideKeyEncryptionKey(second).unwrap(wrapped, bound_to="org k1")
    first.destroy()
    assert [one.id for one in keys.all()] == [second.id]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkcs11:token=My%20token;object=%C3%A9;id=%00%ff", TokenUri(token="My token", object="é", id=b"\0\xff")),
        ("pkcs11:", TokenUri()),
        ("pkcs11:slot-id=3;type=private?pin-source=file:///run/pin&module-path=/m.so", TokenUri(slot_id=3, pin_source="/run/pin", module_path="/m.so")),
        ("pkcs11:model=a;manufacturer=b;serial=c;slot-description=d", TokenUri(model="a", manufacturer="b", serial="c", slot_description="d")),
    ],
)  # fmt: skip
def test_address_of_a_key_is_read(text: str, expected: TokenUri) -> None:
    assert TokenUri.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "file:x", "pkcs11:token=a;token=b", "pkcs11:colour=red", "pkcs11:object=a?pin-value=1234", "pkcs11:object=a?pin-source=|cat",
        "pkcs11:object=a?verbose=1", "pkcs11:slot-id=x", "pkcs11:object=%ff", "pkcs11:object=a b", "pkcs11:type=letter", "pkcs11:;",
        "pkcs11:object=" + "a" * 2000,
    ],
)  # fmt: skip
def test_address_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TokenUri.parse(text)
    assert caught.value.code == "config.pkcs11-uri"


@pytest.mark.parametrize("query", ["", "?module-path=/nowhere.so"])
def test_module_that_is_not_there_is_told(query: str) -> None:
    pytest.importorskip("pkcs11")
    with pytest.raises(ConfigError) as caught:
        open_token_signer(f"pkcs11:object=x{query}")
    assert caught.value.code == "config.pkcs11"
