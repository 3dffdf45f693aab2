"""Keys that the platform keeps for a learner, answering a verifier with one, and what changed about what one holds."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.holderkeys import domain
from tessella_web.accounts.holderkeys.models import HolderKey
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.wallet import Key, own_entry
from tessella_web.credentials.noticing import domain as noticing
from tessella_web.credentials.noticing.models import Notice
from tessella_web.credentials.noticing.queries import wants_mails
from tessella_web.credentials.wallet.domain.presenting import key_for, present

operation = Table("Own wallet")

Asked = Annotated[str, StringConstraints(strict=True, max_length=400, pattern=r"^[^\x00]*$")]
"""What a verifier's request says."""


class HolderKeyShape(Shape):
    """A key that the platform keeps for one; never its private part."""

    id: str
    name: str
    did: str = Field(description="What whoever awards something binds it to.")
    jwk: dict[str, Any] = Field(description="The public part (RFC 7517).")
    is_usable: bool = Field(description="Whether there still is a private part.")
    made_at: dt.datetime
    used_at: dt.datetime | None


class HolderKeyGiven(Given):
    """How it is called."""

    name: Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[^\x00]*$")] = ""


class PresentationGiven(Given):
    """What a verifier asked for, and what is shown."""

    audience: Asked = Field(description="Who asks, exactly as their request names it.")
    nonce: Asked = Field(description="Their number for this request; it is good for one answer.")
    claims: Annotated[list[Asked], Field(max_length=200)] = Field(
        default=[], description="Parts that are shown besides those that always are."
    )


class PresentationShape(Shape):
    """The answer to the verifier."""

    presentation: str


class NoticeShape(Shape):
    """Something that changed about what one holds."""

    id: str
    kind: str = Field(description="revoked, suspended, resumed, replaced, ending or failed.")
    key: str = Field(description="The entry of the wallet.")
    day: dt.date | None = Field(description="The end that is near.")
    at: dt.datetime
    read_at: dt.datetime | None


class WishesShape(Shape):
    """Whether one wants mails about it."""

    mails: bool


class WishesGiven(Given):
    """Whether one wants mails about it."""

    mails: bool


@operation("GET", "/holder-keys", {200: Listing[HolderKeyShape]}, personal="wallet:read")
def list_holder_keys(request: HttpRequest, query: Query[PageQuery]) -> Listing[HolderKeyShape]:
    """Keys that the platform keeps for one, the last made first."""
    return listed(request, HolderKey.objects.filter(holder=caller(request).person), query, _key)


@operation("POST", "/holder-keys", {201: HolderKeyShape}, personal="wallet:present", example={"name": "For studying"},
           links={"destroy_holder_key": {"id": "$response.body#/id"}})  # fmt: skip
def make_holder_key(request: HttpRequest, body: HolderKeyGiven) -> Answer:
    """Make a key; give its public part to whoever awards something, and it is bound to oneself."""
    return Answer(_key(domain.make(by=caller(request).person, name=body.name)))


@operation("DELETE", "/holder-keys/{id}", {204: None}, personal="wallet:present")
def destroy_holder_key(request: HttpRequest, id: Id) -> Answer:
    """Destroy the private part of a key. What is bound to it stays, and nobody can present it as its holder any more."""
    by = caller(request).person
    found = HolderKey.objects.filter(pk=id, holder=by).first()
    if found is None:
        raise Http404
    domain.destroy(by=by, key=found)
    return Answer()


@operation("POST", "/wallet/{key}/presentations", {201: PresentationShape}, personal="wallet:present",
           example={"audience": "https://verifier.example", "nonce": "n-0S6_WzA2Mj", "claims": []})  # fmt: skip
def answer_verifier(request: HttpRequest, key: Key, body: PresentationGiven) -> Answer:
    """Answer a verifier with something that is bound to a key kept here: for them, for this request, with what one chooses."""
    item = own_entry(request, key).item
    if item is None or key_for(item) is None:
        raise Http404
    made = present(
        by=caller(request).person, item=item, claims=body.claims, audience=body.audience, nonce=body.nonce
    )
    return Answer(PresentationShape(presentation=made))


@operation("GET", "/notices", {200: Listing[NoticeShape]}, personal="wallet:read")
def list_notices(request: HttpRequest, query: Query[PageQuery]) -> Listing[NoticeShape]:
    """What changed about what one holds, the last first."""
    return listed(request, Notice.objects.filter(holder=caller(request).person), query, _notice)


@operation("POST", "/notices/reading", {204: None}, personal="wallet:write")
def read_notices(request: HttpRequest) -> Answer:
    """Mark everything as seen."""
    noticing.read_all(by=caller(request).person)
    return Answer()


@operation("PUT", "/notices/wishes", {200: WishesShape}, personal="wallet:write", example={"mails": False})
def set_wishes(request: HttpRequest, body: WishesGiven) -> WishesShape:
    """Say whether one wants mails about such changes."""
    by = caller(request).person
    noticing.set_wishes(by=by, mails=body.mails)
    return WishesShape(mails=wants_mails(by))


def _key(one: HolderKey) -> HolderKeyShape:
    public = one.public.public_key
    return HolderKeyShape(
        id=one.id, name=one.name, did=public.did_key, jwk=dict(public.to_jwk()), is_usable=one.is_usable, made_at=one.made_at,
        used_at=one.used_at,
    )  # fmt: skip


def _notice(one: Notice) -> NoticeShape:
    key = f"a-{one.award_id}" if one.award_id else f"i-{one.item_id}"
    return NoticeShape(id=one.id, kind=one.kind, key=key, day=one.day, at=one.made_at, read_at=one.read_at)
