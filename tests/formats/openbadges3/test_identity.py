"""Who the badge is about."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.formats.openbadges3 import hash_identity, identity_matches
from tessella.model import Identifier


def test_hash_is_that_of_the_standards_example() -> None:
    assert hash_identity("a@example.com", "Kosher").startswith("sha256$b5809d8a")


@given(st.text(), st.text())
def test_hashed_value_matches_itself_only(value: str, salt: str) -> None:
    hashed = Identifier(value=hash_identity(value, salt), extra={"hashed": True, "salt": salt})
    assert identity_matches(hashed, value)
    assert not identity_matches(hashed, value + "x")


def test_md5_and_upper_case_digests_match() -> None:
    digest = hashlib.md5(b"a@example.comKosher").hexdigest().upper()
    assert identity_matches(
        Identifier(value=f"md5${digest}", extra={"hashed": True, "salt": "Kosher"}), "a@example.com"
    )


def test_address_matches_in_lower_case() -> None:
    hashed = Identifier(value=hash_identity("a@example.com", ""), extra={"hashed": True})
    assert identity_matches(hashed, "A@Example.com")
    assert identity_matches(Identifier(value="a@example.com"), "A@Example.com")
    assert not identity_matches(Identifier(value="ab12"), "AB12")


@pytest.mark.parametrize("value", ["", "sha256$", "sha1$abc", "a@example.com", "sha256$ä"])
def test_what_is_no_hash_never_matches(value: str) -> None:
    assert not identity_matches(Identifier(value=value, extra={"hashed": True}), "a@example.com")
