"""Organisations in their roles: provider, awarding body, technical issuer, quality agency."""

from __future__ import annotations

from typing import Annotated, ClassVar

from tessella.model.base import CodeListName, Identifier, Image, Part
from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = ["Organisation", "Place"]


class Place(Part, frozen=True, kw_only=True):
    """A place: country, region (ATU or NUTS code or URI) and address in plain text."""

    shorthand: ClassVar[str] = "country"

    country: Annotated[Concept, CodeListName("country")] | None = None
    region: str = ""
    address: Text = {}


class Organisation(Part, frozen=True, kw_only=True):
    """A legal or named body.

    ``id`` is a URI or DID when it has one. ``legal_id`` is the identifier an electronic seal certificate carries
    (organizationIdentifier, ETSI EN 319 412-1 §5.1.4, e.g. ``NTRNL-12345678``); ``registration`` the number in a national
    register; ``identifiers`` any others (DEQARINST, ETER, ROR, PIC …). ``degree_awarding`` says whether the body is a
    higher education institution that may award degrees and ECTS; None when it is not stated.
    """

    shorthand: ClassVar[str] = "name"

    name: Text
    id: str = ""
    alternative_names: Text = {}
    places: tuple[Place, ...] = ()
    legal_id: str = ""
    registration: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    degree_awarding: bool | None = None
    homepage: str = ""
    email: str = ""
    logo: Image | None = None

    @property
    def countries(self) -> tuple[Concept, ...]:
        """The countries of its places, each once, in order."""
        seen: dict[str, Concept] = {}
        for place in self.places:
            if place.country is not None:
                seen.setdefault(place.country.uri, place.country)
        return tuple(seen.values())
