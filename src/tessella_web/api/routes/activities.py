"""Activities: events and tasks, the people on their lists, and the records they get."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.shared import Language, address
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.queries import version_at
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.models import Activity, Kind, Participant, State

operation = Table("Activities")

MAX_PEOPLE = 2_000
"""Of one request: as many as a list has places."""

Moment = Annotated[
    str,
    StringConstraints(
        strict=True,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z$",
    ),
]
"""A moment in UTC, as RFC 3339 writes it; the seconds may be left out."""

FOUND = {
    name: {"id": "$response.body#/id"}
    for name in ("read_activity", "activity_people", "add_activity_person", "award_activity", "close_activity")
}  # fmt: skip


class ActivityShape(Shape):
    """An activity as it stands in lists."""

    id: str
    name: str
    kind: str = Field(description="event: by being there; tasks: by doing tasks.")
    place: str
    starts_on: dt.date
    opens_at: dt.datetime
    closes_at: dt.datetime
    time_zone: str = Field(description="On whose clocks (IANA name) the pages show the times.")
    closed_at: dt.datetime | None
    forgotten_at: dt.datetime | None = Field(description="When the names on its list were deleted.")
    cap: int = Field(description="Places on the list.")
    micro_credential: str = Field(description="The record handed out, by description and number.")
    number: int


class ActivityCounts(Shape):
    """People on the list, by state."""

    slip: int
    waiting: int
    confirmed: int
    declined: int
    taken: int = Field(description="Places that are taken, by unused slips too.")


class ActivityFull(ActivityShape):
    """An activity with how many people are where."""

    formats: list[str]
    is_paper_allowed: bool
    people: ActivityCounts


class ActivityPerson(Shape):
    """Somebody on a list. Personal data."""

    id: str
    name: str
    email: str
    language: str
    state: str = Field(description="slip, waiting, confirmed or declined.")
    way: str = Field(description="screen, paper, slip or hand.")
    batch: str | None = Field(description="The batch with the award, once it is on its way.")
    row: int | None = Field(description="The row of that batch.")
    problem: str = Field(description="Why it could not be awarded.")
    decided_at: dt.datetime | None


class ActivityGiven(Given):
    """What takes place, for which published record, and when people come onto its list."""

    micro_credential: Id
    number: Annotated[int, Field(ge=1, le=999_999)]
    kind: Literal["event", "tasks"] = "event"
    name: Words
    place: Words = ""
    starts_on: Day
    opens_at: Moment
    closes_at: Moment
    time_zone: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_+/-]{0,60}$")] = Field(
        default="",
        description="On whose clocks (IANA name) the pages show the times; empty: as for the last activity, else the country’s.",
    )
    cap: Annotated[int, Field(ge=1, le=MAX_PEOPLE)]
    is_paper_allowed: bool = Field(
        default=False, description="Whether a printed code works too, which stays the same."
    )


class ActivityPersonGiven(Given):
    """Who was there."""

    name: Words
    email: Words = Field(default="", description="Empty: the record is taken from the person’s own page.")
    language: Language = ""


class ActivityPersonName(Given):
    """How the name should stand on the certificate."""

    name: Words


class ConfirmGiven(Given):
    """Who was there; left out, everybody who waits."""

    people: Annotated[list[Id], Field(max_length=MAX_PEOPLE)] | None = None


class DeclineGiven(Given):
    """Who was not there."""

    people: Annotated[list[Id], Field(min_length=1, max_length=MAX_PEOPLE)]


class ReopenGiven(Given):
    """Until when."""

    closes_at: Moment


class SlipsGiven(Given):
    """How many."""

    count: Annotated[int, Field(ge=1, le=200)]


class Changed(Shape):
    """How many people are in another state now."""

    people: int


class ActivityBatch(Shape):
    """The batch that awards; null when nobody was left to be awarded."""

    batch: str | None


class SlipsMade(Shape):
    """The slips that were made; each is a place on the list."""

    items: list[str] = Field(description="What they are on the list, as ids of people.")


class PeopleOfActivityQuery(PageQuery):
    """Which people."""

    state: Literal["", "slip", "waiting", "confirmed", "declined"] = Field(
        default="", description="Only those in this state."
    )


@operation("GET", "/activities", {200: Listing[ActivityShape]}, capability="activity.run",
           links={"read_activity": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_activities(request: HttpRequest, query: Query[PageQuery]) -> Listing[ActivityShape]:
    """The organisation's activities, the last made first."""
    found = Activity.objects.filter(organisation=caller(request).organisation).select_related("version")
    return listed(request, found, query, _brief)


