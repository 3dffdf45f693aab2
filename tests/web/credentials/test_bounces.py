"""Delivery reports as mail servers send them: which mail came back, and why."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from tessella_web.accounts.domain import invite
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.common.ids import id_to_hex
from tessella_web.common.mailing import Outgoing
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain import batches, bounces
from tessella_web.credentials.models import Mail, MailState
from tests.web.credentials.test_batches import learners, prepare, work
from tests.web.mails import posted
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]

REPORT = """\
Return-Path: <>
Date: Mon, 4 May 2026 10:00:00 +0000 (UTC)
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B1/mx.example.net"
Message-Id: <20260504100000.1@mx.example.net>

--B1/mx.example.net
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1/mx.example.net
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Queue-ID: 4XyZ
Arrival-Date: Mon, 4 May 2026 09:59:58 +0000 (UTC)

Final-Recipient: rfc822; ann0@example.org
Original-Recipient: rfc822;ann0@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; 550 5.1.1 <ann0@example.org>: Recipient address
    rejected: User unknown in virtual mailbox table

--B1/mx.example.net
Content-Description: Undelivered Message
Content-Type: {quoted}

{original}
--B1/mx.example.net--
"""

ORIGINAL = (
    "Subject: Your award\nFrom: no-reply@example.org\nTo: ann0@example.org\nMessage-ID: {id}\n\nHello\n"
)


def report(
    mail: Outgoing | None, *, to: str = "no-reply@example.org", action: str = "failed", status: str = "5.1.1",
    quoted: str = "message/rfc822",
) -> bytes:  # fmt: skip
    original = ORIGINAL.format(id=mail.message_id) if mail else "Subject: Your award\n"
    return REPORT.format(to=to, action=action, status=status, quoted=quoted, original=original).encode()


@pytest.fixture
def sent(alice: Person, version: Version) -> Mail:
    batches.start(by=alice, batch=prepare(alice, version, *learners(2)))
    work()
    return Mail.objects.select_related("award").get(award__entry__learner__email="ann0@example.org")


@pytest.mark.parametrize("quoted", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_that_quotes_the_mail_marks_it(sent: Mail, quoted: str) -> None:
    found = bounces.take_report(report(sent, quoted=quoted))
    assert found == sent
    sent.refresh_from_db()
    assert (sent.state, sent.status, sent.remind_at) == (MailState.BOUNCED, "5.1.1", None)
    assert sent.why == "There is no such address."
    assert sent.answer == "550 5.1.1 … Recipient address rejected: User unknown in virtual mailbox table"
    assert Mail.objects.filter(state=MailState.SENT).count() == 1
    entry = AuditEntry.objects.get(verb="award.mail-bounced")
    assert (entry.about, entry.facts) == (f"award:{sent.award_id}", {"status": "5.1.1"})


@pytest.mark.parametrize("change", [str, str.upper])
def test_a_report_that_quotes_nothing_is_known_by_its_address(sent: Mail, change: Any) -> None:
    address = change(f"bounces+{id_to_hex(sent.id)}@example.org")
    assert bounces.take_report(report(None, to=address)) == sent
    assert Mail.objects.get(pk=sent.pk).state == MailState.BOUNCED


def test_the_mail_server_may_say_the_address_beside_the_mail(sent: Mail) -> None:
    recipient = f"bounces+{id_to_hex(sent.id)}@example.org"
    assert bounces.take_report(report(None), recipient=recipient) == sent


def test_an_invitation_that_comes_back_is_shown_to_who_invited(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    made = invite(by=alice, organisation=organisation, email="nobody@example.org", roles=[Role.GUEST])
    assert posted() == 1
    letter = Letter.objects.get(about=made.id)
    assert bounces.take_report(report(letter)) == letter
    client.force_login(alice)
    page = client.get("/o/twickel/people").page
    assert "The mail came back: There is no such address." in page.text


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_no_failure_changes_nothing(sent: Mail, action: str) -> None:
    assert bounces.take_report(report(sent, action=action, status="4.4.1")) is None
    assert Mail.objects.get(pk=sent.pk).state == MailState.SENT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 500,
        b"Subject: Out of office\nIn-Reply-To: <x>\n\nI am away",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction: failed\n",
        report(None),
        report(None, to="bounces+00000000000000000000000000000000@example.org"),
        report(None, to="bounces+zz@example.org"),
    ],
)
def test_other_mail_is_not_taken_for_a_report(sent: Mail, data: bytes) -> None:
    assert bounces.take_report(data) is None
    assert Mail.objects.filter(state=MailState.SENT).count() == 2


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("5.2.2", "The mailbox is full."),
        ("4.4.7", "The other mail server could not be reached for days."),
        ("5.1.10", "This domain takes no mail."),
        ("nonsense", "The other mail server gave no reason that we know."),
    ],
)
def test_reasons_are_told_in_words(sent: Mail, status: str, why: str) -> None:
    bounces.take_report(report(sent, status=status))
    assert Mail.objects.get(pk=sent.pk).why == why


def test_the_command_reads_what_a_mail_server_pipes(
    sent: Mail, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(report(sent))))
    call_command("bounce")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"Subject: hello\n\n")))
    call_command("bounce")
    assert capsys.readouterr().out.splitlines() == [
        f"{sent.id}: Came back",
        "Not a report about one of our mails.",
    ]


def test_without_a_database_the_report_is_delivered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr("tessella_web.credentials.management.commands.bounce.take_report", away)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    with pytest.raises(SystemExit) as ended:
        call_command("bounce")
    assert ended.value.code == 75


def test_each_mail_comes_back_to_an_address_of_its_own(
    alice: Person, version: Version, settings: Any
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@example.org"
    batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    work()
    (left,) = outgoing.outbox
    assert left.from_email == f"bounces+{id_to_hex(Mail.objects.get().id)}@example.org"
    assert left.message()["From"] == settings.DEFAULT_FROM_EMAIL


def test_a_waiting_reminder_of_what_came_back_is_not_made(sent: Mail) -> None:
    Mail.objects.update(remind_at=timezone.now())
    bounces.take_report(report(sent))
    work()
    assert Mail.objects.filter(award=sent.award).count() == 1
