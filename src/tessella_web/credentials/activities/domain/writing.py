"""Mails to people who do tasks: the link to their page, and what was said about their work."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tessella_web.credentials.activities.domain.codes import ticket_key
from tessella_web.credentials.activities.models import Participant, Submission, SubmissionState

__all__ = ["ticket_address", "write_answer", "write_ticket"]


def ticket_address(participant: Participant) -> str:
    """The page of one person, opened with its key."""
    return f"{settings.BASE_URL}{reverse('ticket', args=[participant.id])}?key={ticket_key(participant)}"


def write_ticket(participant: Participant) -> None:
    """After the transaction: the link to the person's page."""
    if participant.email:
        transaction.on_commit(partial(_ticket, participant), robust=True)


def write_answer(submission: Submission) -> None:
    """After the transaction: what the organiser said about what was handed in."""
    if submission.participant.email:
        transaction.on_commit(partial(_answer, submission), robust=True)


def _ticket(participant: Participant) -> None:
    activity = participant.activity
    with _in_language_of(participant):
        send_mail(
            _("Your page: %(what)s") % {"what": activity.name},
            _("Hello %(name)s,\n\nthis is your page for “%(what)s” by %(who)s. Hand in your tasks there:\n%(address)s\n\n"
              "Keep the link to yourself. If you did not ask for it, ignore this mail.")
            % {"name": participant.name, "what": activity.name, "who": activity.organisation.name,
               "address": ticket_address(participant)},
            None,
            [participant.email],
        )  # fmt: skip


def _answer(submission: Submission) -> None:
    participant, task = submission.participant, submission.task
    with _in_language_of(participant):
        said = SubmissionState(submission.state).label
        send_mail(
            _("%(task)s: %(answer)s") % {"task": task.title, "answer": said},
            _("Hello %(name)s,\n\nabout your task “%(task)s”: %(answer)s.\n\n%(words)s\n\nYour page:\n%(address)s")
            % {"name": participant.name, "task": task.title, "answer": said, "words": submission.reply,
               "address": ticket_address(participant)},
            None,
            [participant.email],
        )  # fmt: skip


def _in_language_of(participant: Participant) -> translation.override:
    language = participant.language
    known = bool(language) and translation.check_for_language(language)
    return translation.override(language if known else settings.LANGUAGE_CODE)
