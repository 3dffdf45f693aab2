"""How an organisation's certificates look, as the library takes it."""

from __future__ import annotations

from tessella.model import Image
from tessella.rendering import CertificateStyle, Signatory, edition_in
from tessella_web.accounts.branding import models
from tessella_web.accounts.models import Organisation

__all__ = ["look_of", "picture_of", "style_of"]


def look_of(organisation: Organisation) -> models.Look:
    """The look, or the defaults."""
    return models.Look.objects.filter(organisation=organisation).first() or models.Look(
        organisation=organisation
    )


def picture_of(content: bytes | memoryview, media_type: str) -> Image | None:
    """A picture as it is stored; None when there is none."""
    data = bytes(content)
    return Image(content=data, media_type=media_type) if data else None


def style_of(organisation: Organisation) -> CertificateStyle:
    """Logo, colour, signatories and editions; where nothing was chosen, what the record says."""
    look = look_of(organisation)
    people = models.Signatory.objects.filter(organisation=organisation)
    return CertificateStyle(
        logo=picture_of(look.logo, look.logo_type),
        colour=look.colour,
        signatories=tuple(
            Signatory(name=one.name, function=one.function, picture=picture_of(one.picture, one.picture_type))
            for one in people
        ),
        editions=tuple(edition_in(tag) for tag in look.languages),
    )
