"""The examples of RFC 9901: digests, disclosures, signatures, key binding and processed payloads."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tessella.errors import AccessError
from tessella.keys import PrivateKey, PublicKey, base64url_encode
from tessella.seals import sd_jwt
from tessella.seals.sd_jwt import BindingDemand
from tessella.seals.sd_jwt._disclosure import digest, process
from tessella.verdicts import Verdict
from tests.seals.sd_jwt import vectors as v

ISSUER = PublicKey.from_jwk(v.ISSUER_JWK)
AUDIENCE = "https://verifier.example.org"


def verify(token: str, **options: Any) -> sd_jwt.SdJwtResult:
    return sd_jwt.verify(token, published, types=v.TYPES, **options)


def published(header: Any, claims: Any) -> PublicKey:
    """The examples publish one key; that of the second signature in §8.3 is not among them."""
    if header.get("kid") == "issuer-key-2":
        raise AccessError("It is not at hand.", code="access.offline")
    return ISSUER


def demand(iat: int) -> BindingDemand:
    at = dt.datetime.fromtimestamp(iat + 5, dt.UTC)
    return BindingDemand(audience=AUDIENCE, nonce="1234567890", at=at)


@pytest.mark.parametrize(
    "contents",
    [v.CONTENTS, v.RECURSIVE_CONTENTS, v.COMPLEX_CONTENTS, v.DECOY_CONTENTS],
    ids=["5", "6.3", "A.2", "A.1"],
)
def test_digests_are_those_of_the_examples(contents: dict[str, list[Any]]) -> None:
    assert [digest(v.written(one), "sha-256") for one in contents.values()] == list(contents)


def test_digest_is_taken_over_the_text_not_over_what_it_says() -> None:
    assert digest(v.MOEBIUS, "sha-256") == v.MOEBIUS_DIGEST
    for text in v.MOEBIUS_VARIANTS:
        payload = {"_sd": [digest(text, "sha-256")]}
        assert process(payload, [text]).claims == {"family_name": "Möbius"}
        assert digest(text, "sha-256") != v.MOEBIUS_DIGEST


def test_issued_example_holds_with_all_claims() -> None:
    result = verify(v.ISSUED)
    assert result.verdict is Verdict.PASSED
    assert result.claims == {**v.CLAIMS, "cnf": {"jwk": v.HOLDER_JWK}}
    assert (result.withheld, len(result.disclosed), result.bound) == (0, 10, Verdict.NOT_APPLICABLE)
    assert result.issued_at == dt.datetime.fromtimestamp(1683000000, dt.UTC)
    assert result.not_after == dt.datetime.fromtimestamp(1883000000, dt.UTC)
    assert result.not_before is None


def test_presented_example_holds_with_key_binding() -> None:
    result = verify(v.PRESENTATION, demand=demand(v.KB_CLAIMS["iat"]))  # type: ignore[arg-type]
    assert (result.verdict, result.bound, result.problems) == (Verdict.PASSED, Verdict.PASSED, ())
    assert result.claims == v.PRESENTED_CLAIMS
    assert result.binding is not None
    assert (result.binding.audience, result.binding.nonce) == (AUDIENCE, "1234567890")
    assert digest(sd_jwt.parse(v.PRESENTATION).without_binding, "sha-256") == v.KB_CLAIMS["sd_hash"]


def test_recursive_disclosures_give_the_example_address() -> None:
    texts = [v.written(one) for one in v.RECURSIVE_CONTENTS.values()]
    claims = process(v.RECURSIVE_PAYLOAD, texts).claims
    assert claims["address"] == {
        "street_address": "Schulstr. 12",
        "locality": "Schulpforta",
        "region": "Sachsen-Anhalt",
        "country": "DE",
    }
    assert "_sd_alg" not in claims


@pytest.mark.parametrize(
    ("token", "claims", "withheld"),
    [(v.COMPLEX, v.COMPLEX_CLAIMS, 10), (v.DECOYS, v.DECOY_CLAIMS, 14)],
    ids=["A.2", "A.1"],
)
def test_appendix_example_holds(token: str, claims: dict[str, Any], withheld: int) -> None:
    result = verify(token)
    assert (result.verdict, result.claims, result.withheld) == (Verdict.PASSED, claims, withheld)


def test_flattened_json_holds() -> None:
    result = verify(json.dumps(v.FLATTENED))
    assert result.verdict is Verdict.PASSED
    said = {name: result.claims[name] for name in v.JSON_CONTENTS}
    assert said == {name: content[2] for name, content in v.JSON_CONTENTS.items()}


@pytest.mark.parametrize("document", [v.FLATTENED_KB, v.GENERAL], ids=["flattened", "general"])
def test_json_with_key_binding_holds(document: dict[str, Any]) -> None:
    result = verify(json.dumps(document), demand=demand(1748361941))
    assert (result.verdict, result.problems) == (Verdict.PASSED, ())
    assert (result.claims["family_name"], "birthdate" in result.claims) == ("Doe", False)


def test_json_becomes_the_same_in_compact_form() -> None:
    token = sd_jwt.parse(json.dumps(v.FLATTENED_KB))
    again = sd_jwt.parse(str(token))
    assert (again.without_binding, again.key_binding) == (token.without_binding, token.key_binding)


@pytest.mark.parametrize("second", [None, "own", "wrong"])
def test_each_signature_of_general_json_is_verified(second: str | None) -> None:
    """The key of the example's second signature is not published: it is noted, holds when replaced, or breaks all."""
    document = json.loads(json.dumps(v.GENERAL))
    own = PrivateKey.generate("ES256")
    if second == "own":
        row = document["signatures"][1]
        signed = f"{row['protected']}.{document['payload']}".encode()
        row["signature"] = base64url_encode(own.sign(signed))

    def resolve(header: Any, claims: Any) -> PublicKey:
        if header.get("kid") == "issuer-key-1":
            return ISSUER
        if second is None:
            raise AccessError("It is not at hand.", code="access.offline")
        return own.public_key

    result = sd_jwt.verify(json.dumps(document), resolve, types=v.TYPES)
    assert (result.verdict, [one.code for one in result.problems], result.notes, result.key) == {
        None: (Verdict.PASSED, [], ("Signature 2 does not count: It is not at hand.",), ISSUER),
        "own": (Verdict.PASSED, [], ("Signature 2 holds, too.",), ISSUER),
        "wrong": (Verdict.FAILED, ["seal.signature"], (), ISSUER),
    }[second]


def test_example_type_is_no_credential() -> None:
    result = sd_jwt.verify(v.ISSUED, lambda header, claims: ISSUER)
    assert (result.verdict, [p.code for p in result.problems]) == (Verdict.FAILED, ["seal.type"])
