"""Mails leave at least once, over a real connection, each under one Message-ID, in the learner's language."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from kombu.exceptions import OperationalError

from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.common.waking import Step
from tessella_web.credentials import tasks
from tessella_web.credentials.domain import batches, engine, outbox
from tessella_web.credentials.models import Chunk, Mail, MailState
from tests.web.credentials.conftest import class_list
from tests.web.credentials.test_batches import learners, prepare, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]


class Inbox:
    """A mail server that keeps what it takes; ``answers`` are given to the next recipients instead of taking them."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    found = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield found
    controller.stop()


@pytest.fixture
def waiting(alice: Person, version: Version, settings: Any) -> None:
    """Two awards whose mails wait: one learner reads German."""
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.web.credentials.test_outbox.Nowhere"
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge"],
        data=class_list("Ann One,ann@example.org,en,passed", "Jörg Zwei,joerg@example.org,de,passed", header="Name,E-mail,Language,Result"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    work()
    Mail.objects.update(due_at=timezone.now(), attempts=0)
    settings.EMAIL_BACKEND = backend


class Nowhere:
    """A mail server that cannot be reached."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def open(self) -> None:
        raise ConnectionRefusedError


def later() -> None:
    Mail.objects.filter(state=MailState.WAITING).update(due_at=timezone.now() - dt.timedelta(seconds=1))


def test_a_mail_leaves_over_smtp_with_its_link(waiting: None, inbox: Inbox) -> None:
    assert outbox.send_due() == 2
    found = {one["To"]: one for one in inbox.taken}
    ann = found["ann@example.org"]
    mail = Mail.objects.get(message_id=ann["Message-ID"])
    assert outbox.claim_key(mail.award) in ann.get_content().replace("=\n", "")
    assert (ann["Subject"], ann["Auto-Submitted"]) == (
        "TEST: Your award: Data ethics in practice",
        "auto-generated",
    )
    assert (Mail.objects.filter(state=MailState.SENT).count(), outbox.send_due()) == (2, 0)


def test_a_server_that_is_away_is_asked_again(waiting: None, inbox: Inbox, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert outbox.send_due() == 0
    assert outbox.send_due() == 0  # put off
    settings.EMAIL_PORT = port
    later()
    assert outbox.send_due() == 2


def test_killed_after_sending_it_leaves_again_under_the_same_id(
    waiting: None, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(outbox, "_done", lambda *about: (_ for _ in ()).throw(KeyboardInterrupt), raising=True)
        with pytest.raises(KeyboardInterrupt):
            outbox.send_due()
    assert (len(inbox.taken), outbox.send_due()) == (1, 0)
    later()
    assert outbox.send_due() == 2
    ids = [one["Message-ID"] for one in inbox.taken]
    assert (len(ids), len(set(ids))) == (3, 2)


def test_what_the_server_refuses_for_good_is_told(waiting: None, inbox: Inbox) -> None:
    inbox.answers = ["550 no such mailbox", "451 try later"]
    assert outbox.send_due() == 0
    assert sorted(Mail.objects.values_list("state", flat=True)) == [MailState.REFUSED, MailState.WAITING]
    later()
    assert outbox.send_due() == 1


def test_no_address_and_no_secret_is_in_the_outbox(waiting: None) -> None:
    told = str(list(Mail.objects.values()))
    assert [one for one in ("ann", "Jörg", "example.org") if one in told] == []
    assert outbox.claim_key(Mail.objects.all()[0].award) not in told


def test_nobody_without_an_address_is_written_to(alice: Person, version: Version) -> None:
    batches.start(by=alice, batch=prepare(alice, version, "Ann,One,,2001-02-03,passed"))
    work()
    assert Mail.objects.count() == 0


def test_with_a_broker_a_step_asks_for_the_next_while_there_is_something(
    waiting: None, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        tasks.run_step, "apply_async", lambda *, args, queue, expires: asked.append((args[0], queue))
    )
    tasks.run_step("mail")
    tasks.run_step("mail")
    assert (len(inbox.taken), asked) == (2, [("mail", tasks.QUICK)])
    tasks.run_step("tidy")
    assert ("seal", tasks.SEALING) not in asked
    assert {("lists", tasks.QUICK), ("mail", tasks.QUICK)} <= set(asked)


def test_each_chunk_that_waits_has_one_message(
    alice: Person, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.run_step, "apply_async", lambda *, args, queue, expires: asked.append(args[0]))
    batches.set_rules(by=alice, organisation=version.organisation, approval_threshold=1000)
    batches.start(by=alice, batch=prepare(alice, version, *learners(101)))
    for _time in range(2):
        tasks.post(Step.SEAL)
    assert asked == ["seal"] * 3
    chunk = engine.claim_chunk()
    assert chunk is not None
    tasks.post(Step.SEAL)
    assert len(asked) == 3
    Chunk.objects.filter(pk=chunk.pk).update(  # its worker was killed, and time has passed
        sent_at=timezone.now() - dt.timedelta(hours=1), leased_until=timezone.now() - dt.timedelta(minutes=1)
    )
    tasks.post(Step.SEAL)
    tasks.post(Step.SEAL)
    assert len(asked) == 4


def test_without_an_answer_of_the_broker_the_chunks_stay_without_a_message(
    alice: Person, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**message: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.run_step, "apply_async", away)
    batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    tasks.post(Step.SEAL)
    assert Chunk.objects.get().sent_at is None


def test_a_step_that_fails_is_told_without_its_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> int:
        raise KeyError("Ann One")

    monkeypatch.setitem(tasks._STEPS, Step.MAIL, broken)  # type: ignore[arg-type]
    tasks.run_step("mail")
    (told,) = caplog.messages
    assert (told.startswith("a step failed: KeyError at "), "Ann" in told) == (True, False)
