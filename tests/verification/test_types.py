"""Type metadata: had from where the type is, the one that was meant, and kept to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.errors import AccessError
from tessella.formats import attestation
from tessella.ports import Fetched
from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella.verification._types import MAX_EXTENDED
from tests.issuing.support import AT, award, issuer

VCT = "https://university.example/vct/micro/1"
BASE = "https://ministry.example/vct/learning/1"
OWN = attestation.type_metadata(vct=VCT)


class Site:
    """Serves what it is given."""

    def __init__(self, documents: dict[str, bytes]) -> None:
        self.documents = documents

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        if url not in self.documents:
            raise AccessError(f"{url} is not there.", code="access.http")
        return Fetched(url=url, body=self.documents[url], media_type="application/json", fetched_at=AT)


def token(stated: str = "", **changes: Any) -> str:
    made = attestation.write(
        award(), issuer=issuer().organisation, issuer_id=issuer().id, issued_at=AT, credential_id="urn:uuid:1",
        vct=VCT, vct_integrity=stated,
    )  # fmt: skip
    disclosable = [path for path in made.disclosable if path[0] != changes.get("open")]
    disclosable += [(name,) for name in changes.get("hidden", ())]
    signer = issuer().badge_signer
    assert signer is not None
    return sd_jwt.issue(made.claims, signer, disclosable=disclosable)


def document(vct: str = VCT, **members: Any) -> bytes:
    return json.dumps({"vct": vct, **members}).encode()


def checked(data: str, documents: dict[str, bytes] | None) -> tuple[Verdict, str, tuple[str, ...]]:
    fetcher = Site(documents) if documents is not None else None
    check = verify(data, surroundings=Surroundings(at=AT, fetcher=fetcher)).check("format")
    assert check is not None
    return check.verdict, check.explanation, check.notes


def test_attestation_keeps_to_its_own_type() -> None:
    verdict, _, notes = checked(token(attestation.integrity(OWN)), {VCT: OWN})
    assert (verdict, [note for note in notes if VCT in note]) == (
        Verdict.PASSED,
        [f"It keeps to the description that {VCT} has of itself."],
    )


def test_presentation_keeps_to_its_type_in_what_it_shows() -> None:
    shown = sd_jwt.present(token(attestation.integrity(OWN)), [("learning_outcomes",)])
    assert checked(shown, {VCT: OWN})[0] is Verdict.PASSED


@pytest.mark.parametrize("documents", [None, {}])
def test_description_that_is_not_at_hand_is_noted(documents: dict[str, bytes] | None) -> None:
    verdict, _, notes = checked(token(attestation.integrity(OWN)), documents)
    assert (verdict, any("description of its type was not looked at" in note for note in notes)) == (
        Verdict.PASSED,
        True,
    )


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "other bytes": (attestation.integrity(OWN), OWN + b" ", "not the one that the issuer meant"),
    "no known hash": ("md5-abc", OWN, "not the one that the issuer meant"),
    "another type": ("", document("urn:other"), "description of another type"),
    "no object": ("", b"[]", "description of another type"),
    "no JSON": ("", b"{", "not valid JSON"),
    "a key twice": ("", b'{"vct":"a","vct":"b"}', "appears twice"),
    "extends itself": ("", document(extends=VCT), "extends itself"),
    "extends nothing": ("", document(extends=7), "extends itself"),
    "rules no list": ("", document(claims={}), "cannot be read"),
    "rule without path": ("", document(claims=[{"sd": "never"}]), "cannot be read"),
    "empty path": ("", document(claims=[{"path": []}]), "cannot be read"),
    "unknown word": ("", document(claims=[{"path": ["iss"], "sd": "sometimes"}]), "cannot be read"),
    "always, but open": ("", document(claims=[{"path": ["iss"], "sd": "always"}]), "able to withhold $.iss"),
    "never, but hidden": (
        "",
        document(claims=[{"path": ["family_name"], "sd": "never"}]),
        "$.family_name must stand",
    ),
    "element open": (
        "",
        document(claims=[{"path": ["learning_outcomes", None], "sd": "always"}]),
        "outcomes[0]",
    ),
    "mandatory in the open": (
        "",
        document(claims=[{"path": ["nonsense"], "sd": "never", "mandatory": True}]),
        "missing",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_credential_that_breaks_its_type_fails(name: str) -> None:
    stated, data, words = BROKEN[name]
    verdict, told, _ = checked(token(stated), {VCT: data})
    assert (verdict, words in told) == (Verdict.FAILED, True), told


def test_withheld_claim_is_not_missing() -> None:
    rule = {"path": ["family_name"], "sd": "always", "mandatory": True}
    shown = sd_jwt.present(token(), [("learning_outcomes",)])
    assert checked(shown, {VCT: document(claims=[rule])})[0] is Verdict.PASSED


def test_rules_of_the_extended_type_hold() -> None:
    base = document(BASE, claims=[{"path": ["iss"], "sd": "always"}])
    fine = document(BASE, claims=[{"path": ["family_name"], "sd": "always"}])
    for data, verdict in ((base, Verdict.FAILED), (fine, Verdict.PASSED)):
        stated = {"extends": BASE, "extends#integrity": attestation.integrity(data)}
        assert checked(token(), {VCT: document(**stated), BASE: data})[0] is verdict
    swapped = document(extends=BASE, **{"extends#integrity": attestation.integrity(base)})
    assert checked(token(), {VCT: swapped, BASE: fine})[0] is Verdict.FAILED


def test_types_may_not_extend_each_other_for_ever() -> None:
    chain = [VCT, *(f"{BASE}/{number}" for number in range(MAX_EXTENDED + 1))]
    documents = {
        one: document(one, extends=after) for one, after in zip(chain, [*chain[1:], BASE], strict=True)
    }
    assert checked(token(), documents)[:2] == (
        Verdict.FAILED,
        f"More than {MAX_EXTENDED} types extend each other. "
        "Tell whoever publishes the type; it cannot be checked as it is.",
    )
