"""Asking for a decision and deciding it by programs, from the badge to the proof and to a part that falls."""

from __future__ import annotations

import json

import pytest

from tessella.stacking.checker import check_proof
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.tokens.domain import make_token
from tessella_web.accounts.tokens.scopes import SCOPES
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.credentials.models import Award
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.models import Case
from tests.api.conftest import own_client
from tests.api.support import Client
from tests.web.stacking.conftest import badges, dana, larger, marl, marla, sealed, version
from tests.web.stacking.test_falling import own_part, revoked

__all__ = ["badges", "dana", "larger", "marl", "marla", "version"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]


def program(by: Person, organisation: Organisation, *without: str) -> Client:
    _token, secret = make_token(
        by=by, organisation=organisation, name="program", scopes=sorted(set(SCOPES) - set(without))
    )
    return Client(secret)


def test_from_a_question_to_a_proof_and_to_what_falls(
    dana: Person,
    marla: Person,
    marl: Organisation,
    version: PathwayVersion,
    badges: list[Award],
) -> None:
    mine, theirs = own_client(dana), program(marla, marl)
    answer = mine("POST", "/own-cases", {
        "version": version.id, "keys": [f"a-{one.id}" for one in badges], "keep_days": 60, "name": "Dana Alder",
    })  # fmt: skip
    case = answer.json()
    assert answer.status_code == 201
    assert [one["id"] for one in theirs("GET", "/cases").json()["items"]] == [case["id"]]
    today = theirs("GET", f"/cases/{case['id']}").json()["today"]
    assert (today["outcome"], sorted(one["title"] for one in today["parts"] if one["counts"])[0]) == (
        "met",
        "Beekeeping",
    )
    theirs("POST", f"/cases/{case['id']}/decision", {"decision": "granted", "reasons": "All counts."})
    sealed()
    domain.finish_due()
    proof = json.loads(mine("GET", f"/own-cases/{case['id']}/proof").content)["credentialSubject"]
    assert check_proof(proof["proof"], proof["rule"], proof["items"]) == ()
    found = mine("GET", f"/own-cases/{case['id']}").json()
    assert (found["state"], found["by_discretion"], proof["award"]) == (
        "granted",
        False,
        Award.objects.get(pk=found["awarded"]).urn,
    )

    revoked(own_part(Case.objects.get()))
    fallen = theirs("GET", "/cascades").json()["items"][0]
    assert (fallen["cause"], fallen["state"], fallen["title"]) == ("revoked", "open", "Beekeeping")
    taking = {"action": "revoke", "reason": "It does not hold."}
    bare = program(marla, marl, "awards:seal")
    assert bare("POST", f"/cascades/{fallen['id']}/decision", taking).json()["code"] == "api.scope"
    kept = theirs(
        "POST", f"/cascades/{fallen['id']}/decision", {"action": "keep", "reason": "She showed it."}
    ).json()
    assert kept["state"] == "kept"
