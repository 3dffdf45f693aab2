"""The holder's side: what was chosen is shown, and what was withheld is nowhere in the bytes."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import KeyMaterialError, SchemaError, SealError
from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tests.seals.sd_jwt.support import (
    AT,
    CLAIMS,
    STRANGER,
    demand,
    issued,
    presented,
    verified,
)

OPEN = {name: CLAIMS[name] for name in ("vct", "iss", "iat", "exp", "title")}


def shown(*choose: sd_jwt.ClaimPath, **options: Any) -> dict[str, Any]:
    result = verified(presented(*choose, **options), demand=demand())
    assert (result.verdict, result.problems) == (Verdict.PASSED, ())
    return {name: value for name, value in result.claims.items() if name != "cnf"}


def test_nothing_chosen_shows_what_is_open_only() -> None:
    assert shown() == {**OPEN, "outcomes": []}


def test_chosen_claim_is_shown_with_all_that_is_in_it() -> None:
    assert shown(("courses",)) == {**OPEN, "outcomes": [], "courses": CLAIMS["courses"]}
    assert shown(("address",))["address"] == CLAIMS["address"]


def test_chosen_part_is_shown_in_the_shell_of_the_whole() -> None:
    assert shown(("address", "city"))["address"] == {"city": "Bodø", "country": "NO"}
    assert shown(("courses", 1, "name"))["courses"] == [{"name": "Boats"}]
    assert shown(("courses", None, "grade"))["courses"] == CLAIMS["courses"]


def test_chosen_elements_are_shown_in_their_order() -> None:
    assert shown(("outcomes", 2), ("outcomes", 0))["outcomes"] == ["Lays out lines", "Harvests by hand"]
    assert shown(("outcomes", None))["outcomes"] == CLAIMS["outcomes"]


def test_empty_path_is_the_whole_credential() -> None:
    assert shown(()) == CLAIMS


def test_open_claim_may_be_chosen_too() -> None:
    assert shown(("title",), ("given_name",)) == {**OPEN, "outcomes": [], "given_name": "Ingrid"}


def test_holder_sees_what_there_is_to_choose() -> None:
    claims, paths = sd_jwt.claims_of(issued())
    assert claims["courses"] == CLAIMS["courses"]
    assert len(paths) == 13 and ("courses", 1, "grade") in paths and ("title",) not in paths


def test_presentation_without_key_is_unbound() -> None:
    token = sd_jwt.present(issued(), [("given_name",)])
    assert token.endswith("~")
    assert verified(token).bound is Verdict.NOT_APPLICABLE


def test_presentation_uses_the_hash_of_the_credential() -> None:
    token = presented(("given_name",), token=issued(hash_name="sha-512"))
    assert verified(token, demand=demand()).verdict is Verdict.PASSED


def test_same_choice_gives_the_same_disclosures() -> None:
    one = presented(("address", "city"), ("given_name",))
    two = presented(("given_name",), ("address", "city"), ("address", "city"))
    assert sd_jwt.parse(one).disclosures == sd_jwt.parse(two).disclosures


@pytest.mark.parametrize(
    "path",
    [
        ("nickname",),
        ("address", "planet"),
        ("outcomes", 3),
        ("outcomes", -1),
        ("title", 0),
        ("address", None),
    ],
)
def test_path_that_leads_nowhere_is_refused(path: sd_jwt.ClaimPath) -> None:
    with pytest.raises(SchemaError) as caught:
        presented(path)
    assert caught.value.code == "input.schema.claim-path"


@pytest.mark.parametrize(
    "changes", [{"audience": ""}, {"nonce": ""}, {"at": None}, {"at": AT.replace(tzinfo=None)}]
)
def test_binding_needs_verifier_nonce_and_time(changes: dict[str, Any]) -> None:
    with pytest.raises(SchemaError) as caught:
        presented((), **changes)
    assert caught.value.code == "input.schema.binding"


def test_presentation_is_not_presented_again() -> None:
    with pytest.raises(SealError) as caught:
        presented((), token=presented(()))
    assert caught.value.code == "seal.binding"


def test_key_of_somebody_else_is_refused() -> None:
    with pytest.raises(KeyMaterialError) as caught:
        presented((), holder=STRANGER)
    assert caught.value.code == "key.mismatch"


def test_credential_without_key_cannot_be_bound() -> None:
    with pytest.raises(SealError) as caught:
        presented((), token=issued(holder_key=None))
    assert caught.value.code == "seal.binding"


def readable(token: str) -> bytes:
    """Everything that somebody who has the presentation can read out of it."""
    found = [token.encode()]
    for part in token.replace("~", ".").split("."):
        found.append(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return b"\n".join(found)


SECRETS = {
    ("given_name",): secrets.token_hex(12),
    ("family_name",): secrets.token_hex(12),
    ("address", "street"): secrets.token_hex(12),
    ("address", "city"): secrets.token_hex(12),
    ("outcomes", 0): secrets.token_hex(12),
    ("outcomes", 1): secrets.token_hex(12),
    ("outcomes", 2): secrets.token_hex(12),
    ("courses", 0, "grade"): secrets.token_hex(12),
    ("courses", 1, "grade"): secrets.token_hex(12),
}
SECRET_CLAIMS = {
    **OPEN,
    "given_name": SECRETS[("given_name",)],
    "family_name": SECRETS[("family_name",)],
    "address": {name: SECRETS[("address", name)] for name in ("street", "city")},
    "outcomes": [SECRETS[("outcomes", n)] for n in range(3)],
    "courses": [{"grade": SECRETS[("courses", n, "grade")]} for n in range(2)],
}
SECRET_TOKEN = sd_jwt.parse(issued(claims=SECRET_CLAIMS, random=secrets.token_bytes))
SALTS = {
    one.path: json.loads(base64.urlsafe_b64decode(one.text + "==="))[0]
    for one in verified(str(SECRET_TOKEN)).disclosed
}


@settings(max_examples=80, deadline=None)
@given(st.sets(st.sampled_from(sorted(SECRETS, key=repr))))
def test_withheld_values_and_salts_are_nowhere_in_a_presentation(chosen: set[sd_jwt.ClaimPath]) -> None:
    token = presented(*chosen, token=str(SECRET_TOKEN))
    content = readable(token)
    for path, value in SECRETS.items():
        assert (value.encode() in content) == (path in chosen)
        if path not in chosen:
            assert SALTS[path].encode() not in content
    assert verified(token, demand=demand()).verdict is Verdict.PASSED
