"""Whom the organisation acts for, and what its reviewers ask: as on the pages."""

from __future__ import annotations

import pytest

from tessella_web.registers.domain import bodies
from tests.api.conftest import Small, client_of
from tests.api.support import Client

pytestmark = pytest.mark.usefixtures("unhurried")


def test_a_body_is_claimed_and_the_claim_withdrawn(owner: Client) -> None:
    body = bodies.make_body(name="University of Twickel", country="NL", confirmed=True)
    made = owner("POST", "/identity/claim", {"body": body.id})
    assert (made.status_code, made.json()["state"], made.json()["body"]) == (201, "open", body.id)
    assert made.json()["proof_line"].startswith("tessella-verification=")
    assert owner("GET", "/identity").json()["claim"] == made.json()
    second = owner("POST", "/identity/claim", {"body": body.id})
    assert (second.status_code, second.json()["code"]) == (409, "registers.claimed")
    assert owner("POST", "/identity/claim/withdrawal").json()["state"] == "withdrawn"
    now = owner("GET", "/identity").json()
    assert (now["claim"], [one["id"] for one in now["past"]]) == (None, [made.json()["id"]])
    assert owner("POST", "/identity/claim/withdrawal").status_code == 404


def test_a_body_that_nobody_confirmed_is_not_claimed_by_its_id(owner: Client) -> None:
    body = bodies.make_body(name="Somebody", country="NL")
    assert owner("POST", "/identity/claim", {"body": body.id}).status_code == 404


def test_a_new_body_is_described_and_claimed(owner: Client) -> None:
    given = {"name": "Harbour Academy", "country": "NLD", "legal_id": "NTRNL-12345678"}
    made = owner("POST", "/identity/claim-of-new-body", given)
    assert (made.status_code, made.json()["body_name"], made.json()["legal_id"]) == (
        201,
        "Harbour Academy",
        "NTRNL-12345678",
    )
    other = owner("POST", "/identity/claim-of-new-body", {"name": "Nowhere College", "country": "Atlantis"})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "#/country")


def test_a_checklist_is_drafted_adopted_and_given_up(small: Small, owner: Client) -> None:
    assert owner("GET", "/checklist").json()["is_own"] is False
    assert owner("GET", "/checklist/draft").status_code == 404
    draft = owner("POST", "/checklist/draft").json()
    shipped = draft["sections"][0]["questions"][0]["id"]
    path = f"/checklist/draft/questions/{shipped}"
    unchanged = owner("POST", "/checklist/draft/adoption")
    assert (unchanged.status_code, unchanged.json()["code"]) == (409, "checklist.unchanged")
    added = owner("POST", "/checklist/draft/questions", {"section": "1.5", "asks": "Did a learner try it?"})
    assert added.status_code == 201
    reworded = owner("PUT", path, {"asks": "In our words?"}).json()["sections"][0]["questions"][0]
    assert (reworded["asks"], reworded["shipped"] != "") == ("In our words?", True)
    assert owner("POST", f"{path}/omission", {}).json()["code"] == "checklist.words"
    left = owner("POST", f"{path}/omission", {"because": "No premises."}).json()
    assert left["sections"][0]["questions"][0]["not_asked"] == "No premises."
    again = owner("DELETE", f"{path}/omission").json()
    assert again["sections"][0]["questions"][0]["not_asked"] == ""
    assert owner("POST", "/checklist/draft/adoption").json()["is_own"] is True
    assert [one["number"] for one in owner("GET", "/checklist/editions").json()["items"]] == [1]
    assert owner("GET", "/checklist").json() == owner("GET", "/checklist/editions/1").json()
    assert owner("POST", "/checklist/return-to-shipped").json()["is_own"] is False


def test_a_coordinator_reads_the_checklist_and_does_not_edit_it(small: Small) -> None:
    coordinator = client_of(small, "coordinator")
    assert coordinator("GET", "/checklist").status_code == 200
    refused = coordinator("POST", "/checklist/draft")
    assert (refused.status_code, refused.json()["code"]) == (403, "accounts.not-allowed")
