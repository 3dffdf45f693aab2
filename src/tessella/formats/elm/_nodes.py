"""The writer's workshop: nodes with local ids, texts, and the small objects used everywhere.

A node's id is a function of its content within one credential: the same content gets the same id, different content a
different one, so merging by id (as RDF does) never mixes two things. Objects met again are written again in full.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.elm._concepts import concept_object, fits, is_uri
from tessella.formats.elm._notes import NOTES, SCHEME, as_text
from tessella.model import Credits, Identifier, Image, Link, Organisation, Place
from tessella.model.base import Part
from tessella.model.fieldmap import says_something
from tessella.text import Text, say
from tessella.vocabulary import Concept, code_list

__all__ = ["OWN_URI", "Workshop", "day", "duration", "moment", "several"]

OWN_URI = "URI"
"""Scheme name of the identifier that keeps an object's own URI when it cannot be the node's id."""

_TAG = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*\Z").match
_FILE_TYPES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/svg+xml": "SVG", "image/gif": "GIF"}


def several(items: Iterable[Any]) -> Any:
    """One value bare, several as a list, none as None."""
    found = [item for item in items if item is not None]
    return (found[0] if len(found) == 1 else found) if found else None


def moment(value: dt.datetime) -> str:
    """A point in time as xsd:dateTime with its zone, to the second."""
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def day(value: dt.date | None) -> str | None:
    """A date as ELM writes it: midnight UTC."""
    return None if value is None else f"{value.isoformat()}T00:00:00Z"


def duration(hours: Decimal) -> str:
    """Hours as xsd:duration (``PT84H``, ``PT7H30M``)."""
    whole = int(hours)
    minutes = (hours - whole) * 60
    seconds = (minutes - int(minutes)) * 60
    text = f"PT{whole}H"
    if minutes:
        text += f"{int(minutes)}M"
    if seconds:
        text += f"{seconds.normalize():f}S"
    return text


class Workshop:
    """Makes the nodes of one credential. ``language`` tags texts that the record keeps without a language."""

    def __init__(self, language: str) -> None:
        self.language = language if _TAG(language) else "en"
        self._ids: dict[tuple[str, bytes], str] = {}
        self._content: dict[str, bytes] = {}
        self._counts: dict[str, int] = {}
        self._concepts: dict[str, dict[str, Any]] = {}
        self._organisations: dict[int, dict[str, Any] | None] = {}

    def reserve(self, uri: str) -> None:
        """Keep a URI from becoming the id of a node."""
        self._content[uri] = b""

    def node(self, kind: str, type: str, /, *, uri: str = "", **properties: Any) -> dict[str, Any]:
        """A node with its properties in the given order; absent ones (None, empty) are left out.

        ``uri`` becomes the id when it can; else it is kept as an identifier (where the class has identifiers).
        """
        content = {
            key: value for key, value in properties.items() if value is not None and value not in ({}, [])
        }
        if uri:
            stands_for = _bytes({"type": type, **content})
            if is_uri(uri) and self._content.setdefault(uri, stands_for) == stands_for:
                return {"id": uri, "type": type, **content}
            own = self.node("identifier", "Identifier", schemeName=OWN_URI, notation=uri)
            given = content.get("identifier", [])
            content["identifier"] = several([*(given if isinstance(given, list) else [given]), own])
        key = (kind, _bytes(content))
        ident = self._ids.get(key)
        if ident is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            ident = self._ids[key] = f"urn:epass:{kind}:{self._counts[kind]}"
        return {"id": ident, "type": type, **content}

    def text(self, value: Mapping[str, str] | str) -> Text | None:
        """A language map; tags that are none are left out, of tags that differ in case only the first is kept."""
        if isinstance(value, str):
            return {self.language: value} if value else None
        made: dict[str, str] = {}
        seen = set()
        for tag, text in value.items():
            if _TAG(tag) and tag.lower() not in seen:
                seen.add(tag.lower())
                made[tag] = text
        return made or None

    def required_text(self, value: Mapping[str, str], place: str) -> Text:
        """As `text`, but an empty one is an error that names the field."""
        made = self.text(value)
        if made is None:
            raise SchemaError(
                say("A European Digital Credential cannot be made without this text."),
                code="input.schema.elm-required",
                place=place,
                hint=say("Write it in at least one language."),
            )
        return made

    def concept(self, concept: Concept | None, owner: str = "", term: str = "") -> dict[str, Any] | None:
        """The concept inlined; None when ELM does not take it there (`losses` says so)."""
        if concept is None or (owner and not fits(concept, owner, term)):
            return None
        made = concept_object(concept)
        return self._concepts.setdefault(made["id"], made) if is_uri(made["id"]) else None

    def concepts(self, items: Sequence[Concept], owner: str, term: str) -> Any:
        once = {item.uri: item for item in items}
        return several(self.concept(item, owner, term) for item in once.values())

    def code(self, list_name: str, code: str) -> dict[str, Any] | None:
        return self.concept(code_list(list_name).require(code))

    def note(
        self, value: Mapping[str, str] | str, subject: str = "", label: str = ""
    ) -> dict[str, Any] | None:
        text = self.text(value)
        if text is None:
            return None
        about = Concept(uri=f"{SCHEME}:{subject}", scheme=SCHEME, labels={"en": label}) if subject else None
        return self.node("note", "Note", subject=self.concept(about), noteLiteral=text)

    def notes(self, owner: str, part: Part | None) -> list[dict[str, Any] | None]:
        """The fields of a struct that travel as notes on a node of this kind (`NOTES`)."""
        if part is None:
            return []
        made = []
        for field in NOTES[owner]:
            holder: Any = part
            *steps, name = field.path.split(".")
            for step in steps:
                holder = getattr(holder, step) if holder is not None else None
            if holder is not None and says_something(holder, name):
                made.append(self.note(as_text(getattr(holder, name)), field.subject, field.label))
        return made

    def identifier(self, given: Identifier | None) -> dict[str, Any] | None:
        """An identifier; with a country it is a legal identifier."""
        if given is None or not given.value:
            return None
        country = self.concept(given.country, "LegalIdentifier", "spatial")
        if country is None:
            return self.node(
                "identifier", "Identifier", schemeName=given.scheme or None, notation=given.value
            )
        return self.legal_identifier(given.value, country, given.scheme)

    def legal_identifier(self, value: str, country: dict[str, Any], scheme: str = "") -> dict[str, Any]:
        return self.node(
            "legalIdentifier", "LegalIdentifier", schemeName=scheme or None, notation=value, spatial=country
        )

    def named(self, scheme: str, value: str) -> dict[str, Any] | None:
        """An identifier under a scheme name of ours (“Outcome”, “Version” …)."""
        return self.identifier(Identifier(value=value, scheme=scheme)) if value else None

    def web(self, link: Link | str) -> dict[str, Any] | None:
        given = Link(url=link) if isinstance(link, str) else link
        if not given.url:
            return None
        codes = code_list("language")
        tongue = codes.get(given.language) if given.language else None
        return self.node(
            "webResource",
            "WebResource",
            title=self.text(given.title),
            language=self.concept(tongue, "WebResource", "language"),
            contentURL=given.url,
        )

    def image(self, image: Image | None) -> dict[str, Any] | None:
        if image is None:
            return None
        return self.media(image, _FILE_TYPES, say("Use PNG or JPEG."))

    def media(self, file: Image, types: Mapping[str, str], hint: str, title: str = "") -> dict[str, Any]:
        """A file that travels inside, of one of these media types."""
        file_type = types.get(file.media_type)
        if file_type is None:
            raise SchemaError(
                say("This kind of picture cannot be put into a European Digital Credential."),
                code="input.schema.elm-picture",
                got=file.media_type,
                expected=", ".join(types),
                hint=hint,
            )
        return self.node(
            "mediaObject",
            "MediaObject",
            title=self.text(title),
            description=self.text(file.description),
            content=base64.b64encode(file.content).decode("ascii"),
            contentEncoding=self.code("encoding", "base64"),
            contentType=self.code("file-type", file_type.lower()),
        )

    def mail(self, address: str) -> dict[str, Any] | None:
        """A contact point with an e-mail address, if it can be written as a mailto URI."""
        uri = f"mailto:{address}"
        if not address or not is_uri(uri):
            return None
        return self.node("contactPoint", "ContactPoint", emailAddress={"id": uri, "type": "Mailbox"})

    def credit(self, given: Credits) -> dict[str, Any] | None:
        framework = self.concept(given.system)
        if framework is None:
            return None
        return self.node("creditPoint", "CreditPoint", framework=framework, point=f"{given.points:f}")

    def place(self, place: Place) -> dict[str, Any] | None:
        """A location; ELM wants a country in every address."""
        country = self.concept(place.country, "Address", "countryCode")
        if country is None:
            return None
        region = next(
            (found for name in ("atu", "nuts") if (found := code_list(name).get(place.region))), None
        )
        address = self.node("address", "Address", countryCode=country, fullAddress=self.note(place.address))
        return self.node(
            "location",
            "Location",
            geographicName={"en": place.region} if place.region and region is None else None,
            spatialCode=self.concept(region),
            address=address,
        )

    def organisation(self, given: Organisation) -> dict[str, Any] | None:
        """An organisation with a name and a country; None when it lacks one of them. Made once for each struct."""
        if id(given) not in self._organisations:
            self._organisations[id(given)] = self.organisation_with(given)
        return self._organisations[id(given)]

    def organisation_with(self, given: Organisation, **more: Any) -> dict[str, Any] | None:
        """As `organisation`, with more properties of the node."""
        name, places = self.text(given.name), [self.place(place) for place in given.places]
        if name is None or not (any(places) or more.get("locations")):
            return None
        country = self.concept(_country_of_legal_id(given), "LegalIdentifier", "spatial")
        uri = more.pop("uri", given.id)
        return self.node(
            more.pop("kind", "org"),
            "Organisation",
            uri=uri,
            legalName=name,
            altLabel=self.text(given.alternative_names),
            eIDASIdentifier=more.pop("eIDASIdentifier", None)
            or (self.legal_identifier(given.legal_id, country) if given.legal_id and country else None),
            registration=self.registration(given),
            identifier=several([*map(self.identifier, given.identifiers), *more.pop("identifiers", ())]),
            location=several([*places, *more.pop("locations", ())]),
            homepage=self.web(given.homepage),
            contactPoint=self.mail(given.email),
            logo=self.image(given.logo),
            additionalNote=several(self.notes("organisation", given)),
            **more,
        )

    def registration(self, given: Organisation) -> dict[str, Any] | None:
        """The number in a national register; it is in the country of the seat unless it says another."""
        number = given.registration
        if number is None or not number.value:
            return None
        country = self.concept(
            number.country or next(iter(given.countries), None), "LegalIdentifier", "spatial"
        )
        return self.legal_identifier(number.value, country, number.scheme) if country else None

    def agent(self, given: Organisation) -> dict[str, Any] | None:
        """As `organisation`; without a country it becomes an agent, of which ELM asks nothing."""
        full = self.organisation(given)
        if full is not None or not given.name:
            return full
        return self.node("agent", "Agent", uri=given.id, prefLabel=self.text(given.name))


def _country_of_legal_id(given: Organisation) -> Concept | None:
    """The country an organizationIdentifier names (``NTRLV-…``: EN 319 412-1 §5.1.4), else that of the seat."""
    letters = given.legal_id[3:5] if given.legal_id[5:6] == "-" else ""
    named = code_list("country").get(letters) if letters.isalpha() else None
    return named or next(iter(given.countries), None)


def _bytes(content: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(content)
