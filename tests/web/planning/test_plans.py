"""A way to a larger credential: asked for on a page, worked out beside it, and what if."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tessella.stacking import load_rule
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.planning import domain
from tessella_web.credentials.planning.catalogue import chances, fitting
from tessella_web.credentials.planning.models import Least, Plan, PlanState, Sketch
from tessella_web.credentials.tasks import work_once
from tests.web.conftest import person
from tests.web.pages import CheckingClient
from tests.web.planning.making import offer, publish, publish_course

pytestmark = pytest.mark.django_db

WISHES: dict[str, Any] = {"weekly_hours": "36", "budget": "2000", "languages": ["en"]}


def asked(by: Person, rule: PathwayVersion, least: Least = Least.PRICE, **wishes: Any) -> Plan:
    made = domain.ask(by=by, rule=rule.pk, wishes=wishes, least=least, language="en")
    assert domain.work()
    made.refresh_from_db()
    return made


def titles(plan: Plan) -> list[str]:
    return [step["title"] for step in plan.answer["plans"][0]["steps"]]


def test_the_cheapest_way_is_worked_out_by_a_worker(
    dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    made = domain.ask(by=dana, rule=rule.pk, wishes=WISHES, least=Least.PRICE, language="en")
    assert made.is_waiting
    while work_once():
        pass
    made.refresh_from_db()
    assert (made.state, made.answer["reached"]) == (PlanState.DONE, "planned")
    (best,) = made.answer["plans"]
    assert titles(made) == ["Data ethics at sea (Evenings)", "Maps with open data (Online)", "Programming with coastal data (Spring)"]  # fmt: skip
    assert (best["price"], best["is_least"], best["currency"]) == ("870.00", True, "EUR")


def test_several_plans_stand_beside_each_other(
    client: CheckingClient, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    made = domain.ask(
        by=dana, rule=rule.pk, wishes={}, least=Least.PRICE, against=Least.WORKLOAD, language="en"
    )
    domain.work()
    made.refresh_from_db()
    found = made.answer["plans"]
    assert [(one["price"], one["hours"]) for one in found] == [("870.00", "450"), ("1350.00", "425")]
    client.force_login(dana)
    page = client.get(reverse("plan", args=[made.pk])).page.text
    assert "Beside each other" in page
    assert "the solver proved it" in page


def test_what_cannot_be_is_told_with_what_is_in_the_way(
    client: CheckingClient, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    made = asked(dana, rule, only_times=["daytime"])
    assert made.answer["reached"] == "impossible"
    client.force_login(dana)
    page = client.get(reverse("plan", args=[made.pk])).page.text
    assert "Only at these times: daytime" in page
    assert "Without any one of these there would be a way" in page


def test_what_if_without_one_says_what_that_changes(
    client: CheckingClient, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    before = asked(dana, rule, **WISHES | {"weekly_hours": "60"})
    client.force_login(dana)
    gone = offered["Data ethics at sea Evenings"].pk
    sent = client.post(reverse("plan-what-if", args=[before.pk]), {"without": gone})
    after = Plan.objects.get(before=before)
    assert sent.headers["Location"] == reverse("plan", args=[after.pk])
    assert after.wishes["without"] == [gone]
    assert "being worked out" in client.get(sent.headers["Location"]).page.text
    domain.work()
    page = client.get(sent.headers["Location"]).page.text
    assert "Now with “Data ethics at sea (Full time)”." in page
    assert "It costs 1020 instead of 870." in page


def test_what_the_wallet_meets_already_needs_no_plan(
    dana: Person, alice: Person, organisation: Organisation
) -> None:
    rule = publish(alice, organisation, amounts=[{"id": "volume", "at_least": 3}], groups=[])
    assert asked(dana, rule).answer["reached"] == "nothing-needed"


def test_offers_that_nobody_can_get_into_are_not_planned(
    alice: Person, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    today = timezone.localdate()
    lou = person("Lou")

    def seen() -> set[str]:
        return {one.title for one in chances(dana, on=today) if not one.is_full}

    everything = seen()
    maps = offered["Maps with open data Online"]
    offers.change_offer(by=alice, offer=maps, values={"places": 1})
    assert seen() == everything
    assessment.enrol(by=lou, offer=maps, details={"given_name": "Lou", "family_name": "Learner"})
    assert everything - seen() == {"Maps with open data (Online)"}
    drones = offered["Flying drones over dunes"]
    offers.set_state(by=alice, offer=drones, state=State.CANCELLED, because="No wind")
    offers.change_offer(by=alice, offer=offered["Beekeeping on the roof"], values={"entry": "listed"})
    spring = offered["Programming with coastal data Spring"]
    offers.change_offer(by=alice, offer=spring, values={"enrol_until": today - dt.timedelta(days=1)})
    assert everything - seen() == {
        "Maps with open data (Online)", "Flying drones over dunes", "Beekeeping on the roof", "Programming with coastal data (Spring)",
    }  # fmt: skip


def test_where_one_takes_part_already_stays_in_the_plan(
    alice: Person, dana: Person, offered: dict[str, Offer]
) -> None:
    maps = offered["Maps with open data Online"]
    assessment.enrol(by=dana, offer=maps, details={"given_name": "Dana", "family_name": "Alder"})
    offers.change_offer(by=alice, offer=maps, values={"places": 1, "enrol_until": timezone.localdate() - dt.timedelta(days=1)})  # fmt: skip
    (mine,) = [one for one in chances(dana, on=timezone.localdate()) if one.is_mine]
    assert (mine.id, mine.is_full) == (maps.pk, False)


def test_what_is_of_no_use_is_not_given_to_the_solver_but_what_others_ask_for_is(
    alice: Person, dana: Person, organisation: Organisation, rule: PathwayVersion
) -> None:
    only_places = load_rule({**rule.data, "amounts": []})
    needed = publish_course(organisation, title="Swimming", level="3", hours=25)
    asks = publish_course(organisation, title="Data ethics at sea", prerequisites={"text": "Swim", "credentials": ["Swimming"]})  # fmt: skip
    useless = publish_course(organisation, title="Knitting")
    for one in (needed, asks, useless):
        offer(alice, one, starts=10, ends=20)
    found = chances(dana, on=timezone.localdate())
    assert {one.title for one in fitting(only_places, found)} == {"Swimming", "Data ethics at sea"}


def test_a_sketch_is_made_once_and_ahead(dana: Person, offered: dict[str, Offer]) -> None:
    assert Sketch.objects.count() == 0
    domain.tidy()
    assert Sketch.objects.count() == 5
    with CaptureQueriesContext(connection) as seen:
        assert len(chances(dana, on=timezone.localdate())) == 6
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"weekly_hours": "many"}, "weekly_hours"),
        ({"weekly_hours": "-1"}, "weekly_hours"),
        ({"budget": "NaN"}, "budget"),
        ({"most_providers": "0"}, "most_providers"),
        ({"not_before": "soon"}, "not_before"),
        ({"not_before": dt.date(2027, 5, 1), "finish_by": dt.date(2027, 4, 1)}, "finish_by"),
        ({"modes": ["telepathy"]}, "modes"),
        ({"only_times": ["midnight"]}, "only_times"),
        ({"without": ["x" * 301]}, "without"),
        ({"currency": "euro!"}, "currency"),
    ],
)
def test_a_wish_that_makes_no_sense_is_told_at_its_field(
    dana: Person, wishes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.ask(by=dana, rule="malta-master", wishes=wishes, least=Least.PRICE, language="en")
    assert (caught.value.code, caught.value.field) == ("plan.wish", field)


def test_few_wait_at_once_and_old_ones_make_room(dana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(domain.MOST_WAITING):
        domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    with pytest.raises(RefusedError) as caught:
        domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    assert caught.value.code == "plan.waiting"
    monkeypatch.setattr(domain, "MOST_KEPT", 3)
    Plan.objects.update(state=PlanState.DONE)
    domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    assert Plan.objects.count() == 3


def test_old_plans_are_tidied_away(dana: Person) -> None:
    old = domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    new = domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    Plan.objects.update(state=PlanState.DONE)
    Plan.objects.filter(pk=old.pk).update(made_at=timezone.now() - domain.KEPT - dt.timedelta(days=1))
    assert domain.tidy()
    assert list(Plan.objects.values_list("pk", flat=True)) == [new.pk]


def test_a_plan_at_which_workers_die_is_given_up(client: CheckingClient, dana: Person) -> None:
    made = domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    Plan.objects.update(attempts=domain.MOST_ATTEMPTS, leased_until=timezone.now() - dt.timedelta(seconds=1))
    assert domain.work()
    made.refresh_from_db()
    assert (made.state, made.code) == (PlanState.FAILED, "plan.given-up")
    client.force_login(dana)
    assert "There is no answer" in client.get(reverse("plan", args=[made.pk])).page.text


def test_without_the_solver_the_page_says_so(
    client: CheckingClient, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "find_spec", lambda name: None)
    client.force_login(dana)
    assert "runs without the solver" in client.get(reverse("plan-new", args=["malta-master"])).page.text
    with pytest.raises(RefusedError) as caught:
        domain.ask(by=dana, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
    assert caught.value.code == "plan.no-solver"


def test_the_form_asks_and_the_page_shows_the_way(
    client: CheckingClient, dana: Person, charlie: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    client.force_login(dana)
    form = {"least": "price", "against": "", "currency": "EUR", "weekly_hours": "36", "language": "en", "places": "", "without": ""}  # fmt: skip
    sent = client.post(reverse("plan-new", args=[rule.pk]), form)
    made = Plan.objects.get()
    assert sent.headers["Location"] == reverse("plan", args=[made.pk])
    assert made.wishes == {"weekly_hours": "36", "languages": ["en"], "currency": "EUR"}
    domain.work()
    page = client.get(reverse("plan", args=[made.pk])).page
    assert "870 EUR" in page.text
    assert "Enrol" in page.text
    assert "Certificate of Advanced Study" in client.get(reverse("plans")).page.text
    client.force_login(charlie)
    assert client.get(reverse("plan", args=[made.pk])).status_code == 404
    assert client.post(reverse("plan-delete", args=[made.pk])).status_code == 404
    client.force_login(dana)
    client.post(reverse("plan-delete", args=[made.pk]))
    assert not Plan.objects.exists()
    assert "No plan yet" in client.get(reverse("plans")).page.text


def test_a_plan_whose_offer_was_cancelled_says_so(
    client: CheckingClient, alice: Person, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    made = asked(dana, rule, **WISHES)
    offers.set_state(
        by=alice, offer=offered["Maps with open data Online"], state=State.CANCELLED, because="x"
    )
    client.force_login(dana)
    assert "does not take place any more" in client.get(reverse("plan", args=[made.pk])).page.text


def test_pages_of_plans_ask_the_database_the_same_for_one_and_three(
    client: CheckingClient, dana: Person, rule: PathwayVersion, offered: dict[str, Offer]
) -> None:
    client.force_login(dana)

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    asked(dana, rule, **WISHES)
    client.get(reverse("plans"))
    one = queries(reverse("plans"))
    asked(dana, rule, **WISHES)
    asked(dana, rule, **WISHES)
    assert queries(reverse("plans")) == one


def test_a_plan_of_one_step_and_of_three_asks_the_database_the_same(
    client: CheckingClient,
    alice: Person,
    organisation: Organisation,
    dana: Person,
    rule: PathwayVersion,
    offered: dict[str, Offer],
) -> None:
    client.force_login(dana)
    short = publish(alice, organisation, title="Short", award="Short", amounts=[{"id": "volume", "at_least": 18}], groups=[])  # fmt: skip

    def queries(plan: Plan) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("plan", args=[plan.pk]))
        return len(seen)

    one, three = asked(dana, short, Least.PROVIDERS), asked(dana, rule, **WISHES)
    assert [len(plan.answer["plans"][0]["steps"]) for plan in (one, three)] == [1, 3]
    queries(one)
    assert queries(one) == queries(three)
