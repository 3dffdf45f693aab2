"""Invitations: mailed, opened, accepted once, by whoever is signed in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone

from tessella_web.accounts import domain
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Invitation, Organisation, Person, Role
from tessella_web.accounts.permissions import roles_of
from tessella_web.common.errors import RefusedError
from tessella_web.common.mailing import MailState
from tests.web.accounts.test_roles import code_of, day
from tests.web.mails import posted
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db(transaction=True)


def invited(client: CheckingClient, alice: Person, **more: object) -> str:
    client.force_login(alice)
    data = {"email": "Ana@Example.org", "roles": ["assessor", "guest"], **more}
    answer = client.post("/o/twickel/people/invite", data)
    assert answer.status_code == 302, answer.page.text
    client.post("/sign-out")
    posted()
    found = re.search(r"/invitation\?key=[\w-]+", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_an_invitation_is_mailed_and_accepted_with_another_address(
    client: CheckingClient, organisation: Organisation, alice: Person, charlie: Person
) -> None:
    link = invited(client, alice)
    assert mail.outbox[-1].to == ["ana@example.org"]
    assert "Alice asks you to work with University of Twickel as: Assessor, Guest." in mail.outbox[-1].body
    page = client.get(link).page
    assert "Sign in with any of your addresses" in page.text
    client.force_login(charlie)
    assert "You are signed in as Charlie." in client.get(link).page.text
    answer = client.post("/invitation", {"key": link.partition("=")[2]})
    assert answer["Location"] == "/o/twickel/"
    assert roles_of(charlie, organisation) == {Role.ASSESSOR, Role.GUEST}


def test_an_invitation_works_once(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    link = invited(client, alice)
    domain.accept(person=charlie, secret=link.partition("=")[2])
    client.force_login(bob)
    assert client.get(link).status_code == 409
    assert client.post("/invitation", {"key": link.partition("=")[2]}).status_code == 409
    assert roles_of(bob, organisation) == {Role.GUEST}


def test_an_invitation_ends_is_withdrawn_and_is_replaced(
    client: CheckingClient, organisation: Organisation, alice: Person, charlie: Person
) -> None:
    old = invited(client, alice)
    new = invited(client, alice)
    assert (client.get(old).status_code, client.get(new).status_code) == (409, 200)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(new).status_code == 409
    last = invited(client, alice)
    client.force_login(alice)
    client.post(
        f"/o/twickel/people/invitations/{Invitation.objects.get(withdrawn_at=None, expires_at__gt=timezone.now()).id}"
    )
    assert client.get(last).status_code == 409
    assert client.get("/invitation?key=never-made").status_code == 409


def test_who_invited_must_still_be_owner(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    link = invited(client, alice)
    domain.give_role(by=alice, organisation=organisation, person=bob, role=Role.OWNER)
    domain.take_role(by=bob, organisation=organisation, person=alice, role=Role.OWNER)
    with pytest.raises(RefusedError) as caught:
        domain.accept(person=charlie, secret=link.partition("=")[2])
    assert caught.value.code == "accounts.inviter"
    assert roles_of(charlie, organisation) == frozenset()


def test_an_invitation_takes_nothing_away(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    link = invited(client, alice, roles=["owner"], until=day(5).isoformat())
    domain.accept(person=alice, secret=link.partition("=")[2])
    assert alice.memberships.get(role=Role.OWNER).until is None


def test_roles_limits_and_ends_are_those_of_the_invitation(
    client: CheckingClient, organisation: Organisation, alice: Person, charlie: Person
) -> None:
    made = domain.invite(
        by=alice, organisation=organisation, email="x@example.org", roles=[Role.ASSOCIATE], until=day(5), only=["a"]
    )  # fmt: skip
    posted()
    found = re.search(r"key=([\w-]+)", str(mail.outbox[-1].body))
    assert found and found[1] not in str(vars(made))
    domain.accept(person=charlie, secret=found[1])
    held = charlie.memberships.get()
    assert (held.role, held.until, held.only, held.given_by) == (Role.ASSOCIATE, day(5), ["a"], alice)


def test_an_invitation_needs_a_role(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    page = client.post("/o/twickel/people/invite", {"email": "ana@example.org"}).page
    assert "Choose what they will do." in page.text
    none = lambda: domain.invite(by=alice, organisation=organisation, email="a@example.org", roles=[])  # noqa: E731
    assert code_of(none) == "accounts.no-role"


def test_no_role_is_offered_that_has_ended_already(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    data = {"email": "ana@example.org", "roles": ["guest"], "until": day(-1).isoformat()}
    page = client.post("/o/twickel/people/invite", data).page
    assert "This day has passed." in page.text
    with pytest.raises(RefusedError) as caught:
        domain.invite(
            by=alice, organisation=organisation, email="ana@example.org", roles=[Role.GUEST], until=day(-1)
        )
    assert (caught.value.code, caught.value.field) == ("accounts.past", "until")
    assert (Invitation.objects.count(), Letter.objects.count()) == (0, 0)


def test_an_invitation_works_no_longer_than_its_roles(organisation: Organisation, alice: Person) -> None:
    made = domain.invite(
        by=alice, organisation=organisation, email="x@example.org", roles=[Role.GUEST], until=day(2)
    )
    assert timezone.localtime(made.expires_at).date() == day(3)
    forever = domain.invite(by=alice, organisation=organisation, email="y@example.org", roles=[Role.GUEST])
    assert timezone.localtime(forever.expires_at).date() == day(14)


def test_an_invitation_leaves_at_least_once_under_one_id(
    organisation: Organisation, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain.invite(by=alice, organisation=organisation, email="x@example.org", roles=[Role.GUEST])
    (waiting,) = Letter.objects.values()
    assert [
        one for one in ("example.org", "Alice", "key=") if one in str({**waiting, "message_id": ""})
    ] == []
    with monkeypatch.context() as killed:
        killed.setattr(letters, "_done", lambda letter: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            posted()
    assert (len(mail.outbox), posted()) == (1, 0)
    Letter.objects.update(due_at=timezone.now())
    assert (posted(), posted()) == (1, 0)
    assert {one.extra_headers["Message-ID"] for one in mail.outbox} == {waiting["message_id"]}
    assert Letter.objects.get().state == MailState.SENT


def test_an_invitation_that_was_withdrawn_or_replaced_does_not_leave(
    organisation: Organisation, alice: Person
) -> None:
    first, second = (
        domain.invite(by=alice, organisation=organisation, email="x@example.org", roles=[Role.GUEST])
        for _again in range(2)
    )
    assert not Invitation.objects.get(pk=first.pk).is_open
    domain.withdraw_invitation(by=alice, invitation=second)
    assert posted() == 0
    assert set(Letter.objects.values_list("state", flat=True)) == {MailState.NEEDLESS}


def test_mail_is_in_the_language_of_who_invites(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    client.post(
        "/o/twickel/people/invite",
        {"email": "x@example.org", "roles": ["guest"]},
        headers={"accept-language": "en"},
    )
    posted()
    assert mail.outbox[-1].subject == "University of Twickel invites you"


def test_whoever_comes_invited_may_make_an_account_where_others_may_not(
    client: CheckingClient, organisation: Organisation, alice: Person, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.SIGN_UP_OPEN = False
    link = invited(client, alice)
    client.get(link)
    assert client.get("/sign-in/new").page.title.startswith("Make an account")
