"""The JWS core: published examples, joserfc as the independent oracle, and what must be refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk as oracle_jwk
from joserfc import jws as oracle

from tessella.errors import DecodeError, LimitError, SealError, TessellaError
from tessella.keys import PrivateKey, PublicKey
from tessella.seals import _jws

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the name wallets know, RFC 9864

KEYS = {name: PrivateKey.generate(name, rsa_bits=2048) for name in ("Ed25519", "ES256", "ES384", "RS256")}
ALG = {"Ed25519": "EdDSA", "ES256": "ES256", "ES384": "ES384", "RS256": "RS256"}

# RFC 7515 A.2.1, A.3.1 and A.4.1, RFC 8037 A.4: the public key, the token and its payload.
JOE = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
EXAMPLES = {
    "RFC 7515 A.2": (
        {
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-"
            "yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB"
            "dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGN"
            "j8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        },
        "eyJhbGciOiJSUzI1NiJ9." + JOE + "."
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9"
        "CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL"
        "n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtV"
        "rBp0igcN_IoypGlUPQGe77Rw",
    ),
    "RFC 7515 A.3": (
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "eyJhbGciOiJFUzI1NiJ9." + JOE + "."
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ),
    "RFC 8037 A.4": (
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
}
RFC8037_SECRET = {**EXAMPLES["RFC 8037 A.4"][0], "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}


def b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEAD = b64('{"alg":"EdDSA"}')


def compact(header: dict[str, Any], payload: bytes, key: PrivateKey) -> str:
    protected, signed, signature = _jws.sign(header, payload, key)
    return f"{protected}.{signed.decode()}.{signature}"


def verified(token: str, key: PublicKey, understood: frozenset[str] = frozenset()) -> str:
    jws = _jws.parse_compact(token)
    return _jws.verify_signature(jws, jws.signatures[0], key, understood=understood)


def with_header(header: object) -> str:
    return f"{b64(json.dumps(header))}.{b64('x')}.{b64('y')}"


def oracle_key(key: PrivateKey) -> Any:
    return oracle_jwk.import_key({name: value for name, value in key.public_jwk.items() if name != "alg"})


def oracle_registry(algorithm: str) -> oracle.JWSRegistry:
    return oracle.JWSRegistry(algorithms=[algorithm], strict_check_header=False)


# --- published examples --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_example_verifies(name: str) -> None:
    jwk, token = EXAMPLES[name]
    key = PublicKey.from_jwk(jwk)
    assert verified(token, key) == key.algorithm


@pytest.mark.parametrize("name", EXAMPLES)
def test_published_example_in_json_verifies(name: str) -> None:
    jwk, token = EXAMPLES[name]
    protected, payload, signature = token.split(".")
    flattened = {"payload": payload, "protected": protected, "signature": signature, "header": {"kid": "k"}}
    general = {"payload": payload, "signatures": [{"protected": protected, "signature": signature}] * 2}
    for document in (flattened, general):
        jws = _jws.parse_json(json.dumps(document))
        for one in jws.signatures:
            _jws.verify_signature(jws, one, PublicKey.from_jwk(jwk))
        assert jws.payload == base64.urlsafe_b64decode(payload + "==")


def test_rfc8037_example_is_reproduced() -> None:
    key = PrivateKey.from_jwk(RFC8037_SECRET)
    assert compact({"alg": "EdDSA"}, b"Example of Ed25519 signing", key) == EXAMPLES["RFC 8037 A.4"][1]


# --- joserfc, both directions --------------------------------------------------------------------------


@pytest.mark.parametrize("name", KEYS)
@given(payload=st.binary(max_size=200))
def test_compact_agrees_with_joserfc(name: str, payload: bytes) -> None:
    key, algorithm = KEYS[name], ALG[name]
    ours = compact({"alg": algorithm, "kid": "k"}, payload, key)
    read = oracle.deserialize_compact(ours, oracle_key(key), registry=oracle_registry(algorithm))
    assert (read.payload, read.protected) == (payload, {"alg": algorithm, "kid": "k"})


@pytest.mark.parametrize("crv", ["Ed25519", "P-256"])
@given(payload=st.binary(max_size=200))
def test_tokens_of_joserfc_verify(crv: str, payload: bytes) -> None:
    kind: Any = oracle_jwk.OKPKey if crv == "Ed25519" else oracle_jwk.ECKey
    key = kind.generate_key(crv)
    algorithm = {"Ed25519": "EdDSA", "P-256": "ES256"}[crv]
    theirs = oracle.serialize_compact({"alg": algorithm}, payload, key, registry=oracle_registry(algorithm))
    jws = _jws.parse_compact(theirs)
    _jws.verify_signature(jws, jws.signatures[0], PublicKey.from_jwk(key.as_dict(private=False)))
    assert jws.payload == payload


@given(text=st.text(max_size=100))
def test_unencoded_payload_agrees_with_joserfc(text: str) -> None:
    key = KEYS["ES256"]
    header = {"alg": "ES256", "b64": False, "crit": ["b64"]}
    protected, signed, signature = _jws.sign(header, text.encode(), key)
    document = {"payload": signed.decode(), "protected": protected, "signature": signature}
    read = oracle.deserialize_json(document, oracle_key(key), registry=oracle_registry("ES256"))
    assert read.payload == text.encode()
    jws = _jws.parse_json(json.dumps(document))
    _jws.verify_signature(jws, jws.signatures[0], key.public_key, understood=frozenset(("b64",)))
    assert (jws.payload, jws.signed_payload) == (text.encode(), text.encode())


# --- what must not pass --------------------------------------------------------------------------------


@given(st.data())
def test_any_flipped_bit_of_a_token_fails(data: st.DataObject) -> None:
    key = KEYS["Ed25519"]
    token = compact({"alg": "EdDSA", "typ": "JWT"}, b'{"a":1}', key).encode()
    position = data.draw(st.integers(0, len(token) - 1))
    changed = bytearray(token)
    changed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(TessellaError):
        verified(bytes(changed), key.public_key)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["none", "None", "HS256", "RS1", ""])
def test_algorithm_not_on_the_list_is_refused(name: str) -> None:
    with pytest.raises(SealError) as caught:
        verified(with_header({"alg": name}), KEYS["Ed25519"].public_key)
    assert caught.value.code == "seal.algorithm"


def test_algorithm_of_another_key_is_refused() -> None:
    token = compact({"alg": "ES256"}, b"{}", KEYS["Ed25519"])
    with pytest.raises(SealError) as caught:
        verified(token, KEYS["Ed25519"].public_key)
    assert caught.value.code == "seal.algorithm"


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": []},
        {"crit": "b64"},
        {"crit": ["b64", "b64"], "b64": True},
        {"crit": ["alg"]},
        {"crit": ["absent"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": [1]},
        {"b64": False},
        {"b64": False, "crit": ["sigT"], "sigT": "x"},
    ],
    ids=lambda extra: json.dumps(extra),
)
def test_critical_header_that_breaks_its_rules_is_refused(extra: dict[str, Any]) -> None:
    key = KEYS["Ed25519"]
    with pytest.raises(SealError) as caught:
        verified(
            compact({"alg": "EdDSA", **extra}, b"x", key),
            key.public_key,
            frozenset(("b64", "sigT", "absent")),
        )
    assert caught.value.code == "seal.crit"


def test_critical_extension_counts_only_when_understood() -> None:
    key = KEYS["Ed25519"]
    token = compact({"alg": "EdDSA", "crit": ["sigT"], "sigT": "x"}, b"{}", key)
    assert verified(token, key.public_key, frozenset(("sigT",))) == "Ed25519"
    with pytest.raises(SealError):
        verified(token, key.public_key)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b",
        "a.b.c.d",
        "é.b.c",
        with_header({}),
        with_header([]),
        with_header({"alg": 1}),
        with_header({"alg": "EdDSA", "b64": "false"}),
        b64('{"alg":"EdDSA","alg":"ES256"}') + ".eA.eQ",
        HEAD + "=.eA.eQ",
        HEAD + ".eB.eQ",  # trailing bits that are not zero
    ],
)
def test_malformed_compact_token_is_refused(token: str) -> None:
    with pytest.raises(DecodeError):
        _jws.parse_compact(token)


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{}",
        '{"payload":1,"signatures":[]}',
        '{"payload":"eA","signatures":[]}',
        '{"payload":"eA","signatures":{}}',
        '{"payload":"eA","signatures":[1]}',
        f'{{"payload":"eA","signatures":[{{"protected":"{HEAD}"}}]}}',
        '{"payload":"eA","signatures":[{"signature":"eA"}]}',
        f'{{"payload":"eA","protected":"{HEAD}","signature":"eA","signatures":[]}}',
        f'{{"payload":"eA","protected":"{HEAD}","signature":"eA","header":{{"alg":"ES256"}}}}',
        f'{{"payload":"eA","protected":"{HEAD}","signature":"eA","header":{{"crit":["x"]}}}}',
        f'{{"payload":"eA","protected":"{HEAD}","signature":"eA","header":[]}}',
        f'{{"payload":"eA","payload":"eQ","protected":"{HEAD}","signature":"eA"}}',
        f'{{"payload":"not base64!","protected":"{HEAD}","signature":"eA"}}',
    ],
)
def test_malformed_json_serialisation_is_refused(document: str) -> None:
    with pytest.raises(DecodeError):
        _jws.parse_json(document)


def test_signatures_must_agree_on_the_payload_encoding() -> None:
    rows = [
        {"protected": b64(json.dumps({"alg": "EdDSA", "b64": flag})), "signature": "eA"}
        for flag in (True, False)
    ]
    with pytest.raises(DecodeError):
        _jws.parse_json(json.dumps({"payload": "eA", "signatures": rows}))


def test_byte_order_mark_around_the_outer_json_is_harmless() -> None:
    document = json.dumps({"payload": "eA", "protected": HEAD, "signature": "eA"})
    assert _jws.parse_json("\ufeff" + document) == _jws.parse_json(document)
    assert _jws.parse_json(b"\xef\xbb\xbf" + document.encode()) == _jws.parse_json(document)


def test_sizes_are_limited() -> None:
    row = {"protected": HEAD, "signature": "eA"}
    many = json.dumps({"payload": "eA", "signatures": [row] * (_jws.MAX_SIGNATURES + 1)})
    with pytest.raises(LimitError):
        _jws.parse_json(many)
    with pytest.raises(LimitError):
        _jws.parse_compact(with_header({"alg": "EdDSA", "x5c": ["A" * _jws.MAX_HEADER_CHARS]}))
    with pytest.raises(LimitError):
        _jws.parse_compact("A" * (_jws.MAX_JWS_BYTES + 1))
    with pytest.raises(LimitError):
        _jws.parse_json(b" " * (_jws.MAX_JWS_BYTES + 1))


def test_parsed_header_cannot_be_changed_through_the_cache() -> None:
    header = _jws.parse_compact(with_header({"alg": "EdDSA"})).signatures[0].header
    with pytest.raises(TypeError):
        header["alg"] = "none"  # type: ignore[index]
