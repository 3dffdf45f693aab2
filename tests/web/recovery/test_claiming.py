"""Claiming without an account, keeping with one, links that are used up, and awards that wait."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Organisation, Person
from tessella_web.common.errors import RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain import awards, claiming
from tessella_web.credentials.domain.claiming import Link
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award, AwardState
from tests.web.credentials.test_batches import work
from tests.web.pages import CheckingClient
from tests.web.recovery.conftest import Awarded, account, letters, sign_in
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db


def taken(award: Award, client: CheckingClient) -> CheckingClient:
    """The browser in which the link was opened."""
    client.post(f"/a/{award.id}/claim", {"key": claim_key(award)})
    return client


def keep(client: CheckingClient, award: Award, email: str) -> object:
    client.post(f"/a/{award.id}/keep", {"action": "send", "email": email})
    return client.post(f"/a/{award.id}/keep", {"action": "check", "code": code_in_mail()})


def said_by(award: Award) -> list[str]:
    entries = AuditEntry.objects.filter(about=f"award:{award.id}", verb__in=["award.claimed", "award.kept"])
    return [one.facts["by"] for one in entries.order_by("number")]


def test_without_an_account_it_can_be_read_kept_as_files_and_understood(
    awarded: Awarded, client: CheckingClient
) -> None:
    award = awarded("mia@home.example")
    page = client.get(f"/a/{award.id}/claim?key={claim_key(award)}").page
    assert "You need no account" in page.text and "University of Twickel" in page.text
    answer = client.post(f"/a/{award.id}/claim", {"key": claim_key(award)}, follow=True)
    assert "Whoever has it can" in answer.page.text and "Keep it with an account" in answer.page.text
    for copy in award.copies.all():
        assert client.get(f"/a/{award.id}/files/{copy.format}").status_code == 200
    assert (Award.objects.get().holder, said_by(award)) == (None, ["no-account"])


def test_somebody_new_keeps_it_with_a_code_and_has_an_account(
    awarded: Awarded, client: CheckingClient
) -> None:
    award = awarded("mia@home.example")
    answer = keep(taken(award, client), award, "Mia@Home.example")
    assert answer["Location"] == f"/wallet/entry/a-{award.id}"  # type: ignore[index]
    holder = Award.objects.get().holder
    assert holder is not None and (holder.email, holder.name) == ("mia@home.example", "Mia Lind 0")
    assert EmailAddress.objects.get(user=holder).verified
    assert said_by(award) == ["no-account", "addressed"]
    assert client.get("/wallet").status_code == 200


def test_who_has_an_account_keeps_it_there_with_whatever_address(
    awarded: Awarded, client: CheckingClient
) -> None:
    mia = account("Mia", "mia@first.example", "mia@second.example")
    award = awarded("mia@home.example")
    keep(taken(award, client), award, "mia@second.example")
    assert Award.objects.get().holder == mia
    assert said_by(award) == ["no-account", "another-account"]


def test_an_account_that_was_begun_with_the_address_but_never_confirmed_is_theirs_now(
    awarded: Awarded, client: CheckingClient
) -> None:
    begun = Person.objects.create(email="mia@home.example", name="Somebody")
    EmailAddress.objects.create(user=begun, email="mia@home.example", verified=False, primary=True)
    award = awarded("mia@home.example")
    keep(taken(award, client), award, "mia@home.example")
    assert Award.objects.get().holder == begun
    assert EmailAddress.objects.get(user=begun).verified


def test_only_the_browser_that_took_it_can_keep_it(awarded: Awarded, client: CheckingClient) -> None:
    award = awarded("mia@home.example")
    taken(award, CheckingClient())
    assert client.get(f"/a/{award.id}/keep").status_code == 404
    client.force_login(account("Eve", "eve@home.example"))
    assert client.post(f"/a/{award.id}/keep").status_code == 404
    assert Award.objects.get().holder is None


def test_who_signs_in_meanwhile_is_asked_once_more(awarded: Awarded, client: CheckingClient) -> None:
    award = awarded("mia@home.example")
    mia = account("Mia", "mia@first.example")
    taken(award, client)
    sign_in(client, "mia@first.example")
    assert "Put it into my wallet" in client.get(f"/a/{award.id}/keep").content.decode()
    assert Award.objects.get().holder is None
    client.post(f"/a/{award.id}/keep")
    assert Award.objects.get().holder == mia


def test_a_second_use_is_explained_and_staff_can_be_asked_once_a_day(
    awarded: Awarded, alice: Person, client: CheckingClient
) -> None:
    award = awarded("mia@home.example")
    key = claim_key(award)
    taken(award, CheckingClient())
    second = client.post(f"/a/{award.id}/claim", {"key": key})
    assert "does not work any more" in second.page.text and "Was it you?" in second.page.text
    assert 'href="/sign-in?next=/wallet/waiting"' in second.content.decode()
    for told in ("is told", "was told already today"):
        answer = client.post(f"/a/{award.id}/claim", {"key": key, "action": "again"}, follow=True)
        assert told in answer.page.text
    assert letters(alice.email) == ["A learner asks for a new link: Data ethics in practice"]
    assert "mia@home.example" not in str(Letter.objects.values())


def test_states_of_a_link(awarded: Awarded, alice: Person) -> None:
    award = awarded("mia@home.example")
    key = claim_key(award)

    def state() -> Link:
        return claiming.link_state(Award.objects.get(pk=award.pk), key)

    assert state() is Link.OPEN
    assert claiming.link_state(award, "x") is Link.WRONG
    assert claiming.link_state(award, "é") is Link.WRONG
    Award.objects.update(claim_until=timezone.now() - dt.timedelta(days=1))
    assert state() is Link.ENDED
    Award.objects.update(claim_until=None, state=AwardState.REVOKED)
    assert state() is Link.REVOKED
    Award.objects.update(state=AwardState.SUPERSEDED)
    assert state() is Link.CORRECTED
    Award.objects.update(state=AwardState.VALID, claimed_at=timezone.now())
    assert state() is Link.USED
    Award.objects.update(holder=alice)
    assert state() is Link.KEPT
    Award.objects.update(claim_round=2)
    assert state() is Link.REPLACED


@pytest.mark.parametrize(
    "change", [{"state": AwardState.REVOKED}, {"state": AwardState.SUPERSEDED}, {"claim_round": 2}]
)
def test_what_is_not_open_cannot_be_claimed(awarded: Awarded, change: dict[str, object]) -> None:
    award = awarded("mia@home.example")
    key = claim_key(award)
    Award.objects.update(**change)
    with pytest.raises(RefusedError) as told:
        claiming.claim(award=award, key=key)
    assert told.value.code == "award.claim"


def test_a_wrong_link_asks_nobody(awarded: Awarded, client: CheckingClient) -> None:
    award = awarded("mia@home.example")
    answer = client.post(f"/a/{award.id}/claim", {"key": "0" * 64, "action": "again"}, follow=True)
    assert "does not work any more" in answer.page.text
    assert Letter.objects.count() == 0


def test_what_was_sent_to_any_address_of_somebody_waits_and_comes_by_their_word(
    awarded: Awarded, client: CheckingClient, university: Organisation
) -> None:
    mia = account("Mia", "mia@home.example", "mia@twickel.example")
    EmailAddress.objects.create(user=mia, email="mia@not-yet.example", verified=False)
    first = awarded("MIA@twickel.example")
    awarded("mia@not-yet.example")
    client.force_login(mia)
    assert claiming.waiting_for(mia) == [first]
    assert "1 award waits for you" in client.get("/wallet").page.text
    assert Award.objects.filter(holder=mia).count() == 0
    page = client.get("/wallet/waiting").page
    assert "Data ethics in practice" in page.text
    assert "Nothing was chosen." in client.post("/wallet/waiting", {}, follow=True).page.text
    others = awarded("eve@home.example")
    client.post("/wallet/waiting", {"award": [first.id, others.id]})
    assert [one.pk for one in Award.objects.filter(holder=mia)] == [first.pk]
    assert said_by(first) == ["addressed"]
    assert claiming.link_state(Award.objects.get(pk=first.pk), claim_key(first)) is Link.KEPT


def test_what_was_taken_without_an_account_still_waits_for_its_address(awarded: Awarded) -> None:
    award = awarded("mia@home.example")
    claiming.claim(award=award, key=claim_key(award))
    assert claiming.waiting_for(account("Mia", "mia@home.example")) == [award]


def test_looking_for_what_waits_takes_the_same_queries(awarded: Awarded) -> None:
    mia = account("Mia", "mia@home.example", "mia@second.example", "mia@third.example")
    counts = []
    for email in ("mia@home.example", "mia@second.example", "mia@third.example"):
        awarded(email)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            claiming.waiting_for(mia)
        counts.append(len(seen))
    assert counts == [2, 2, 2]


def test_staff_sends_no_new_link_for_what_somebody_keeps(
    awarded: Awarded, alice: Person, charlie: Person
) -> None:
    award = awarded("mia@home.example")
    claiming.claim(award=award, key=claim_key(award), person=charlie)
    with pytest.raises(RefusedError) as told:
        awards.resend(by=alice, award=award)
    assert told.value.code == "award.kept"


def test_a_new_address_ends_the_old_link_at_once(awarded: Awarded, alice: Person) -> None:
    award = awarded("wrong@home.example")
    old = claim_key(award)
    mail.outbox.clear()
    awards.readdress(by=alice, award=award, email="mia@home.example")
    assert claiming.link_state(Award.objects.get(pk=award.pk), old) is Link.REPLACED
    work()
    assert [one.to for one in mail.outbox] == [["mia@home.example"]]
    assert len(claiming.waiting_for(account("Mia", "mia@home.example"))) == 1
    assert claiming.waiting_for(account("Eve", "wrong@home.example")) == []


def test_staff_sees_that_it_was_taken_and_not_by_whom(
    awarded: Awarded, alice: Person, charlie: Person, client: CheckingClient
) -> None:
    award = awarded("mia@home.example")
    claiming.claim(award=award, key=claim_key(award), person=charlie)
    client.force_login(alice)
    page = client.get(f"/o/twickel/awarded/{award.id}")
    assert charlie.email not in page.content.decode() and "Charlie" not in page.page.text
