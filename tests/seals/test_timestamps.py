"""RFC 3161 tokens: made by pyHanko, checked here; and what is wrong with broken ones."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from typing import Any

import pytest
from asn1crypto import algos, cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tessella.seals._timestamps import MAX_TOKEN_BYTES, TimestampResult, check_token
from tessella.verdicts import Verdict
from tests.trust.pki import DAY, END, START, Authority, TimestampAuthority

NOON = START + dt.timedelta(days=100, hours=12)
ROOT = Authority("Fjord root")
CLOCK = TimestampAuthority(ROOT)
MESSAGE = b"what was sealed"
TOKEN = CLOCK.at(NOON)(MESSAGE)


def codes(result: TimestampResult) -> list[str]:
    return [problem.code for problem in result.problems]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_sound_token_passes_and_tells_its_time(algorithm: str, kind: str) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())
    clock = TimestampAuthority(ROOT, key=key)
    result = check_token(clock.at(NOON, algorithm=algorithm)(MESSAGE), MESSAGE, kind="sigTst")
    assert result == TimestampResult(
        kind="sigTst",
        verdict=Verdict.PASSED,
        imprint=Verdict.PASSED,
        token=Verdict.PASSED,
        time=NOON,
        authority="Fjord clock",
        certificates=(clock.der, ROOT.der),
        ends=END,
        ends_by="certificate",
    )


def test_token_about_other_bytes_fails_by_its_imprint() -> None:
    result = check_token(TOKEN, MESSAGE + b"!")
    assert (result.verdict, result.imprint, result.token) == (Verdict.FAILED, Verdict.FAILED, Verdict.PASSED)
    assert codes(result) == ["seal.timestamp.imprint"]
    assert result.time == NOON


def test_token_about_unknown_bytes_is_indeterminate() -> None:
    result = check_token(TOKEN, None)
    assert (result.verdict, result.imprint, result.token) == (
        Verdict.INDETERMINATE,
        Verdict.INDETERMINATE,
        Verdict.PASSED,
    )


@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_no_flipped_bit_moves_the_time_or_the_imprint(bit: int) -> None:
    changed = bytearray(TOKEN)
    changed[bit // 8] ^= 1 << (bit % 8)
    result = check_token(bytes(changed), MESSAGE)
    assert result.verdict is not Verdict.PASSED or result.time == NOON


@given(st.dictionaries(st.integers(0, len(TOKEN) - 1), st.integers(0, 255), min_size=1, max_size=4))
def test_damaged_token_gives_a_verdict(changes: dict[int, int]) -> None:
    changed = bytearray(TOKEN)
    for position, value in changes.items():
        changed[position] = value
    assert check_token(bytes(changed), MESSAGE).verdict in Verdict


def test_certificate_whose_name_is_no_text_fails() -> None:
    result = check_token(TOKEN.replace(b"Fjord clock", b"Fjord cl\xffck"), MESSAGE)
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.timestamp"])


@pytest.mark.parametrize("inside", ["imprint", "time"])
def test_changed_content_fails_by_the_token(inside: str) -> None:
    info = cms.ContentInfo.load(TOKEN)["content"]["encap_content_info"]["content"].parsed
    old = (
        info["message_imprint"]["hashed_message"].native if inside == "imprint" else info["gen_time"].contents
    )
    changed = TOKEN.replace(old, bytes(32) if inside == "imprint" else old.replace(b"2026", b"2025"))
    result = check_token(changed, MESSAGE)
    assert result.token is Verdict.FAILED
    assert codes(result)[-1] == "seal.timestamp.digest"


def test_changed_signature_fails_by_the_token() -> None:
    signature = cms.ContentInfo.load(TOKEN)["content"]["signer_infos"][0]["signature"].native
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    assert codes(check_token(TOKEN.replace(signature, flipped), MESSAGE)) == ["seal.signature"]


def test_token_of_a_certificate_for_another_purpose_fails() -> None:
    for purposes in (
        [ExtendedKeyUsageOID.CLIENT_AUTH],
        [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CLIENT_AUTH],
    ):
        clock = TimestampAuthority(ROOT, purposes=purposes)
        assert codes(check_token(clock.at(NOON)(MESSAGE), MESSAGE)) == ["seal.timestamp.certificate"]


def test_token_after_its_certificate_expired_fails() -> None:
    clock = TimestampAuthority(ROOT, end=NOON - DAY)
    assert codes(check_token(clock.at(NOON)(MESSAGE), MESSAGE)) == ["seal.timestamp.certificate"]


def test_certificate_that_is_not_inside_is_found_beside() -> None:
    content = cms.ContentInfo.load(TOKEN)
    content["content"]["certificates"] = []
    bare = content.dump(force=True)
    alone = check_token(bare, MESSAGE)
    assert (alone.verdict, alone.token, codes(alone)) == (
        Verdict.INDETERMINATE,
        Verdict.INDETERMINATE,
        ["seal.timestamp.certificate"],
    )
    beside = check_token(bare, MESSAGE, certificates=[b"no certificate", ROOT.der, CLOCK.der])
    assert (beside.verdict, beside.certificates) == (Verdict.PASSED, (CLOCK.der, ROOT.der))


def test_certificate_of_another_key_with_the_same_name_fails() -> None:
    """RFC 5816: the token names its certificate by digest, so another one cannot be slipped in."""
    content = cms.ContentInfo.load(TOKEN)
    other = TimestampAuthority(ROOT)
    signer = content["content"]["signer_infos"][0]
    signer["sid"].chosen["serial_number"] = other.certificate.serial_number
    content["content"]["certificates"] = [cms.CertificateChoices.load(other.der)]
    result = check_token(content.dump(force=True), MESSAGE)
    assert codes(result) == ["seal.timestamp.certificate"]


@pytest.mark.parametrize("algorithm", ["sha1", "md5"])
def test_weak_digest_is_no_proof(algorithm: str) -> None:
    result = check_token(CLOCK.at(NOON, algorithm=algorithm)(MESSAGE), MESSAGE)
    assert result.verdict is Verdict.INDETERMINATE
    assert "seal.timestamp.algorithm" in codes(result)


@pytest.mark.parametrize("der", [b"", b"0", b"\x30\x00", b"no token", bytes(MAX_TOKEN_BYTES + 1), ROOT.der])
def test_what_is_no_token_fails(der: bytes) -> None:
    result = check_token(der, MESSAGE)
    assert (result.verdict, result.time, codes(result)) == (Verdict.FAILED, None, ["seal.timestamp"])


def test_signed_data_without_a_time_is_no_token() -> None:
    data = cms.ContentInfo.load(TOKEN)
    data["content"]["signer_infos"] = []
    assert codes(check_token(data.dump(force=True), MESSAGE)) == ["seal.timestamp"]


@pytest.mark.parametrize(
    ("bits", "end", "by"),
    [(2048, dt.datetime(2029, 1, 1, tzinfo=dt.UTC), "RSA"), (0, START + 20 * 365 * DAY, "certificate")],
)
def test_token_ends_with_its_certificate_or_with_its_algorithm(bits: int, end: dt.datetime, by: str) -> None:
    long = START + 20 * 365 * DAY
    key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    clock = TimestampAuthority(Authority("Long root", end=long), key=key, end=long)
    result = check_token(clock.at(NOON)(MESSAGE), MESSAGE)
    assert (result.verdict, result.ends, result.ends_by) == (Verdict.PASSED, end, by)


def test_token_that_does_not_hold_has_no_end() -> None:
    assert check_token(TOKEN[:-1] + bytes([TOKEN[-1] ^ 1]), MESSAGE).ends is None


class _PssStamper(DummyTimeStamper):  # type: ignore[misc]  # pyHanko's own signs with PKCS #1 v1.5
    """Signs with RSASSA-PSS (RFC 4056)."""

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: dt.datetime) -> tuple[bytes, Any]:
        _, attributes = super()._sign_tst_info(tst_info_data, md_algorithm, dt)
        key = load_der_private_key(self.tsa_key.dump(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return key.sign(attributes.dump(), scheme, hashes.SHA256()), attributes

    def _build_signed_data(self, *parts: Any) -> dict[str, Any]:
        built: dict[str, Any] = super()._build_signed_data(*parts)
        parameters = {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
            "salt_length": 32,
        }
        algorithm = {"algorithm": "rsassa_pss", "parameters": parameters}
        built["signer_infos"][0]["signature_algorithm"] = algos.SignedDigestAlgorithm(algorithm)
        return built


@pytest.mark.parametrize(("bits", "by"), [(2048, "RSA-PSS"), (3072, "certificate")])
def test_token_with_pss_holds_and_lasts_by_its_key(bits: int, by: str) -> None:
    long = START + 20 * 365 * DAY
    key = rsa.generate_private_key(65537, bits)
    clock = TimestampAuthority(Authority("Long root", end=long), key=key, end=long)
    stamper = clock.stamper(NOON)
    stamper.__class__ = _PssStamper
    token = asyncio.run(stamper.async_timestamp(hashlib.sha256(MESSAGE).digest(), "sha256")).dump()
    result = check_token(token, MESSAGE)
    assert (result.verdict, result.ends_by) == (Verdict.PASSED, by)
    changed = token[:-1] + bytes([token[-1] ^ 1])
    assert check_token(changed, MESSAGE).verdict is Verdict.FAILED
