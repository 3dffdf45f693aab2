"""Lists of options: who sees them, how they reach a client, what is answered, and that they end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.accounts.domain import give_role
from tessella_web.accounts.leaving.domain import erase
from tessella_web.accounts.letters.domain import send_due
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.common.audit import AuditEntry
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.guidance.options import domain
from tessella_web.guidance.options.models import Option, OptionList, Reply
from tests.web.catalogue.counting import counted
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def cora(alice: Person, organisation: Organisation) -> Person:
    """A counsellor, and nothing else."""
    found = person("Cora")
    give_role(by=alice, organisation=organisation, person=found, role=Role.COUNSELLOR)
    return found


@pytest.fixture
def offer(publish: Any, alice: Person) -> Offer:
    version: Version = publish("Beekeeping")
    made = offers.create_offer(
        by=alice,
        version=version,
        values={"name": "Spring", "price": Decimal(400), "hours_per_week": Decimal(6)},
    )
    return offers.set_state(by=alice, offer=made, state=State.OPEN)


def begun(by: Person, organisation: Organisation, **more: Any) -> OptionList:
    return domain.start(
        by=by, organisation=organisation,
        **{"client_name": "Ona K", "title": "Ways into beekeeping", "ends_at": timezone.now() + dt.timedelta(30), **more},
    )  # fmt: skip


def link(title: str = "Evening school", **more: Any) -> dict[str, Any]:
    return {"title": title, "why": "Near your home.", "url": "https://example.org/evening", **more}


@pytest.fixture
def ready(cora: Person, organisation: Organisation, offer: Offer) -> OptionList:
    """Two options: one of the counsellor's own organisation, one elsewhere."""
    found = begun(cora, organisation, tells_opening=True)
    domain.put_option(by=cora, option_list=found, values={"title": "Beekeeping", "why": "You like bees.", "offer": offer})  # fmt: skip
    domain.put_option(by=cora, option_list=found, values=link())
    return found


def code_of(verb: Any) -> str:
    with pytest.raises((RefusedError, NotAllowedError)) as caught:
        verb()
    return caught.value.code


def test_counsellor_puts_options_together_on_pages(
    client: CheckingClient, cora: Person, organisation: Organisation, offer: Offer
) -> None:
    client.force_login(cora)
    assert "Options for clients" in client.get("/o/twickel/").page.text
    until = (timezone.now() + dt.timedelta(20)).date().isoformat()
    client.post("/o/twickel/options/new", {"client_name": "Ona K", "title": "Bees", "ends_on": until})
    found = OptionList.objects.get()
    here = f"/o/twickel/options/{found.id}"
    looked = client.get(f"{here}/add?q=beekeep").page
    assert "Your own organisation" in looked.text
    assert "400 EUR" in client.get(f"{here}/add?offer={offer.id}").content.decode()
    client.post(
        f"{here}/add?offer={offer.id}", {"title": "Beekeeping", "why": "You like bees.", "workload": "6"}
    )
    client.post(f"{here}/add?link=1", link())
    assert [(one.title, one.is_own) for one in found.options.all()] == [("Beekeeping", True), ("Evening school", False)]  # fmt: skip
    second = found.options.last()
    assert second
    client.post(f"{here}/options/{second.id}", link("Night school"))
    client.post(f"{here}/options/{found.options.all()[0].id}/remove")
    assert [(one.position, one.title) for one in found.options.all()] == [(1, "Night school")]
    sent = client.post(f"{here}/send", {"way": "link", "pin": "4711"})
    assert "/advice/" in sent.content.decode()
    assert sent["Cache-Control"] == "private, no-store"
    assert "It was sent already." in client.post(f"{here}/edit", {"client_name": "O", "title": "B", "ends_on": until}).page.text  # fmt: skip


def test_nobody_else_in_the_organisation_sees_a_list(
    client: CheckingClient, alice: Person, bob: Person, charlie: Person, ready: OptionList
) -> None:
    here = f"/o/twickel/options/{ready.id}"
    answers = {}
    for name, one in (("owner", alice), ("guest", bob), ("nobody", charlie)):
        client.force_login(one)
        answers[name] = client.get(here).status_code
    assert answers == {"owner": 403, "guest": 403, "nobody": 404}
    assert code_of(lambda: domain.send_link(by=alice, option_list=ready)) == "accounts.not-allowed"
    other = person("Otto")
    give_role(by=alice, organisation=ready.organisation, person=other, role=Role.COUNSELLOR)
    client.force_login(other)
    assert client.get(here).status_code == 404
    assert code_of(lambda: domain.send_link(by=other, option_list=ready)) == "options.not-yours"