@operation("POST", "/activities", {201: ActivityFull}, capability="activity.run", links=FOUND, example={
    "micro_credential": "AAAAAAAAAAAAAAAAAAAAAA", "number": 1, "name": "A day outside", "starts_on": "2027-05-01",
    "opens_at": "2027-05-01T08:00Z", "closes_at": "2027-05-01T18:00Z", "cap": 30,
})  # fmt: skip
def create_activity(request: HttpRequest, body: ActivityGiven) -> Answer:
    """Make a list that people come onto, for a published record of another type than a micro-credential.

    Where the organisation has no key yet and the person may make one, a key for badges is made.
    """
    made = domain.make_activity(
        by=caller(request).person, version=_version(request, body), kind=Kind(body.kind), name=body.name,
        starts_on=body.starts_on, opens_at=_moment(body.opens_at, "opens_at"),
        closes_at=_moment(body.closes_at, "closes_at"), cap=body.cap, place=body.place, time_zone=body.time_zone,
        is_paper_allowed=body.is_paper_allowed,
    )  # fmt: skip
    return Answer(_full(made), {"Location": f"/api/v1/activities/{made.id}"})


@operation("GET", "/activities/{id}", {200: ActivityFull}, capability="activity.run")
def read_activity(request: HttpRequest, id: Id) -> ActivityFull:
    """An activity, and how many people are on its list."""
    return _full(own_activity(request, id))


@operation("GET", "/activities/{id}/people", {200: Listing[ActivityPerson]}, capability="activity.run",
           links={"rename_activity_person": {"person": "$response.body#/items/0/id", "id": "$request.path.id"}})  # fmt: skip
def activity_people(
    request: HttpRequest, id: Id, query: Query[PeopleOfActivityQuery]
) -> Listing[ActivityPerson]:
    """Who is on the list, the first who came first."""
    found = Participant.objects.filter(activity=own_activity(request, id))
    if query.state:
        found = found.filter(state=State(query.state))
    return listed(request, found, query, _person, by="made_at")


@operation("POST", "/activities/{id}/people", {201: ActivityPerson}, capability="activity.run",
           example={"name": "Eva Berg", "email": "eva@example.org"},
           links={"rename_activity_person": {"person": "$response.body#/id", "id": "$request.path.id"}})  # fmt: skip
def add_activity_person(request: HttpRequest, id: Id, body: ActivityPersonGiven) -> Answer:
    """Write somebody in who was there, also after the list was closed; at an event they are confirmed by that."""
    activity, email = own_activity(request, id), body.email.strip()
    made = domain.add(
        by=caller(request).person, activity=activity, name=body.name, email=address(email) if email else "",
        language=body.language,
    )  # fmt: skip
    return Answer(_person(made))


@operation("PATCH", "/activities/{id}/people/{person}", {200: ActivityPerson}, capability="activity.run",
           example={"name": "Eva van den Berg"})  # fmt: skip
def rename_activity_person(
    request: HttpRequest, id: Id, person: Id, body: ActivityPersonName
) -> ActivityPerson:
    """Correct a name before it is awarded; afterwards the award is corrected."""
    activity = own_activity(request, id)
    if not activity.participants.filter(pk=person).exists():
        raise Http404
    return _person(domain.rename(by=caller(request).person, activity=activity, id=person, name=body.name))


@operation("POST", "/activities/{id}/confirmations", {200: Changed}, capability="activity.run", example={})
def confirm_activity_people(request: HttpRequest, id: Id, body: ConfirmGiven) -> Changed:
    """Say that these people were there, or that everybody was who waits. Nothing is awarded by that yet."""
    activity = own_activity(request, id)
    return Changed(people=domain.confirm(by=caller(request).person, activity=activity, ids=body.people))


@operation("POST", "/activities/{id}/refusals", {200: Changed}, capability="activity.run",
           example={"people": ["AAAAAAAAAAAAAAAAAAAAAA"]})  # fmt: skip
def decline_activity_people(request: HttpRequest, id: Id, body: DeclineGiven) -> Changed:
    """Say that these people were not there; whoever has the record already keeps it."""
    activity = own_activity(request, id)
    return Changed(people=domain.decline(by=caller(request).person, activity=activity, ids=body.people))


