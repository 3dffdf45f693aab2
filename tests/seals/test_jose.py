"""VC-JWT: what is written, what is compared, and what the official sample says."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk as oracle_jwk
from joserfc import jws as oracle

from tessella.errors import AccessError, DecodeError, KeyMaterialError, SchemaError, SealError
from tessella.keys import PrivateKey, PublicKey, base64url_decode, base64url_encode
from tessella.seals import _jws, jose
from tessella.verdicts import Verdict
from tests.support import shared
from tests.trust.pki import Authority

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the name wallets know, RFC 9864

ROOT = Authority("Fjord root")
METHOD = "https://academy.example/keys/1"
KEYS = {
    name: PrivateKey.generate(name, rsa_bits=2048).with_verification_method(METHOD)
    for name in ("Ed25519", "ES256", "RS256")
}
KEY = KEYS["Ed25519"]
CREDENTIAL: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:0f2f6b0e-6a3c-4d53-9d0e-93b6c8f2a111",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "https://academy.example/", "type": ["Profile"], "name": "Fjordakademiet"},
    "validFrom": "2026-03-01T09:30:00Z",
    "validUntil": "2031-03-01T09:30:00+01:00",
    "credentialSubject": {
        "id": "did:example:ingrid",
        "type": ["AchievementSubject"],
        "achievement": {"name": "Seaweed farming", "description": "Ålesund, 3 ECTS"},
    },
}
OLD = {
    **{name: value for name, value in CREDENTIAL.items() if name not in ("validFrom", "validUntil")},
    "@context": ["https://www.w3.org/2018/credentials/v1"],
    "issuanceDate": "2026-03-01T09:30:00Z",
    "expirationDate": "2031-03-01T08:30:00Z",
}
CLAIMS = {
    "iss": "https://academy.example/",
    "jti": CREDENTIAL["id"],
    "nbf": 1772357400,
    "exp": 1930120200,
    "sub": "did:example:ingrid",
}


def resolve(_header: object, _credential: object) -> Any:
    return KEY.public_key


def token_of(payload: dict[str, Any], **header: Any) -> str:
    """A token whose payload and header are just what is given."""
    protected, signed, signature = _jws.sign({"alg": "EdDSA", **header}, json.dumps(payload).encode(), KEY)
    return f"{protected}.{signed.decode()}.{signature}"


def without(credential: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in credential.items() if name not in names}


# --- writing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "alg"), [("Ed25519", "EdDSA"), ("ES256", "ES256"), ("RS256", "RS256")])
def test_header_holds_what_open_badges_allows(name: str, alg: str) -> None:
    header = jose.parse(jose.sign_vc_jwt(CREDENTIAL, KEYS[name])).header
    assert dict(header) == {"alg": alg, "kid": METHOD, "typ": "JWT"}


def test_header_carries_the_key_when_it_has_no_name() -> None:
    key = PrivateKey.generate("ES256")
    header = jose.parse(jose.sign_vc_jwt(CREDENTIAL, key, typ="vc+jwt")).header
    jwk = {name: value for name, value in key.public_jwk.items() if name != "alg"}
    assert dict(header) == {"alg": "ES256", "jwk": jwk, "typ": "vc+jwt"}
    assert jose.embedded_key(header) == key.public_key


def test_payload_of_version_2_is_the_credential_with_claims() -> None:
    parsed = jose.parse(jose.sign_vc_jwt(CREDENTIAL, KEY))
    assert parsed.claims == {**CREDENTIAL, **CLAIMS}
    assert (parsed.credential, parsed.version) == (CREDENTIAL, "2.0")
    assert json.loads(parsed.payload) == parsed.claims


def test_payload_of_version_1_has_the_credential_inside() -> None:
    parsed = jose.parse(jose.sign_vc_jwt(OLD, KEY, version="1.1"))
    assert parsed.claims == {"vc": OLD, **CLAIMS}
    assert (parsed.credential, parsed.version) == (OLD, "1.1")


@pytest.mark.parametrize("name", ["id", "issuer", "validFrom", "credentialSubject"])
def test_claim_that_open_badges_requires_must_have_a_property(name: str) -> None:
    with pytest.raises(SchemaError) as caught:
        jose.sign_vc_jwt(without(CREDENTIAL, name), KEY)
    assert caught.value.code == "input.schema.claim"


def test_subject_without_id_is_written_as_vc_jose_cose_only() -> None:
    credential = {**CREDENTIAL, "credentialSubject": {"identifier": [{"identityHash": "ida"}]}}
    with pytest.raises(SchemaError):
        jose.sign_vc_jwt(credential, KEY)
    assert "sub" not in jose.parse(jose.sign_vc_jwt(credential, KEY, typ="vc+jwt")).claims


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "x"}, "input.schema.claim"),
        ({"validFrom": "yesterday"}, "input.schema.date"),
        ({"name": {1, 2}}, "input.schema.json"),
        ({"name": {1: "x"}}, "input.schema.json"),
        ({"name": "\ud800"}, "input.schema.json"),
    ],
)
def test_credential_that_cannot_be_a_payload_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(SchemaError) as caught:
        jose.sign_vc_jwt({**CREDENTIAL, **change}, KEY)
    assert caught.value.code == code


def test_algorithm_that_readers_do_not_share_is_refused() -> None:
    with pytest.raises(KeyMaterialError):
        jose.sign_vc_jwt(CREDENTIAL, PrivateKey.generate("ES384"))


# --- verifying -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(("credential", "version"), [(CREDENTIAL, "2.0"), (OLD, "1.1")])
def test_what_is_written_verifies(name: str, credential: dict[str, Any], version: Any) -> None:
    token = jose.sign_vc_jwt(credential, KEYS[name], version=version)
    result = jose.verify(token, lambda _header, _credential: KEYS[name].public_key).require()
    assert (result.verdict, result.problems, result.notes) == (Verdict.PASSED, (), ())
    assert result.credential == credential
    assert result.key == KEYS[name].public_key
    assert result.not_before == dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)
    assert result.not_after == dt.datetime(2031, 3, 1, 8, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", KEYS)
def test_joserfc_reads_what_is_written(name: str) -> None:
    key = oracle_jwk.import_key(without(dict(KEYS[name].public_jwk), "alg"))
    token = jose.sign_vc_jwt(CREDENTIAL, KEYS[name])
    algorithm = jose.parse(token).header["alg"]
    read = oracle.deserialize_compact(token, key, registry=oracle.JWSRegistry(algorithms=[algorithm]))
    assert json.loads(read.payload) == {**CREDENTIAL, **CLAIMS}


def test_resolver_gets_header_and_credential() -> None:
    seen: list[Any] = []

    def remember(header: Any, credential: Any) -> Any:
        seen.extend((dict(header), credential))
        return KEY.public_key

    jose.verify(jose.sign_vc_jwt(CREDENTIAL, KEY), remember)
    assert seen == [{"alg": "EdDSA", "kid": METHOD, "typ": "JWT"}, CREDENTIAL]


def test_other_key_fails() -> None:
    token = jose.sign_vc_jwt(CREDENTIAL, PrivateKey.generate("Ed25519").with_verification_method(METHOD))
    result = jose.verify(token, resolve)
    assert (result.verdict, [one.code for one in result.problems]) == (Verdict.FAILED, ["seal.signature"])
    with pytest.raises(SealError):
        result.require()


def test_key_that_cannot_be_found_is_indeterminate() -> None:
    def unreachable(_header: object, _credential: object) -> Any:
        raise AccessError("down", code="access.timeout")

    result = jose.verify(jose.sign_vc_jwt(CREDENTIAL, KEY), unreachable)
    assert (result.verdict, [one.code for one in result.problems]) == (
        Verdict.INDETERMINATE,
        ["access.timeout"],
    )
    assert result.key is None


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://other.example/"),
        ("jti", "urn:uuid:other"),
        ("sub", "did:example:olav"),
        ("nbf", 1772357402),
        ("nbf", "1772357400"),
        ("nbf", True),
        ("nbf", 10**400),
        ("exp", 1930120100),
        ("iss", ["https://academy.example/"]),
    ],
)
def test_claim_that_contradicts_the_credential_fails(claim: str, value: object) -> None:
    result = jose.verify(token_of({**CREDENTIAL, **CLAIMS, claim: value}), resolve)
    assert result.verdict is Verdict.FAILED
    assert [(one.code, one.place) for one in result.problems] == [("seal.claim-mismatch", claim)]


def test_fraction_of_a_second_is_no_contradiction() -> None:
    credential = {**CREDENTIAL, "validFrom": "2026-03-01T09:30:00.750Z"}
    assert jose.verify(jose.sign_vc_jwt(credential, KEY), resolve).verdict is Verdict.PASSED
    assert (
        jose.verify(token_of({**credential, **CLAIMS, "nbf": 1772357400.75}), resolve).verdict
        is Verdict.PASSED
    )


def test_claim_rounded_up_is_no_contradiction() -> None:
    credential = {**CREDENTIAL, "validFrom": "2026-03-01T09:30:00.750Z"}
    assert (
        jose.verify(token_of({**credential, **CLAIMS, "nbf": 1772357401}), resolve).verdict is Verdict.PASSED
    )


def test_date_that_is_none_contradicts_its_claim() -> None:
    result = jose.verify(token_of({**CREDENTIAL, **CLAIMS, "validFrom": "soon"}), resolve)
    assert [(one.code, one.place) for one in result.problems] == [("seal.claim-mismatch", "nbf")]


def test_claim_that_is_no_number_contradicts_even_the_same_text() -> None:
    result = jose.verify(token_of({**CREDENTIAL, **CLAIMS, "nbf": "soon", "validFrom": "soon"}), resolve)
    assert [(one.code, one.place) for one in result.problems] == [("seal.claim-mismatch", "nbf")]


@pytest.mark.parametrize("header", [{"alg": "none"}, {"crit": ["exp"], "exp": 1}, {"typ": "vp+jwt"}])
def test_nobody_is_asked_for_the_key_of_a_refused_header(header: dict[str, Any]) -> None:
    def never(_header: object, _credential: object) -> Any:
        raise AssertionError("asked")

    assert jose.verify(token_of({**CREDENTIAL, **CLAIMS}, **header), never).verdict is Verdict.FAILED


def test_what_only_one_side_says_is_noted() -> None:
    result = jose.verify(token_of(without({**CREDENTIAL, **CLAIMS}, "jti", "validUntil")), resolve)
    assert result.verdict is Verdict.PASSED
    assert result.notes == (
        "The token does not repeat the credential's “jti”.",
        "The claim “exp” has no counterpart in the credential.",
    )
    assert result.not_after == dt.datetime(2031, 3, 1, 8, 30, tzinfo=dt.UTC)


def test_version_1_is_completed_from_the_claims() -> None:
    inner = without(OLD, "id", "issuanceDate", "expirationDate", "issuer")
    inner["credentialSubject"] = without(OLD["credentialSubject"], "id")
    result = jose.verify(token_of({"vc": inner, **CLAIMS}), resolve)
    assert result.verdict is Verdict.PASSED
    assert result.credential == {
        **inner,
        "id": CLAIMS["jti"],
        "issuer": CLAIMS["iss"],
        "issuanceDate": "2026-03-01T09:30:00Z",
        "expirationDate": "2031-03-01T08:30:00Z",
        "credentialSubject": OLD["credentialSubject"],
    }


def test_foreign_header_is_tolerated_and_named() -> None:
    result = jose.verify(
        token_of({**CREDENTIAL, **CLAIMS}, x5c=["MA=="], sigT="2026-03-01T09:30:00Z"), resolve
    )
    assert (result.verdict, result.notes) == (Verdict.PASSED, ("The header also carries x5c, sigT.",))


@pytest.mark.parametrize("typ", ["statuslist+jwt", "vp+jwt", "kb+jwt", "openid4vci-proof+jwt", 7])
def test_token_of_another_kind_is_no_credential(typ: object) -> None:
    result = jose.verify(token_of({**CREDENTIAL, **CLAIMS}, typ=typ), resolve)
    assert (result.verdict, [one.code for one in result.problems]) == (Verdict.FAILED, ["seal.type"])


@pytest.mark.parametrize("typ", ["jwt", "vc+jwt", "application/vc+jwt", "vc+ld+jwt"])
def test_names_of_the_type_are_read_in_every_spelling(typ: str) -> None:
    assert jose.verify(token_of({**CREDENTIAL, **CLAIMS}, typ=typ), resolve).verdict is Verdict.PASSED


def test_unencoded_payload_is_no_jwt() -> None:
    """RFC 7797 §7: JWTs do not use ``b64``; here ``crit`` names what is not understood."""
    head = {"alg": "EdDSA", "b64": False, "crit": ["b64"]}
    payload = json.dumps({"@context": [], "id": "urn:x"})
    protected, signed, signature = _jws.sign(head, payload.encode(), KEY)
    result = jose.verify(f"{protected}.{signed.decode()}.{signature}", resolve)
    assert (result.verdict, [one.code for one in result.problems]) == (Verdict.FAILED, ["seal.crit"])


@pytest.mark.parametrize(
    "payload",
    [
        '"text"',
        "[]",
        "{}",
        '{"iss":"x"}',
        '{"vc":{},"@context":[]}',
        '{"vc":1}',
        '{"@context":[],"a":1,"a":2}',
    ],
)
def test_token_without_exactly_one_credential_is_refused(payload: str) -> None:
    protected, signed, signature = _jws.sign({"alg": "EdDSA"}, payload.encode(), KEY)
    with pytest.raises(DecodeError):
        jose.parse(f"{protected}.{signed.decode()}.{signature}")


@given(st.data())
def test_any_flipped_bit_fails_or_is_refused(data: st.DataObject) -> None:
    token = bytearray(TOKEN)
    position = data.draw(st.integers(0, len(token) - 1))
    token[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        result = jose.verify(bytes(token), resolve)
    except DecodeError:
        return
    assert result.verdict is Verdict.FAILED


TOKEN = jose.sign_vc_jwt(CREDENTIAL, KEY).encode()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "kty", "x"]), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from([*CLAIMS, "vc", "issuer", "id", "credentialSubject", "validFrom"]), JSON, max_size=4
    ),
    st.dictionaries(st.sampled_from(["typ", "jwk", "x5c", "kid", "crit"]), JSON, max_size=2),
)
def test_odd_content_gives_a_verdict_or_a_decode_error(
    change: dict[str, Any], header: dict[str, Any]
) -> None:
    def find(own: Any, _credential: object) -> Any:
        return jose.embedded_key(own) or KEY.public_key

    with contextlib.suppress(DecodeError):
        assert jose.verify(token_of({**CREDENTIAL, **CLAIMS, **change}, **header), find).verdict in Verdict


# --- keys in the header --------------------------------------------------------------------------------


def test_header_without_key_has_none() -> None:
    assert jose.embedded_key({"alg": "EdDSA", "kid": METHOD}) is None


def test_certificate_and_key_in_the_header_must_be_one_key() -> None:
    certificate = b64encode(ROOT.der).decode()
    jwk = without(dict(PublicKey.from_certificate_der(ROOT.der).to_jwk()), "alg")
    assert jose.embedded_key({"alg": "ES256", "x5c": [certificate], "jwk": jwk}) == PublicKey.from_jwk(jwk)
    with pytest.raises(KeyMaterialError) as caught:
        other = without(dict(KEYS["ES256"].public_jwk), "alg")
        jose.embedded_key({"alg": "ES256", "x5c": [certificate], "jwk": other})
    assert caught.value.code == "key.mismatch"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "EdDSA", "jwk": "text"},
        {"alg": "ES256", "jwk": without(dict(KEY.public_jwk), "alg")},
        {"alg": "EdDSA", "x5c": []},
        {"alg": "EdDSA", "x5c": "MA=="},
        {"alg": "EdDSA", "x5c": ["not base64!"]},
        {"alg": "EdDSA", "x5c": ["MA=="]},
        {"alg": "EdDSA", "x5c": [1]},
        {"alg": "none", "jwk": without(dict(KEY.public_jwk), "alg")},
    ],
)
def test_unusable_key_in_the_header_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(KeyMaterialError):
        jose.embedded_key(header)


# --- official sample -----------------------------------------------------------------------------------


def official_token() -> str:
    svg = shared("vc/1edtech/ob30/simple-jwt.svg").read_text(encoding="utf-8")
    found = re.search(r'verify="([^"]+)"', svg)
    assert found is not None
    return found[1]


def test_official_badge_verifies_with_its_own_key() -> None:
    token = official_token()
    result = jose.verify(token, lambda header, _credential: jose.embedded_key(header))  # type: ignore[arg-type,return-value]
    assert (result.verdict, result.problems) == (Verdict.PASSED, ())
    assert result.header["alg"] == "RS256"
    assert result.payload == base64url_decode(token.split(".")[1])
    assert result.credential["type"] == ["VerifiableCredential", "OpenBadgeCredential"]


def test_official_badge_with_a_changed_letter_fails() -> None:
    protected, payload, signature = official_token().split(".")
    text = base64url_decode(payload).replace(b"Teamwork", b"Teamwerk", 1)
    token = f"{protected}.{base64url_encode(text)}.{signature}"
    result = jose.verify(token, lambda header, _credential: jose.embedded_key(header))  # type: ignore[arg-type,return-value]
    assert [one.code for one in result.problems] == ["seal.signature"]


def test_official_badge_without_key_needs_one_from_elsewhere() -> None:
    parsed = jose.parse(shared("vc/1edtech/ob30/simple.jwt").read_text())
    assert parsed.version == "1.1"
    assert jose.embedded_key(parsed.header) is None


# --- other tokens --------------------------------------------------------------------------------------

STATUS = {
    "sub": "https://academy.example/status/1",
    "iat": 1772357400,
    "status_list": {"bits": 1, "lst": "eNrb"},
}


@pytest.mark.parametrize("name", KEYS)
def test_token_of_another_kind_is_signed_and_opened(name: str) -> None:
    seen: list[Any] = []

    def find(header: Any, claims: Any) -> Any:
        seen.append((dict(header), claims))
        return KEYS[name].public_key

    text = jose.sign_token(STATUS, KEYS[name], typ="statuslist+jwt")
    token = jose.open_token(text, find, typ="statuslist+jwt")
    assert (token.claims, token.key) == (STATUS, KEYS[name].public_key)
    assert list(token.claims) == list(STATUS)
    assert seen == [
        (
            {
                "alg": jose.parse(jose.sign_vc_jwt(CREDENTIAL, KEYS[name])).header["alg"],
                "kid": METHOD,
                "typ": "statuslist+jwt",
            },
            STATUS,
        )
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"typ": "JWT"}, "seal.type"),
        ({"typ": ""}, "seal.type"),
        ({"typ": 1}, "seal.type"),
        ({"typ": "statuslist+jwt", "alg": "none"}, "seal.algorithm"),
        ({"typ": "statuslist+jwt", "crit": ["exp"], "exp": 1}, "seal.crit"),
        ({}, "seal.type"),
    ],
)
def test_token_of_the_wrong_kind_is_refused_before_its_key_is_asked_for(
    change: dict[str, Any], code: str
) -> None:
    def never(_header: object, _claims: object) -> Any:
        raise AssertionError("asked")

    with pytest.raises(SealError) as caught:
        jose.open_token(token_of(STATUS, **change), never, typ="statuslist+jwt")
    assert caught.value.code == code


def test_token_under_another_key_is_refused() -> None:
    text = jose.sign_token(STATUS, PrivateKey.generate("Ed25519"), typ="statuslist+jwt")
    with pytest.raises(SealError) as caught:
        jose.open_token(text, resolve, typ="statuslist+jwt")
    assert caught.value.code == "seal.signature"


def test_token_that_is_no_object_is_refused() -> None:
    protected, signed, signature = _jws.sign({"alg": "EdDSA", "typ": "x"}, b"[]", KEY)
    with pytest.raises(DecodeError):
        jose.open_token(f"{protected}.{signed.decode()}.{signature}", resolve, typ="x")