def test_fourth_option_is_refused(cora: Person, ready: OptionList) -> None:
    domain.put_option(by=cora, option_list=ready, values=link("Third"))
    assert code_of(lambda: domain.put_option(by=cora, option_list=ready, values=link("Fourth"))) == "options.too-many"  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [({"why": " "}, "options.text"), ({"title": ""}, "options.text"), ({"url": "javascript:alert(1)"}, "options.address"), ({"url": ""}, "options.address")],
)  # fmt: skip
def test_option_that_says_too_little_is_refused(
    cora: Person, ready: OptionList, values: dict[str, str], code: str
) -> None:
    assert code_of(lambda: domain.put_option(by=cora, option_list=ready, values=link() | values)) == code


@pytest.mark.parametrize("days", [-1, 400])
def test_list_that_never_ends_is_refused(cora: Person, organisation: Organisation, days: int) -> None:
    assert code_of(lambda: begun(cora, organisation, ends_at=timezone.now() + dt.timedelta(days))) == "options.end"  # fmt: skip


def test_link_opens_with_its_pin_and_is_answered(
    client: CheckingClient, cora: Person, ready: OptionList
) -> None:
    secret = domain.send_link(by=cora, option_list=ready, pin="4711")
    here = f"/advice/{secret}"
    door = client.get(here)
    assert "the counsellor sees that they were opened" in door.page.text
    assert "Beekeeping" not in door.page.text.replace("Ways into beekeeping", "")
    assert door["X-Robots-Tag"] == "noindex, nofollow"
    assert door["Referrer-Policy"] == "same-origin"
    assert "This PIN is not right." in client.post(here, {"pin": "1234"}).page.text
    page = client.post(here, {"pin": "4711"}, follow=True).page
    assert "Offered by University of Twickel itself" in page.text
    assert "Ona K" not in page.text
    first, second = ready.options.all()
    client.post(f"{here}/{first.id}", {"reply": "interested"})
    client.post(f"{here}/{second.id}", {"reply": "question", "text": "Is there a train?"})
    assert [one.reply for one in ready.options.all()] == [Reply.INTERESTED, Reply.QUESTION]
    assert "write your question" in client.post(f"{here}/{first.id}", {"reply": "question"}, follow=True).page.text  # fmt: skip
    client.force_login(cora)
    seen = client.get(f"/o/twickel/options/{ready.id}").page.text
    assert "Is there a train?" in seen
    assert "Opened on" in seen


def test_ten_wrong_pins_end_the_list(cora: Person, ready: OptionList) -> None:
    secret = domain.send_link(by=cora, option_list=ready, pin="4711")
    for _time in range(10):
        assert code_of(lambda: domain.open_list(secret=secret, pin="0000")) == "options.pin"
    assert code_of(lambda: domain.open_list(secret=secret, pin="4711")) == "options.gone"


def test_answers_need_the_link_to_be_opened(client: CheckingClient, cora: Person, ready: OptionList) -> None:
    secret = domain.send_link(by=cora, option_list=ready)
    option = ready.options.all()[0]
    assert client.post(f"/advice/{secret}/{option.id}", {"reply": "no"}).status_code == 404
    assert client.post(f"/advice/{'x' * 43}/{option.id}", {"reply": "no"}).status_code == 404


def test_opening_is_not_noted_when_the_client_was_not_told(
    client: CheckingClient, cora: Person, organisation: Organisation
) -> None:
    quiet = begun(cora, organisation)
    domain.put_option(by=cora, option_list=quiet, values=link())
    secret = domain.send_link(by=cora, option_list=quiet)
    assert "does not see whether you open" in client.get(f"/advice/{secret}").page.text
    domain.open_list(secret=secret)
    quiet.refresh_from_db()
    assert quiet.opened_at is None


def test_only_the_digest_of_the_secret_is_kept(cora: Person, ready: OptionList) -> None:
    secret = domain.send_link(by=cora, option_list=ready, pin="4711")
    ready.refresh_from_db()
    assert secret not in str(vars(ready))
    assert "4711" not in ready.pin
    assert all(secret not in str(one.facts) for one in AuditEntry.objects.all())


def test_list_into_an_account_by_mail_tells_nothing_of_what_is_in_it(
    client: CheckingClient, cora: Person, dana: Person, ready: OptionList, mailoutbox: list[Any]
) -> None:
    domain.send_to(by=cora, option_list=ready, email="Dana@example.org")
    assert send_due() == 1
    (mail,) = mailoutbox
    assert mail.to == ["dana@example.org"]
    assert "eekeeping" not in mail.subject + mail.body
    client.force_login(dana)
    assert "Ways into beekeeping" in client.get("/my/options").page.text
    ready.refresh_from_db()
    assert (ready.client, ready.email) == (dana, "")
    here = f"/my/options/{ready.id}"
    assert "Put together by a counsellor at University of Twickel." in client.get(here).page.text
    option = ready.options.all()[0]
    client.post(f"{here}/{option.id}", {"reply": "no"})
    assert ready.options.all()[0].reply == "no"
    client.post(here)
    ready.refresh_from_db()
    assert ready.kept_at is not None
    client.force_login(cora)
    assert client.get(here).status_code == 404


