"""The reader's eyes: nodes of a credential, whoever wrote it, with a record of what was understood.

A `View` gives the values of a node by key in one shape (single value or list, plain text or language map, full object or id
alone) and remembers what was taken; the rest is the struct's ``extra``. Nothing here raises on strange data: what cannot be used
stays in ``extra`` and is remarked on.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from tessella.errors import TessellaError
from tessella.formats.elm._concepts import read_concept
from tessella.formats.elm._nodes import OWN_URI
from tessella.formats.elm._notes import NOTES, SCHEME
from tessella.model import Identifier, Image, Link, Organisation, Place
from tessella.text import Text, pick, say
from tessella.vocabulary import Concept, code_list

__all__ = [
    "MAX_DEPTH",
    "Remark",
    "Source",
    "View",
    "country_of_unit",
    "hours_of",
    "is_local",
    "subject_of",
    "unique",
]

MAX_DEPTH = 100
"""Nesting that is looked at; deeper is not a credential."""

MAX_DURATION_CHARS = 20
"""A workload is a few digits; longer ones are kept as they are."""

T = TypeVar("T")

_LOCAL = ("urn:epass:", "urn:certificate", "_:")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9:.]+)(Z|[+-][0-9:]+)?)?\Z").match
_HOURS = re.compile(r"PT(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?\Z").match
_MIDNIGHT = re.compile(r"0?0:00(:00(\.0+)?)?\Z").match
_SHIFTED_MIDNIGHT = re.compile(r"2[23]:00(:00(\.0+)?)?\Z").match


class Remark(msgspec.Struct, frozen=True):
    """Something a reader should know about the document: where, a stable kind, and in words."""

    path: str
    kind: str
    message: str


def is_local(ident: str) -> bool:
    """Whether an id means something inside its credential only."""
    return not ident or ident.startswith(_LOCAL)


def hours_of(duration: str) -> Decimal | None:
    """The hours of a duration given in hours, minutes and seconds; None when it has days, months or years."""
    match = _HOURS(duration) if len(duration) <= MAX_DURATION_CHARS else None
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    exact = hours + minutes / 60 + seconds / 3600
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


class Source:
    """One document being read: its objects by id, its language, and the remarks made on the way."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._remarks: dict[Remark, None] = {}
        self.by_id: dict[str, dict[str, Any]] = {}
        self.language = "en"
        self._index(document, 0)

    def _index(self, value: Any, depth: int) -> None:
        """Remember, for each id, the object that says most."""
        if depth > MAX_DEPTH:
            return
        if isinstance(value, Mapping):
            ident = value.get("id")
            if isinstance(ident, str) and len(value) > max(1, len(self.by_id.get(ident, ()))):
                self.by_id[ident] = dict(value)
            for item in value.values():
                self._index(item, depth + 1)
        elif isinstance(value, list):
            for item in value:
                self._index(item, depth + 1)

    def remark(self, path: str, kind: str, message: str) -> None:
        self._remarks[Remark(path.lstrip("."), kind, message)] = None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """The remarks so far, each once."""
        return tuple(self._remarks)


