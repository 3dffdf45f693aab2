"""Tasks: what has to be done, what is handed in, and what the organiser says to it."""

from __future__ import annotations

import io
from collections.abc import Collection

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.activities.domain._common import locked, locked_for, note, require_open, words
from tessella_web.credentials.activities.domain.listing import award
from tessella_web.credentials.activities.domain.writing import write_answer
from tessella_web.credentials.activities.models import (
    Activity,
    Evidence,
    Kind,
    Participant,
    State,
    Submission,
    SubmissionState,
    Task,
)
from tessella_web.credentials.models import Batch

__all__ = ["MAX_FILE_BYTES", "accept", "add_task", "ask_for_more", "hand_in", "not_accept", "remove_task"]

MAX_TASKS = 20
"""More is a course: describe it as one."""

MAX_FILE_BYTES = 5 * 1024 * 1024  # bytes
"""A photograph of a telephone, or a few scanned pages."""

MAX_TEXT = 5_000
"""Characters: two pages."""

MAX_PIXELS = 50_000_000
"""Of a picture: more than telephones make, less than fills the memory."""


@transaction.atomic
def add_task(
    *, by: Person, activity: Activity, title: str, text: str, kinds: Collection[str], is_required: bool
) -> Task:
    """One more task, at the end.

    Raises:
        RefusedError: ``activity.by-presence``, ``activity.many-tasks``, ``activity.no-words``, ``activity.kinds``.
    """
    found = locked_for(by, activity)
    if found.kind != Kind.TASKS:
        raise RefusedError(
            _("Here people earn the record by being there."),
            code="activity.by-presence", hint=_("Make an activity with tasks instead."),
        )  # fmt: skip
    last = found.tasks.order_by("-place").values_list("place", flat=True).first() or 0
    if found.tasks.count() >= MAX_TASKS:
        raise RefusedError(
            _("An activity has at most %(most)s tasks.") % {"most": MAX_TASKS},
            code="activity.many-tasks", hint=_("Put small ones together."),
        )  # fmt: skip
    kept = [kind.value for kind in Evidence if kind.value in kinds]
    if not kept:
        raise RefusedError(
            _("Say what people can hand in."),
            code="activity.kinds",
            hint=_("Choose at least one."),
            field="kinds",
        )
    made = Task.objects.create(
        activity=found, place=last + 1, title=words(title, field="title")[:200], text=text.strip(), kinds=kept,
        is_required=is_required,
    )  # fmt: skip
    note("activity.task-added", found, by, task=made.id)
    return made


@transaction.atomic
def remove_task(*, by: Person, task: Task) -> None:
    """Take a task away that nobody has handed anything in for.

    Raises:
        RefusedError: ``activity.task-used``.
    """
    found = locked_for(by, task.activity)
    if task.submissions.exists():
        raise RefusedError(
            _("Somebody has handed something in for this task."),
            code="activity.task-used", hint=_("Answer it first; the task then stays."),
        )  # fmt: skip
    Task.objects.filter(pk=task.pk).delete()
    note("activity.task-removed", found, by)


@transaction.atomic
def hand_in(
    *,
    participant: Participant,
    task: Task,
    text: str = "",
    link: str = "",
    data: bytes = b"",
) -> Submission:
    """Something for one task; handing in again replaces what was there, until it is accepted.

    Raises:
        RefusedError: ``activity.closed``; ``activity.nothing``, nothing of what the task takes; ``activity.file``;
            ``activity.accepted``, it was accepted already.
    """
    activity = locked(task.activity)
    require_open(activity)
    if participant.activity_id != activity.id or participant.state in (State.SLIP, State.DECLINED):
        raise NotAllowedError(_("This task is not yours."), code="activity.not-yours")
    before = Submission.objects.select_for_update().filter(task=task, participant=participant).first()
    if before and before.state == SubmissionState.ACCEPTED:
        raise RefusedError(
            _("This task was accepted already."),
            code="activity.accepted",
            hint=_("Nothing is left to do here."),
        )
    text = text.strip()[:MAX_TEXT] if Evidence.TEXT in task.kinds else ""
    link = link.strip() if Evidence.LINK in task.kinds else ""
    data = data if Evidence.FILE in task.kinds else b""
    if not (text or link or data):
        raise RefusedError(
            _("Hand in something for this task."),
            code="activity.nothing", hint=_("A few words, a link or a file: what the task asks for."), field=task.kinds[0],
        )  # fmt: skip
    media_type = _checked(data) if data else ""
    path = ""
    if media_type:
        path = default_storage.save(f"evidence/{participant.id}/{new_id()}", ContentFile(data))
    made, _new = Submission.objects.update_or_create(
        task=task, participant=participant,
        defaults={
            "state": SubmissionState.HANDED_IN, "text": text, "link": link,
            "file": path, "file_type": media_type, "size": len(data) if path else 0, "reply": "",
            "handed_in_at": timezone.now(), "decided_at": None, "decided_by": None,
        },
    )  # fmt: skip
    if before and before.file:
        old = before.file
        transaction.on_commit(lambda: default_storage.delete(old))
    note("activity.handed-in", activity, None, task=task.id)
    return made


