"""An organisation confirms who somebody is: asked without telling who has an account, decided with reasons, told, delayed, refusable."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.recovery import domain, ways
from tessella_web.accounts.recovery.models import How, Recovery, Stage
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain import claiming
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award
from tests.web.pages import CheckingClient
from tests.web.recovery.conftest import Awarded, account, letters
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db

NEW = "mia@home.example"


@pytest.fixture
def mia(awarded: Awarded) -> Person:
    """A graduate whose only address is the university's."""
    found = account("Mia", "mia@twickel.example", "mia@club.example")
    award = awarded("mia@twickel.example")
    claiming.claim(award=award, key=claim_key(award), person=found)
    mail.outbox.clear()
    return found


def asked(
    organisation: Organisation, email: str = "mia@twickel.example", new: str = NEW, by: Person | None = None
) -> Recovery | None:
    return domain.ask(email=email, organisation=organisation, new_email=new, name="Mia Lind", by=by)


def confirmed(by: Person, organisation: Organisation) -> Recovery:
    found = asked(organisation)
    assert found is not None
    return domain.confirm(by=by, recovery=found, how=How.IN_PERSON, note="Met her on 3 May.")


def pass_days(days: int) -> None:
    for one in Recovery.objects.all():
        one.made_at -= dt.timedelta(days=days)
        one.due_at = one.due_at and one.due_at - dt.timedelta(days=days)
        one.save()


def test_the_whole_way(mia: Person, alice: Person, client: CheckingClient, university: Organisation) -> None:
    values = {
        "action": "send", "organisation": "twickel", "email": "mia@twickel.example", "name": "Mia Lind",
        "said": "Course of 2025", "new_email": NEW,
    }  # fmt: skip
    client.post("/sign-in/recover/organisation", values)
    assert Recovery.objects.count() == 0  # nothing before the address was shown to be theirs
    answer = client.post("/sign-in/recover/organisation", {"action": "check", "code": code_in_mail()})
    assert "Your request is on its way" in answer.page.text
    found = Recovery.objects.get()
    assert letters(alice.email) == ["Somebody asks you to confirm who they are"]
    staff = CheckingClient()
    staff.force_login(alice)
    assert "Mia Lind" in staff.get("/o/twickel/recoveries").page.text
    page = staff.get(f"/o/twickel/recoveries/{found.id}").page.text
    assert "Course of 2025" in page and "Data ethics in practice" in page and "club.example" not in page
    staff.post(
        f"/o/twickel/recoveries/{found.id}", {"action": "confirm", "how": "in-person", "note": "Met her."}
    )
    assert (
        letters("mia@twickel.example", "mia@club.example")
        == ["Is it you who wants a new address on your account?"] * 2
    )
    assert letters(NEW)[-1] == "University of Twickel has confirmed who you are"
    assert domain.tidy() == 0 and ways.account_at(NEW) is None
    pass_days(8)
    assert (domain.tidy(), ways.account_at(NEW)) == (1, mia)
    assert letters(NEW)[-1] == letters("mia@club.example")[-1] == "A new address opens your account"
    mia.refresh_from_db()
    assert mia.email == NEW and Award.objects.get().holder == mia


def test_nobody_learns_who_has_an_account(mia: Person, university: Organisation) -> None:
    def told(email: str) -> str:
        client = CheckingClient()
        new = f"new-{email.partition('@')[0]}@home.example"
        client.post("/sign-in/recover/organisation", {
            "action": "send", "organisation": "twickel", "email": email, "name": "Mia Lind", "new_email": new,
        })  # fmt: skip
        answer = client.post("/sign-in/recover/organisation", {"action": "check", "code": code_in_mail()})
        return re.sub("new-[a-z]+@", "", answer.page.text)

    account("Ann", "ann@home.example")  # has an account, and nothing from the university
    assert told("mia@twickel.example") == told("ghost@twickel.example") == told("ann@home.example")
    assert [one.person for one in Recovery.objects.all()] == [mia]