class View:
    """A node of the document."""

    def __init__(self, source: Source, data: Mapping[str, Any], path: str) -> None:
        self.source = source
        self.data = data
        self.path = path
        self._left = {key: value for key, value in data.items() if key not in ("id", "type")}

    @property
    def id(self) -> str:
        given = self.data.get("id")
        return given if isinstance(given, str) else ""

    @property
    def own_id(self) -> str:
        """The id, unless it is local to the credential."""
        return "" if is_local(self.id) else self.id

    @property
    def types(self) -> tuple[str, ...]:
        given = self.data.get("type")
        return tuple(
            item for item in (given if isinstance(given, list) else [given]) if isinstance(item, str)
        )

    def left(self) -> dict[str, Any]:
        """What nobody took: the struct's ``extra``."""
        return self._left

    def put_back(self, key: str, value: Any) -> None:
        """Keep a value in ``extra`` after all."""
        self._left[key] = value

    def values(self, key: str) -> list[Any]:
        """All values of a key, taken."""
        value = self._left.pop(key, None)
        return [item for item in (value if isinstance(value, list) else [value]) if item is not None]

    def take(self, key: str, read: Callable[[Any], T | None]) -> list[T]:
        """The values that can be read; the others stay."""
        made, strange = [], []
        for value in self.values(key):
            found = read(value)
            if found is None:
                strange.append(value)
            else:
                made.append(found)
        if strange:
            self.put_back(key, strange[0] if len(strange) == 1 else strange)
            self.source.remark(
                f"{self.path}.{key}",
                "unreadable",
                say("“%(key)s” could not be read and is kept as it is.", key=key),
            )
        return made

    def nodes(self, key: str) -> list[View]:
        """The objects under a key, looked up when only their id is given."""
        numbers = iter(range(1_000_000))

        def view(value: Any) -> View | None:
            number = next(numbers)
            if isinstance(value, str):
                value = {"id": value}
            if not isinstance(value, Mapping):
                return None
            if set(value) <= {"id", "type"} and isinstance(value.get("id"), str):
                value = self.source.by_id.get(value["id"], value)
            return View(
                self.source, value, f"{self.path}.{key}[{number}]" if number else f"{self.path}.{key}"
            )

        return self.take(key, view)

    def node(self, key: str) -> View | None:
        """The first object under a key; further ones stay."""
        raw = self._left.get(key)
        found = self.nodes(key)
        if len(found) > 1 and isinstance(raw, list):
            self.put_back(key, raw[1:])
        return found[0] if found else None

    def text(self, key: str) -> Text:
        """A language map; arrays in it are joined, a plain string gets the credential's language."""

        def language_map(value: Any) -> Text | None:
            if isinstance(value, str):
                return {self.source.language: value}
            if not isinstance(value, Mapping) or not all(map(_texts, value.values())):
                return None
            return {str(tag): "\n".join(_texts(item) or ()) for tag, item in value.items()}

        made: Text = {}
        for found in self.take(key, language_map):
            for tag, text in found.items():
                made.setdefault(tag, text)
        return made

    def name(self, key: str) -> str:
        """A text as one string, in the credential's language if there is a choice; the others stay."""
        text = self.text(key)
        chosen = pick(text, (self.source.language,))
        if any(other != chosen for other in text.values()):
            self.put_back(key, text)
        return chosen

    def string(self, key: str) -> str:
        found = self.take(key, lambda value: str(value) if isinstance(value, str | int | float) else None)
        return found[0] if found else ""

    def concepts(self, key: str) -> tuple[Concept, ...]:
        return tuple(
            read_concept(view.id, view.data, View(self.source, view.data, view.path).text("prefLabel"))
            for view in self.nodes(key)
        )

    def concept(self, key: str) -> Concept | None:
        raw = self._left.get(key)
        found = self.concepts(key)
        if len(found) > 1 and isinstance(raw, list):
            self.put_back(key, raw[1:])
        return found[0] if found else None

    def day(self, key: str) -> dt.date | None:
        """A date. A time of 22:00 or 23:00 UTC is a midnight of Central Europe, so the next day is meant."""
        found = self.take(key, lambda value: self._day(key, value))
        return found[0] if found else None

    def _day(self, key: str, value: Any) -> dt.date | None:
        match = _DATE(value) if isinstance(value, str) else None
        if match is None:
            return None
        try:
            date = dt.date.fromisoformat(match[1])
        except ValueError:
            return None
        time, zone = match[2], match[3]
        if time and zone == "Z" and _SHIFTED_MIDNIGHT(time) and date < dt.date.max:
            self.source.remark(
                f"{self.path}.{key}",
                "shifted-date",
                say(
                    "“%(value)s” is a midnight shifted to UTC; it is read as %(date)s.",
                    value=value,
                    date=date + dt.timedelta(days=1),
                ),
            )
            return date + dt.timedelta(days=1)
        if time and key == "dateOfBirth" and not _MIDNIGHT(time):
            self.source.remark(
                f"{self.path}.{key}",
                "time-of-day",
                say("The date of birth has a time of day, which is left out."),
            )
        return date

    def moment(self, key: str) -> dt.datetime | None:
        found = self.take(key, lambda value: self._moment(key, value))
        return found[0] if found else None

    def _moment(self, key: str, value: Any) -> dt.datetime | None:
        try:
            made = dt.datetime.fromisoformat(value)
        except (TypeError, ValueError):
            return None
        if made.tzinfo is None:
            self.source.remark(f"{self.path}.{key}", "no-zone", say("A time without a zone is taken as UTC."))
            made = made.replace(tzinfo=dt.UTC)
        return made

    # --- small structs ---------------------------------------------------------------------------------------------

    def notes(self, owner: str) -> tuple[dict[str, Any], list[View]]:
        """The fields kept as notes on this node, by path, and the notes about anything else."""
        fields = {f"{SCHEME}:{field.subject}": field for field in NOTES.get(owner, ())}
        found: dict[str, Any] = {}
        others = []
        for view in self.nodes("additionalNote"):
            subject = subject_of(view)
            field = fields.get(subject)
            text = View(self.source, view.data, view.path).text("noteLiteral")
            if field is None:
                others.append(view)
            elif field.read is None:
                found[field.path] = text
            else:
                try:
                    found[field.path] = field.read(pick(text))
                except (TessellaError, ValueError, KeyError, ArithmeticError):
                    others.append(view)
        if others:
            kept = [dict(view.data) for view in others]
            self.put_back("additionalNote", kept if len(kept) > 1 else kept[0])
        return found, others

    def note(self, key: str) -> Text:
        """The text of a note."""
        view = self.node(key)
        return view.text("noteLiteral") if view else {}

    def identifiers(self, key: str = "identifier") -> list[Identifier]:
        return [made for view in self.nodes(key) if (made := view.as_identifier())]

    def as_identifier(self) -> Identifier | None:
        value = self.string("notation")
        if not value:
            return None
        return Identifier(
            value=value, scheme=self.string("schemeName"), country=self.concept("spatial"), extra=self.left()
        )

    def links(self, key: str) -> list[Link]:
        return [made for view in self.nodes(key) if (made := view.as_link())]

    def link(self, key: str) -> Link | None:
        view = self.node(key)
        return view.as_link() if view else None

    def as_link(self) -> Link | None:
        url = self.string("contentURL") or self.own_id
        if not url:
            return None
        tongue = self.concept("language")
        return Link(
            url=url,
            title=self.text("title"),
            language=(tongue.code or tongue.uri) if tongue else "",
            extra=self.left(),
        )

    def image(self, key: str) -> Image | None:
        view = self.node(key)
        return view.as_image() if view else None

    def as_image(self) -> Image | None:
        content, kind = self.string("content"), self.concept("contentType")
        self.values("contentEncoding")
        try:
            data = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            self.source.remark(f"{self.path}.content", "picture", say("A picture is not valid base64."))
            return None
        code = (kind.code or kind.uri.rpartition("/")[2]).lower() if kind else "png"
        media = {"svg": "image/svg+xml", "pdf": "application/pdf", "jpg": "image/jpeg"}.get(
            code, f"image/{code}"
        )
        return Image(content=data, media_type=media, description=self.text("description"), extra=self.left())

    def place(self) -> Place | None:
        """A location as a place; its first address."""
        address = self.node("address")
        region = self.concept("spatialCode")
        named = self.name("geographicName")
        made = Place(
            country=address.concept("countryCode") if address else None,
            region=(region.code or region.uri) if region else named,
            address=address.note("fullAddress") if address else {},
            extra={**self.left(), **({"address": address.left()} if address and address.left() else {})},
        )
        return made if made != Place() else None

    def organisation(self) -> Organisation:
        """An organisation or agent. Accreditations are left to the caller."""
        noted, _ = self.notes("organisation")
        identifiers = self.identifiers()
        own = next((item.value for item in identifiers if item.scheme == OWN_URI), "")
        locations = self.nodes("location")
        kept = [view for view in locations if not view.id.startswith("urn:certificateLocation")] or locations
        homepage = self.node("homepage")
        registration, legal = self.node("registration"), self.node("eIDASIdentifier")
        return Organisation(
            name=self.text("legalName") or self.text("prefLabel") or self.text("fullName"),
            id=own or self.own_id,
            alternative_names=self.text("altLabel"),
            places=tuple(place for view in kept if (place := view.place())),
            legal_id=legal.string("notation") if legal else "",
            registration=registration.as_identifier() if registration else None,
            identifiers=tuple(item for item in identifiers if item.scheme != OWN_URI),
            degree_awarding=noted.get("degree_awarding"),
            homepage=_url(homepage),
            email=self.email(),
            logo=self.image("logo"),
            extra=self.left(),
        )

    def email(self) -> str:
        """The address of the first contact point; a contact point that says more stays."""
        raw = self._left.get("contactPoint")
        view = self.node("contactPoint")
        if view is None:
            return ""
        box = view.node("emailAddress")
        address = box.id.removeprefix("mailto:") if box else ""
        if view.left() or not address:
            self.put_back("contactPoint", raw)
        return address

    def period(self) -> tuple[dt.date | None, dt.date | None]:
        return self.day("startDate"), self.day("endDate")


def subject_of(note: View) -> str:
    """What a note is about: the id of its subject."""
    given = note.data.get("subject")
    first = given[0] if isinstance(given, list) and given else given
    return str(first.get("id", "")) if isinstance(first, Mapping) else str(first or "")


def _url(view: View | None) -> str:
    link = view.as_link() if view else None
    return link.url if link else ""


def _texts(value: Any) -> list[str] | None:
    """The texts of one language: one string, or (as EBSI writes them) a list of strings."""
    items = value if isinstance(value, list) else [value]
    return items if items and all(isinstance(item, str) for item in items) else None


def country_of_unit(unit: Concept) -> Concept | None:
    """The country an administrative unit stands for, if it is a whole country."""
    return code_list("country").get(unit.uri.rpartition("/")[2]) if "/atu/" in unit.uri else None


def unique(items: Iterable[T]) -> Iterator[T]:
    """Each value once, in order; structs with mappings in them cannot be hashed, so what they say is compared."""
    seen: set[bytes] = set()
    for item in items:
        said = msgspec.json.encode(item)
        if said not in seen:
            seen.add(said)
            yield item