def accept(*, by: Person, submission: Submission, reply: str = "") -> Batch | None:
    """The work is good. Was it the last required task, the record is awarded; the batch is returned then.

    Raises:
        NotAllowedError: ``activity.own-work``.
    """
    with transaction.atomic():
        one = _decided(by, submission, SubmissionState.ACCEPTED, reply.strip())
        activity, participant = one.task.activity, one.participant
        required = activity.tasks.filter(is_required=True)
        done = participant.submissions.filter(task__in=required, state=SubmissionState.ACCEPTED)
        if participant.state != State.WAITING or done.count() < required.count():
            return None
        participant.state, participant.decided_by, participant.decided_at = (
            State.CONFIRMED,
            by,
            timezone.now(),
        )
        participant.save(update_fields=["state", "decided_by", "decided_at"])
        return award(by=by, activity=activity)


@transaction.atomic
def ask_for_more(*, by: Person, submission: Submission, reply: str) -> Submission:
    """Not yet: say what is missing."""
    return _decided(by, submission, SubmissionState.MORE, words(reply, field="reply"))


@transaction.atomic
def not_accept(*, by: Person, submission: Submission, reply: str) -> Submission:
    """No, and why; the person may hand in something else while the list is open."""
    return _decided(by, submission, SubmissionState.DECLINED, words(reply, field="reply"))


def _decided(by: Person, submission: Submission, state: SubmissionState, reply: str) -> Submission:
    activity = submission.task.activity
    require(by, activity.organisation, "activity.run")
    locked(activity)
    found = (
        Submission.objects.select_for_update(of=("self",))
        .select_related(
            "task__activity__organisation", "task__activity__version__organisation", "participant"
        )
        .get(pk=submission.pk)
    )
    if found.participant.email and found.participant.email == by.email:
        raise NotAllowedError(
            _("Nobody accepts their own work."), code="activity.own-work", hint=_("Ask a colleague.")
        )
    if found.state == SubmissionState.ACCEPTED:
        raise RefusedError(
            _("This task was accepted already."), code="activity.accepted", hint=_("Load the page again.")
        )
    found.state, found.reply, found.decided_by, found.decided_at = state, reply, by, timezone.now()
    found.save(update_fields=["state", "reply", "decided_by", "decided_at"])
    note(f"activity.task-{state.value}", activity, by, task=found.task_id)
    write_answer(found)
    return found


def _checked(data: bytes) -> str:
    """The media type by the content, whatever the name says.

    Raises:
        RefusedError: ``activity.file``: too large, or neither picture nor PDF.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RefusedError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE_BYTES // 1024**2},
            code="activity.file", field="file", hint=_("Make the picture smaller, or give a link."),
        )  # fmt: skip
    if data[:5] == b"%PDF-":
        return "application/pdf"
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height <= MAX_PIXELS:
                return str(Image.MIME[picture.format or ""])
    except (UnidentifiedImageError, OSError, ValueError, KeyError, Image.DecompressionBombError):
        pass
    raise RefusedError(
        _("This file is no picture (JPEG, PNG, WebP) and no PDF."),
        code="activity.file", field="file", hint=_("Take a photograph of it, or save it as PDF."),
    )  # fmt: skip
