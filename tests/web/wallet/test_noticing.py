"""Holders are told of changes, once, in their language, before somebody else finds out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tessella.verdicts import Check, Report, Verdict
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import awards, batches, engine
from tessella_web.credentials.models import Award
from tessella_web.credentials.noticing import domain
from tessella_web.credentials.noticing.models import Kind, Look, Notice, Standing
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Item
from tests.web.credentials.conftest import class_list
from tests.web.pages import CheckingClient
from tests.web.wallet.making import badge

pytestmark = pytest.mark.django_db


@pytest.fixture
def award(alice: Person, version: Version, sealing_keys: None, dana: Person) -> Award:
    """An award that Dana claimed yesterday."""
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge"], is_suspendable=True,
        data=class_list("Dana,Alder,dana@example.org,2000-01-02,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    found = Award.objects.get(row__batch=batch)
    found.holder, found.claimed_at = dana, timezone.now()
    found.save(update_fields=["holder", "claimed_at"])
    return found


def kinds(person: Person) -> list[str]:
    return [one.kind for one in Notice.objects.filter(holder=person).order_by("made_at")]


def sent() -> list[Any]:
    mail.outbox.clear()
    while letters.send_due():
        pass
    return list(mail.outbox)


def test_a_change_of_an_award_is_told_once_in_the_wallet_and_by_mail(
    alice: Person, dana: Person, award: Award
) -> None:
    awards.suspend(by=alice, award=award, reason="Asked back")
    assert (domain.notice_changes(), domain.notice_changes()) == (1, 0)
    assert kinds(dana) == [Kind.SUSPENDED]
    (one,) = sent()
    assert (one.to, one.subject) == (["dana@example.org"], "Something changed in your wallet")
    assert "Data ethics in practice" in one.body
    assert "It is suspended" in one.body
    assert sent() == []


def test_lifting_and_revoking_are_told_as_well(alice: Person, dana: Person, award: Award) -> None:
    awards.suspend(by=alice, award=award, reason="Asked back")
    domain.notice_changes()
    awards.lift(by=alice, award=award, reason="All is well")
    domain.notice_changes()
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    assert kinds(dana) == [Kind.SUSPENDED, Kind.RESUMED, Kind.REVOKED]


def test_no_person_stands_in_a_subject_and_the_mail_is_in_the_readers_language(
    alice: Person, dana: Person, award: Award
) -> None:
    dana.language = "de"
    dana.save(update_fields=["language"])
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    (one,) = sent()
    assert one.subject == "In Ihrer Brieftasche hat sich etwas geändert"
    assert not {"Dana", "Alder", "Data ethics"} & set(one.subject.split())


def test_who_wants_no_mails_is_told_in_the_wallet_alone(
    alice: Person, dana: Person, award: Award, client: CheckingClient
) -> None:
    client.force_login(dana)
    client.post("/wallet/notices", {})
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    assert sent() == []
    assert "It was taken back" in client.get("/wallet").page.text
    client.post("/wallet/notices", {"seen": "yes"})
    assert "Something changed" not in client.get("/wallet").page.text
    assert "It was taken back" in client.get("/wallet/notices").page.text


def test_what_was_seen_needs_no_mail(alice: Person, dana: Person, award: Award) -> None:
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    domain.read_all(by=dana)
    assert sent() == []


def test_an_end_that_is_near_is_told_once(dana: Person, award: Award) -> None:
    Award.objects.filter(pk=award.pk).update(valid_until=timezone.now() + dt.timedelta(days=29))
    wallet.bring(
        by=dana, data=badge(until=timezone.now() + dt.timedelta(days=10)), name="a.json", languages=("en",)
    )
    wallet.bring(
        by=dana,
        data=badge(on=dt.date(2026, 5, 3), until=timezone.now() + dt.timedelta(days=40)),
        name="b.json",
        languages=("en",),
    )
    domain.plan_looks()
    assert (domain.notice_endings(), domain.notice_endings()) == (2, 0)
    assert {one.subject for one in sent()} == {"Something in your wallet ends soon"}


def test_a_copy_of_an_award_that_was_brought_in_is_looked_at_when_the_award_changes(
    alice: Person, dana: Person, charlie: Person, award: Award
) -> None:
    data, name, _format = wallet.read_file(_entry(dana, award))
    item = wallet.bring(by=charlie, data=data, name=name, languages=("en",))
    domain.plan_looks()
    assert domain.look_again() == 0
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    assert domain.look_again() == 1
    item.refresh_from_db()
    assert (kinds(charlie), item.verdict, item.look.standing) == ([Kind.REVOKED], "failed", "revoked")
    Look.objects.update(due_at=timezone.now())
    domain.look_again()
    assert kinds(charlie) == [Kind.REVOKED]


def _entry(person: Person, award: Award) -> Any:
    from tessella_web.credentials.wallet.entries import entry_of

    return entry_of(person, f"a-{award.id}")


def test_a_server_that_does_not_answer_takes_nothing_back(dana: Person, monkeypatch: Any) -> None:
    item = wallet.bring(by=dana, data=badge(), name="a.json", languages=("en",))
    Item.objects.filter(pk=item.pk).update(verdict="passed")
    domain.plan_looks()
    Look.objects.update(due_at=timezone.now(), standing=Standing.ACTIVE)
    unknown = Report(
        input="a",
        format="openbadges3",
        verdict=Verdict.INDETERMINATE,
        policy="default",
        checks=(),
        at=timezone.now(),
    )
    monkeypatch.setattr(domain, "report_on", lambda *_some: unknown)
    domain.look_again()
    item.refresh_from_db()
    assert (item.verdict, item.look.standing, kinds(dana)) == ("passed", "active", [])


@pytest.mark.parametrize(
    ("states", "verdict", "expected"),
    [
        (["active"], "passed", Standing.ACTIVE),
        (["active", "revoked"], "failed", Standing.REVOKED),
        (["suspended", "active"], "failed", Standing.SUSPENDED),
        (["unknown"], "indeterminate", Standing.UNKNOWN),
        (["active"], "failed", Standing.FAILED),
        ([], "failed", Standing.FAILED),
    ],
)
def test_how_a_credential_stands_is_the_worst_of_its_forms(
    states: list[str], verdict: str, expected: Standing
) -> None:
    def report(*checks: Check, children: tuple[Report, ...] = (), format: str = "openbadges3") -> Report:
        return Report(
            input="a",
            format=format,
            verdict=Verdict(verdict),
            policy="default",
            checks=checks,
            children=children,
            at=timezone.now(),
        )

    made = [
        report(
            Check(id="status", verdict=Verdict.PASSED, explanation="", evidence={"entries": [{"state": one}]})
        )
        for one in states
    ]
    whole = report(children=tuple(made), format="collection") if made else report()
    assert domain.standing_of(whole) is expected


def test_notices_are_their_holders_only(
    alice: Person, dana: Person, charlie: Person, award: Award, client: CheckingClient
) -> None:
    awards.revoke(by=alice, award=award, reason="Plagiarism")
    domain.notice_changes()
    client.force_login(charlie)
    assert "Data ethics" not in client.get("/wallet/notices").page.text
    client.post("/wallet/notices", {"seen": "yes"})
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