def test_only_organisations_that_are_known_and_have_awarded_are_asked(
    mia: Person, university: Organisation
) -> None:
    rogue = Organisation.objects.create(slug="rogue", name="Rogue", country="NLD", established_by="reviewer")
    assert asked(rogue) is None
    Award.objects.update(is_test=True)
    assert asked(university) is None
    Award.objects.update(is_test=False)
    Organisation.objects.update(established_by="")
    university.refresh_from_db()
    assert asked(university) is None
    Organisation.objects.update(established_by="reviewer", is_held=True)
    university.refresh_from_db()
    assert asked(university) is None


def test_asking_twice_is_one_request_and_three_are_enough(mia: Person, university: Organisation) -> None:
    first = asked(university)
    assert asked(university) == first
    for number in range(5):
        asked(university, new=f"mia{number}@home.example")
    assert Recovery.objects.count() == domain.MOST_OPEN


def test_who_may_who_may_in_part_and_who_may_not(
    mia: Person, alice: Person, bob: Person, charlie: Person, university: Organisation, client: CheckingClient
) -> None:
    found = asked(university)
    assert found is not None
    dora = account("Dora", "dora@twickel.example")
    accounts.give_role(by=alice, organisation=university, person=dora, role=Role.ASSESSOR)
    for who in (bob, charlie, dora):
        with pytest.raises(NotAllowedError):
            domain.confirm(by=who, recovery=found, how=How.IN_PERSON, note="Met her.")
        with pytest.raises(NotAllowedError):
            domain.decline(by=who, recovery=found)
    client.force_login(dora)
    page = client.get(f"/o/twickel/recoveries/{found.id}").page.text
    assert "An owner or a course coordinator decides." in page and "decline" not in page
    assert Recovery.objects.get().stage == Stage.ASKED


def test_staff_cannot_open_their_own_account_or_that_of_people_who_work_somewhere(
    mia: Person, alice: Person, university: Organisation
) -> None:
    found = asked(university)
    assert found is not None
    with pytest.raises(RefusedError) as told:
        domain.confirm(by=alice, recovery=found, how=How.IN_PERSON, note=" ")
    assert told.value.code == "recovery.note"
    accounts.give_role(by=alice, organisation=university, person=mia, role=Role.GUEST)
    with pytest.raises(RefusedError) as told:
        domain.confirm(by=alice, recovery=found, how=How.IN_PERSON, note="Met her.")
    assert told.value.code == "recovery.elsewhere"
    Recovery.objects.update(person=alice)
    with pytest.raises(NotAllowedError) as own:
        domain.confirm(by=alice, recovery=found, how=How.IN_PERSON, note="Met her.")
    assert own.value.code == "recovery.own"


def test_it_takes_a_second_factor(mia: Person, alice: Person, university: Organisation) -> None:
    from tessella_web.accounts.permissions import SENSITIVE

    assert "recovery.check" in SENSITIVE


@pytest.mark.parametrize("how", ["link", "signed in"])
def test_whoever_still_reaches_the_account_refuses(
    mia: Person, alice: Person, university: Organisation, client: CheckingClient, how: str
) -> None:
    found = confirmed(alice, university)
    address = f"/recovery/{found.id}/refuse"
    assert client.get(address).status_code == client.post(address, {"key": "0" * 64}).status_code == 404
    if how == "link":
        letters()
        told = next(one for one in mail.outbox if one.to == ["mia@club.example"])
        key = re.search(r"refuse\?key=(\w+)", str(told.body))
        assert key is not None
        page = client.get(f"{address}?key={key[1]}").page
        assert NEW in page.text and Recovery.objects.get().stage == Stage.CHECKED
        client.post(address, {"key": key[1]})
    else:
        client.force_login(mia)
        assert "Is it you who wants a new address?" in client.get("/wallet").page.text
        client.post(address)
    assert Recovery.objects.get().stage == Stage.REFUSED
    pass_days(30)
    assert (domain.tidy(), ways.account_at(NEW)) == (0, None)
    assert letters(NEW)[-1] == letters(alice.email)[-1] == "The new address was refused"
    with pytest.raises(RefusedError):
        domain.refuse(recovery=found, by=mia)


