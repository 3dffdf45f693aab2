"""Reads about activities, each with a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import Version
from tessella_web.credentials.activities.domain.running import RECORD_TYPES
from tessella_web.credentials.activities.models import (
    Activity,
    Participant,
    State,
    Submission,
    SubmissionState,
    Task,
)
from tessella_web.credentials.models import Award, AwardState, Batch, Stage

__all__ = [
    "Listed",
    "activities_of",
    "activity_at",
    "counts",
    "entry_at",
    "list_of",
    "records_to_hand_out",
    "submission_at",
    "tasks_for",
    "unused_slips",
    "waiting_batches",
    "works_of",
]


class Listed(NamedTuple):
    """Somebody on the list with the award, once there is one."""

    participant: Participant
    award: Award | None


def records_to_hand_out(organisation: Organisation) -> list[Version]:
    """The newest published version of each description that may be handed out on a list."""
    found = Version.objects.filter(
        organisation=organisation,
        withdrawn_at__isnull=True,
        record_type__in=[str(one) for one in RECORD_TYPES],
    ).order_by("description", "-number")
    newest: dict[str, Version] = {}
    for one in found:
        newest.setdefault(one.description_id, one)
    return sorted(newest.values(), key=lambda one: one.title.casefold())


def activities_of(organisation: Organisation) -> QuerySet[Activity]:
    """The activities, the newest first, with how many wait and how many have the record."""
    return (
        Activity.objects.filter(organisation=organisation)
        .select_related("version")
        .annotate(
            waiting=Count("participants", filter=Q(participants__state=State.WAITING)),
            on_the_way=Count("participants", filter=Q(participants__batch__isnull=False)),
        )
        .order_by("-starts_on", "-made_at")
    )


def activity_at(id: str, organisation: Organisation | None = None) -> Activity | None:
    """An activity; of one organisation only, where one is given."""
    found = Activity.objects.filter(pk=id).select_related("organisation", "version__organisation")
    if organisation is not None:
        found = found.filter(organisation=organisation)
    return found.first()


def list_of(activity: Activity) -> list[Listed]:
    """Everybody on the list but unused slips; who waits first."""
    people = list(
        activity.participants.exclude(state=State.SLIP).annotate(
            accepted=Count("submissions", filter=Q(submissions__state=SubmissionState.ACCEPTED)),
            handed_in=Count("submissions", filter=Q(submissions__state=SubmissionState.HANDED_IN)),
        )
    )
    batches = {one.batch_id for one in people if one.batch_id}
    awards = {
        (one.row.batch_id, one.row.number): one
        for one in Award.objects.filter(row__batch__in=batches)
        .exclude(state=AwardState.PLANNED)
        .select_related("row")
    }
    order = {State.WAITING: 0, State.CONFIRMED: 1, State.DECLINED: 3}
    listed = [Listed(one, awards.get((one.batch_id or "", one.row or 0))) for one in people]
    return sorted(
        listed,
        key=lambda one: (
            order[State(one.participant.state)] + one.participant.is_on_the_way,
            one.participant.made_at,
        ),
    )


def counts(activity: Activity) -> dict[str, int]:
    """People by state; every state is there, and ``taken`` places."""
    found = dict(activity.participants.order_by().values_list("state").annotate(Count("pk")))
    by_state = {state.value: found.get(state.value, 0) for state in State}
    return {**by_state, "taken": sum(by_state.values()) - by_state[State.DECLINED.value]}


def waiting_batches(activity: Activity) -> Sequence[Batch]:
    """Batches of this activity that wait for a second person, or have stopped."""
    return list(
        Batch.objects.filter(
            participants__activity=activity, stage__in=[Stage.APPROVAL, Stage.STOPPED]
        ).distinct()
    )


def unused_slips(activity: Activity) -> Sequence[Participant]:
    """Slips that can be printed and given away."""
    return list(activity.participants.filter(state=State.SLIP).order_by("made_at", "id"))


def entry_at(id: str) -> Participant | None:
    """Somebody on a list, by the address of their page."""
    return (
        Participant.objects.filter(pk=id)
        .select_related("activity__organisation", "activity__version__organisation", "batch")
        .first()
    )


def tasks_for(participant: Participant) -> list[tuple[Task, Submission | None]]:
    """Each task with what this person handed in."""
    found = participant.activity.tasks.prefetch_related(
        Prefetch("submissions", queryset=Submission.objects.filter(participant=participant), to_attr="own")
    )
    return [(task, next(iter(task.own), None)) for task in found]


def works_of(activity: Activity) -> Sequence[Submission]:
    """What was handed in: what waits for an answer first."""
    found = Submission.objects.filter(task__activity=activity).select_related("task", "participant")
    return sorted(found, key=lambda one: (one.state != SubmissionState.HANDED_IN, one.handed_in_at))


def submission_at(id: str, activity: Activity) -> Submission | None:
    """Something handed in for this activity."""
    return (
        Submission.objects.filter(pk=id, task__activity=activity)
        .select_related("task__activity__organisation", "participant")
        .first()
    )
