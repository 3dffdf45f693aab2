"""An associate for named descriptions sees and changes these, and the rest looks as if it did not exist."""

from __future__ import annotations

import pytest

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description
from tests.web.accounts.test_roles import code_of
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(organisation: Organisation, alice: Person, charlie: Person) -> tuple[Description, Description]:
    """Charlie helps with the first."""
    made = [
        domain.start_description(
            by=alice, organisation=organisation, content={"title": {"en": title}, "language": "en"}
        )
        for title in ("Reading water", "Reading stones")
    ]
    accounts.give_role(
        by=alice, organisation=organisation, person=charlie, role=Role.ASSOCIATE, only=[made[0].id]
    )
    return made[0], made[1]


def test_pages(client: CheckingClient, two: tuple[Description, Description], charlie: Person) -> None:
    client.force_login(charlie)
    text = client.get("/o/twickel/descriptions/").page.text
    assert "Reading water" in text and "Reading stones" not in text
    assert client.get(f"/descriptions/{two[0].id}/").status_code == 200
    assert client.get(f"/descriptions/{two[1].id}/").status_code == 404
    assert client.get(f"/descriptions/{two[1].id}/history").status_code == 404
    assert client.get("/o/twickel/").status_code == 200


def test_verbs(two: tuple[Description, Description], organisation: Organisation, charlie: Person) -> None:
    assert (
        code_of(lambda: domain.start_description(by=charlie, organisation=organisation))
        == "accounts.not-allowed"
    )
    assert code_of(lambda: domain.submit_for_review(description=two[0], by=charlie)) == "accounts.not-allowed"


def test_the_owner_chooses_them_on_a_page(
    client: CheckingClient, two: tuple[Description, Description], alice: Person, charlie: Person
) -> None:
    client.force_login(alice)
    client.post(f"/o/twickel/people/{charlie.id}", {"roles": ["associate"], "only": [two[1].id]})
    client.force_login(charlie)
    assert client.get(f"/descriptions/{two[0].id}/").status_code == 404
    assert client.get(f"/descriptions/{two[1].id}/").status_code == 200
