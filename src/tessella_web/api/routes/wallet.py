"""One's own wallet: what one holds, from wherever it comes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import FILE, Answer, Given, Id, Media, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed_in_order
from tessella_web.api.routes.bodies import Day
from tessella_web.credentials.arriving import domain as arriving
from tessella_web.credentials.arriving.models import Arrival, Upload
from tessella_web.credentials.arriving.queries import arrival_of
from tessella_web.credentials.carrying.arriving import take_in
from tessella_web.credentials.carrying.exporting import export
from tessella_web.credentials.domain import claiming
from tessella_web.credentials.models import Award
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.disclosure import parts_of
from tessella_web.credentials.wallet.entries import Entry, entries_of, entry_of
from tessella_web.credentials.wallet.forms import ShownForm, forms_of

operation = Table("Own wallet")

Key = Annotated[str, StringConstraints(pattern=r"^[ai]-[A-Za-z0-9_-]{22}$")]
"""What names an entry: “a-” and the id of an award made here, “i-” and that of something else."""

Kind = Literal["formal", "non-formal", "informal"]
"""The kind of learning, in the words of the European recommendation on non-formal and informal learning."""

READ = {name: {"key": "$response.body#/key"} for name in ("read_entry_of_wallet", "remove_from_wallet")}

REPORT = Media(("application/json",), "The verification report.")


class HeldShape(Shape):
    """Something that one holds."""

    key: str
    title: str
    issuer: str
    day: dt.date | None
    until: dt.date | None
    learning: str = Field(description="formal, non-formal or informal; may be empty.")
    source: str = Field(description="awarded: made here; brought: from elsewhere; declared: said by oneself.")
    state: str = Field(description="What is known of it now: passed, failed, indeterminate, not_applicable.")


class SaidPart(Shape):
    """One thing that a credential says."""

    name: str
    label: str
    value: str
    may_withhold: bool = Field(description="Whether it may be left out.")
    is_private: bool = Field(description="Left out unless it is chosen.")


class HeldFile(Shape):
    """A form in which one has it."""

    form: str = Field(description="What to ask for.")
    title: str
    name: str
    parts: list[SaidPart] = Field(
        description="What it says, where its holder may leave something out when it is shown; else empty."
    )


class HeldFull(HeldShape):
    """Something that one holds, with its files."""

    text: str = Field(description="What one says of it oneself.")
    hours: str
    files: list[HeldFile] = Field(description="That which says least first.")


class BecameShape(Shape):
    """What became of something that was found in a file."""

    became: str = Field(
        description="new; form: another form of something there; again: there already; refused."
    )
    key: str = Field(description="The entry it became or is; empty where it became none.")
    title: str
    issuer: str
    verdict: str
    code: str = Field(description="Why it was refused.")
    message: str
    hint: str


class ArrivalShape(Shape):
    """A file that was handed in, and what was found in it."""

    id: str
    is_done: bool = Field(description="Whether it was looked through; a large file takes a while.")
    found: list[BecameShape]


class DeclarationGiven(Given):
    """Something nobody has certified."""

    title: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]
    learning: Kind = "informal"
    issuer: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="", description="With whom: a group, a company, a place."
    )
    day: Day | None = Field(default=None, description="When it ended.")
    hours: Annotated[int, Field(ge=1, le=100_000)] | None = None
    text: Annotated[str, StringConstraints(strict=True, max_length=4000, pattern=r"^[^\x00]*$")] = Field(
        default="", description="In one’s own words."
    )


class ClaimKey(Given):
    """What the link in the mail has as its “key”."""

    key: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]


class TakenIn(Shape):
    """What became of an archive."""

    new: int = Field(description="Things that are new in the wallet.")
    again: int = Field(description="Things that were there already.")
    refused: list[str] = Field(description="Files that could not be taken in.")


class FileNameQuery(BaseModel):
    """What the file is called."""

    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,150}$")] = "credential"


class FormQuery(BaseModel):
    """Which form."""

    form: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,40}$")] = Field(
        default="", description="As the entry names it; the first when left out."
    )


@operation("GET", "/wallet", {200: Listing[HeldShape]}, personal="wallet:read",
           links={"read_entry_of_wallet": {"key": "$response.body#/items/0/key"}})  # fmt: skip
def list_wallet(request: HttpRequest, query: Query[PageQuery]) -> Listing[HeldShape]:
    """Everything one holds, the latest first: awards made here, what was brought in, what one says of oneself."""
    found = entries_of(caller(request).person, _languages())
    return listed_in_order(request, found, query, _shape, at=lambda one: (str(one.day or ""), one.key))


@operation("POST", "/wallet", {201: ArrivalShape}, personal="wallet:write", takes_file=True, repeats=True,
           links={"read_arrival": {"id": "$response.body#/id"}})  # fmt: skip
def bring_in(request: HttpRequest, query: Query[FileNameQuery]) -> Answer:
    """Bring in what one was sent, from anywhere: the body is the file. Each credential in it is verified and kept as it is.

    A badge picture, a certificate as PDF, a sealed file, or a ZIP or mail with several. What is there already stays as it is.
    """
    files = [arriving.HandedIn(query.name, request.body)] if request.body else []
    made = arriving.receive(by=caller(request).person, files=files, language=get_language() or "en")
    return Answer(_arrival(request, made.id), {"Location": f"/api/v1/arrivals/{made.id}"})


@operation("GET", "/arrivals/{id}", {200: ArrivalShape}, personal="wallet:read")
def read_arrival(request: HttpRequest, id: Id) -> ArrivalShape:
    """What became of a file that was brought in; told for 30 days."""
    return _arrival(request, id)


@operation("POST", "/wallet/declarations", {201: HeldFull}, personal="wallet:write", links=READ,
           example={"title": "Organised a street festival", "learning": "informal", "hours": 60, "text": "With five others."})  # fmt: skip
def declare(request: HttpRequest, body: DeclarationGiven) -> Answer:
    """Write down something nobody has certified; it is marked as said by oneself wherever it is seen."""
    made = domain.declare(by=caller(request).person, values=body.model_dump())
    return _made(request, f"i-{made.id}")


@operation("GET", "/wallet/{key}", {200: HeldFull}, personal="wallet:read")
def read_entry_of_wallet(request: HttpRequest, key: Key) -> HeldFull:
    """One thing that one holds."""
    return _full(own_entry(request, key))


@operation("DELETE", "/wallet/{key}", {204: None}, personal="wallet:write")
def remove_from_wallet(request: HttpRequest, key: Key) -> Answer:
    """Take something out for good that one put in. What was shown of it stays with whom it was shown until that ends."""
    found = own_entry(request, key)
    if found.item is None:
        raise Http404
    domain.remove(by=caller(request).person, item=found.item)
    return Answer()


@operation(
    "GET", "/wallet/{key}/file", {200: Media((FILE,), "The file, byte for byte.")}, personal="wallet:read"
)
def wallet_file(request: HttpRequest, key: Key, query: Query[FormQuery]) -> HttpResponse:
    """The file of one thing, byte for byte."""
    response = HttpResponse(_form(own_entry(request, key), query.form).read(), content_type=FILE)
    response["Content-Disposition"] = "attachment"
    return response


@operation("GET", "/wallet/{key}/verification", {200: REPORT}, personal="wallet:read")
def verify_entry(request: HttpRequest, key: Key, query: Query[FormQuery]) -> HttpResponse:
    """How one thing stands today: the report of a verification made now."""
    form = _form(own_entry(request, key), query.form)
    found = answer(form.read(), name=form.name, languages=_languages())
    return HttpResponse(msgspec.json.encode(found.report), content_type="application/json")


@operation(
    "GET",
    "/wallet-archive",
    {200: Media(("application/zip",), "Everything one holds.")},
    personal="wallet:read",
)
def export_wallet(request: HttpRequest) -> HttpResponse:
    """Everything one holds, in open formats with a manifest and checksums, to take along."""
    data = export(by=caller(request).person, languages=_languages())
    response = HttpResponse(data, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="wallet.zip"'
    return response


@operation("POST", "/wallet-archive", {200: TakenIn}, personal="wallet:write", takes_file=True, repeats=True)
def take_in_archive(request: HttpRequest) -> TakenIn:
    """Put everything of such an archive into the wallet: the body is the ZIP. Larger ones than this takes go in on the page."""
    taken = take_in(by=caller(request).person, data=request.body, languages=_languages())
    return TakenIn(new=taken.new, again=taken.again, refused=[one.path for one in taken.refused])


@operation(
    "POST",
    "/awards/{id}/claim",
    {200: HeldFull},
    personal="wallet:write",
    example={"key": "of-the-link-in-the-mail"},
)
def claim_award(request: HttpRequest, id: Id, body: ClaimKey) -> HeldFull:
    """Take an award with the key of the link that was mailed, which works once; from then on one holds it."""
    award = Award.objects.filter(pk=id).first()
    if award is None:
        raise Http404
    claiming.claim(award=award, key=body.key, person=caller(request).person)
    return _full(own_entry(request, f"a-{id}"))


def own_entry(request: HttpRequest, key: str) -> Entry:
    """One thing that the token's person holds.

    Raises:
        Http404: they do not.
    """
    found = entry_of(caller(request).person, key, _languages())
    if found is None:
        raise Http404
    return found


def _languages() -> tuple[str, ...]:
    return (get_language() or "en", "en")


def _made(request: HttpRequest, key: str) -> Answer:
    return Answer(_full(own_entry(request, key)), {"Location": f"/api/v1/wallet/{key}"})


def _shape(one: Entry) -> HeldShape:
    return HeldShape(
        key=one.key, title=one.title, issuer=one.issuer, day=one.day, until=one.until, learning=one.learning,
        source=one.source, state=one.state,
    )  # fmt: skip


def _full(one: Entry) -> HeldFull:
    said = one.item.facts if one.item else {}
    return HeldFull(
        **_shape(one).model_dump(), text=str(said.get("text", "")), hours=str(said.get("hours", "")), files=_files(one)
    )  # fmt: skip


def _files(one: Entry) -> list[HeldFile]:
    return [
        HeldFile(form=each.id, title=each.title, name=each.name, parts=[
            SaidPart(name=part.name, label=part.label, value=part.value, may_withhold=part.may_withhold, is_private=part.is_private)
            for part in parts_of(each.read())
        ])
        for each in forms_of(one)
    ]  # fmt: skip


def _form(one: Entry, wanted: str) -> ShownForm:
    found = next((each for each in forms_of(one) if wanted in ("", each.id)), None)
    if found is None:
        raise Http404
    return found


def _arrival(request: HttpRequest, id: str) -> ArrivalShape:
    found: Arrival | None = arrival_of(caller(request).person, id)
    if found is None:
        raise Http404
    uploads: list[Upload] = list(found.uploads.all())
    return ArrivalShape(
        id=found.id, is_done=all(one.is_done for one in uploads),
        found=[
            BecameShape(became=each.became, key=each.key, title=each.title, issuer=each.issuer, verdict=each.verdict,
                        code=each.code, message=each.message, hint=each.hint)
            for one in uploads for each in one.found.all()
        ],
    )  # fmt: skip
