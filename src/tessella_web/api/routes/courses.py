"""What learners do for themselves: enrol, apply with evidence, see where it stands, withdraw."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.api.uploads import Picture
from tessella_web.catalogue.offers.queries import offer_at
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, Evidence, OutcomeRecord

operation = Table("Own courses")

Said = Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")]
"""In the person's own words."""

EVIDENCE = Media(("application/pdf", "image/png", "image/jpeg"), "The file as it was handed in.")

FOUND = {
    name: {"id": "$response.body#/id"}
    for name in ("read_course", "hand_in_evidence", "say_need", "withdraw_from_course")
}  # fmt: skip


class CourseShape(Shape):
    """Where one takes part, applied or did."""

    id: str
    offer: str
    organisation: str = Field(description="Short name of the provider.")
    title: str
    state: str = Field(description="applied, accepted, declined, enrolled, withdrawn, assessed or awarded.")
    since: dt.datetime
    award: str | None


class PieceShape(Shape):
    """A piece that was handed in."""

    id: str
    text: str
    link: str
    file_name: str
    media_type: str
    size: int
    made_at: dt.datetime


class FoundShape(Shape):
    """What counts of what was recorded."""

    standings: dict[str, str] = Field(description="By the id of an outcome: achieved, partly or not.")
    grade: str
    assessed_on: dt.date | None
    supervision: str
    identity_check: str


class CourseFull(CourseShape):
    """With what one said and handed in, and what was recorded."""

    given_name: str
    family_name: str
    motivation: str
    need: str = Field(description="What one needs in assessment; never in a credential.")
    reason: str = Field(description="What the provider said about the application.")
    evidence: list[PieceShape]
    record: FoundShape | None


class EnrolGiven(Given):
    """A place, under the name that a certificate would carry."""

    given_name: Words = ""
    family_name: Words = ""
    birth_date: Day | None = Field(default=None, description="Only if it should stand in the credential.")
    motivation: Said = Field(
        default="", description="Why one applies, where the offer asks for an application."
    )
    need: Said = Field(default="", description="What one needs in assessment; only its staff reads it.")


class PieceGiven(Given):
    """Words, a link, or a file: PDF, PNG or JPEG of at most 2 MB here, 5 MB on the page."""

    text: Said = ""
    link: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")] = ""
    file_name: Annotated[str, StringConstraints(strict=True, max_length=150, pattern=r"^[^\x00/\\]*$")] = ""
    file: Picture = b""


class NeedGiven(Given):
    """What is needed in assessment; empty takes it back."""

    need: Said


@operation("GET", "/courses", {200: Listing[CourseShape]}, personal="courses:read",
           links={"read_course": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_courses(request: HttpRequest, query: Query[PageQuery]) -> Listing[CourseShape]:
    """Everything one takes or took part in, the latest first."""
    return listed(request, queries.own_enrolments(caller(request).person), query, _shape)


@operation("POST", "/offers/{id}/enrolment", {201: CourseFull}, personal="courses:write", links=FOUND,
           example={"given_name": "Anna", "family_name": "Jansen", "motivation": "I work with data every day."})  # fmt: skip
def enrol(request: HttpRequest, id: Id, body: EnrolGiven) -> Answer:
    """Take a place in an offer, or apply for one."""
    offer, by = offer_at(id), caller(request).person
    if offer is None:
        raise Http404
    details = body.model_dump(include={"given_name", "family_name", "birth_date"})
    made = domain.enrol(
        by=by, offer=offer, details=details, motivation=body.motivation, accommodations=body.need
    )
    return Answer(_full(_own(request, made.id)), {"Location": f"/api/v1/courses/{made.id}"})


@operation("GET", "/courses/{id}", {200: CourseFull}, personal="courses:read")
def read_course(request: HttpRequest, id: Id) -> CourseFull:
    """Where it stands, what one handed in, what was recorded."""
    return _full(_own(request, id))


@operation("POST", "/courses/{id}/evidence", {201: CourseFull}, personal="courses:write",
           example={"text": "My portfolio.", "link": "https://portfolio.example/anna"})  # fmt: skip
def hand_in_evidence(request: HttpRequest, id: Id, body: PieceGiven) -> Answer:
    """Hand in a piece with an application."""
    domain.add_evidence(
        by=caller(request).person, enrolment=_own(request, id), text=body.text, link=body.link,
        file_name=body.file_name, data=body.file or None,
    )  # fmt: skip
    return Answer(_full(_own(request, id)))


@operation("GET", "/courses/{id}/evidence/{piece}/file", {200: EVIDENCE},
           personal="courses:read")  # fmt: skip
def evidence_file(request: HttpRequest, id: Id, piece: Id) -> FileResponse:
    """A file that one handed in."""
    return file_of(_own(request, id), piece)


@operation(
    "PUT", "/courses/{id}/need", {200: CourseFull}, personal="courses:write", example={"need": "Large print."}
)
def say_need(request: HttpRequest, id: Id, body: NeedGiven) -> CourseFull:
    """Say what one needs in assessment. Coordinators and assessors read it; it never gets into a credential."""
    domain.note_accommodations(by=caller(request).person, enrolment=_own(request, id), text=body.need)
    return _full(_own(request, id))


@operation("POST", "/courses/{id}/withdrawal", {200: CourseFull}, personal="courses:write")
def withdraw_from_course(request: HttpRequest, id: Id) -> CourseFull:
    """Give the place up, or take the application back."""
    domain.withdraw(by=caller(request).person, enrolment=_own(request, id))
    return _full(_own(request, id))


def file_of(enrolment: Enrolment, piece: str) -> FileResponse:
    """A file that was handed in, never shown inside a page.

    Raises:
        Http404: there is none.
    """
    found = enrolment.evidence.filter(pk=piece).exclude(file="").first()
    if found is None:
        raise Http404
    return FileResponse(
        default_storage.open(found.file), content_type=found.media_type, as_attachment=True, filename=found.file_name
    )  # fmt: skip


def piece_shape(one: Evidence) -> PieceShape:
    """As it is answered."""
    return PieceShape(
        id=one.id, text=one.text, link=one.link, file_name=one.file_name, media_type=one.media_type, size=one.size,
        made_at=one.made_at,
    )  # fmt: skip


def _own(request: HttpRequest, id: str) -> Enrolment:
    found = queries.own_enrolment(caller(request).person, id)
    if found is None:
        raise Http404
    return found


def _shape(one: Enrolment) -> CourseShape:
    award = one.award
    return CourseShape(
        id=one.id, offer=one.offer_id, organisation=one.organisation.slug, title=one.offer.version.title,
        state=str(one.standing), since=one.made_at, award=award.id if award else None,
    )  # fmt: skip


def _full(one: Enrolment) -> CourseFull:
    last = queries.current_records([one]).get(one.id)
    return CourseFull(
        **_shape(one).model_dump(), given_name=one.given_name, family_name=one.family_name, motivation=one.motivation,
        need=one.accommodations, reason=one.reason, evidence=[piece_shape(each) for each in one.evidence.all()],
        record=_found(last) if last else None,
    )  # fmt: skip


def _found(one: OutcomeRecord) -> FoundShape:
    """Without the assessor's note, which is for staff."""
    return FoundShape(
        standings=one.standings, grade=one.grade, assessed_on=one.assessed_on, supervision=one.supervision,
        identity_check=one.identity_check,
    )  # fmt: skip