@operation("POST", "/activities/{id}/awards", {200: ActivityBatch}, capability="batch.prepare")
def award_activity(request: HttpRequest, id: Id) -> ActivityBatch:
    """Hand the record out to everybody who is confirmed and has none yet.

    Whoever cannot be awarded stays on the list with the reason. Above the threshold a second person approves the batch.
    """
    batch = domain.award(by=caller(request).person, activity=own_activity(request, id))
    return ActivityBatch(batch=batch.id if batch else None)


@operation(
    "POST", "/activities/{id}/slips", {201: SlipsMade}, capability="activity.run", example={"count": 2}
)
def make_activity_slips(request: HttpRequest, id: Id, body: SlipsGiven) -> SlipsMade:
    """Make slips for people without a mail address or a telephone; they are printed on the page of the activity."""
    made = domain.make_slips(by=caller(request).person, activity=own_activity(request, id), count=body.count)
    return SlipsMade(items=[one.id for one in made])


@operation("POST", "/activities/{id}/paper-code", {200: ActivityFull}, capability="activity.run")
def replace_paper_code(request: HttpRequest, id: Id) -> ActivityFull:
    """Let the code on paper work no more, and a new one instead; it is printed on the page of the activity."""
    return _full(domain.replace_paper_code(by=caller(request).person, activity=own_activity(request, id)))


@operation("POST", "/activities/{id}/closing", {200: ActivityFull}, capability="activity.run")
def close_activity(request: HttpRequest, id: Id) -> ActivityFull:
    """Let nobody onto the list any more; who is on it can still be confirmed. Unused slips are worth nothing."""
    return _full(domain.close(by=caller(request).person, activity=own_activity(request, id)))


@operation("POST", "/activities/{id}/reopening", {200: ActivityFull}, capability="activity.run",
           example={"closes_at": "2027-05-02T18:00Z"})  # fmt: skip
def reopen_activity(request: HttpRequest, id: Id, body: ReopenGiven) -> ActivityFull:
    """Let people come onto the list again."""
    activity, closes_at = own_activity(request, id), _moment(body.closes_at, "closes_at")
    return _full(domain.reopen(by=caller(request).person, activity=activity, closes_at=closes_at))


@operation("POST", "/activities/{id}/forgetting", {200: ActivityFull}, capability="activity.run")
def forget_activity(request: HttpRequest, id: Id) -> ActivityFull:
    """Delete the names, addresses and works on the list of a closed activity. Awards stay."""
    return _full(domain.forget(by=caller(request).person, activity=own_activity(request, id)))


def own_activity(request: HttpRequest, id: str) -> Activity:
    """The activity, if it is the organisation's of the token.

    Raises:
        Http404: it is not.
    """
    found = queries.activity_at(id, caller(request).organisation)
    if found is None:
        raise Http404
    return found


def _version(request: HttpRequest, body: ActivityGiven) -> Version:
    found = version_at(body.micro_credential, body.number)
    if found is None or found.organisation_id != caller(request).organisation.id:
        raise Http404
    return found


def _moment(text: str, field: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise RefusedError(
            _("There is no such day or time."), code="activity.window", field=field, hint=_("Correct one of the times."),
        ) from error  # fmt: skip


def _brief(one: Activity) -> ActivityShape:
    return ActivityShape(
        id=one.id, name=one.name, kind=one.kind, place=one.place, starts_on=one.starts_on, opens_at=one.opens_at,
        closes_at=one.closes_at, time_zone=one.time_zone, closed_at=one.closed_at, forgotten_at=one.forgotten_at, cap=one.cap,
        micro_credential=one.version.description_id, number=one.version.number,
    )  # fmt: skip


def _full(one: Activity) -> ActivityFull:
    return ActivityFull(
        **_brief(one).model_dump(), formats=one.formats, is_paper_allowed=one.is_paper_allowed,
        people=ActivityCounts(**queries.counts(one)),
    )  # fmt: skip


def _person(one: Participant) -> ActivityPerson:
    return ActivityPerson(
        id=one.id, name=one.name, email=one.email, language=one.language, state=one.state, way=one.way,
        batch=one.batch_id, row=one.row, problem=one.problem, decided_at=one.decided_at,
    )  # fmt: skip
