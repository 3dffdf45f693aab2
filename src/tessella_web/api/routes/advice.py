"""Options that counsellors put together for a client: making and sharing them, and what the client answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.catalogue.offers.queries import offer_at
from tessella_web.catalogue.pathways.models import Pathway, PathwayState
from tessella_web.guidance.options import domain, queries
from tessella_web.guidance.options.models import Option, OptionList

operation = Table("Options for clients")

Line = Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
"""One line; may be empty."""

MADE = {
    name: {"id": "$response.body#/id"}
    for name in (
        "read_option_list",
        "change_option_list",
        "add_option",
        "link_option_list",
        "withdraw_option_list",
    )
}


class OptionShape(Shape):
    """One option, and what the client said to it."""

    id: str
    title: str
    url: str
    offer: str | None
    pathway: str | None
    why: str
    cost: str
    start: str
    workload: str
    entry: str
    is_own: bool = Field(description="Whether it belongs to the counsellor's own organisation.")
    reply: str = Field(description="interested, no or question; empty: none yet.")
    reply_text: str


class OwnOptions(Shape):
    """A list as the client has it."""

    id: str
    organisation: str = Field(description="Of the counsellor.")
    title: str
    message: str
    ends_at: dt.datetime
    kept_at: dt.datetime | None
    options: list[OptionShape]


class OptionListShape(OwnOptions):
    """A list as its counsellor has it."""

    client_name: str
    tells_opening: bool
    sent_at: dt.datetime | None
    opened_at: dt.datetime | None = Field(description="Only where the client is told that it is noted.")
    withdrawn_at: dt.datetime | None


class LinkedOptionList(OptionListShape):
    """The list, with the address, which is told this once."""

    address: str


class OptionListGiven(Given):
    """For whom, what about, until when."""

    client_name: Words = Field(description="Only the counsellor sees it.")
    title: Words
    until: Day = Field(description="The last day; a year is the longest. Then it is erased.")
    message: Text = ""
    tells_opening: bool = Field(default=False, description="The client is told that opening it is noted.")


class OptionGiven(Given):
    """One option in the counsellor's words; an offer or a pathway here by its id, anything else by its address."""

    title: Line
    why: Text
    offer: Id | None = None
    pathway: Id | None = None
    url: Line = ""
    cost: Line = ""
    start: Words = ""
    workload: Words = ""
    entry: Line = ""
    is_own: bool = Field(
        default=False, description="Of a page elsewhere: whether it is the organisation's own."
    )


class OptionLinkGiven(Given):
    """How the link is guarded."""

    pin: Annotated[str, StringConstraints(strict=True, pattern=r"^([A-Za-z0-9]{4,20})?$")] = ""


class OptionMailGiven(Given):
    """Whose account it goes into."""

    email: Words


class OptionReplyGiven(Given):
    """What the client says; a question needs its text."""

    reply: Literal["interested", "no", "question"]
    text: Text = ""


