"""Showing what one holds to others: choosing, for whom, until when; the log; and opening what one was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Words
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.bodies import Day
from tessella_web.credentials.receiving.queries import open_policy
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.entries import entry_of
from tessella_web.credentials.wallet.models import Share, SharedFile

operation = Table("Own wallet")

Name = Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[^\x00]*$")]
"""What names a form, or a part of a credential."""

MOST_PARTS = 200
"""Parts of one credential; a badge has some dozens."""

READ = {name: {"id": "$response.body#/id"} for name in ("read_share", "withdraw_share")}


class ShownShape(Shape):
    """One thing that is shown."""

    kind: str = Field(description="credential, declared, evidence, link, heading or text.")
    key: str = Field(description="The entry of the wallet.")
    title: str
    verdict: str
    withheld: bool = Field(description="Whether something was left out.")


class ShareShape(Shape):
    """What is shown to whom."""

    id: str
    recipient: str
    purpose: str
    organisation: str | None = Field(
        description="Short name of the organisation it was handed in to; null for a link."
    )
    sent_at: dt.datetime | None
    ends_at: dt.datetime
    withdrawn_at: dt.datetime | None
    most_views: int | None
    views: int


class ShareFull(ShareShape):
    """With what it shows, and the log."""

    shown_as: str
    may_keep: bool = Field(description="Whether whoever sees it may take the files.")
    shown: list[ShownShape]
    seen_at: list[dt.datetime] = Field(description="When somebody looked, the last first.")


class NewShare(ShareFull):
    """What is shown, with the address, which is told this once."""

    address: str


class ChosenGiven(Given):
    """One thing to show."""

    key: Annotated[str, StringConstraints(strict=True, pattern=r"^[ai]-[A-Za-z0-9_-]{22}$")]
    form: Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[A-Za-z0-9_-]*$")] = Field(
        default="", description="The form that is shown; that which says least when left out."
    )
    parts: Annotated[list[Name], Field(max_length=MOST_PARTS)] | None = Field(
        default=None, description="Names of the parts that are shown; left out: all that are not private."
    )


Show = Annotated[list[ChosenGiven], Field(min_length=1, max_length=50)]
"""Things of the wallet."""

Purpose = Annotated[str, StringConstraints(strict=True, max_length=300, pattern=r"^[^\x00]*$")]
"""What it is for."""


class ToWhomGiven(Given):
    """To whom something is shown, and how long."""

    recipient: Words = Field(
        description="A person or an organisation; it stands in the log and on the page they see."
    )
    purpose: Purpose = ""
    until: Day = Field(description="The last day; a year is the longest.")
    most_views: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="How often it can be opened; left out: as often as wanted."
    )
    pin: Annotated[str, StringConstraints(strict=True, pattern=r"^([A-Za-z0-9]{4,20})?$")] = Field(
        default="", description="Tell it by another way than the address."
    )
    shown_as: Words | None = Field(
        default=None, description="The name on the page; left out: one’s own; empty: none."
    )
    may_keep: bool = Field(default=True, description="Whether whoever sees it may take the files.")


class ShareGiven(ToWhomGiven):
    """What is shown, to whom, and how long."""

    show: Show


class HandInGiven(Given):
    """What is handed in to an organisation here, what for, and for how many days."""

    show: Show
    organisation: Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")] = (
        Field(description="Its short name; it must take such things (“/receivers”).")
    )
    purpose: Purpose = Field(description="It may be used for nothing else.")
    keep_days: Annotated[int, Field(ge=1, le=10_000)]
    shown_as: Words | None = Field(default=None, description="The name they see; left out: one’s own.")
    may_keep: bool = True


@operation("GET", "/shares", {200: Listing[ShareShape]}, personal="wallet:read",
           links={"read_share": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_shares(request: HttpRequest, query: Query[PageQuery]) -> Listing[ShareShape]:
    """What one shows or showed to whom, the last made first."""
    found = Share.objects.filter(holder=caller(request).person).select_related("organisation")
    return listed(request, found.prefetch_related("views"), query, _shape)


@operation("POST", "/shares", {201: NewShare}, personal="wallet:write", links=READ, example={
    "show": [{"key": "a-AAAAAAAAAAAAAAAAAAAAAA"}], "recipient": "Harbour Hospital", "purpose": "Application as a nurse",
    "until": "2027-03-31", "pin": "4711",
})  # fmt: skip
def show(request: HttpRequest, body: ShareGiven) -> Answer:
    """Show things to somebody: the answer has the address to send them, this once.

    Files and reports are frozen as they are now; whether an award made here was taken back since is told all the same.
    """
    return sent(
        request, domain.prepare(by=caller(request).person, **_chosen(request, body.show), **details_of(body))
    )


@operation("POST", "/shares/handed-in", {201: ShareFull}, personal="wallet:write", links=READ, example={
    "show": [{"key": "a-AAAAAAAAAAAAAAAAAAAAAA"}], "organisation": "harbour", "purpose": "Admission", "keep_days": 90,
})  # fmt: skip
def hand_in(request: HttpRequest, body: HandInGiven) -> Answer:
    """Hand things in to an organisation that takes them, under what it promises now; there is no address, they are in its inbox."""
    policy = open_policy(body.organisation)
    if policy is None:
        raise Http404
    draft = domain.prepare(
        by=caller(request).person, policy=policy, purpose=body.purpose, keep_days=body.keep_days, shown_as=body.shown_as,
        may_keep=body.may_keep, **_chosen(request, body.show),
    )  # fmt: skip
    domain.send(by=caller(request).person, share=draft, languages=_languages())
    return Answer(_full(_own(request, draft.id)), {"Location": f"/api/v1/shares/{draft.id}"})


@operation("GET", "/shares/{id}", {200: ShareFull}, personal="wallet:read")
def read_share(request: HttpRequest, id: Id) -> ShareFull:
    """What one shows to somebody, and when they looked."""
    return _full(_own(request, id))


@operation("POST", "/shares/{id}/withdrawal", {200: ShareFull}, personal="wallet:write")
def withdraw_share(request: HttpRequest, id: Id) -> ShareFull:
    """Show it no more, at once; what was frozen for it is deleted."""
    domain.withdraw(by=caller(request).person, share=_own(request, id))
    return _full(_own(request, id))


def details_of(body: ToWhomGiven) -> dict[str, Any]:
    """To whom and how long, as the verbs take it."""
    ends = dt.datetime.combine(body.until, dt.time(23, 59, 59), tzinfo=dt.UTC)
    return {**body.model_dump(exclude={"until", "show"}), "ends_at": ends}


def sent(request: HttpRequest, draft: Share) -> Answer:
    """Show what was put together from now on; the answer has its address."""
    secret = domain.send(by=caller(request).person, share=draft, languages=_languages())
    address = settings.BASE_URL + reverse("shared", args=[secret])
    full = NewShare(**_full(_own(request, draft.id)).model_dump(), address=address)
    return Answer(full, {"Location": f"/api/v1/shares/{draft.id}"})


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")


def _chosen(request: HttpRequest, show: Sequence[ChosenGiven]) -> dict[str, Any]:
    """Things of the wallet as the verbs take them; where nothing is said of parts, what is private is left out."""
    by, parts = caller(request).person, {}
    for one in show:
        entry = entry_of(by, one.key, _languages())
        wanted = domain.sparing(entry, one.form) if one.parts is None and entry is not None else one.parts
        if wanted is not None:
            parts[one.key] = tuple(wanted)
    return {
        "keys": [one.key for one in show], "languages": _languages(), "parts": parts,
        "formats": {one.key: one.form for one in show if one.form},
    }  # fmt: skip


def _own(request: HttpRequest, id: str) -> Share:
    found = Share.objects.filter(pk=id, holder=caller(request).person).select_related("organisation")
    one = found.prefetch_related("views", "files").first()
    if one is None:
        raise Http404
    return one


def _shape(one: Share) -> ShareShape:
    return ShareShape(
        id=one.id, recipient=one.recipient, purpose=one.purpose, organisation=one.organisation.slug if one.organisation else None,
        sent_at=one.sent_at, ends_at=one.ends_at, withdrawn_at=one.withdrawn_at, most_views=one.most_views,
        views=len(one.views.all()),
    )  # fmt: skip


def _full(one: Share) -> ShareFull:
    return ShareFull(
        **_shape(one).model_dump(), shown_as=one.shown_as, may_keep=one.may_keep,
        shown=[shown_shape(each) for each in one.files.all()], seen_at=[each.at for each in one.views.all()],
    )  # fmt: skip


def shown_shape(one: SharedFile) -> ShownShape:
    """As it is answered."""
    return ShownShape(
        kind=one.kind,
        key=one.key,
        title=str(one.facts.get("title", "")),
        verdict=one.verdict,
        withheld=one.withheld,
    )
