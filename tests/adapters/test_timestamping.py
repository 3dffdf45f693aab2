"""Time stamps over HTTP: what is asked, and what answers are refused. The authority is pyHanko, and openssl where it is."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tessella.adapters.clock import SystemClock
from tessella.adapters.timestamping import PAUSES_S, TimestampAuthority
from tessella.errors import AccessError, ConfigError, SealError
from tessella.seals._timestamps import check_token
from tessella.seals.timestamping import MAX_RESPONSE_BYTES, read_response, timestamp_request
from tessella.verdicts import Verdict
from tests.trust import pki
from tests.tsa import serving, stamping

NOON = pki.START + dt.timedelta(days=100, hours=12)
ROOT = pki.Authority("Fjord root")
CLOCK = pki.TimestampAuthority(ROOT, key=ec.generate_private_key(ec.SECP256R1()))
POLICY = "1.3.6.1.4.1.4146.2.2"
MESSAGE = b"what was sealed"


def asked(url: str, pauses: list[float] | None = None, **options: Any) -> TimestampAuthority:
    noted = pauses if pauses is not None else []
    return TimestampAuthority(url, SystemClock(), pause=noted.append, **options)


def changed(change: Callable[[tsp.TimeStampReq], None]) -> Callable[[bytes], tuple[int, bytes]]:
    """An authority that stamps another request than the one it got."""

    def answer(question: bytes) -> tuple[int, bytes]:
        request = tsp.TimeStampReq.load(question)
        change(request)
        return stamping(CLOCK, lambda: NOON)(request.dump(force=True))

    return answer


def code_of(answer: Callable[[bytes], tuple[int, bytes]], **options: Any) -> str:
    with serving(answer) as url, pytest.raises((SealError, AccessError)) as caught:
        asked(url, **options)(MESSAGE)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_authority_stamps_what_was_asked(algorithm: str) -> None:
    with serving(stamping(CLOCK, lambda: NOON)) as url:
        token = asked(url, algorithm=algorithm, policy=POLICY)(MESSAGE)
    found = check_token(token, MESSAGE)
    assert (found.verdict, found.time, found.authority) == (Verdict.PASSED, NOON, "Fjord clock")


def test_request_asks_for_certificate_with_a_new_nonce_each_time() -> None:
    seen: list[tsp.TimeStampReq] = []

    def answer(question: bytes) -> tuple[int, bytes]:
        seen.append(tsp.TimeStampReq.load(question, strict=True))
        return stamping(CLOCK, lambda: NOON)(question)

    with serving(answer) as url:
        authority = asked(url)
        authority(MESSAGE), authority(MESSAGE)
    assert [one["cert_req"].native for one in seen] == [True, True]
    assert [one["req_policy"].native for one in seen] == [None, None]
    assert seen[0]["nonce"].native != seen[1]["nonce"].native


def test_answer_with_another_nonce_is_refused() -> None:
    assert code_of(changed(lambda one: one.__setitem__("nonce", 5))) == "seal.timestamp.answer"


def test_answer_without_nonce_is_refused() -> None:
    def drop(request: tsp.TimeStampReq) -> None:
        del request["nonce"]

    assert code_of(changed(drop)) == "seal.timestamp.answer"


def test_answer_about_something_else_is_refused() -> None:
    def other(request: tsp.TimeStampReq) -> None:
        request["message_imprint"]["hashed_message"] = bytes(32)

    assert code_of(changed(other)) == "seal.timestamp.imprint"


def test_answer_with_another_digest_is_refused() -> None:
    other = timestamp_request(MESSAGE, nonce=1, algorithm="sha512").der

    def answer(question: bytes) -> tuple[int, bytes]:
        request = tsp.TimeStampReq.load(other)
        request["nonce"] = tsp.TimeStampReq.load(question)["nonce"].native
        return stamping(CLOCK, lambda: NOON)(request.dump(force=True))

    assert code_of(answer) == "seal.timestamp.answer"


def test_answer_under_another_policy_is_refused() -> None:
    assert code_of(stamping(CLOCK, lambda: NOON), policy="1.2.3") == "seal.timestamp.answer"


def test_answer_of_a_certificate_for_another_purpose_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    mail = pki.TimestampAuthority(ROOT, key=key, purposes=[ExtendedKeyUsageOID.EMAIL_PROTECTION])
    assert code_of(stamping(mail, lambda: NOON)) == "seal.timestamp.certificate"


def test_refusal_tells_the_authoritys_reason() -> None:
    status = {"status": "rejection", "status_string": ["no\ncredit left"], "fail_info": {"bad_request"}}
    status = tsp.PKIStatusInfo(status).dump()
    refusal = b"\x30" + bytes([len(status)]) + status
    with serving(lambda question: (200, refusal)) as url, pytest.raises(SealError) as caught:
        asked(url)(MESSAGE)
    assert caught.value.code == "seal.timestamp.refused"
    assert caught.value.message == "The time-stamping authority refused: no credit left; bad_request."


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x30\x00", b"\x30\x05\x30\x03\x02\x01\x00"])
def test_what_is_no_answer_is_refused(body: bytes) -> None:
    assert code_of(lambda question: (200, body)) == "seal.timestamp.answer"


def test_answer_that_is_too_large_is_refused_without_another_attempt() -> None:
    pauses: list[float] = []
    assert code_of(lambda question: (200, bytes(MAX_RESPONSE_BYTES + 1)), pauses=pauses) == "access.tsa"
    assert pauses == []


def test_redirect_is_not_followed() -> None:
    assert code_of(lambda question: (302, b"")) == "access.tsa"


def test_authority_that_stumbles_is_asked_again() -> None:
    pauses: list[float] = []
    answers = iter([(503, b""), (503, b"")])
    sound = stamping(CLOCK, lambda: NOON)
    with serving(lambda question: next(answers, None) or sound(question)) as url:
        assert check_token(asked(url, pauses)(MESSAGE), MESSAGE).verdict is Verdict.PASSED
    assert pauses == list(PAUSES_S)


def test_authority_that_is_down_is_told_after_three_attempts() -> None:
    with serving(lambda question: (200, b"")) as url:
        pass
    pauses: list[float] = []
    with pytest.raises(AccessError) as caught:
        asked(url, pauses)(MESSAGE)
    assert (caught.value.code, pauses) == ("access.tsa", list(PAUSES_S))
    assert url in caught.value.message


@pytest.mark.parametrize("url", ["", "tsa.example", "ftp://tsa.example/", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TimestampAuthority(url, SystemClock())
    assert caught.value.code == "config.tsa"


@pytest.mark.parametrize(
    ("options", "code"),
    [({"algorithm": "sha1"}, "seal.timestamp.algorithm"), ({"policy": "qualified"}, "seal.timestamp.policy")],
)
def test_request_that_cannot_be_made_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(SealError) as caught:
        timestamp_request(MESSAGE, nonce=1, **options)
    assert caught.value.code == code


# --- openssl, an implementation of its own ---------------------------------------------------------------

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = .
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
certs = ./root.pem
signer_key = ./key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@pytest.fixture
def openssl(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not on this machine")
    now = dt.datetime.now(dt.UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    root = pki.Authority("Fjord root", end=now + 400 * pki.DAY)
    clock = pki.TimestampAuthority(root, key=key, end=now + 100 * pki.DAY)
    (tmp_path / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "tsa.pem").write_bytes(clock.certificate.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "serial").write_text("01\n")
    (tmp_path / "tsa.cnf").write_text(CONFIG)

    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [program, "ts", *arguments], cwd=tmp_path, capture_output=True, check=False, timeout=30
        )

    return run


def test_openssl_answers_our_request_and_accepts_what_we_accept(openssl: Any, tmp_path: Path) -> None:
    request = timestamp_request(MESSAGE, nonce=2**63 + 5, algorithm="sha384", policy="1.2.3.4.2")
    (tmp_path / "request.tsq").write_bytes(request.der)
    (tmp_path / "message").write_bytes(MESSAGE)
    shown = openssl("-query", "-in", "request.tsq", "-text").stdout.decode()
    assert "Hash Algorithm: sha384" in shown
    assert "Certificate required: yes" in shown
    reply = openssl("-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "answer.tsr")
    assert reply.returncode == 0, reply.stderr
    token = read_response((tmp_path / "answer.tsr").read_bytes(), request)
    assert check_token(token, MESSAGE).verdict is Verdict.PASSED
    (tmp_path / "token").write_bytes(token)
    verified = openssl(
        "-verify",
        "-data",
        "message",
        "-in",
        "token",
        "-token_in",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "tsa.pem",
    )
    assert b"Verification: OK" in verified.stdout + verified.stderr


def test_openssl_accepts_the_tokens_of_the_test_authority(openssl: Any, tmp_path: Path) -> None:
    """So what the other tests stamp with is no creature of our own rules."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    request = timestamp_request(MESSAGE, nonce=7)
    root = pki.Authority("Other root", end=now + 400 * pki.DAY)
    key = ec.generate_private_key(ec.SECP256R1())
    clock = pki.TimestampAuthority(root, key=key, end=now + 100 * pki.DAY)
    _, answer = stamping(clock, lambda: now)(request.der)
    (tmp_path / "token").write_bytes(read_response(answer, request))
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    verified = openssl("-verify", "-data", "message", "-in", "token", "-token_in", "-CAfile", "root.pem")
    assert b"Verification: OK" in verified.stdout + verified.stderr, verified.stderr