def test_others_cannot_refuse(mia: Person, alice: Person, charlie: Person, university: Organisation) -> None:
    found = confirmed(alice, university)
    with pytest.raises(NotAllowedError):
        domain.refuse(recovery=found, by=charlie)


def test_what_was_declined_is_over(mia: Person, alice: Person, university: Organisation) -> None:
    found = asked(university)
    assert found is not None
    domain.decline(by=alice, recovery=found)
    assert letters(NEW) == ["University of Twickel could not confirm who you are"]
    with pytest.raises(RefusedError):
        domain.confirm(by=alice, recovery=found, how=How.IN_PERSON, note="Met her.")


def test_what_nobody_decides_ends(mia: Person, university: Organisation) -> None:
    asked(university)
    pass_days(61)
    assert domain.tidy() == 1
    assert Recovery.objects.get().stage == Stage.OVER
    assert letters(NEW) == ["Your request is over"]


def test_how_it_was_decided_is_kept_for_a_year(mia: Person, alice: Person, university: Organisation) -> None:
    domain.decline(by=alice, recovery=asked(university) or Recovery())
    for days, left in ((364, 1), (2, 0)):
        for one in Recovery.objects.all():
            one.ended_at = (one.ended_at or timezone.now()) - dt.timedelta(days=days)
            one.save()
        domain.tidy()
        assert Recovery.objects.count() == left


def test_an_address_that_became_somebody_elses_is_not_added(
    mia: Person, alice: Person, university: Organisation
) -> None:
    confirmed(alice, university)
    other = account("Mia too", NEW)
    pass_days(8)
    assert domain.tidy() == 1
    assert (ways.account_at(NEW), Recovery.objects.get().stage) == (other, Stage.OVER)


def test_who_has_another_account_asks_from_there_and_both_become_one(
    mia: Person, alice: Person, university: Organisation, client: CheckingClient
) -> None:
    other = account("Mia L.", NEW)
    with pytest.raises(RefusedError) as told:
        asked(university)
    assert told.value.code == "recovery.address-taken"
    client.force_login(other)
    values = {"action": "send", "organisation": "twickel", "email": "mia@twickel.example", "name": "Mia Lind"}
    assert "Your request is on its way" in client.post("/sign-in/recover/organisation", values).page.text
    domain.confirm(by=alice, recovery=Recovery.objects.get(), how=How.VIDEO, note="By video on 3 May.")
    pass_days(8)
    assert domain.tidy() == 1
    assert not Person.objects.filter(pk=mia.pk).exists()
    assert Award.objects.get().holder == other
    assert sorted(ways.verified_addresses(other)) == ["mia@club.example", NEW, "mia@twickel.example"]
    assert Recovery.objects.get().stage == Stage.DONE
    assert letters(NEW)[-1] == "A new address opens your account"


def test_everything_is_in_the_trail_without_names(
    mia: Person, alice: Person, university: Organisation
) -> None:
    confirmed(alice, university)
    pass_days(8)
    domain.tidy()
    entries = AuditEntry.objects.filter(verb__startswith="recovery.").order_by("number")
    assert [one.verb for one in entries] == ["recovery.asked", "recovery.checked", "recovery.done"]
    assert entries[1].facts == {"how": "in-person"} and entries[1].actor
    text = str(list(AuditEntry.objects.values("about", "facts"))).lower()
    assert [one for one in ("mia", "lind", "home.example") if one in text] == []


def test_unconfirmed_claims_to_an_address_end_when_it_is_added(
    mia: Person, alice: Person, university: Organisation
) -> None:
    confirmed(alice, university)
    eve = account("Eve", "eve@home.example")
    EmailAddress.objects.create(user=eve, email=NEW, verified=False)
    pass_days(8)
    domain.tidy()
    assert ways.account_at(NEW) == mia
    assert not EmailAddress.objects.filter(user=eve, email=NEW).exists()
    assert Recovery.objects.get().ended_at <= timezone.now()