@operation("GET", "/option-lists", {200: Listing[OptionListShape]}, capability="advise",
           links={"read_option_list": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_option_lists(request: HttpRequest, query: Query[PageQuery]) -> Listing[OptionListShape]:
    """The lists that the caller has made in the organisation, the last first; nobody else sees them."""
    who = caller(request)
    return listed(request, queries.lists_by(who.person, who.organisation), query, _full)


@operation("POST", "/option-lists", {201: OptionListShape}, capability="advise", links=MADE,
           example={"client_name": "Ona K", "title": "Ways into beekeeping", "until": "2027-03-31"})  # fmt: skip
def create_option_list(request: HttpRequest, body: OptionListGiven) -> Answer:
    """Begin a list for a client."""
    who = caller(request)
    made = domain.start(by=who.person, organisation=who.organisation, **_outline(body))
    return Answer(_full(made), {"Location": f"/api/v1/option-lists/{made.id}"})


@operation("GET", "/option-lists/{id}", {200: OptionListShape}, capability="advise")
def read_option_list(request: HttpRequest, id: Id) -> OptionListShape:
    """A list of one's own, with what the client answered."""
    return _full(_own(request, id))


@operation("PUT", "/option-lists/{id}", {200: OptionListShape}, capability="advise",
           example={"client_name": "Ona K", "title": "Ways into law", "until": "2027-03-31"})  # fmt: skip
def change_option_list(request: HttpRequest, id: Id, body: OptionListGiven) -> OptionListShape:
    """Say other things of a list that was not sent."""
    domain.change(by=caller(request).person, option_list=_own(request, id), **_outline(body))
    return _full(_own(request, id))


@operation("DELETE", "/option-lists/{id}", {204: None}, capability="advise")
def delete_option_list(request: HttpRequest, id: Id) -> None:
    """Delete a list that was not sent."""
    domain.discard(by=caller(request).person, option_list=_own(request, id))


@operation("POST", "/option-lists/{id}/options", {201: OptionListShape}, capability="advise",
           example={"title": "Evening school", "why": "Near your home.", "url": "https://example.org/evening"})  # fmt: skip
def add_option(request: HttpRequest, id: Id, body: OptionGiven) -> OptionListShape:
    """Add an option; three are the most."""
    domain.put_option(by=caller(request).person, option_list=_own(request, id), values=_values(body))
    return _full(_own(request, id))


@operation("PUT", "/option-lists/{id}/options/{option}", {200: OptionListShape}, capability="advise",
           example={"title": "Night school", "why": "Later in the evening.", "url": "https://example.org/night"})  # fmt: skip
def change_option(request: HttpRequest, id: Id, option: Id, body: OptionGiven) -> OptionListShape:
    """Say other things of an option; which offer or pathway it is stays."""
    found = _own(request, id)
    domain.put_option(by=caller(request).person, option_list=found, option=_option(found, option), values=_values(body))  # fmt: skip
    return _full(_own(request, id))


@operation("DELETE", "/option-lists/{id}/options/{option}", {200: OptionListShape}, capability="advise")
def remove_option(request: HttpRequest, id: Id, option: Id) -> OptionListShape:
    """Take an option out."""
    domain.remove_option(by=caller(request).person, option=_option(_own(request, id), option))
    return _full(_own(request, id))


@operation(
    "POST", "/option-lists/{id}/link", {200: LinkedOptionList}, capability="advise", example={"pin": "4711"}
)
def link_option_list(request: HttpRequest, id: Id, body: OptionLinkGiven) -> LinkedOptionList:
    """Share a list by a link: the answer has its address, this once."""
    secret = domain.send_link(by=caller(request).person, option_list=_own(request, id), pin=body.pin)
    address = settings.BASE_URL + reverse("options-shown", args=[secret])
    return LinkedOptionList(**_full(_own(request, id)).model_dump(), address=address)


@operation("POST", "/option-lists/{id}/mail", {200: OptionListShape}, capability="advise",
           example={"email": "ona@example.org"})  # fmt: skip
def mail_option_list(request: HttpRequest, id: Id, body: OptionMailGiven) -> OptionListShape:
    """Put a list into the account of whoever confirmed this address; whether there is one is not told."""
    domain.send_to(by=caller(request).person, option_list=_own(request, id), email=body.email)
    return _full(_own(request, id))


@operation("POST", "/option-lists/{id}/withdrawal", {200: OptionListShape}, capability="advise")
def withdraw_option_list(request: HttpRequest, id: Id) -> OptionListShape:
    """Show a list no more; what the client kept stays there."""
    domain.withdraw(by=caller(request).person, option_list=_own(request, id))
    return _full(_own(request, id))


@operation("GET", "/own-options", {200: Listing[OwnOptions]}, personal="wallet:read",
           links={"read_own_options": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_own_options(request: HttpRequest, query: Query[PageQuery]) -> Listing[OwnOptions]:
    """What counsellors have put together for the caller."""
    by = caller(request).person
    domain.adopt(by=by)
    return listed(request, queries.lists_for(by), query, _brief)


@operation("GET", "/own-options/{id}", {200: OwnOptions}, personal="wallet:read")
def read_own_options(request: HttpRequest, id: Id) -> OwnOptions:
    """One of them. It is noted that it was opened, where it says so."""
    found = _mine(request, id)
    domain.note_reading(by=caller(request).person, option_list=found)
    return _brief(found)


@operation("POST", "/own-options/{id}/keeping", {200: OwnOptions}, personal="wallet:write")
def keep_own_options(request: HttpRequest, id: Id) -> OwnOptions:
    """Keep a list in the wallet beyond its end."""
    domain.keep(by=caller(request).person, option_list=_mine(request, id))
    return _brief(_mine(request, id))


@operation("POST", "/own-options/{id}/options/{option}/reply", {200: OwnOptions}, personal="wallet:write",
           example={"reply": "question", "text": "Is there a train?"})  # fmt: skip
def answer_own_option(request: HttpRequest, id: Id, option: Id, body: OptionReplyGiven) -> OwnOptions:
    """Say whether an option is of interest, or ask about it; the counsellor sees it."""
    found = _mine(request, id)
    domain.answer(option=_option(found, option), reply=body.reply, text=body.text, by=caller(request).person)
    return _brief(_mine(request, id))


@operation("DELETE", "/own-options/{id}", {204: None}, personal="wallet:write")
def delete_own_options(request: HttpRequest, id: Id) -> None:
    """Delete a list, for the counsellor, too."""
    domain.drop(by=caller(request).person, option_list=_mine(request, id))


def _outline(body: OptionListGiven) -> dict[str, Any]:
    ends = dt.datetime.combine(body.until, dt.time(23, 59, 59), tzinfo=dt.UTC)
    return {**body.model_dump(exclude={"until"}), "ends_at": ends}


def _values(body: OptionGiven) -> dict[str, Any]:
    values = body.model_dump()
    if body.offer:
        values["offer"] = offer_at(body.offer)
        if values["offer"] is None:
            raise Http404
    if body.pathway:
        values["pathway"] = Pathway.objects.filter(pk=body.pathway, state=PathwayState.PUBLISHED).first()
        if values["pathway"] is None:
            raise Http404
    return values


def _own(request: HttpRequest, id: str) -> OptionList:
    who = caller(request)
    found = queries.lists_by(who.person, who.organisation).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _mine(request: HttpRequest, id: str) -> OptionList:
    found = queries.lists_for(caller(request).person).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _option(found: OptionList, id: str) -> Option:
    one = found.options.select_related("list", "offer", "pathway").filter(pk=id).first()
    if one is None:
        raise Http404
    return one


def _shape(one: Option) -> OptionShape:
    return OptionShape(
        id=one.id, title=one.title, url=one.url, offer=one.offer_id, pathway=one.pathway_id, why=one.why, cost=one.cost, start=one.start,
        workload=one.workload, entry=one.entry, is_own=one.is_own, reply=one.reply, reply_text=one.reply_text,
    )  # fmt: skip


def _brief(one: OptionList) -> OwnOptions:
    return OwnOptions(
        id=one.id, organisation=one.organisation.slug, title=one.title, message=one.message, ends_at=one.ends_at,
        kept_at=one.kept_at, options=[_shape(each) for each in one.options.all()],
    )  # fmt: skip


def _full(one: OptionList) -> OptionListShape:
    return OptionListShape(
        **_brief(one).model_dump(), client_name=one.client_name, tells_opening=one.tells_opening, sent_at=one.sent_at,
        opened_at=one.opened_at, withdrawn_at=one.withdrawn_at,
    )  # fmt: skip
