"""Who works in the organisation, what it says of itself, and what everybody with a token may look up."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from tessella_web.catalogue.esco.models import Release
from tests.api.conftest import Small, client_of
from tests.api.support import Client
from tests.web.mails import posted


def _day(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


@pytest.mark.django_db(transaction=True)
def test_somebody_is_invited_by_mail_and_the_invitation_withdrawn(owner: Client) -> None:
    made = owner("POST", "/invitations", {"email": "Eva@Example.org", "roles": ["sealer", "assessor"]})
    assert made.status_code == 201
    assert made.json()["roles"] == ["assessor", "sealer"]
    posted()
    assert [one.to for one in mail.outbox] == [["eva@example.org"]]
    assert [one["email"] for one in owner("GET", "/invitations").json()["items"]] == ["eva@example.org"]
    at = made["Location"].removeprefix("/api/v1")
    assert owner("DELETE", at).status_code == 204
    assert owner("GET", "/invitations").json()["items"] == []
    assert owner("DELETE", at).status_code == 404


def test_the_secret_of_an_invitation_is_told_by_mail_only(owner: Client) -> None:
    made = owner("POST", "/invitations", {"email": "eva@example.org", "roles": ["guest"]}).json()
    assert sorted(made) == ["email", "expires_at", "id", "invited_at", "only", "roles", "until"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "no address", "roles": ["guest"]}, 409, "enrolment.email"),
        ({"email": "eva@example.org", "roles": []}, 409, "accounts.no-role"),
        ({"email": "eva@example.org", "roles": ["king"]}, 422, "api.invalid"),
        ({"email": "eva@example.org", "roles": ["associate"], "only": ["A" * 22]}, 404, "api.not-found"),
    ],
)
def test_who_cannot_be_invited_is_not(owner: Client, body: object, status: int, code: str) -> None:
    refused = owner("POST", "/invitations", body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert owner("GET", "/invitations").json()["items"] == []


def test_roles_are_set_together(owner: Client, small: Small) -> None:
    guest = small.people["guest"].id
    assert owner("PUT", f"/people/{guest}/roles", {"roles": ["reviewer", "assessor"]}).json()["roles"] == [
        "assessor",
        "reviewer",
    ]
    assert owner("PUT", f"/people/{guest}/roles", {"roles": []}).json()["roles"] == []
    assert owner("PUT", f"/people/{small.people['owner'].id}/roles", {"roles": ["guest"]}).json()["code"] == (
        "accounts.last-owner"
    )


def test_a_role_is_handed_on_for_a_time(owner: Client, small: Small) -> None:
    guest, coordinator = small.people["guest"].id, client_of(small, "coordinator")
    given = {"role": "coordinator", "until": _day(30), "reason": "Leave."}
    made = coordinator("POST", f"/people/{guest}/delegations", given)
    assert (made.status_code, made.json()["roles"]) == (200, ["coordinator", "guest"])
    foreign = coordinator("POST", f"/people/{guest}/delegations", {**given, "role": "owner"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "accounts.not-yours")
    long = owner("POST", f"/people/{guest}/delegations", {**given, "role": "sealer", "until": _day(400)})
    assert (long.status_code, long.json()["code"]) == (409, "accounts.too-long")


def test_what_the_organisation_says_is_written_and_taken_away(owner: Client) -> None:
    at = "/organisation/policies/complaints/nl"
    said = owner("PUT", at, {"text": "Write to us.", "url": "https://twickel.example/complaints"}).json()
    assert [(one["subject"], one["language"], one["text"]) for one in said["items"]] == [
        ("complaints", "nl", "Write to us.")
    ]
    assert owner("PUT", at, {}).json() == owner("GET", "/organisation/policies").json() == {"items": []}
    assert owner("PUT", "/organisation/policies/complaints/xx", {"text": "?"}).json()["code"] == (
        "providers.language"
    )
    assert owner("PUT", at, {"url": "javascript:alert(1)"}).status_code == 422


def test_skills_are_looked_up_by_any_token(small: Small) -> None:
    guest = client_of(small, "guest", ["audit:read"])
    assert guest("GET", "/skills?text=bak").json() == {"release": "", "items": []}
    Release.objects.create(version="1.2.0", is_current=True)
    assert guest("GET", "/skills?text=bak&kind=occupation&limit=3").json() == {
        "release": "1.2.0",
        "items": [],
    }
    assert guest("GET", "/skills").status_code == 422