def test_kept_list_outlives_its_end_without_the_counsellor(
    client: CheckingClient, cora: Person, dana: Person, ready: OptionList, organisation: Organisation
) -> None:
    secret = domain.send_link(by=cora, option_list=ready)
    client.force_login(dana)
    client.post(f"/advice/{secret}")
    client.post(f"/advice/{secret}/keep")
    other = begun(cora, organisation)
    OptionList.objects.update(ends_at=timezone.now() - dt.timedelta(1))
    assert domain.erase_ended() == 2
    assert domain.erase_ended() == 0
    assert not OptionList.objects.filter(pk=other.pk).exists()
    ready.refresh_from_db()
    assert (ready.counsellor, ready.client_name, ready.digest, ready.client) == (None, "", None, dana)
    page = client.get(f"/my/options/{ready.id}").page
    assert "Evening school" in page.text
    assert "Send my answer" not in page.text
    client.post(f"/my/options/{ready.id}/delete")
    assert OptionList.objects.count() == 0


def test_withdrawn_list_shows_nothing(client: CheckingClient, cora: Person, ready: OptionList) -> None:
    secret = domain.send_link(by=cora, option_list=ready)
    client.force_login(cora)
    client.post(f"/o/twickel/options/{ready.id}/withdraw")
    client.logout()
    assert client.get(f"/advice/{secret}").status_code == 404


def test_draft_is_deleted_and_an_empty_list_is_not_sent(
    client: CheckingClient, cora: Person, organisation: Organisation
) -> None:
    empty = begun(cora, organisation)
    assert code_of(lambda: domain.send_link(by=cora, option_list=empty)) == "options.empty"
    assert code_of(lambda: domain.withdraw(by=cora, option_list=empty)) == "options.draft"
    client.force_login(cora)
    client.post(f"/o/twickel/options/{empty.id}/discard")
    assert OptionList.objects.count() == 0


def test_list_of_somebody_else_is_not_taken(cora: Person, dana: Person, ready: OptionList) -> None:
    domain.send_link(by=cora, option_list=ready)
    domain.keep(by=dana, option_list=ready)
    other = person("Other")
    assert code_of(lambda: domain.keep(by=other, option_list=ready)) == "options.kept"
    option = Option.objects.filter(list=ready).select_related("list")[0]
    assert code_of(lambda: domain.answer(option=option, reply="no", by=other)) == "options.not-yours"
    assert code_of(lambda: domain.drop(by=other, option_list=ready)) == "options.not-yours"


def test_cancelled_offer_is_told(client: CheckingClient, alice: Person, cora: Person, ready: OptionList, offer: Offer) -> None:  # fmt: skip
    secret = domain.send_link(by=cora, option_list=ready)
    offers.set_state(by=alice, offer=offer, state=State.CANCELLED, because="Too few bees.")
    page = client.post(f"/advice/{secret}", follow=True).page
    assert "The provider has cancelled it since." in page.text


def test_client_who_leaves_takes_the_lists_along(cora: Person, dana: Person, ready: OptionList, organisation: Organisation) -> None:  # fmt: skip
    domain.send_to(by=cora, option_list=ready, email=dana.email)
    erase(person=dana)
    assert OptionList.objects.count() == 0


def test_counsellor_who_leaves_leaves_the_list_to_the_client(
    client: CheckingClient, cora: Person, ready: OptionList, organisation: Organisation
) -> None:
    secret = domain.send_link(by=cora, option_list=ready)
    begun(cora, organisation)
    erase(person=cora)
    found = OptionList.objects.get()
    assert (found.counsellor, found.client_name) == (None, "")
    page = client.post(f"/advice/{secret}", follow=True).page
    assert "Evening school" in page.text
    assert "Send my answer" not in page.text


def test_lists_take_a_constant_number_of_queries(client: CheckingClient, cora: Person, ready: OptionList, organisation: Organisation) -> None:  # fmt: skip
    client.force_login(cora)
    client.get("/o/twickel/options")
    one = counted(lambda: client.get("/o/twickel/options"))
    for _time in range(2):
        more = begun(cora, organisation)
        domain.put_option(by=cora, option_list=more, values=link())
    assert counted(lambda: client.get("/o/twickel/options")) == one
