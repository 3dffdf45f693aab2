"""What an issuer writes: digests in place of claims, nothing in the open that should not be."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import KeyMaterialError, SchemaError
from tessella.keys.testca import TestCertificateAuthority
from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tests.seals.sd_jwt.support import (
    AT,
    CLAIMS,
    FRAME,
    HOLDER,
    ISSUER,
    KEYS,
    codes,
    issued,
    resolver,
    verified,
)

CNF = {"jwk": {name: value for name, value in HOLDER.public_key.to_jwk().items() if name != "alg"}}


def payload_of(token: str) -> dict[str, Any]:
    return sd_jwt.parse(token).payload


def test_everything_comes_back_from_the_credential_as_issued() -> None:
    result = verified(issued())
    assert (result.verdict, result.notes, result.withheld) == (Verdict.PASSED, (), 0)
    assert result.claims == {**CLAIMS, "cnf": CNF}
    assert sorted(one.path for one in result.disclosed if one.path[0] == "courses") == [
        ("courses",),
        ("courses", 0),
        ("courses", 0, "grade"),
        ("courses", 1),
        ("courses", 1, "grade"),
    ]


def test_only_claims_left_open_stand_in_the_payload() -> None:
    payload = payload_of(issued())
    assert sorted(payload) == ["_sd", "_sd_alg", "cnf", "exp", "iat", "iss", "outcomes", "title", "vct"]
    assert payload["_sd"] == sorted(payload["_sd"]) and len(payload["_sd"]) == 4
    assert [list(item) for item in payload["outcomes"]] == [["..."]] * 3


def test_header_names_type_algorithm_and_key() -> None:
    assert dict(sd_jwt.parse(issued()).header) == {
        "alg": "ES256",
        "typ": "dc+sd-jwt",
        "kid": ISSUER.public_key.thumbprint,
    }
    named = ISSUER.with_verification_method("did:web:fjord.example#k1")
    assert sd_jwt.parse(issued(signer=named)).header["kid"] == "did:web:fjord.example#k1"
    assert sd_jwt.parse(issued(signer=named, kid="k7")).header["kid"] == "k7"


def test_header_carries_certificates_without_the_root() -> None:
    authority = TestCertificateAuthority(AT, algorithm="ES256")
    seal = authority.issue_seal("Fjordakademiet", algorithm="ES256")
    token = sd_jwt.parse(issued(signer=seal))
    assert sorted(token.header) == ["alg", "typ", "x5c"]
    assert token.header["x5c"] == [base64.b64encode(seal.certificate_chain[0]).decode()]
    result = sd_jwt.verify(token)
    assert (result.verdict, result.chain) == (Verdict.PASSED, seal.certificate_chain[:1])


@pytest.mark.parametrize("name", sorted(KEYS))
@pytest.mark.parametrize("hash_name", sorted(sd_jwt.HASHES))
def test_every_algorithm_and_hash_verifies(name: str, hash_name: str) -> None:
    key = KEYS[name]
    token = issued(signer=key, hash_name=hash_name)
    assert payload_of(token)["_sd_alg"] == hash_name
    assert sd_jwt.verify(token, resolver(key.public_key)).verdict is Verdict.PASSED


def test_nothing_disclosable_leaves_no_trace_of_disclosures() -> None:
    token = issued(disclosable=(), holder_key=None)
    assert payload_of(token) == CLAIMS
    assert token.endswith("~") and token.count("~") == 1


def test_salts_are_never_used_twice() -> None:
    tokens = [sd_jwt.parse(issued(random=secrets.token_bytes)) for _ in range(3)]
    texts = [text for token in tokens for text in token.disclosures]
    salts = [json.loads(base64.urlsafe_b64decode(text + "==="))[0] for text in texts]
    assert len(set(salts)) == len(salts) == 3 * 13
    assert {len(salt) for salt in salts} == {22}  # 128 bits


def test_decoys_look_like_claims_and_change_nothing() -> None:
    plain, padded = issued(), issued(decoys={(): 5, ("outcomes",): 4, ("address",): 1})
    payload = payload_of(padded)
    assert (len(payload["_sd"]), len(payload["outcomes"])) == (9, 7)
    assert {len(one) for one in payload["_sd"]} == {43}
    assert payload["_sd"] == sorted(payload["_sd"])
    result = verified(padded)
    assert (result.claims, result.withheld) == (verified(plain).claims, 10)


def test_decoys_of_a_list_are_not_all_at_its_end() -> None:
    places = set()
    for seed in range(12):
        numbers = iter(range(seed * 1000 + 1, 10**6))
        token = issued(
            claims={**CLAIMS, "outcomes": ["one"]},
            disclosable=(("outcomes", None),),
            decoys={("outcomes",): 2},
            random=lambda size, numbers=numbers: (next(numbers) * 2654435761 % 2**32).to_bytes(size),  # type: ignore[misc]
        )
        real = {one.text for one in verified(token).disclosed}
        digests = [item["..."] for item in payload_of(token)["outcomes"]]
        places.add(next(n for n, one in enumerate(digests) if one in {_digest(text) for text in real}))
    assert len(places) > 1


def _digest(text: str) -> str:
    from tessella.seals.sd_jwt._disclosure import digest

    return digest(text, "sha-256")


def test_elements_of_an_empty_list_are_nowhere_left_open() -> None:
    token = issued(claims={**CLAIMS, "outcomes": []}, disclosable=(("outcomes", None),))
    assert verified(token).claims["outcomes"] == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"disclosable": (("nickname",),)}, "input.schema.claim-path"),
        ({"disclosable": (("address", "planet"),)}, "input.schema.claim-path"),
        ({"disclosable": (("outcomes", 3),)}, "input.schema.claim-path"),
        ({"disclosable": ((),)}, "input.schema.claim-path"),
        ({"decoys": {("title",): 1}}, "input.schema.claim-path"),
        ({"disclosable": (("exp",),)}, "input.schema.claim-path"),
        ({"disclosable": (("cnf", "jwk"),)}, "input.schema.claim-path"),
        ({"claims": {**CLAIMS, "_sd": []}}, "input.schema.claim"),
        ({"claims": {**CLAIMS, "address": {**CLAIMS["address"], "...": 1}}}, "input.schema.claim"),
        (
            {"claims": {**CLAIMS, "address": {**CLAIMS["address"], "_sd_alg": "sha-256"}}},
            "input.schema.claim",
        ),
        ({"claims": {"iss": "x"}, "disclosable": ()}, "input.schema.claim"),
        ({"claims": {**CLAIMS, "title": {1, 2}}}, "input.schema.json"),
        ({"claims": {**CLAIMS, "title": "\ud800"}}, "input.schema.json"),
        ({"hash_name": "sha-256-32"}, "input.schema.hash"),
    ],
)
def test_claims_that_cannot_be_issued_are_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(SchemaError) as caught:
        issued(**options)
    assert caught.value.code == code


def test_private_key_as_holder_key_is_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        issued(holder_key={**HOLDER.public_key.to_jwk(), "d": "AAAA"})
    assert caught.value.code == "key.private"


def test_other_types_need_no_vct() -> None:
    token = issued(claims={"iss": "x"}, disclosable=(), typ="example+sd-jwt")
    assert codes(verified(token, types=frozenset(("example+sd-jwt",)))) == []


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=8).filter(
    lambda name: name not in ("_sd", "...", "_sd_alg")
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for step, item in below:
        found += paths_of(item, (*path, step))
    return found


@st.composite
def framed(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    claims = draw(st.dictionaries(names, values, max_size=5))
    paths = paths_of(claims)
    return claims, draw(st.lists(st.sampled_from(paths), unique=True, max_size=8)) if paths else []


@settings(max_examples=120, deadline=None)
@given(framed(), st.integers(0, 3))
def test_any_claims_come_back_whatever_is_disclosable(
    made: tuple[dict[str, Any], list[tuple[Any, ...]]], decoys: int
) -> None:
    claims, frame = made
    token = sd_jwt.issue(claims, KEYS["Ed25519"], disclosable=frame, decoys={(): decoys}, typ="test+sd-jwt")
    result = sd_jwt.verify(token, resolver(KEYS["Ed25519"].public_key), types=frozenset(("test+sd-jwt",)))
    assert (result.verdict, result.claims, result.withheld) == (Verdict.PASSED, claims, decoys)
    assert sorted(map(repr, frame)) == sorted(repr(one.path) for one in result.disclosed)


def test_frame_of_the_sample_is_met() -> None:
    assert len(sd_jwt.parse(issued()).disclosures) == 13
    assert len(FRAME) == 9


def test_signer_that_wallets_do_not_know_is_refused() -> None:
    class Odd:
        algorithm = "ES512"
        public_jwk = ISSUER.public_jwk
        verification_method = ""
        certificate_chain = ()

        def sign(self, data: bytes) -> bytes:
            return b""

    with pytest.raises(KeyMaterialError) as caught:
        issued(signer=Odd())
    assert caught.value.code == "key.algorithm"
