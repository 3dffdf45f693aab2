"""Queueing letters within the transaction that they tell of, and sending them; each kind is written by the app that it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from tessella_web.accounts.letters.models import Letter
from tessella_web.common.mailing import (
    MailState,
    envelope,
    first_known_language,
    new_message_id,
    send_all,
    take_due,
)
from tessella_web.common.waking import Step, wake

__all__ = ["Draft", "queue", "send_due", "writes"]


class Draft(NamedTuple):
    """Whom a letter goes to, in the first of these languages that the platform speaks; ``write`` makes subject and body in it."""

    to: str
    languages: tuple[str, ...]
    write: Callable[[], tuple[str, str]]


Writer = Callable[[Letter], Draft | None]

_WRITERS: dict[str, Writer] = {}


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register who writes letters of this kind; it answers None when nobody needs the letter any more.

    The module is imported when its app is ready: workers load no pages.
    """

    def register(writer: Writer) -> Writer:
        _WRITERS[kind] = writer
        return writer

    return register


def queue(kind: str, *, about: str, language: str = "", facts: Mapping[str, str] | None = None) -> Letter:
    """Have a letter sent, once the transaction is through; an earlier one of this kind about the same that still waits is not sent."""
    Letter.objects.filter(kind=kind, about=about, state=MailState.WAITING).update(state=MailState.NEEDLESS)
    made = Letter.objects.create(
        kind=kind, about=about, language=language, facts=dict(facts or {}),
        message_id=new_message_id(), due_at=timezone.now(),
    )  # fmt: skip
    wake(Step.MAIL)
    return made


def send_due() -> int:
    """Send what is due; how many left."""
    return send_all(take_due(Letter.objects.all()), make=_make, done=_done)


def _make(letter: Letter, connection: BaseEmailBackend) -> EmailMessage | None:
    draft = _WRITERS[letter.kind](letter)
    if draft is None or not draft.to:
        return None
    with translation.override(first_known_language(letter.language, *draft.languages)):
        return envelope(letter, connection, draft.to, *draft.write())


def _done(letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=MailState.SENT, sent_at=timezone.now())
