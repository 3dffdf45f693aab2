"""What a verifier refuses: each rule of RFC 9901 §7 broken by itself, hostile input, and any flipped bit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tessella.canonical import loads
from tessella.errors import AccessError, DecodeError, LimitError, TessellaError
from tessella.keys import PublicKey, base64url_decode, base64url_encode
from tessella.seals import _jws, sd_jwt
from tessella.seals.sd_jwt._disclosure import arrays, bad_disclosure, digest, digests
from tessella.verdicts import Verdict
from tests.seals.sd_jwt.support import (
    AT,
    CLAIMS,
    HOLDER,
    ISSUER,
    KEYS,
    STRANGER,
    codes,
    demand,
    disclosure,
    issued,
    presented,
    resolver,
    token_of,
    verified,
)

NAME = disclosure("salt", "given_name", "Ingrid")
ITEM = disclosure("salt", "NO")
VC: dict[str, Any] = {"vct": "urn:example:1"}


def ref(text: str) -> str:
    return digest(text, "sha-256")


# --- disclosures ----------------------------------------------------------------------------------------

BROKEN: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "unreferenced": ({}, (NAME,)),
    "sent twice": ({"_sd": [ref(NAME)]}, (NAME, NAME)),
    "digest twice in one list": ({"_sd": [ref(NAME), ref(NAME)]}, (NAME,)),
    "digest twice, withheld": ({"_sd": [ref(NAME)], "a": {"_sd": [ref(NAME)]}}, ()),
    "digest in object and list": ({"_sd": [ref(NAME)], "a": [{"...": ref(NAME)}]}, (NAME,)),
    "list disclosure in object": ({"_sd": [ref(ITEM)]}, (ITEM,)),
    "named disclosure in list": ({"a": [{"...": ref(NAME)}]}, (NAME,)),
    "claim there already": ({"_sd": [ref(NAME)], "given_name": "Mallory"}, (NAME,)),
    "_sd no list": ({"_sd": ref(NAME)}, (NAME,)),
    "_sd of numbers": ({"_sd": [1]}, ()),
    "_sd an object": ({"a": {"_sd": {}}}, ()),
    "dots beside another member": ({"a": [{"...": ref(ITEM), "b": 1}]}, (ITEM,)),
    "dots with a number": ({"a": [{"...": 1}]}, ()),
    "dots as a claim": ({"...": ref(ITEM)}, ()),
    "dots in an object": ({"a": {"...": ref(ITEM)}}, ()),
    "_sd_alg below the top": ({"a": {"_sd_alg": "sha-256"}}, ()),
    "only in the value of a withheld one": (
        {"_sd": [ref(disclosure("s", "b", {"_sd": [ref(NAME)]}))]},
        (NAME,),
    ),
}
for _name in ("_sd", "...", "_sd_alg"):
    _text = disclosure("salt", _name, [])
    BROKEN[f"disclosure named {_name}"] = ({"_sd": [ref(_text)]}, (_text,))
for _label, _parts in {
    "empty": (),
    "salt only": ("salt",),
    "four parts": ("salt", "a", 1, 2),
    "number as salt": (1, "a", 1),
    "number as name": ("salt", 1, 1),
}.items():
    _text = disclosure(*_parts)
    BROKEN[f"disclosure: {_label}"] = ({"_sd": [ref(_text)]}, (_text,))
_two = disclosure("salt2", "given_name", "Mallory")
BROKEN["two disclosures of one name"] = ({"_sd": [ref(NAME), ref(_two)]}, (NAME, _two))


@pytest.mark.parametrize("case", BROKEN)
def test_broken_disclosures_are_refused(case: str) -> None:
    payload, texts = BROKEN[case]
    result = verified(token_of(VC | payload, *texts))
    assert (result.verdict, codes(result), result.claims) == (Verdict.FAILED, ["seal.disclosure"], {})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("WyJzIiwgIm4iLCAxXQ=", "input.decode.base64url"),
        ("WyJzIiwgIm4iLCAxXR", "input.decode.base64url"),  # unused bits
        ("e30", "seal.disclosure"),
        ("_w", "input.decode"),
        ("WyJzIiwibiIseyJhIjoxLCJhIjoyfV0", "input.duplicate-key"),
    ],
)
def test_disclosures_that_are_no_list_are_refused(text: str, code: str) -> None:
    result = verified(token_of({**VC, "_sd": [ref(text)]}, text))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, [code])


def test_digests_without_disclosure_are_ignored() -> None:
    result = verified(
        token_of({**VC, "_sd": [ref(NAME), "decoy"], "a": ["x", {"...": ref(ITEM)}, "y"], "b": {"_sd": []}})
    )
    assert (result.verdict, result.withheld) == (Verdict.PASSED, 3)
    assert result.claims == {**VC, "a": ["x", "y"], "b": {}}


def test_recursive_disclosure_needs_the_one_around_it() -> None:
    inner = disclosure("s1", "city", "Bodø")
    outer = disclosure("s2", "address", {"_sd": [ref(inner)]})
    payload = {**VC, "_sd": [ref(outer)]}
    assert verified(token_of(payload, inner, outer)).claims["address"] == {"city": "Bodø"}
    assert verified(token_of(payload, outer)).claims["address"] == {}
    assert codes(verified(token_of(payload, inner))) == ["seal.disclosure"]


def test_value_in_a_list_that_looks_like_a_digest_is_refused() -> None:
    inner = disclosure("s1", "x")
    outer = disclosure("s2", {"...": ref(inner)})
    assert codes(verified(token_of({**VC, "a": [{"...": ref(outer)}]}, outer, inner))) == ["seal.disclosure"]


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"])
def test_claim_that_controls_validity_must_not_be_disclosed(name: str) -> None:
    text = disclosure("salt", name, 1)
    payload = {"_sd": [ref(text)]} if name == "vct" else {**VC, "_sd": [ref(text)]}
    result = verified(token_of(payload, text))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.disclosure"])


def test_part_of_a_claim_that_controls_validity_must_not_be_disclosed() -> None:
    text = disclosure("salt", "uri", "https://evil.example/list")
    result = verified(token_of({**VC, "status": {"status_list": {"idx": 1, "_sd": [ref(text)]}}}, text))
    assert codes(result) == ["seal.disclosure"]


# --- type, algorithm, key --------------------------------------------------------------------------------


def test_old_type_is_read_with_a_note() -> None:
    result = verified(token_of(VC, typ="vc+sd-jwt"))
    assert (result.verdict, len(result.notes)) == (Verdict.PASSED, 1)


def test_type_may_be_a_whole_media_type() -> None:
    result = verified(token_of(VC, typ="application/dc+sd-jwt"))
    assert (result.verdict, result.notes) == (Verdict.PASSED, ())


@pytest.mark.parametrize("typ", ["JWT", "kb+jwt", "statuslist+jwt", "sd-jwt", "", None, 7])
def test_other_types_are_refused(typ: object) -> None:
    assert codes(verified(token_of(VC, typ=typ))) == ["seal.type"]


@pytest.mark.parametrize("payload", [{}, {"vct": ""}, {"vct": 1}])
def test_credential_without_type_is_refused(payload: dict[str, Any]) -> None:
    assert codes(verified(token_of(payload))) == ["seal.claim"]


@pytest.mark.parametrize("name", ["none", "None", "HS256", "RS1", "", "ES256K"])
def test_algorithms_off_the_list_are_refused_before_a_key_is_asked_for(name: str) -> None:
    def resolve(header: Any, claims: Any) -> PublicKey:
        raise AssertionError

    result = sd_jwt.verify(token_of(VC, alg=name), resolve)
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.algorithm"])


def test_unsigned_token_is_refused() -> None:
    header, payload, _ = issued().partition("~")[0].split(".")
    token = f"{header}.{payload}.~"
    assert codes(verified(token, types=sd_jwt.READ_TYPES))[0] == "seal.signature"


def test_algorithm_of_another_key_is_refused() -> None:
    token = token_of(VC, alg="EdDSA")
    result = verified(token)
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["key.algorithm"])


def test_critical_extension_is_refused() -> None:
    assert codes(verified(token_of(VC, crit=["b64"], b64=True))) == ["seal.crit"]


def test_other_key_fails() -> None:
    result = sd_jwt.verify(issued(), resolver(STRANGER.public_key))
    assert (result.verdict, codes(result), result.key) == (Verdict.FAILED, ["seal.signature"], None)
    with pytest.raises(TessellaError) as caught:
        result.require()
    assert caught.value.code == "seal.signature"


def test_key_that_cannot_be_had_leaves_it_open() -> None:
    def resolve(header: Any, claims: Any) -> PublicKey:
        raise AccessError("offline", code="access.offline")

    result = sd_jwt.verify(issued(), resolve)
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["access.offline"])


def test_broken_disclosure_beats_a_missing_key() -> None:
    def resolve(header: Any, claims: Any) -> PublicKey:
        raise AccessError("offline", code="access.offline")

    result = sd_jwt.verify(token_of(VC, NAME), resolve)
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.disclosure", "access.offline"])


@pytest.mark.parametrize("name", ["sha-1", "sha-256-32", "SHA-256", "md5", 256, None])
def test_hashes_off_the_list_are_refused(name: object) -> None:
    result = verified(token_of({**VC, "_sd_alg": name, "_sd": [ref(NAME)]}, NAME))
    assert codes(result) == ["seal.hash"]


def test_hash_of_another_kind_finds_nothing() -> None:
    assert codes(verified(token_of({**VC, "_sd_alg": "sha-512", "_sd": [ref(NAME)]}, NAME))) == [
        "seal.disclosure"
    ]


@pytest.mark.parametrize("name", ["iat", "nbf", "exp"])
@pytest.mark.parametrize("value", ["2026-01-01", True, None, 1e300, [1]])
def test_unreadable_times_are_not_unlimited(name: str, value: object) -> None:
    result = verified(token_of({**VC, name: value}))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.claim"])


# --- key binding -----------------------------------------------------------------------------------------


def binding_of(
    token: str, claims: Mapping[str, Any] | None = None, signer: Any = HOLDER, **header: Any
) -> str:
    """The presentation with a Key Binding JWT that says just what is given."""
    bare = sd_jwt.parse(token).without_binding
    good = {
        "iat": int(AT.timestamp()),
        "aud": demand().audience,
        "nonce": demand().nonce,
        "sd_hash": ref(bare),
    }
    body = {name: value for name, value in (good | dict(claims or {})).items() if value is not ...}
    parts = _jws.sign({"alg": "ES256", "typ": "kb+jwt", **header}, json.dumps(body).encode(), signer)
    return f"{bare}{parts[0]}.{parts[1].decode()}.{parts[2]}"


def test_bound_presentation_passes_what_was_demanded() -> None:
    result = verified(presented(("title",)), demand=demand())
    assert (result.verdict, result.bound, codes(result)) == (Verdict.PASSED, Verdict.PASSED, [])
    assert result.binding is not None and result.binding.issued_at == AT
    assert result.binding.key.thumbprint == HOLDER.public_key.thumbprint


def test_bound_presentation_that_nobody_demanded_says_for_whom_it_is() -> None:
    result = verified(presented(("title",)))
    assert (result.verdict, result.bound) == (Verdict.PASSED, Verdict.INDETERMINATE)
    assert result.binding is not None and result.binding.audience == demand().audience


def test_missing_binding_fails_only_when_demanded() -> None:
    token = presented(("title",), holder=None)
    assert (verified(token).verdict, verified(token).bound) == (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    result = verified(token, demand=demand())
    assert (result.verdict, result.bound, codes(result)) == (Verdict.FAILED, Verdict.FAILED, ["seal.binding"])


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "x509_san_dns:other.example"},
        {"nonce": "other"},
        {"at": AT + dt.timedelta(seconds=601)},
        {"at": AT - dt.timedelta(seconds=61)},
        {"at": AT + dt.timedelta(seconds=31), "max_age_s": 30},
    ],
)
def test_binding_to_something_else_fails(changes: dict[str, Any]) -> None:
    result = verified(presented(("title",)), demand=demand(**changes))
    assert (result.verdict, result.bound, codes(result)) == (Verdict.FAILED, Verdict.FAILED, ["seal.binding"])


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": ...}, "seal.binding"),
        ({"aud": [demand().audience]}, "seal.binding"),
        ({"nonce": ...}, "seal.binding"),
        ({"nonce": 1}, "seal.binding"),
        ({"iat": ...}, "seal.binding"),
        ({"iat": "now"}, "seal.claim"),
        ({"sd_hash": ...}, "seal.binding"),
        ({"sd_hash": "AAAA"}, "seal.binding"),
        ({"exp": int(AT.timestamp())}, "seal.binding"),
        ({"nbf": int(AT.timestamp()) + 5}, "seal.binding"),
        ({"exp": "soon"}, "seal.claim"),
    ],
)
def test_binding_that_says_too_little_fails(claims: dict[str, Any], code: str) -> None:
    assert codes(verified(binding_of(issued(), claims), demand=demand())) == [code]


def test_binding_as_written_here_would_pass() -> None:
    assert codes(verified(binding_of(issued()), demand=demand())) == []


@pytest.mark.parametrize("ask", [None, demand()])
def test_binding_by_another_key_fails_asked_or_not(ask: sd_jwt.BindingDemand | None) -> None:
    result = verified(binding_of(issued(), signer=STRANGER), demand=ask)
    assert (result.verdict, result.bound, codes(result)) == (
        Verdict.FAILED,
        Verdict.FAILED,
        ["seal.signature"],
    )


@pytest.mark.parametrize(
    ("header", "code"), [({"typ": "JWT"}, "seal.type"), ({"alg": "none"}, "seal.algorithm")]
)
def test_binding_of_another_kind_fails(header: dict[str, Any], code: str) -> None:
    assert codes(verified(binding_of(issued(), **header), demand=demand())) == [code]


def test_key_of_the_issuer_is_not_that_of_the_holder() -> None:
    assert codes(verified(binding_of(issued(), signer=ISSUER), demand=demand())) == ["seal.signature"]


def test_disclosure_added_or_removed_after_binding_fails() -> None:
    whole = sd_jwt.parse(issued())
    for kept in (whole.disclosures[1:], ()):
        short = "~".join((whole.issuer_jwt, *kept, "")) + binding_of(str(whole)).rpartition("~")[2]
        assert "seal.binding" in codes(verified(short, demand=demand()))


def test_unbound_credential_cannot_be_shown_to_be_the_holders() -> None:
    assert codes(verified(binding_of(issued(holder_key=None)), demand=demand())) == ["seal.binding"]


def test_holder_key_named_by_did_is_read() -> None:
    token = token_of({**VC, "cnf": {"kid": HOLDER.public_key.did_key_url}})
    assert codes(verified(binding_of(token), demand=demand())) == []


def test_holder_key_at_an_address_is_not_fetched() -> None:
    token = binding_of(token_of({**VC, "cnf": {"jku": "https://fjord.example/keys", "kid": "1"}}))
    asked = verified(token, demand=demand())
    assert (asked.verdict, codes(asked)) == (Verdict.INDETERMINATE, ["seal.binding.method"])
    assert (verified(token).verdict, verified(token).bound) == (Verdict.PASSED, Verdict.INDETERMINATE)


# --- hostile input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "a~b~c",
        "a.b.c",
        "..~",
        "{}",
        "[]",
        "null",
        '{"payload":"e30","signature":"x"}',
        "é~",
        "a.b.c~~",
    ],
)
def test_what_is_no_sd_jwt_is_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        sd_jwt.parse(text)


@pytest.mark.parametrize("data", [b"\xff~", b"\x00", b"{\xff"])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        sd_jwt.parse(data)


def test_empty_disclosure_is_refused() -> None:
    with pytest.raises(DecodeError) as caught:
        sd_jwt.parse(issued().replace("~", "~~", 1))
    assert caught.value.code == "input.decode.sd-jwt"


def test_missing_last_tilde_is_refused() -> None:
    with pytest.raises(DecodeError):
        sd_jwt.parse(issued(disclosable=()).rstrip("~"))


@pytest.mark.parametrize(
    "header",
    [
        {"disclosures": "x"},
        {"disclosures": [1]},
        {"disclosures": [""]},
        {"disclosures": [], "kb_jwt": 1},
        {"disclosures": [], "alg": "ES256"},
    ],
)
def test_malformed_json_serialisation_is_refused(header: dict[str, Any]) -> None:
    with pytest.raises(DecodeError):
        sd_jwt.parse(json.dumps(in_json(issued()) | {"header": header}))


def in_json(token: str) -> dict[str, Any]:
    parts = sd_jwt.parse(token)
    protected, payload, signature = parts.issuer_jwt.split(".")
    header = {"disclosures": list(parts.disclosures)} | (
        {"kb_jwt": parts.key_binding} if parts.key_binding else {}
    )
    return {"payload": payload, "protected": protected, "signature": signature, "header": header}


def test_json_serialisation_holds_like_the_compact_one() -> None:
    token = presented(("title",), ("address", "city"))
    left, right = verified(json.dumps(in_json(token)), demand=demand()), verified(token, demand=demand())
    assert left.verdict is Verdict.PASSED
    assert (left.claims, left.disclosed, left.binding) == (right.claims, right.disclosed, right.binding)


def test_disclosures_in_a_second_header_are_refused() -> None:
    row = in_json(issued())
    payload = row.pop("payload")
    with pytest.raises(DecodeError):
        sd_jwt.parse(json.dumps({"payload": payload, "signatures": [row, row]}))


def test_detect_tells_sd_jwts_from_other_tokens() -> None:
    token = presented(("title",))
    for yes in (token, token.encode(), issued(), json.dumps(in_json(token)), f"\n{token} "):
        assert sd_jwt.detect(yes)
    row = in_json(issued()) | {"header": {}}
    assert sd_jwt.detect(json.dumps(row))  # its typ says so
    for no in ("a.b.c", "{}", '{"payload": 1}', "x~y", b"\xff\xd8~"):
        assert not sd_jwt.detect(no)


@pytest.mark.parametrize("text", ["é", "\ud800", "a b", "a\n", "a.b", "=", "\x00", "😀"])
def test_disclosures_of_other_characters_are_refused(text: str) -> None:
    head, _, rest = presented(("title",)).partition("~")
    result = verified(f"{head}~{text}~{rest}", demand=demand())
    assert result.verdict is Verdict.FAILED
    assert "input.decode.base64url" in codes(result)
    if text != "\ud800":  # which JSON cannot say
        row = in_json(issued())
        row["header"]["disclosures"].append(text)
        assert codes(verified(json.dumps(row))) == ["input.decode.base64url"]


@pytest.mark.parametrize("text", ["é", "\ud800", "x", "a.b.c", "😀.😀.😀"])
def test_key_binding_of_other_characters_is_refused(text: str) -> None:
    assert verified(issued() + text).verdict is Verdict.FAILED


def test_payload_that_is_not_encoded_is_refused() -> None:
    protected, signed, signature = _jws.sign(
        {"alg": "ES256", "typ": "dc+sd-jwt", "b64": False, "crit": ["b64"]},
        json.dumps({**VC, "é": "é"}, ensure_ascii=False).encode(),
        ISSUER,
    )
    kb = presented(("title",)).rpartition("~")[2]
    document = {
        "protected": protected,
        "payload": signed.decode(),
        "signature": signature,
        "header": {"disclosures": [], "kb_jwt": kb},
    }
    assert "seal.crit" in codes(verified(json.dumps(document)))


def test_size_is_limited() -> None:
    with pytest.raises(LimitError):
        sd_jwt.parse("a" * (_jws.MAX_JWS_BYTES + 1))


def test_number_of_disclosures_is_limited() -> None:
    texts = [disclosure(str(n), "x") for n in range(sd_jwt.MAX_DISCLOSURES + 1)]
    assert codes(verified(token_of(VC, *texts))) == ["input.limit.disclosures"]


def test_disclosures_within_disclosures_are_limited() -> None:
    text, texts = disclosure("0", "deep", 1), []
    for depth in range(100):
        texts.append(text)
        text = disclosure(str(depth), "deep", {"_sd": [ref(text)]})
    result = verified(token_of({**VC, "_sd": [ref(text)]}, text, *texts))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["input.depth"])


def test_deep_json_in_a_disclosure_is_limited() -> None:
    import base64

    raw = b'["s","n",' + b"[" * 10_000 + b"]" * 10_000 + b"]"
    text = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    result = verified(token_of({**VC, "_sd": [ref(text)]}, text))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["input.depth"])


TOKEN = presented(("address", "city"), ("outcomes", 1), ("courses",))
GOOD = verified(TOKEN, demand=demand())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 6))
@example(TOKEN.index("~"), 0)
def test_any_flipped_bit_fails(place: int, bit: int) -> None:
    changed = TOKEN[:place] + chr(ord(TOKEN[place]) ^ 1 << bit) + TOKEN[place + 1 :]
    try:
        result = verified(changed, demand=demand())
    except TessellaError:
        return
    assert result.verdict is not Verdict.PASSED or (result.claims, result.binding) == (
        GOOD.claims,
        GOOD.binding,
    )
    assert result.verdict is not Verdict.PASSED


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_input_gives_our_errors_only(data: str | bytes) -> None:
    try:
        sd_jwt.verify(data)
    except TessellaError as error:
        assert error.code.startswith("input.")


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.text(max_size=3) | st.sampled_from([ref(NAME), ref(ITEM)]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a"]), inner, max_size=3)
        ),
        max_leaves=10,
    ),
    st.lists(st.sampled_from([NAME, ITEM, disclosure("s", "a", {"_sd": [ref(NAME)]})]), max_size=3),
)
def test_any_signed_payload_gives_a_verdict(value: Any, texts: list[str]) -> None:
    payload = {**VC, **value} if isinstance(value, dict) else {**VC, "a": value}
    result = verified(token_of(payload, *texts))
    assert (result.verdict is Verdict.PASSED) == (not result.problems)
    assert "_sd" not in json.dumps(result.claims) and '"..."' not in json.dumps(result.claims)


def test_ed25519_signature_with_a_high_s_fails() -> None:
    token = issued(signer=KEYS["Ed25519"])
    head, _, rest = token.partition("~")
    signed, _, signature = head.rpartition(".")
    raw = bytearray(base64url_decode(signature))
    order = 2**252 + 27742317777372353535851937790883648493
    raw[32:] = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")

    result = sd_jwt.verify(
        f"{signed}.{base64url_encode(bytes(raw))}~{rest}", resolver(KEYS["Ed25519"].public_key)
    )
    assert codes(result) == ["seal.signature"]


def test_claims_of_the_sample_are_not_changed_by_issuing() -> None:
    before = json.dumps(CLAIMS)
    issued()
    assert json.dumps(CLAIMS) == before


odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(
        [
            "did:key:z",
            "did:web:a.example",
            "did:jwk:e30",
            "https://[",
            "https://a:b/",
            "#k",
            "AAAA",
            "MAA=",
            "P-256",
            "EC",
            HOLDER.public_key.did_key_url,
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["jwk", "kid", "kty", "crv", "x", "y"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["iss", "cnf", "iat", "exp", "status", "_sd_alg", "sub"]), odd, max_size=4
    ),
    st.dictionaries(st.sampled_from(["kid", "x5c", "jwk", "crit", "typ", "alg"]), odd, max_size=3),
    st.booleans(),
)
def test_any_header_and_payload_give_a_verdict(
    payload: dict[str, Any], header: dict[str, Any], bound: bool
) -> None:
    token = token_of(VC | payload, **header)
    try:
        result = sd_jwt.verify(binding_of(token) if bound else token, demand=demand())
    except DecodeError:
        assert not isinstance(header.get("alg", ""), str)
        return
    assert result.verdict is not Verdict.PASSED and result.problems


@pytest.mark.parametrize("hash_name", sd_jwt.HASHES)
@given(
    texts=st.lists(st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9_-]{0,60}", fullmatch=True), max_size=6)
)
def test_digests_made_together_equal_those_made_alone(hash_name: str, texts: list[str]) -> None:
    assert digests(texts, hash_name) == [digest(text, hash_name) for text in texts]


SIGNS = st.text(st.sampled_from('AQgwZz09-_+/="\\~, é'), max_size=8)
ARRAYS = st.lists(st.integers() | st.text(max_size=4), max_size=3).map(json.dumps)
PIECES = st.sampled_from(["[", "]", '["a"', '"b"]', "\t", "\n", " ", "1", "{}", '[{"a":1,"a":1}]'])
ENCODED = (ARRAYS | PIECES | st.tuples(ARRAYS, PIECES).map("".join)).map(
    lambda text: base64url_encode(text.encode())
)


def one_by_one(texts: list[str]) -> list[Any]:
    parts = [loads(base64url_decode(text)) for text in texts]
    if not all(isinstance(one, list) for one in parts):
        raise bad_disclosure("A disclosure is no list of salt, perhaps name, and value.")
    return parts


def outcome(run: Callable[[list[str]], Any], texts: list[str]) -> Any:
    try:
        return run(texts)
    except TessellaError as error:
        return (error.code, error.message)


@settings(max_examples=500, deadline=None)
@given(st.lists(ENCODED | SIGNS, max_size=5))
def test_disclosures_read_together_equal_those_read_alone(texts: list[str]) -> None:
    assert outcome(arrays, texts) == outcome(one_by_one, texts)


@pytest.mark.parametrize("end", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=~é")
@pytest.mark.parametrize("text", ["[]", "[1]", "[12]"])
def test_disclosures_have_one_spelling(text: str, end: str) -> None:
    texts = [base64url_encode(b"[0]"), base64url_encode(text.encode())[:-1] + end, base64url_encode(b"[3]")]
    assert outcome(arrays, texts) == outcome(one_by_one, texts)
