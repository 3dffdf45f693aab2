"""What happened here: in words, for those who answer for the organisation."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.common import audit
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def test_the_trail_is_told_in_words_by_name(organisation: Organisation, alice: Person, bob: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    text = client.get("/o/twickel/history").page.text
    assert "The organisation was founded here" in text and "Somebody got a role" in text
    assert "Alice" in text and "Bob" in text
    audit.forget(alice.id)
    told = client.get("/o/twickel/history").page.text
    assert "Somebody else" in told


def test_who_does_not_answer_for_it_does_not_see_it(
    organisation: Organisation, bob: Person, charlie: Person
) -> None:
    found = []
    for one in (bob, charlie):
        client = CheckingClient()
        client.force_login(one)
        found.append(client.get("/o/twickel/history").status_code)
    assert [*found, CheckingClient().get("/o/twickel/history").status_code] == [403, 404, 302]


def test_other_organisations_are_not_told(organisation: Organisation, alice: Person, charlie: Person) -> None:
    other = accounts.found_organisation(founder=charlie, name="Hill", slug="hill", country="DEU")
    accounts.give_role(by=charlie, organisation=other, person=charlie, role=Role.SEALER)
    client = CheckingClient()
    client.force_login(alice)
    assert "Charlie" not in client.get("/o/twickel/history").page.text


def test_a_long_trail_costs_the_same(organisation: Organisation, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    counts = []
    for more in (1, 3):
        for number in range(more):
            audit.record("x.done", f"thing:{number}", actor_id=alice.id, organisation=organisation.id)
        with CaptureQueriesContext(connection) as found:
            client.get("/o/twickel/history")
        counts.append(len(found))
    assert counts[0] == counts[1]
