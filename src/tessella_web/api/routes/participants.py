"""Who takes part in an offer, and what assessors recorded of them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import FileResponse, Http404, HttpRequest
from ninja import Query
from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.batches import BatchFull, FormatName, full
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.courses import EVIDENCE, NeedGiven, PieceShape, file_of, piece_shape
from tessella_web.api.routes.offers import own_offer
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, OutcomeRecord

operation = Table("Participants")

MADE = {
    "read_participant": {"id": "$response.body#/id"}, "change_participant": {"id": "$response.body#/id"},
    "record_outcomes": {"id": "$response.body#/id"}, "withdraw_participant": {"id": "$response.body#/id"},
}  # fmt: skip


def _standings(found: dict[str, str]) -> dict[str, str]:
    for name, value in found.items():
        if len(name) > 80 or "\x00" in name or value not in ("achieved", "partly", "not", ""):
            raise ValueError("achieved, partly, not, or empty")
    return found


Standings = Annotated[
    dict[str, str],
    AfterValidator(_standings),
    WithJsonSchema(
        {
            "type": "object",
            "description": "By the id of an outcome: achieved, partly, not; empty takes it back.",
            "propertyNames": {"maxLength": 80, "pattern": r"^[^\x00]*$"},
            "additionalProperties": {"type": "string", "enum": ["achieved", "partly", "not", ""]},
        }
    ),
]


class RecordShape(Shape):
    """What an assessor recorded."""

    number: int
    standings: dict[str, str] = Field(description="By the id of an outcome: achieved, partly or not.")
    grade: str
    assessed_on: dt.date | None
    supervision: str
    identity_check: str
    note: str
    by: str
    at: dt.datetime


class ParticipantShape(Shape):
    """Somebody who takes part, applied or did. Personal data; what they need in assessment is not told here."""

    id: str
    offer: str
    state: str = Field(description="applied, accepted, declined, enrolled, withdrawn, assessed or awarded.")
    given_name: str
    family_name: str
    email: str
    birth_date: dt.date | None
    language: str
    student_id: str
    award: str | None


class ParticipantFull(ParticipantShape):
    """Somebody with what they said and what was recorded."""

    motivation: str
    reason: str
    evidence: list[PieceShape] = Field(description="What was handed in with an application.")
    records: list[RecordShape] = Field(description="The last first; the first one counts.")


class ParticipantGiven(Given):
    """Who takes part."""

    given_name: Words = ""
    family_name: Words = ""
    email: Words = ""
    birth_date: Day | None = None
    language: Annotated[str, StringConstraints(strict=True, max_length=12, pattern=r"^[A-Za-z-]*$")] = ""
    student_id: Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[^\x00]*$")] = ""


class ParticipantDecision(Given):
    """The answer to an application."""

    accept: bool
    reason: Text = Field(default="", description="The person reads it; needed to decline.")


class OutcomesGiven(Given):
    """What an assessor found; what is left out stays as it was."""

    standings: Standings = Field(default_factory=dict)
    grade: Annotated[str, StringConstraints(strict=True, max_length=60, pattern=r"^[^\x00]*$")] | None = None
    assessed_on: Day | None = None
    supervision: (
        Annotated[str, StringConstraints(strict=True, max_length=30, pattern=r"^[^\x00]*$")] | None
    ) = None
    identity_check: Words | None = None
    note: Text | None = None
    after: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        default=None,
        description="Number of the record that was seen, 0 for none: another’s word is not overwritten unseen.",
    )


class AwardAchieved(Given):
    """In which formats."""

    formats: Annotated[list[FormatName], Field(min_length=1, max_length=20)]
    is_suspendable: bool = False


class NeedShape(Shape):
    """What somebody needs in assessment."""

    need: str


class ParticipantsQuery(PageQuery):
    """Which people."""

    state: Literal["", "applied", "accepted", "declined", "enrolled", "withdrawn", "assessed", "awarded"] = ""
    words: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Parts of a name or address."
    )


@operation("GET", "/offers/{id}/participants", {200: Listing[ParticipantShape]}, capability="participant.view",
           links={"read_participant": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_participants(
    request: HttpRequest, id: Id, query: Query[ParticipantsQuery]
) -> Listing[ParticipantShape]:
    """Who takes part in an offer, applied or did, the last first."""
    found = queries.participants(own_offer(request, id), state=query.state, words=query.words)
    return listed(request, found, query, _shape)


@operation("POST", "/offers/{id}/participants", {201: ParticipantShape}, capability="participant.manage", links=MADE,
           example={"given_name": "Anna", "family_name": "Jansen", "email": "anna@example.org"})  # fmt: skip
def add_participant(request: HttpRequest, id: Id, body: ParticipantGiven) -> Answer:
    """Write down somebody who takes part; an account with the same address sees it as its own."""
    made = domain.list_person(
        by=caller(request).person, offer=own_offer(request, id), details=body.model_dump()
    )
    return Answer(_shape(made), {"Location": f"/api/v1/participants/{made.id}"})


@operation("GET", "/participants/{id}", {200: ParticipantFull}, capability="participant.view")
def read_participant(request: HttpRequest, id: Id) -> ParticipantFull:
    """Somebody who takes part, with what was recorded."""
    return _full(_own(request, id))


@operation(
    "PATCH",
    "/participants/{id}",
    {200: ParticipantFull},
    capability="participant.manage",
    example={"family_name": "Janssen"},
)
def change_participant(request: HttpRequest, id: Id, body: ParticipantGiven) -> ParticipantFull:
    """Correct name, address or date of birth before an award is made."""
    details = {name: getattr(body, name) for name in body.model_fields_set}
    domain.change_details(by=caller(request).person, enrolment=_own(request, id), details=details)
    return _full(_own(request, id))


@operation(
    "POST",
    "/participants/{id}/decision",
    {200: ParticipantFull},
    capability="participant.manage",
    example={"accept": True},
)
def decide_application(request: HttpRequest, id: Id, body: ParticipantDecision) -> ParticipantFull:
    """Accept or decline an application."""
    verb = domain.accept if body.accept else domain.decline
    verb(by=caller(request).person, enrolment=_own(request, id), reason=body.reason)
    return _full(_own(request, id))


@operation("POST", "/participants/{id}/withdrawal", {200: ParticipantFull}, capability="participant.manage")
def withdraw_participant(request: HttpRequest, id: Id) -> ParticipantFull:
    """Give the place up on the person’s word. What was recorded stays."""
    domain.withdraw(by=caller(request).person, enrolment=_own(request, id))
    return _full(_own(request, id))


@operation("GET", "/participants/{id}/evidence/{piece}/file", {200: EVIDENCE}, capability="participant.view")
def participant_evidence_file(request: HttpRequest, id: Id, piece: Id) -> FileResponse:
    """A file that somebody handed in with an application."""
    return file_of(_own(request, id), piece)


@operation("GET", "/participants/{id}/need", {200: NeedShape}, capability="accommodation.view")
def read_need(request: HttpRequest, id: Id) -> NeedShape:
    """What somebody needs in assessment. Can tell of their health: read it where it is used, and keep no copy."""
    return NeedShape(need=_own(request, id).accommodations)


@operation("PUT", "/participants/{id}/need", {200: NeedShape}, capability="accommodation.view",
           example={"need": "Half an hour more."})  # fmt: skip
def note_need(request: HttpRequest, id: Id, body: NeedGiven) -> NeedShape:
    """Write down what somebody needs in assessment. It never gets into a credential, a mail or a log."""
    found = domain.note_accommodations(by=caller(request).person, enrolment=_own(request, id), text=body.need)
    return NeedShape(need=found.accommodations)


@operation("POST", "/participants/{id}/records", {201: ParticipantFull}, capability="outcome.record",
           example={"standings": {}, "assessed_on": "2026-06-30", "grade": "8", "note": "Portfolio and interview."})  # fmt: skip
def record_outcomes(request: HttpRequest, id: Id, body: OutcomesGiven) -> Answer:
    """Record what an assessor found, outcome by outcome; nobody assesses their own learning."""
    values = {name: getattr(body, name) for name in body.model_fields_set - {"after"}}
    finding = domain.Finding(**{name: value for name, value in values.items() if value is not None})
    domain.record(by=caller(request).person, enrolment=_own(request, id), finding=finding, after=body.after)
    return Answer(_full(_own(request, id)))


@operation("POST", "/offers/{id}/batches", {201: BatchFull}, capability="batch.prepare", example={"formats": ["openbadge"]},
           links={"read_batch": {"id": "$response.body#/id"}, "start_batch": {"id": "$response.body#/id"}})  # fmt: skip
def award_achieved(request: HttpRequest, id: Id, body: AwardAchieved) -> Answer:
    """The dry run for everybody of whom every required outcome is recorded as achieved and who has no award yet."""
    batch = domain.award_achieved(
        by=caller(request).person, offer=own_offer(request, id), formats=body.formats, is_suspendable=body.is_suspendable
    )  # fmt: skip
    return Answer(full(batch), {"Location": f"/api/v1/batches/{batch.id}"})


def _own(request: HttpRequest, id: str) -> Enrolment:
    found = queries.enrolment_at(caller(request).organisation, id)
    if found is None:
        raise Http404
    return found


def _shape(one: Enrolment) -> ParticipantShape:
    return ParticipantShape(**_values(one))


def _values(one: Enrolment) -> dict[str, Any]:
    award = one.award
    return {
        "id": one.id, "offer": one.offer_id, "state": str(one.standing), "given_name": one.given_name,
        "family_name": one.family_name, "email": one.email, "birth_date": one.birth_date, "language": one.language,
        "student_id": one.student_id, "award": award.id if award else None,
    }  # fmt: skip


def _full(one: Enrolment) -> ParticipantFull:
    return ParticipantFull(
        **_values(one), motivation=one.motivation, reason=one.reason,
        evidence=[piece_shape(each) for each in one.evidence.all()],
        records=[_record(each) for each in queries.history_of(one)],
    )  # fmt: skip


def _record(one: OutcomeRecord) -> RecordShape:
    return RecordShape(
        number=one.number, standings=one.standings, grade=one.grade, assessed_on=one.assessed_on, supervision=one.supervision,
        identity_check=one.identity_check, note=one.note, by=one.by_name, at=one.at,
    )  # fmt: skip
