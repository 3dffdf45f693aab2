"""Leaving: handed over first, after a while or at once, cancelled by a link; afterwards nothing is there, and a report says so."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from tessella_web.accounts import assurance
from tessella_web.accounts.domain import give_role
from tessella_web.accounts.leaving import domain, ledger
from tessella_web.accounts.leaving.models import Departure, Erasure
from tessella_web.accounts.leaving.reporting import read_report
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.models import AuditEntry, PersonKey
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    settings.AUDIT_KEY_FILE = tmp_path / "audit-key.pem"


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks has just signed in."""
    monkeypatch.setattr(assurance, "_is_within", lambda shown, age: True)


def test_leaving_asks_for_a_fresh_sign_in(client: CheckingClient, charlie: Person) -> None:
    assert client.get("/me/leave").status_code == 302
    client.force_login(charlie)
    answer = client.get("/me/leave")
    assert (answer.status_code, Person.objects.count()) == (302, 1)
    assert client.post("/me/leave", {"days": "0", "is_understood": "on"}).status_code == 302
    assert Person.objects.count() == 1


def test_somebody_who_leaves_at_once_is_gone_and_gets_a_report(
    client: CheckingClient, charlie: Person, fresh: None
) -> None:
    EmailAddress.objects.create(user=charlie, email=charlie.email, verified=True, primary=True)
    pseudonym = audit.record("test.done", "test:1", actor_id=charlie.id).actor
    client.force_login(charlie)
    assert "Take everything with you" in client.get("/me/leave").content.decode()
    answer = client.post("/me/leave", {"days": "0"})
    assert (answer.status_code, Person.objects.count()) == (200, 1)  # not understood yet
    answer = client.post("/me/leave", {"days": "0", "is_understood": "on"})
    assert Person.objects.count() == 0
    page = client.get(answer["Location"])
    assert page.page.headings[0] == ("h1", "You have left")
    assert "stand nowhere in the database" in page.content.decode()
    told = read_report(client.get(f"{answer['Location']}report.jwt").content.decode())
    assert told == client.get(f"{answer['Location']}report.json").json()
    assert told["checks"]["left_elsewhere"] == {}
    assert told["checks"]["audit_key_destroyed"] is True
    assert told["erased"]["addresses"] == 1
    assert not PersonKey.objects.exists()
    assert AuditEntry.objects.filter(actor=pseudonym).exists()
    assert list(audit.broken_links()) == []
    assert set(ledger.read()) == set(Erasure.objects.values_list("digest", flat=True))
    assert client.get("/me").status_code == 302


def test_a_report_that_was_changed_is_none(charlie: Person) -> None:
    departure = domain.ask(by=charlie, days=0)
    domain.erase(person=charlie, departure=departure)
    token = Departure.objects.get().report
    head, body, signature = token.split(".")
    assert read_report(token)
    with pytest.raises(ValueError, match="no statement"):
        read_report(f"{head}.{body[:-4]}AAAA.{signature}")


def test_a_mind_can_be_changed_until_the_day(client: CheckingClient, charlie: Person, fresh: None) -> None:
    client.force_login(charlie)
    client.post("/me/leave", {"days": "7", "is_understood": "on"})
    letters.send_due()
    (sent,) = mail.outbox
    link = re.search(r"http://\S+(/left/\S+)", sent.body)
    assert sent.to == [charlie.email] and link
    assert domain.leave_due() == 0
    anybody = CheckingClient()
    assert "Your account ends" in anybody.get(link[1]).content.decode()
    assert anybody.get(link[1][:-3] + "aa/").status_code == 404
    assert anybody.post(link[1]).status_code == 302
    assert (Departure.objects.count(), Person.objects.count()) == (0, 1)
    assert anybody.get(link[1]).status_code == 404


def test_the_worker_erases_when_the_day_has_come(charlie: Person) -> None:
    departure = domain.ask(by=charlie, days=7)
    Departure.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert (domain.leave_due(), domain.leave_due()) == (1, 0)
    departure.refresh_from_db()
    assert departure.report and departure.person_id is None
    Departure.objects.update(done_at=timezone.now() - dt.timedelta(days=domain.REPORT_DAYS + 1))
    domain.leave_due()
    assert not Departure.objects.exists()


def test_the_last_owner_hands_over_first(
    client: CheckingClient, alice: Person, organisation: Organisation, fresh: None
) -> None:
    client.force_login(alice)
    assert "First, hand over" in client.get("/me/leave").content.decode()
    with pytest.raises(RefusedError) as caught:
        domain.ask(by=alice, days=0)
    assert caught.value.code == "leaving.last-owner"
    give_role(by=alice, organisation=organisation, person=person("Dora"), role=Role.OWNER)
    domain.ask(by=alice, days=0)
    assert domain.leave_due() == 1
    assert organisation.memberships.count() == 1


def test_who_became_the_last_owner_meanwhile_stays(alice: Person, organisation: Organisation) -> None:
    dora = person("Dora")
    give_role(by=alice, organisation=organisation, person=dora, role=Role.OWNER)
    domain.ask(by=alice, days=7)
    domain.erase(person=dora)
    Departure.objects.update(due_at=timezone.now())
    assert (domain.leave_due(), Person.objects.count()) == (0, 1)


def test_whoever_comes_back_with_an_older_backup_is_erased_again(charlie: Person, bob: Person) -> None:
    id = charlie.id
    domain.erase(person=charlie)
    Person.objects.create(id=id, email="charlie@example.org", name="Charlie")  # as in the backup
    Erasure.objects.all().delete()
    assert (domain.replay(), domain.replay()) == (1, 0)
    assert not Person.objects.filter(pk=id).exists()
    assert Person.objects.filter(pk=bob.pk).exists()


def test_a_ledger_that_was_cut_off_or_is_new_is_made_whole(charlie: Person) -> None:
    domain.erase(person=charlie)
    whole = ledger.place().read_bytes()
    ledger.place().write_bytes(whole + b"0123456789")  # the power failed
    assert set(ledger.read()) == set(Erasure.objects.values_list("digest", flat=True))
    ledger.add({"a" * 64: timezone.now()})
    assert len(ledger.read()) == 2
    ledger.place().unlink()
    assert domain.replay() == 0
    assert ledger.place().read_bytes() == whole
    assert charlie.email.encode() not in whole and ledger.place().stat().st_mode & 0o077 == 0


def test_nothing_is_erased_when_the_ledger_cannot_be_written(
    charlie: Person, settings: Any, tmp_path: Path
) -> None:
    settings.ERASURES_FILE = tmp_path / "missing" / "erasures.txt"
    with pytest.raises(OSError):
        domain.erase(person=charlie)
    assert Person.objects.filter(pk=charlie.pk).exists()
