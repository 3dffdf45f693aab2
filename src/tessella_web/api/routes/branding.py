"""How certificates look."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from tessella_web.accounts.branding import domain, queries
from tessella_web.accounts.branding.models import Signatory
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Media, Shape, Table
from tessella_web.api.uploads import Picture
from tessella_web.catalogue.preview import certificate_preview
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.queries import awardable

operation = Table("Certificates")

Language = Literal[
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl", "pt",
    "ro", "sk", "sl", "sv",
]  # fmt: skip
"""The official languages of the Union."""

Line = Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[^\x00]*$")]


class SignatoryShape(Shape):
    """Somebody whose name stands below certificates."""

    id: str
    name: str
    function: dict[str, str] = Field(description="By language.")
    has_picture: bool


class LookShape(Shape):
    """What is the same on all certificates."""

    colour: str = Field(description="Such as #0b5c66; empty: the field of study gives it.")
    languages: list[str] = Field(description="The first one is the main edition.")
    logo_type: str = Field(description="Media type of the logo; empty: the one of the description is shown.")
    signatories: list[SignatoryShape]


class LookGiven(Given):
    """Colour and languages; what is left out stays."""

    colour: Annotated[str, StringConstraints(strict=True, pattern=r"^(#[0-9A-Fa-f]{6})?$")] | None = Field(
        default=None,
        description="One too light to read is printed darker; empty: the field of study gives it.",
    )
    languages: Annotated[list[Language], Field(max_length=24)] | None = Field(
        default=None, description="Each has a first page of its own; the first one is the main edition."
    )


class NewSignatory(Given):
    """Somebody who signs."""

    name: Annotated[
        str,
        StringConstraints(
            strict=True,
            max_length=120,
            pattern=r"^[0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff][^\x00]*$",
        ),
    ]
    function: dict[Language, Line] = Field(default={}, description="By language.")
    picture: Picture = Field(
        default=b"",
        description="The drawn signature: PNG, JPEG or SVG of at most 2 MB, in base64. It proves nothing.",
    )


@operation("GET", "/branding", {200: LookShape}, capability="organisation.manage",
           links={"remove_signatory": {"id": "$response.body#/signatories/0/id"}})  # fmt: skip
def read_branding(request: HttpRequest) -> LookShape:
    """Colour, languages, logo and signatories of the organisation's certificates."""
    return _look(request)


@operation(
    "PATCH", "/branding", {200: LookShape}, capability="organisation.manage",
    example={"colour": "#0b5c66", "languages": ["nl", "en"]},
)  # fmt: skip
def change_branding(request: HttpRequest, body: LookGiven) -> LookShape:
    """Set colour and languages; for certificates that are made from now on."""
    who = caller(request)
    now = queries.look_of(who.organisation)
    domain.set_look(
        by=who.person, organisation=who.organisation, colour=now.colour if body.colour is None else body.colour,
        languages=now.languages if body.languages is None else body.languages,
    )  # fmt: skip
    return _look(request)


@operation("GET", "/branding/logo", {200: Media(("image/png", "image/svg+xml"), "The logo as it is kept.")},
           capability="organisation.manage", misses=True)  # fmt: skip
def read_logo(request: HttpRequest) -> HttpResponse:
    """The logo."""
    look = queries.look_of(caller(request).organisation)
    if not look.logo:
        raise Http404
    response = HttpResponse(bytes(look.logo), content_type=look.logo_type)
    response["Content-Disposition"] = "attachment"
    return response


@operation("PUT", "/branding/logo", {200: LookShape}, capability="organisation.manage", takes_file=True)
def set_logo(request: HttpRequest) -> LookShape:
    """Put a logo on certificates: the body is the file, PNG, JPEG, WebP or SVG of at most 2 MB. What is not drawn is left out."""
    who = caller(request)
    if not request.body:
        raise RefusedError(
            _("The file is empty."), code="branding.picture", field="logo", hint=_("Send the picture as the body.")
        )  # fmt: skip
    now = queries.look_of(who.organisation)
    domain.set_look(
        by=who.person, organisation=who.organisation, colour=now.colour, languages=now.languages, logo=request.body
    )  # fmt: skip
    return _look(request)


@operation("DELETE", "/branding/logo", {204: None}, capability="organisation.manage")
def remove_logo(request: HttpRequest) -> Answer:
    """Show the awarding body’s own logo again, where the description has one."""
    who = caller(request)
    domain.remove_logo(by=who.person, organisation=who.organisation)
    return Answer()


@operation("GET", "/branding/preview.pdf", {200: Media(("application/pdf",), "A certificate, marked as a preview.")},
           capability="organisation.manage", misses=True, refuses=True)  # fmt: skip
def branding_preview(request: HttpRequest) -> HttpResponse:
    """A certificate of the newest version with this look, marked as a preview."""
    organisation = caller(request).organisation
    versions = awardable(organisation)
    if not versions:
        raise Http404
    data = certificate_preview(versions[0].record(), at=timezone.now(), style=queries.style_of(organisation))
    return HttpResponse(data, content_type="application/pdf")


@operation("POST", "/branding/signatories", {201: SignatoryShape}, capability="organisation.manage",
           links={"remove_signatory": {"id": "$response.body#/id"}},
           example={"name": "Ada Alder", "function": {"en": "Dean"}})  # fmt: skip
def add_signatory(request: HttpRequest, body: NewSignatory) -> Answer:
    """Have somebody’s name stand below certificates from now on."""
    who = caller(request)
    return Answer(_signatory(domain.add_signatory(
        by=who.person, organisation=who.organisation, name=body.name, function={str(tag): text for tag, text in body.function.items()}, picture=body.picture
    )))  # fmt: skip


@operation("DELETE", "/branding/signatories/{id}", {204: None}, capability="organisation.manage")
def remove_signatory(request: HttpRequest, id: Id) -> Answer:
    """Take a name off certificates that are made from now on."""
    who = caller(request)
    found = (
        Signatory.objects.filter(pk=id, organisation=who.organisation).select_related("organisation").first()
    )
    if found is None:
        raise Http404
    domain.remove_signatory(by=who.person, signatory=found)
    return Answer()


def _look(request: HttpRequest) -> LookShape:
    own = caller(request).organisation
    look = queries.look_of(own)
    people = Signatory.objects.filter(organisation=own)
    return LookShape(
        colour=look.colour, languages=look.languages, logo_type=look.logo_type, signatories=[_signatory(one) for one in people]
    )  # fmt: skip


def _signatory(one: Signatory) -> SignatoryShape:
    return SignatoryShape(id=one.id, name=one.name, function=one.function, has_picture=bool(one.picture))
