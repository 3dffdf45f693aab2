"""Mails to people who do tasks: the link to their page, and what was said about their work."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.credentials.activities.domain.codes import ticket_key
from tessella_web.credentials.activities.models import Participant, Submission, SubmissionState

__all__ = ["answer", "ticket", "ticket_address", "write_answer", "write_ticket"]


def ticket_address(participant: Participant) -> str:
    """The page of one person, opened with its key."""
    return f"{settings.BASE_URL}{reverse('ticket', args=[participant.id])}?key={ticket_key(participant)}"


def write_ticket(participant: Participant) -> None:
    """Have the link to the person's page sent."""
    if participant.email:
        letters.queue("ticket", about=participant.id)


def write_answer(submission: Submission) -> None:
    """Have it told what the organiser said about what was handed in."""
    if submission.participant.email:
        letters.queue("answer", about=submission.id)


@writes("ticket")
def ticket(letter: Letter) -> Draft | None:
    """In the language in which the person came onto the list."""
    found = Participant.objects.select_related("activity__organisation").filter(pk=letter.about).first()
    return Draft(found.email, (found.language,), lambda: _ticket(found)) if found else None


@writes("answer")
def answer(letter: Letter) -> Draft | None:
    """As it stands when it leaves; none when the person has handed in something else meanwhile."""
    found = (
        Submission.objects.select_related("participant", "task")
        .filter(pk=letter.about)
        .exclude(state=SubmissionState.HANDED_IN)
        .first()
    )
    return (
        Draft(found.participant.email, (found.participant.language,), lambda: _answer(found))
        if found
        else None
    )


def _ticket(participant: Participant) -> tuple[str, str]:
    activity = participant.activity
    return (
        _("Your page: %(what)s") % {"what": activity.name},
        _("Hello %(name)s,\n\nthis is your page for “%(what)s” by %(who)s. Hand in your tasks there:\n%(address)s\n\n"
          "Keep the link to yourself. If you did not ask for it, ignore this mail.")
        % {"name": participant.name, "what": activity.name, "who": activity.organisation.name,
           "address": ticket_address(participant)},
    )  # fmt: skip


def _answer(submission: Submission) -> tuple[str, str]:
    participant, task = submission.participant, submission.task
    said = SubmissionState(submission.state).label
    return (
        _("%(task)s: %(answer)s") % {"task": task.title, "answer": said},
        _("Hello %(name)s,\n\nabout your task “%(task)s”: %(answer)s.\n\n%(words)s\n\nYour page:\n%(address)s")
        % {"name": participant.name, "task": task.title, "answer": said, "words": submission.reply,
           "address": ticket_address(participant)},
    )  # fmt: skip
