"""Roles that end, that are limited, that are handed on; and who may give them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tessella_web.accounts import domain, queries
from tessella_web.accounts.assurance import acting
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.accounts.permissions import may, only_of, roles_of
from tessella_web.common.errors import NotAllowedError, RefusedError
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def day(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def code_of(call, *errors) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(errors or (RefusedError, NotAllowedError)) as caught:
        call()
    return str(caught.value.code)


def test_a_role_ends_by_itself(organisation: Organisation, alice: Person, charlie: Person) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSESSOR, until=day(0))
    assert roles_of(charlie, organisation) == {Role.ASSESSOR}
    assert queries.workspaces_of(charlie) == [organisation]
    Membership.objects.filter(person=charlie).update(until=day(-1))
    assert roles_of(charlie, organisation) == frozenset()
    assert not may(charlie, organisation, "outcome.record")
    assert queries.workspaces_of(charlie) == []
    assert [one.person for one in queries.people_of(organisation)] == [alice]


def test_a_role_cannot_end_before_it_begins(
    organisation: Organisation, alice: Person, charlie: Person
) -> None:
    def give() -> None:
        domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.GUEST, until=day(-1))

    assert code_of(give) == "accounts.past"


def test_an_owner_for_a_time_is_not_the_last_one(
    organisation: Organisation, alice: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.OWNER, until=day(9))
    assert code_of(lambda: domain.take_role(by=alice, organisation=organisation, person=alice, role=Role.OWNER)) == "accounts.last-owner"  # fmt: skip
    assert code_of(lambda: domain.give_role(by=alice, organisation=organisation, person=alice, role=Role.OWNER, until=day(9))) == "accounts.last-owner"  # fmt: skip
    assert code_of(lambda: domain.set_roles(by=alice, organisation=organisation, person=alice, roles=[])) == "accounts.last-owner"  # fmt: skip


def test_an_owner_for_a_time_makes_nobody_owner(
    organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.OWNER, until=day(9))
    for whom in (charlie, bob):
        give = lambda whom=whom: domain.give_role(by=charlie, organisation=organisation, person=whom, role=Role.OWNER)  # noqa: E731  # fmt: skip
        assert code_of(give) == "accounts.only-for-a-time"
    invite = lambda: domain.invite(by=charlie, organisation=organisation, email="x@example.org", roles=[Role.OWNER])  # noqa: E731  # fmt: skip
    assert code_of(invite) == "accounts.only-for-a-time"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_but_an_owner_gives_roles_not_even_to_themselves(
    organisation: Organisation, alice: Person, charlie: Person, role: Role
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=role)
    for wanted in Role:
        give = lambda wanted=wanted: domain.give_role(by=charlie, organisation=organisation, person=charlie, role=wanted)  # noqa: E731  # fmt: skip
        assert code_of(give) == "accounts.not-allowed"
    assert roles_of(charlie, organisation) == {role}


def test_roles_are_handed_on_for_a_time_and_shown_as_such(
    organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.SEALER)
    domain.delegate(
        by=charlie, organisation=organisation, to=bob, role=Role.SEALER, until=day(30), reason="leave"
    )
    found = Membership.objects.get(person=bob, role=Role.SEALER)
    assert (found.is_delegated, found.given_by, found.reason, found.until) == (
        True,
        charlie,
        "leave",
        day(30),
    )
    assert may(bob, organisation, "batch.approve")
    Membership.objects.filter(pk=found.pk).update(until=day(-1))
    assert not may(bob, organisation, "batch.approve")
    assert may(charlie, organisation, "batch.approve")


def test_only_what_one_has_for_good_is_handed_on(
    organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.COORDINATOR)

    def hand_on(by: Person, to: Person, role: Role, **more: object) -> str:
        facts = {"until": day(3), "reason": "leave", **more}
        return code_of(lambda: domain.delegate(by=by, organisation=organisation, to=to, role=role, **facts))  # type: ignore[arg-type]

    assert hand_on(charlie, bob, Role.SEALER) == "accounts.not-yours"
    assert hand_on(charlie, bob, Role.OWNER) == "accounts.not-yours"
    assert hand_on(bob, charlie, Role.GUEST) == "accounts.not-allowed"
    assert hand_on(charlie, charlie, Role.COORDINATOR) == "accounts.not-here"
    assert hand_on(alice, person("Stranger"), Role.SEALER) == "accounts.not-here"
    assert hand_on(alice, charlie, Role.COORDINATOR) == "accounts.has-role"
    assert hand_on(alice, bob, Role.SEALER, reason=" ") == "accounts.no-reason"
    assert hand_on(alice, bob, Role.SEALER, until=day(400)) == "accounts.too-long"
    assert hand_on(alice, bob, Role.SEALER, until=day(-1)) == "accounts.past"
    domain.delegate(
        by=charlie, organisation=organisation, to=bob, role=Role.COORDINATOR, until=day(3), reason="leave"
    )
    assert hand_on(bob, alice, Role.COORDINATOR) == "accounts.not-yours"


def test_who_handed_on_ends_it_and_people_leave(
    organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.COORDINATOR)
    domain.delegate(
        by=charlie, organisation=organisation, to=bob, role=Role.COORDINATOR, until=day(3), reason="leave"
    )
    domain.take_role(by=charlie, organisation=organisation, person=bob, role=Role.COORDINATOR)
    assert roles_of(bob, organisation) == {Role.GUEST}
    assert code_of(lambda: domain.take_role(by=charlie, organisation=organisation, person=bob, role=Role.GUEST)) == "accounts.not-allowed"  # fmt: skip
    domain.take_role(by=bob, organisation=organisation, person=bob, role=Role.GUEST)
    assert roles_of(bob, organisation) == frozenset()


def test_an_associate_for_named_descriptions_does_nothing_elsewhere(
    organisation: Organisation, alice: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSOCIATE, only=["a"])
    assert may(charlie, organisation, "description.edit", "a")
    assert not may(charlie, organisation, "description.edit", "b")
    assert not may(charlie, organisation, "description.edit", "")
    assert only_of(charlie, organisation) == {"a"}
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSOCIATE)
    assert may(charlie, organisation, "description.edit", "b")
    assert only_of(charlie, organisation) is None


def test_sealing_roles_are_given_with_a_fresh_second_factor(
    organisation: Organisation, alice: Person, charlie: Person, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.SECOND_FACTOR_REQUIRED = True
    with acting(lambda: None):
        for role in (Role.OWNER, Role.SEALER):
            give = lambda role=role: domain.give_role(by=alice, organisation=organisation, person=charlie, role=role)  # noqa: E731  # fmt: skip
            assert code_of(give) == "accounts.second-factor"
        domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSESSOR)
    with acting(timezone.now):
        domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.SEALER)
    with acting(lambda: timezone.now() - dt.timedelta(minutes=16)):
        assert code_of(lambda: domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.OWNER)) == "accounts.second-factor"  # fmt: skip


# Pages


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("charlie", 404), ("", 302)])
def test_who_sees_who_works_there(
    client: CheckingClient, organisation: Organisation, bob: Person, request: pytest.FixtureRequest, who: str, status: int
) -> None:  # fmt: skip
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get("/o/twickel/people").status_code == status


@pytest.mark.parametrize("path", ["invite", "{bob}", "{alice}"])
@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 403), ("charlie", 404), ("", 302)])
def test_only_owners_give_roles_on_pages(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person, request: pytest.FixtureRequest,
    who: str, status: int, path: str,
) -> None:  # fmt: skip
    if who:
        client.force_login(request.getfixturevalue(who))
    address = f"/o/twickel/people/{path.format(alice=alice.id, bob=bob.id)}"
    assert client.get(address).status_code == status
    answer = client.post(address, {"roles": ["owner"], "email": "x@example.org"})
    assert answer.status_code == (302 if status == 200 else status)
    assert (roles_of(bob, organisation) == {Role.GUEST}) is (who != "alice" or "bob" not in path)


def test_roles_are_changed_on_a_page(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person
) -> None:
    client.force_login(alice)
    address = f"/o/twickel/people/{bob.id}"
    client.post(address, {"roles": ["assessor", "reviewer"], "until": day(20).isoformat()})
    assert roles_of(bob, organisation) == {Role.ASSESSOR, Role.REVIEWER}
    assert set(Membership.objects.filter(person=bob).values_list("until", flat=True)) == {day(20)}
    assert "Quality reviewer" in client.get("/o/twickel/people").page.text
    page = client.post(address, {"roles": ["guest"], "until": "2001-01-01"}).page
    assert "This day has passed." in page.text
    client.post(address, {"until": ""})
    assert roles_of(bob, organisation) == frozenset()
    assert client.get(address).status_code == 404


def test_the_last_owner_is_told_why_they_stay(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    page = client.post(f"/o/twickel/people/{alice.id}", {"roles": ["guest"]}).page
    assert "An organisation needs an owner." in page.text
    client.post(f"/o/twickel/people/{alice.id}/owner")
    assert roles_of(alice, organisation) == {Role.OWNER}


def test_a_role_is_handed_on_on_a_page(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person
) -> None:
    client.force_login(alice)
    data = {"role": "sealer", "to": bob.id, "until": day(10).isoformat(), "reason": "parental leave"}
    page = client.post("/o/twickel/people/delegate", data, follow=True).page
    assert "handed on by Alice until" in page.text and "parental leave" in page.text
    client.post(f"/o/twickel/people/{bob.id}/sealer")
    assert roles_of(bob, organisation) == {Role.GUEST}
    client.force_login(bob)
    assert client.get("/o/twickel/people/delegate").status_code == 403


def test_the_page_takes_the_same_queries_for_one_and_three(
    client: CheckingClient, organisation: Organisation, alice: Person, django_assert_num_queries, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(alice)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get("/o/twickel/people")
        return len(found)

    def colleague(name: str) -> None:
        domain.give_role(by=alice, organisation=organisation, person=person(name), role=Role.GUEST)
        domain.invite(by=alice, organisation=organisation, email=f"{name}@example.org", roles=[Role.GUEST])

    client.get("/o/twickel/people")
    colleague("Ada")
    one = count()
    colleague("Ben")
    colleague("Cleo")
    assert count() == one
