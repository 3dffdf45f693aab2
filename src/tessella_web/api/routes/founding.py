"""Founding an organisation, its name, what it is, and the terms."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from tessella.vocabulary import code_list
from tessella_web.accounts import domain, terms
from tessella_web.accounts.domain.organisations import free_slug, require_region
from tessella_web.accounts.models import Organisation, OrganisationKind
from tessella_web.accounts.regions import needs_region
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Shape, Table
from tessella_web.api.routes.organisation import OrganisationFull, full
from tessella_web.common.errors import RefusedError
from tessella_web.registers.domain import naming

operation = Table("Organisation")

KindName = Literal["higher-education", "vocational", "company", "ngo", "alliance", "agency", "other"]
"""What sort of provider works in an organisation."""

Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""What people call it."""

Tag = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z]{2,3}$")]
"""A language: two or three letters (ISO 639)."""


class DetailsGiven(Given):
    """What an organisation is, where, and in which languages it works."""

    kind: KindName
    country: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Z]{3}$")] = Field(
        description="ISO 3166-1, three letters."
    )
    region: Annotated[str, StringConstraints(strict=True, max_length=12, pattern=r"^[A-Z0-9-]*$")] = Field(
        default="", description="ISO 3166-2, where the region decides which framework levels belong to."
    )
    language: Tag = "en"
    languages: Annotated[list[Tag], Field(max_length=30)] = Field(
        default=[], description="Others in which learning is described."
    )
    website: Annotated[
        str,
        StringConstraints(
            strict=True, max_length=200, pattern=r"^(https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?)?$"
        ),
    ] = ""


class FoundGiven(DetailsGiven):
    """A new organisation."""

    name: Name
    accepts_terms: bool = Field(
        default=False,
        description="Whether the terms are accepted with it; nothing is published or awarded before.",
    )


class NameGiven(Given):
    """Another name."""

    name: Name


class TermsPoint(Shape):
    """One point of the terms."""

    title: str
    text: str


class TermsShape(Shape):
    """What an organisation says yes to before it publishes or awards."""

    version: str
    binding_from: dt.date
    points: list[TermsPoint]
    accepted: bool = Field(description="Whether an owner has accepted this version.")


class TermsGiven(Given):
    """The version that was read."""

    version: Annotated[str, StringConstraints(strict=True, max_length=20, pattern=r"^[^\x00]*$")]


EXAMPLE = {"kind": "vocational", "country": "NLD", "language": "nl", "website": "https://harbour.example"}


@operation("POST", "/organisations", {201: OrganisationFull}, personal="organisations:found",
           example={**EXAMPLE, "name": "Harbour College", "accepts_terms": True})  # fmt: skip
def found_organisation(request: HttpRequest, body: FoundGiven) -> Answer:
    """Found an organisation and be its owner. Its programs need tokens of its own, which are made on its page.

    A name that could be taken for another’s is held: then nothing is published or awarded until a reviewer has looked. Until it
    is shown who stands behind it, everything it issues is marked as a test.
    """
    made = naming.found(
        founder=caller(request).person, slug=free_slug(body.name), name=body.name, accepts_terms=body.accepts_terms,
        **_details(body),
    )  # fmt: skip
    return Answer(full(made))


@operation(
    "PUT", "/organisation/details", {200: OrganisationFull}, capability="organisation.manage", example=EXAMPLE
)
def change_details(request: HttpRequest, body: DetailsGiven) -> OrganisationFull:
    """Say anew what the organisation is, where, and in which languages it works."""
    who = caller(request)
    return full(domain.change_organisation(by=who.person, organisation=who.organisation, **_details(body)))


@operation("PUT", "/organisation/name", {200: OrganisationFull}, capability="organisation.manage",
           example={"name": "Harbour College of Crafts"})  # fmt: skip
def rename_organisation(request: HttpRequest, body: NameGiven) -> OrganisationFull:
    """Give the organisation another name; what was awarded keeps the old one. Who stands behind it has to be shown again."""
    who = caller(request)
    return full(naming.rename(by=who.person, organisation=who.organisation, name=body.name))


@operation("GET", "/organisation/terms", {200: TermsShape}, capability="organisation.view")
def read_terms(request: HttpRequest) -> TermsShape:
    """The terms that bind now, and whether the organisation has accepted them."""
    return _terms(caller(request).organisation)


@operation("PUT", "/organisation/terms/acceptance", {200: TermsShape}, capability="organisation.manage",
           example={"version": "1"})  # fmt: skip
def accept_terms(request: HttpRequest, body: TermsGiven) -> TermsShape:
    """Say yes to the terms for the organisation; the version says what was read."""
    who = caller(request)
    domain.accept_terms(by=who.person, organisation=who.organisation, version=body.version)
    return _terms(who.organisation)


def _terms(organisation: Organisation) -> TermsShape:
    now = terms.binding()
    return TermsShape(
        version=now.version, binding_from=now.binding_from,
        points=[TermsPoint(title=str(title), text=str(text)) for title, text in now.points],
        accepted=terms.has_accepted(organisation),
    )  # fmt: skip


def _details(body: DetailsGiven) -> dict[str, Any]:
    if code_list("country").get(body.country) is None:
        raise RefusedError(
            _("There is no such country."), code="accounts.country", field="country",
            hint=_("Write the three letters of ISO 3166-1, such as NLD."),
        )  # fmt: skip
    region = body.region if needs_region(body.country) else ""
    require_region(body.country, region)
    return {
        "kind": OrganisationKind(body.kind), "country": body.country, "region": region, "language": body.language,
        "languages": body.languages, "website": body.website,
    }  # fmt: skip
