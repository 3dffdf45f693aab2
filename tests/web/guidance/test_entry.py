"""What a wallet opens, and how providers say what is needed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella.guidance.entry import Answer, Opened
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.guidance.entry import domain
from tessella_web.guidance.entry.models import EntryRule
from tessella_web.guidance.entry.queries import opened
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
EN = ("en",)
LEVEL_6 = {"where": {"level": {"at_least": 6}}}


def bring(by: Person, title: str, **about: Any) -> None:
    wallet.bring(by=by, data=badge(course(title, **about)), name="a.json", languages=EN)


def answers(person: Person) -> dict[str, Opened]:
    found, _entries = opened(person, languages=EN, on=ON)
    return {one.rule.title: one for one in found}


def test_what_descriptions_say_of_prerequisites_is_tested(
    dana: Person, publish: Callable[..., Version]
) -> None:
    publish("Open to all")
    publish("Hard", prerequisites={"level": "6", "text": {"en": "A letter"}})
    publish("After bees", prerequisites={"credentials": ["Beekeeping"]})
    bring(dana, "Beekeeping", level="4")
    found = answers(dana)
    assert {title: str(one.answer) for title, one in found.items()} == {
        "After bees": "met", "Open to all": "met", "Hard": "missing",
    }  # fmt: skip
    assert next(iter(found)) == "After bees"
    assert found["After bees"].message == "Met as published; University of Twickel decides."
    assert [str(one.answer) for one in found["Hard"].judgements] == ["missing", "in-words"]


def test_what_the_provider_says_as_data_stands_instead(
    dana: Person, alice: Person, organisation: Organisation, publish: Callable[..., Version]
) -> None:
    version = publish("Hard", prerequisites={"text": {"en": "A lot"}})
    assert answers(dana)["Hard"].answer is Answer.IN_WORDS
    rule = domain.create(
        by=alice, organisation=organisation, description=version.description, requirements=[LEVEL_6]
    )
    assert (rule.title, answers(dana)["Hard"].answer) == ("Hard", Answer.MISSING)
    bring(dana, "Data at sea", level="7")
    assert answers(dana)["Hard"].answer is Answer.MET
    domain.change(by=alice, rule=rule, values={"requirements": [{"where": {"level": {"at_least": 8}}}]})
    assert answers(dana)["Hard"].answer is Answer.MISSING
    domain.remove(by=alice, rule=rule)
    assert answers(dana)["Hard"].answer is Answer.IN_WORDS


def test_programmes_beside_the_catalogue_are_tested_too(
    dana: Person, alice: Person, organisation: Organisation
) -> None:
    domain.create(
        by=alice, organisation=organisation, title="Master of data", url="https://twickel.example/master",
        requirements=[LEVEL_6, {"where": {"field": "06"}, "of": "credits", "at_least": 5}, {"words": "A letter"}],
    )  # fmt: skip
    bring(dana, "Data at sea", level="7", hours=50, field="0613")
    one = answers(dana)["Master of data"]
    assert [str(each.answer) for each in one.judgements] == ["met", "missing", "in-words"]
    assert one.judgements[1].why == "3 ECTS missing of 5."


def test_any_condition_of_the_rule_language_is_kept_unchanged(
    alice: Person, organisation: Organisation
) -> None:
    where = {
        "any_of": [{"outcome": ["x"]}, {"not": {"mode": ["online"]}}],
        "max_age_months": 60,
        "awarded_from": "2020-01-01",
    }
    rule = domain.create(by=alice, organisation=organisation, title="M", requirements=[{"where": where, "of": "hours", "at_least": "12.5"}])  # fmt: skip
    stored = EntryRule.objects.get(pk=rule.pk)
    assert stored.requirements == [{"where": where, "of": "hours", "at_least": "12.5"}]
    again = domain.change(by=alice, rule=stored, values={"requirements": stored.requirements})
    assert again.rule() == rule.rule()


@pytest.mark.parametrize(
    ("values", "field"),
    [({"title": ""}, "title"), ({"title": "x" * 301}, "title"), ({"url": "javascript:alert(1)"}, "url"), ({"url": "https://["}, "url"),
     ({"requirements": [{"where": {"colour": "red"}}]}, "requirements"), ({"requirements": [{}]}, "requirements"),
     ({"requirements": [{"where": {"field": "06"}, "at_least": -1}]}, "requirements")],
)  # fmt: skip
def test_what_cannot_be_tested_is_refused_at_its_field(
    alice: Person, organisation: Organisation, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.create(**{"by": alice, "organisation": organisation, "title": "M", **values})
    assert (caught.value.code, caught.value.field) == ("guidance.entry", field)
    assert not EntryRule.objects.exists()


def test_only_who_offers_says_what_is_needed_and_once(
    alice: Person, bob: Person, organisation: Organisation, publish: Callable[..., Version]
) -> None:
    with pytest.raises(NotAllowedError):
        domain.create(by=bob, organisation=organisation, title="M")
    version = publish("Hard")
    domain.create(by=alice, organisation=organisation, description=version.description)
    with pytest.raises(RefusedError) as caught:
        domain.create(by=alice, organisation=organisation, description=version.description)
    assert caught.value.code == "guidance.entry-twice"


def test_ten_thousand_programmes_are_answered_quickly_with_as_many_queries(
    dana: Person, alice: Person, organisation: Organisation
) -> None:
    bring(dana, "Data at sea", level="7", hours=50, field="0613")
    domain.create(by=alice, organisation=organisation, title="One", requirements=[LEVEL_6])
    answers(dana)
    with CaptureQueriesContext(connection) as few:
        answers(dana)
    EntryRule.objects.bulk_create(
        EntryRule(
            organisation=organisation, title=f"Programme {number}",
            requirements=[{"where": {"level": {"at_least": str(number % 8)}}}, {"where": {"credential": [f"Course {number}"]}}],
        )
        for number in range(10_000)
    )  # fmt: skip
    answers(dana)
    began = time.process_time()
    with CaptureQueriesContext(connection) as many:
        found = answers(dana)
    assert len(found) == 10_001
    assert len(many) == len(few)
    assert time.process_time() - began < 3
