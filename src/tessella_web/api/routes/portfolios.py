"""Pages that a person puts together from the wallet and from things of their own, to show them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed
from tessella_web.api.routes.showing import READ, NewShare, ToWhomGiven, details_of, sent
from tessella_web.api.uploads import Picture
from tessella_web.credentials.portfolio import domain
from tessella_web.credentials.portfolio.models import Piece, Portfolio
from tessella_web.credentials.wallet.models import ShownKind

operation = Table("Own wallet")

FOUND = {
    name: {"id": "$response.body#/id"} for name in ("read_portfolio", "add_to_portfolio", "share_portfolio", "delete_portfolio")
}  # fmt: skip

Title = Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]


class PortfolioShape(Shape):
    """A page. Nobody but its holder sees it until it is shown."""

    id: str
    title: str
    made_at: dt.datetime


class OnPage(Shape):
    """One thing on it."""

    id: str
    kind: str
    key: str = Field(description="The entry of the wallet; empty for other things.")
    title: str
    text: str
    url: str
    name: str = Field(description="Of a file.")


class PortfolioFull(PortfolioShape):
    """A page with what is on it."""

    pieces: list[OnPage]


class PortfolioGiven(Given):
    """What it is called; others read it."""

    title: Title


class OnPageGiven(Given):
    """What comes to the end of the page."""

    kind: Literal["credential", "declared", "evidence", "link", "heading", "text"]
    key: Annotated[str, StringConstraints(strict=True, pattern=r"^([ai]-[A-Za-z0-9_-]{22})?$")] = Field(
        default="", description="The entry of the wallet, for credential and declared."
    )
    title: Title = ""
    text: Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")] = ""
    url: Annotated[str, StringConstraints(strict=True, max_length=500, pattern=r"^[^\x00]*$")] = ""
    name: Annotated[str, StringConstraints(strict=True, max_length=150, pattern=r"^[^\x00/\\]*$")] = Field(
        default="", description="Of the file."
    )
    file: Picture = b""


class MoveGiven(Given):
    """Where to."""

    up: bool


@operation("GET", "/portfolios", {200: Listing[PortfolioShape]}, personal="wallet:read",
           links={"read_portfolio": {"id": "$response.body#/items/0/id"}})  # fmt: skip
def list_portfolios(request: HttpRequest, query: Query[PageQuery]) -> Listing[PortfolioShape]:
    """One's own pages, the last made first."""
    return listed(request, Portfolio.objects.filter(holder=caller(request).person), query, _shape)


@operation(
    "POST",
    "/portfolios",
    {201: PortfolioFull},
    personal="wallet:write",
    links=FOUND,
    example={"title": "Nursing"},
)
def make_portfolio(request: HttpRequest, body: PortfolioGiven) -> Answer:
    """Begin a page."""
    made = domain.make(by=caller(request).person, title=body.title)
    return Answer(_full(made), {"Location": f"/api/v1/portfolios/{made.id}"})


@operation("GET", "/portfolios/{id}", {200: PortfolioFull}, personal="wallet:read")
def read_portfolio(request: HttpRequest, id: Id) -> PortfolioFull:
    """One page with what is on it."""
    return _full(_own(request, id))


@operation("DELETE", "/portfolios/{id}", {204: None}, personal="wallet:write")
def delete_portfolio(request: HttpRequest, id: Id) -> Answer:
    """Delete a page and the files that are only on it. What was shown of it stays until that ends."""
    domain.remove(by=caller(request).person, portfolio=_own(request, id))
    return Answer()


@operation("POST", "/portfolios/{id}/pieces", {201: PortfolioFull}, personal="wallet:write",
           example={"kind": "text", "text": "Three years on the ward."})  # fmt: skip
def add_to_portfolio(request: HttpRequest, id: Id, body: OnPageGiven) -> Answer:
    """Put something at the end of a page: from the wallet, a heading, a text, a link, or a file of one’s own."""
    domain.add(
        by=caller(request).person, portfolio=_own(request, id), kind=ShownKind(body.kind),
        values=body.model_dump(exclude={"kind", "file"}), data=body.file, languages=(get_language() or "en", "en"),
    )  # fmt: skip
    return Answer(_full(_own(request, id)))


@operation(
    "POST",
    "/portfolios/{id}/pieces/{piece}/move",
    {200: PortfolioFull},
    personal="wallet:write",
    example={"up": True},
)
def move_on_portfolio(request: HttpRequest, id: Id, piece: Id, body: MoveGiven) -> PortfolioFull:
    """Let something change places with the one above or below."""
    domain.move(by=caller(request).person, piece=_piece(request, id, piece), up=body.up)
    return _full(_own(request, id))


@operation("DELETE", "/portfolios/{id}/pieces/{piece}", {204: None}, personal="wallet:write")
def remove_from_portfolio(request: HttpRequest, id: Id, piece: Id) -> Answer:
    """Take something off a page."""
    domain.remove_piece(by=caller(request).person, piece=_piece(request, id, piece))
    return Answer()


@operation("POST", "/portfolios/{id}/shares", {201: NewShare}, personal="wallet:write", links=READ,
           example={"recipient": "Harbour Hospital", "purpose": "Application as a nurse", "until": "2027-03-31"})  # fmt: skip
def share_portfolio(request: HttpRequest, id: Id, body: ToWhomGiven) -> Answer:
    """Show a page as it is now to somebody: the answer has the address to send them, this once."""
    languages = (get_language() or "en", "en")
    draft = domain.show(
        by=caller(request).person, portfolio=_own(request, id), languages=languages, **details_of(body)
    )
    return sent(request, draft)


def _own(request: HttpRequest, id: str) -> Portfolio:
    found = Portfolio.objects.filter(pk=id, holder=caller(request).person).prefetch_related("pieces").first()
    if found is None:
        raise Http404
    return found


def _piece(request: HttpRequest, id: str, piece: str) -> Piece:
    found = Piece.objects.filter(pk=piece, portfolio=_own(request, id)).select_related("portfolio").first()
    if found is None:
        raise Http404
    return found


def _shape(one: Portfolio) -> PortfolioShape:
    return PortfolioShape(id=one.id, title=one.title, made_at=one.made_at)


def _full(one: Portfolio) -> PortfolioFull:
    return PortfolioFull(**_shape(one).model_dump(), pieces=[
        OnPage(id=each.id, kind=each.kind, key=each.key, title=each.title, text=each.text, url=each.url, name=each.name)
        for each in one.pieces.all()
    ])  # fmt: skip
