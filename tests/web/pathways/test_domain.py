"""Writing, publishing and ending rules: who may, what is refused with its place, what never changes."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from tessella.stacking import published_rule, published_rules
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.pathways import domain, queries
from tessella_web.catalogue.pathways.drafting import problems_of, read_back
from tessella_web.catalogue.pathways.models import Pathway, PathwayState, PathwayVersion
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web.pathways.rules import CERTIFICATE

TODAY = timezone.localdate


def begun(alice: Person, organisation: Organisation, **more: Any) -> Pathway:
    return domain.start(by=alice, organisation=organisation, data={**CERTIFICATE, **more})


def published(alice: Person, organisation: Organisation, **more: Any) -> PathwayVersion:
    return domain.publish(by=alice, pathway=begun(alice, organisation, **more))


def changed(alice: Person, pathway: Pathway, **more: Any) -> Pathway:
    now = Pathway.objects.get(pk=pathway.pk)
    return domain.change(by=alice, pathway=now, data={**now.draft, **more}, revision=now.revision)


def test_rule_is_the_organisations_own_whatever_the_example_says(
    alice: Person, organisation: Organisation
) -> None:
    made = domain.start_from_example(by=alice, organisation=organisation, name="mitx-micromasters")
    assert made.draft["receiver"] == "University of Twickel"
    assert made.draft["id"] == f"urn:tessella:pathway:{made.id}"
    assert (made.title, made.started_from) == ("MicroMasters in supply chain management", "mitx-micromasters")


def test_each_example_can_be_published(alice: Person, organisation: Organisation) -> None:
    for name in published_rules():
        made = domain.start_from_example(by=alice, organisation=organisation, name=name)
        assert domain.publish(by=alice, pathway=made).number == 1


def test_example_that_there_is_not_is_refused(alice: Person, organisation: Organisation) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.start_from_example(by=alice, organisation=organisation, name="nothing")
    assert caught.value.code == "pathways.no-example"


def test_published_version_is_numbered_in_force_and_stays(alice: Person, organisation: Organisation) -> None:
    first = published(alice, organisation)
    assert (first.number, first.rule.version, first.valid_from, first.last_day) == (1, "1", TODAY(), None)
    assert (first.published_by_name, first.published_by_roles) == ("Alice", ["owner"])
    with pytest.raises(TypeError):
        first.save()
    with pytest.raises(TypeError):
        PathwayVersion.objects.filter(pk=first.pk).update(data={})
    with pytest.raises(TypeError):
        first.delete()
    with pytest.raises(TypeError):
        PathwayVersion.objects.all().delete()


def test_same_rule_is_not_published_twice(alice: Person, organisation: Organisation) -> None:
    first = published(alice, organisation)
    with pytest.raises(RefusedError) as caught:
        domain.publish(by=alice, pathway=first.pathway)
    assert caught.value.code == "pathways.unchanged"
    changed(alice, first.pathway, also=["A conversation."])
    assert domain.publish(by=alice, pathway=first.pathway).number == 2


def test_the_version_in_force_is_chosen_by_day(alice: Person, organisation: Organisation) -> None:
    first = published(alice, organisation)
    later = TODAY() + dt.timedelta(days=30)
    changed(alice, first.pathway, valid_from=later.isoformat(), also=["A conversation."])
    second = domain.publish(by=alice, pathway=first.pathway)
    assert queries.in_force(first.pathway, on=TODAY()) == first
    assert queries.in_force(first.pathway, on=later) == second
    assert [one.number for one in queries.published(on=TODAY())] == [1]
    assert [one.number for one in queries.published(on=later)] == [2]
    assert queries.in_force(first.pathway, on=TODAY() - dt.timedelta(days=1)) is None


def test_withdrawn_rule_ends_on_its_day_and_the_one_before_is_in_force_again(
    alice: Person, organisation: Organisation
) -> None:
    first = published(alice, organisation)
    changed(alice, first.pathway, also=["A conversation."])
    second = domain.publish(by=alice, pathway=first.pathway)
    end = TODAY() + dt.timedelta(days=7)
    domain.withdraw(by=alice, version=second, from_day=end, because="A mistake.")
    assert queries.in_force(first.pathway, on=end - dt.timedelta(days=1)) == second
    assert queries.in_force(first.pathway, on=end) == first
    assert Pathway.objects.get().state == PathwayState.PUBLISHED
    domain.withdraw(by=alice, version=first, from_day=end, because="Both.")
    assert queries.in_force(first.pathway, on=end) is None
    assert Pathway.objects.get().state == PathwayState.WITHDRAWN


@pytest.mark.parametrize(
    ("day", "because", "code"),
    [(-1, "Over.", "pathways.past-day"), (0, " ", "pathways.no-reason"), (0, "Again.", "pathways.withdrawn")],
)
def test_withdrawing_says_when_and_why_once(
    alice: Person, organisation: Organisation, day: int, because: str, code: str
) -> None:
    version = published(alice, organisation)
    if code == "pathways.withdrawn":
        domain.withdraw(by=alice, version=version, from_day=TODAY(), because="Once.")
    with pytest.raises(RefusedError) as caught:
        domain.withdraw(by=alice, version=version, from_day=TODAY() + dt.timedelta(days=day), because=because)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


REFUSED = [
    ({"decider": {"name": ""}}, "pathways.incomplete", "decider.name"),
    ({"source": {"text": " "}}, "pathways.incomplete", "source.text"),
    ({"award": ""}, "pathways.incomplete", "award"),
    ({"receiver": "University of Elsewhere"}, "pathways.receiver", "receiver"),
    ({"valid_from": "2020-01-01", "valid_until": "2020-12-31"}, "pathways.over", "valid_until"),
    ({"valid_from": "2030-01-01", "valid_until": "2029-12-31"}, "stacking.contradiction", "valid_until"),
    ({"amounts": [{"id": "a", "at_least": "9", "at_most": "3"}]}, "stacking.contradiction", "amounts.0"),
    ({"amounts": [{"id": "a"}]}, "stacking.contradiction", "amounts.0"),
    ({"amounts": [{"id": "a", "at_least": "-1"}]}, "stacking.contradiction", "amounts.0"),
    ({"groups": [{"id": "g", "take": 3, "slots": [{"id": "s", "where": {}}]}]}, "stacking.contradiction", "groups.0"),
    ({"capstone": {"id": "total", "where": {}}}, "stacking.reference", "amounts.0"),
    ({"conversions": [{"from": "us", "to": "uk", "factor": "2"}]}, "stacking.reference", "conversions.0"),
    ({"categories": {"core": {"category": ["other"]}}}, "stacking.reference", "categories.0"),
    ({"parts": [{"id": "p", "where": {}, "needs": ["q"]}, {"id": "q", "where": {}, "needs": ["p"]}]}, "stacking.cycle", "parts.0"),
    ({"conditions": [{"id": "c", "where": {"level": {"at_least": "6"}}}], "capstone": {"id": "end", "where": {"level": {"at_most": "5"}}}}, "stacking.unmeetable", "capstone"),
    ({"amounts": [{"id": "t", "at_most": "3"}], "groups": [{"id": "g", "slots": [{"id": "s", "where": {"credits": {"at_least": "4"}}}]}]}, "stacking.unmeetable", "groups.0"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "code", "field"), REFUSED)
def test_what_cannot_be_published_is_told_with_its_place_and_a_remedy(
    alice: Person, organisation: Organisation, more: dict[str, Any], code: str, field: str
) -> None:
    pathway = begun(alice, organisation)
    changed(alice, pathway, **more)
    with pytest.raises(RefusedError) as caught:
        domain.publish(by=alice, pathway=pathway)
    assert (caught.value.code, caught.value.field, bool(caught.value.hint)) == (code, field, True)
    assert not PathwayVersion.objects.exists()


def test_cycle_is_shown() -> None:
    found = problems_of(
        {"parts": [{"id": "p", "where": {}, "needs": ["q"]}, {"id": "q", "where": {}, "needs": ["p"]}]}
    )
    assert "The order has a cycle: p → q → p." in [one.message for one in found]


def test_empty_rule_reads_back_and_says_what_is_missing() -> None:
    assert read_back({})[0] == "“…”, version 1, of …, leads to: …."
    assert [one.place for one in problems_of({})] == [
        "title",
        "award",
        "receiver",
        "decider.name",
        "source.text",
        "",
    ]


def test_two_people_who_write_at_once_are_told(alice: Person, organisation: Organisation) -> None:
    pathway = begun(alice, organisation)
    domain.change(by=alice, pathway=pathway, data={**pathway.draft, "about": "One."}, revision=0)
    with pytest.raises(RefusedError) as caught:
        domain.change(by=alice, pathway=pathway, data={**pathway.draft, "about": "Two."}, revision=0)
    assert (caught.value.code, Pathway.objects.get().draft["about"]) == ("pathways.conflict", "One.")
    with pytest.raises(RefusedError) as caught:
        domain.publish(by=alice, pathway=pathway, revision=0)
    assert caught.value.code == "pathways.conflict"


def test_identifier_of_anothers_published_rule_is_refused(alice: Person, organisation: Organisation) -> None:
    first = published(alice, organisation)
    other = begun(alice, organisation)
    changed(alice, other, id=first.rule.id)
    with pytest.raises(RefusedError) as caught:
        domain.publish(by=alice, pathway=other)
    assert (caught.value.code, caught.value.field) == ("pathways.name-taken", "id")


def test_who_changed_what_is_in_the_history_without_names(alice: Person, organisation: Organisation) -> None:
    pathway = begun(alice, organisation)
    changed(alice, pathway, also=["A conversation."], about="For all.")
    domain.publish(by=alice, pathway=pathway)
    steps = queries.history(pathway)
    assert [(one.verb, one.name, one.fields) for one in steps] == [
        ("pathway.published", "Alice", ()), ("pathway.changed", "Alice", ("about", "also")), ("pathway.started", "Alice", ()),
    ]  # fmt: skip
    assert "Alice" not in json.dumps([one.facts for one in AuditEntry.objects.all()])


def test_only_who_may_writes_and_publishes(
    alice: Person, bob: Person, charlie: Person, organisation: Organisation
) -> None:
    pathway = begun(alice, organisation)
    version = published(alice, organisation)
    accounts.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSOCIATE)
    domain.change(by=charlie, pathway=pathway, data={**pathway.draft, "about": "x"}, revision=0)
    for act in (
        lambda: domain.publish(by=charlie, pathway=pathway),
        lambda: domain.withdraw(by=charlie, version=version, from_day=TODAY(), because="x"),
        lambda: domain.start(by=bob, organisation=organisation),
        lambda: domain.change(by=bob, pathway=pathway, data={}, revision=1),
        lambda: domain.discard(by=bob, pathway=pathway),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_draft_is_discarded_and_what_was_published_is_not(alice: Person, organisation: Organisation) -> None:
    domain.discard(by=alice, pathway=begun(alice, organisation))
    assert not Pathway.objects.exists()
    version = published(alice, organisation)
    with pytest.raises(RefusedError) as caught:
        domain.discard(by=alice, pathway=version.pathway)
    assert caught.value.code == "pathways.published"


def test_good_parts_of_a_file_are_kept_and_the_others_told_with_their_place() -> None:
    found = domain.read_file(
        b"title: Certificate\nversion: 3\ncolour: red\namounts: [{id: a, at_least: 3}, {id: b, at_least: many}, {id: c, lots: 1}]\n"
        b"valid_from: soon\n"
    )
    assert json.loads(json.dumps(found.data)) == {
        "title": "Certificate", "version": "3", "amounts": [{"id": "a", "at_least": "3"}],
    }  # fmt: skip
    assert [one.place for one in found.problems][:3] == ["colour", "amounts.1.at_least", "amounts.2"]
    assert all(one.hint for one in found.problems)


@pytest.mark.parametrize("name", published_rules())
def test_shipped_rule_file_is_taken_over_whole(name: str) -> None:
    assert domain.read_file(published_rule(name)).problems == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a: [", "pathways.unreadable"), (b"\xff\xfe", "pathways.unreadable"), (b"a: &x [1]\nb: *x", "pathways.unreadable"),
        (b"[" * 5000, "pathways.unreadable"), (b"- 1", "pathways.file"), (b"", "pathways.file"), (b"a" * (256 * 1024 + 1), "pathways.too-large"),
        (b"a: 1\na: 2", "pathways.unreadable"),
    ],
)  # fmt: skip
def test_file_that_is_no_rule_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.read_file(data)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


def test_file_nested_deeply_is_told_and_costs_nothing_else() -> None:
    where = "{not: " * 60 + "{}" + "}" * 60
    found = domain.read_file(f"title: T\ncapstone: {{id: c, where: {where}}}\n".encode())
    assert found.data["title"] == "T"


def test_searching_finds_words_of_the_sentences_and_the_receiver(
    alice: Person, organisation: Organisation
) -> None:
    published(alice, organisation)
    published(alice, organisation, title="Something else", award="Badge", groups=[])
    for words, receiver, count in (
        ("river CERTIFICATE", "", 1),
        ("", "twickel", 2),
        ("", "nobody", 0),
        ("examination board", "twickel", 2),
        ("zebra", "", 0),
    ):
        assert queries.search(on=TODAY(), words=words, receiver=receiver).count() == count
    assert [one.slug for one in queries.receivers(on=TODAY())] == ["twickel"]
