"""Remote signing over the CSC API, against a simulator of the service on this machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from tessella.adapters import signingservice
from tessella.adapters.outside import OutsideSigner
from tessella.adapters.signingservice import PAUSES_S, SigningService, open_service_signer
from tessella.errors import AccessError, ConfigError, KeyMaterialError, SealError
from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tests.csc import SigningServiceSimulator

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def seal(algorithm: str = "ES256") -> PrivateKey:
    return TestCertificateAuthority(AT).issue_seal("Twickel", algorithm=algorithm)


def opened(url: str, **more: object) -> OutsideSigner:
    given = {"token": lambda: "access-1", **more}
    return open_service_signer(
        SigningService(url=url, credential="seal-1", **given),  # type: ignore[arg-type]
        pause=lambda _seconds: None,
    )


@pytest.fixture
def simulator() -> SigningServiceSimulator:
    return SigningServiceSimulator(seal())


@pytest.fixture
def url(simulator: SigningServiceSimulator) -> Iterator[str]:
    with simulator.serving() as found:
        yield found


@pytest.mark.parametrize("version", ["v2", "v1"])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "RS256"])
def test_service_signs(algorithm: str, version: str) -> None:
    simulator = SigningServiceSimulator(seal(algorithm), pin="1357")
    with simulator.serving(version) as url:
        signer = opened(url, pin=lambda: "1357")
        assert (signer.algorithm, signer.certificate_chain) == (algorithm, simulator.key.certificate_chain)
        for message in (b"one", b"two"):
            simulator.key.public_key.verify(signer.sign(message), message)
    assert simulator.calls == ["credentials/info", *["credentials/authorize", "signatures/signHash"] * 2]


def test_service_that_only_names_the_padding_is_asked_for_it() -> None:
    simulator = SigningServiceSimulator(seal("RS256"), algorithms=["1.2.840.113549.1.1.1"])
    with simulator.serving() as url:
        simulator.key.public_key.verify(opened(url).sign(b"x"), b"x")


def test_lost_answer_is_asked_for_again_under_a_new_activation(
    simulator: SigningServiceSimulator, url: str
) -> None:
    signer = opened(url)
    simulator.lose_answers = 2
    simulator.key.public_key.verify(signer.sign(b"x"), b"x")
    assert simulator.calls.count("credentials/authorize") == 3
    assert simulator.activations == {}


def test_service_that_stays_away_ends_the_attempts(simulator: SigningServiceSimulator, url: str) -> None:
    signer = opened(url)
    simulator.failures["credentials/authorize"] = [(503, {})] * 9
    with pytest.raises(AccessError) as caught:
        signer.sign(b"x")
    assert (caught.value.code, simulator.calls.count("credentials/authorize")) == (
        "access.signing-service",
        1 + len(PAUSES_S),
    )


def test_refusal_is_not_asked_again(simulator: SigningServiceSimulator, url: str) -> None:
    simulator.pin = "1357"
    signer = opened(url, pin=lambda: "9999")
    with pytest.raises(AccessError, match=r"credentials/authorize: 400 invalid_pin"):
        signer.sign(b"x")
    assert simulator.calls.count("credentials/authorize") == 1


def test_client_credentials_get_a_token_and_renew_it(simulator: SigningServiceSimulator, url: str) -> None:
    signer = opened(
        url, token=None, token_url=f"{url}/oauth2/token", client_id="tessella", client_secret=lambda: "client secret"
    )  # fmt: skip
    signer.sign(b"x")
    assert simulator.calls.count("oauth2/token") == 1
    simulator.tokens.clear()  # ended early
    simulator.key.public_key.verify(signer.sign(b"y"), b"y")
    assert simulator.calls.count("oauth2/token") == 2


def test_signature_of_another_key_is_never_handed_out(simulator: SigningServiceSimulator, url: str) -> None:
    signer = opened(url)
    simulator.key = seal()
    with pytest.raises(SealError) as caught:
        signer.sign(b"x")
    assert caught.value.code == "seal.outside"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("credentials/info", {"cert": {"status": "valid", "certificates": []}}),
        ("credentials/info", {"cert": {"status": "valid", "certificates": ["%%%"]}}),
        ("credentials/info", {"key": []}),
        ("credentials/authorize", {"SAD": None}),
        ("signatures/signHash", {"signatures": []}),
        ("signatures/signHash", {"signatures": ["####"]}),
    ],
)
def test_strange_answer_is_refused(
    simulator: SigningServiceSimulator, url: str, call: str, answer: dict[str, object]
) -> None:
    simulator.answers[call] = answer
    with pytest.raises(AccessError) as caught:
        opened(url).sign(b"x")
    assert (caught.value.code, caught.value.got) == ("access.signing-service", call)


@pytest.mark.parametrize("body", [b"[]", b"<html>", b"", b"x" * (signingservice.MAX_ANSWER_BYTES + 1)])
def test_answer_that_is_no_object_is_refused(
    simulator: SigningServiceSimulator, url: str, body: bytes
) -> None:
    simulator.failures["credentials/info"] = [(200, body)]
    with pytest.raises(AccessError) as caught:
        opened(url)
    assert caught.value.code == "access.signing-service"


def test_signature_that_is_neither_form_is_refused(simulator: SigningServiceSimulator, url: str) -> None:
    simulator.answers["signatures/signHash"] = {"signatures": ["AAAA"]}
    with pytest.raises(KeyMaterialError) as caught:
        opened(url).sign(b"x")
    assert caught.value.code == "key.signature-form"


@pytest.mark.parametrize(
    "answer",
    [{"key": {"status": "disabled", "algo": []}}, {"cert": {"status": "revoked", "certificates": ["AA=="]}}],
)
def test_disabled_key_is_refused(
    simulator: SigningServiceSimulator, url: str, answer: dict[str, object]
) -> None:
    simulator.answers["credentials/info"] = answer
    with pytest.raises(KeyMaterialError) as caught:
        opened(url)
    assert caught.value.code == "key.signing-service"


def test_key_that_a_person_authorises_in_a_browser_is_refused() -> None:
    simulator = SigningServiceSimulator(seal(), mode="oauth2code")
    with simulator.serving() as url, pytest.raises(ConfigError) as caught:
        opened(url)
    assert caught.value.code == "config.signing-service"


@pytest.mark.parametrize(
    "url", ["http://csc.example/csc/v2", "ftp://csc.example", "https://user:pw@csc.example/csc/v2", "csc"]
)
def test_address_that_is_not_https_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        opened(url)
    assert caught.value.code == "config.signing-service"


def test_redirect_is_not_followed(simulator: SigningServiceSimulator, url: str) -> None:
    simulator.failures["credentials/info"] = [(302, {})]
    with pytest.raises(AccessError, match="302"):
        opened(url)
    assert simulator.calls == ["credentials/info"]
