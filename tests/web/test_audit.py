"""The audit trail: chained, without names, and what is rewritten is found."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.common import audit
from tessella_web.common.models import AuditEntry, PersonKey

pytestmark = pytest.mark.django_db


def test_entries_follow_one_another(organisation: Organisation, alice: Person) -> None:
    second = audit.record("x.done", "thing:1", actor_id=alice.id, facts={"count": 1})
    first, before = AuditEntry.objects.get(number=1), AuditEntry.objects.get(number=second.number - 1)
    assert (first.previous, second.previous) == (audit.FIRST, before.digest)
    assert (list(audit.broken_links()), audit.head()) == ([], (second.number, second.digest))


def test_no_entry_names_a_person_and_whom_it_means_can_be_forgotten(
    organisation: Organisation, alice: Person
) -> None:
    told = str(list(AuditEntry.objects.values()))
    assert not [one for one in (alice.id, alice.name, alice.email) if one in told]
    actor = AuditEntry.objects.get(number=1).actor
    assert audit.people_behind([alice.id, "nobody"], organisation.id)[actor] == alice.id
    audit.forget(alice.id)
    assert audit.people_behind([alice.id], organisation.id) == {}
    assert list(audit.broken_links()) == []
    audit.record("x.done", "thing:1", actor_id=alice.id, organisation=organisation.id)
    assert actor not in audit.people_behind([alice.id], organisation.id)


def test_what_a_person_does_in_two_organisations_cannot_be_put_together(alice: Person) -> None:
    first, second, again = (
        audit.record("x.done", "thing:1", actor_id=alice.id, organisation=one).actor
        for one in ("a", "b", "a")
    )
    assert (first == again, first == second, len(first)) == (True, False, 22)
    assert PersonKey.objects.count() == 1


@pytest.mark.parametrize(
    "rewrite",
    [
        {"verb": "nothing"},
        {"facts": {"a": 1}},
        {"actor": ""},
        {"about": "x"},
        {"organisation": ""},
        {"digest": "0" * 63 + "1"},
    ],
)
def test_a_rewritten_entry_is_found(organisation: Organisation, rewrite: dict[str, object]) -> None:
    audit.record("x.done", "thing:1")
    AuditEntry.objects.filter(number=1).update(**rewrite)
    assert list(audit.broken_links())[:1] in ([1], [2])


def test_a_removed_entry_is_found(organisation: Organisation) -> None:
    for number in range(3):
        audit.record("x.done", f"thing:{number}")
    AuditEntry.objects.filter(number=2).delete()
    assert list(audit.broken_links()) == [3]
