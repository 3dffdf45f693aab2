"""Normalised claims: what a record says, written in one way only, so that what two files say can be compared.

A claim is a path of the record and a value. Paths lead through parts to texts, codes, numbers and lists; a list is one claim.
These rules make values comparable (`NORMAL_FORMS`, one row for each type of the record):

* texts: Unicode NFC without space around, by language tag in lower case;
* coded values: the URI of the concept as its list writes it; its labels only where it has no URI;
* numbers: decimal without exponent and trailing zeros; instants: UTC; days: ISO 8601; pictures: their SHA-256;
* e-mail addresses: domain in lower case; other strings: NFC; URIs as they are;
* lists: unordered, each value once; empty values are no claims; a default is one (an award *is* by course unless it says otherwise).

Fields of ``extra`` are claims of the award and the micro-credential only. What a file says about itself is no claim.
"""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from tessella.canonical.jcs import jcs
from tessella.model import Award, Image, MicroCredential
from tessella.model.base import Part
from tessella.vocabulary import Concept
from tessella.vocabulary.codelist import same_uri

__all__ = ["COPY_FACTS", "ELEMENTS", "Element", "claims", "element_of", "key_of"]


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """An element of the European standard, or of what goes with it, with the fields of the record that say it.

    ``fields`` are paths, each standing for all below; ``annex`` is the clause of the Council Recommendation (empty for what it does
    not name); ``personal`` marks what is about the learner rather than about the course.
    """

    id: str
    title: str
    fields: tuple[str, ...]
    annex: str = ""
    personal: bool = False


def _element(id: str, title: str, fields: str, annex: str = "", personal: bool = False) -> Element:
    paths = tuple(
        name[1:] if name.startswith("@") else f"micro_credential.{name}" for name in fields.split(" ")
    )
    return Element(id=id, title=title, fields=paths, annex=annex, personal=personal)


ELEMENTS: tuple[Element, ...] = (
    _element("learner", "Identification of the learner", "@learner", "Annex I, 1", personal=True),
    _element("title", "Title", "title description", "Annex I, 2"),
    _element("country", "Country or region of the issuer", "awarding_bodies.places", "Annex I, 3"),
    _element("awarding-body", "Awarding body", "awarding_bodies providers", "Annex I, 4"),
    _element("date", "Date of issuing", "@awarded_on @issued_at", "Annex I, 5", personal=True),
    _element(
        "learning-outcomes",
        "Learning outcomes",
        "outcomes outcome_summary @achieved",
        "Annex I, 6",
        personal=True,
    ),
    _element("workload", "Notional workload", "workload @credits", "Annex I, 7"),
    _element("level", "Level", "levels", "Annex I, 8"),
    _element("assessment", "Type of assessment", "assessments criteria", "Annex I, 9"),
    _element("participation", "Form of participation", "participation", "Annex I, 10"),
    _element("quality-assurance", "Type of quality assurance", "quality", "Annex I, 11"),
    _element("prerequisites", "Prerequisites", "prerequisites", "Annex I, optional"),
    _element("grade", "Grade achieved", "@results", "Annex I, optional", personal=True),
    _element(
        "stackability",
        "Integration and stackability",
        "stackability @parts @rule",
        "Annex I, optional",
        personal=True,
    ),
    _element(
        "further-information",
        "Further information",
        "further_information homepage relevance @evidence",
        "Annex I, optional",
    ),
    _element("validity", "Validity", "valid_for_months @valid_from @valid_until", personal=True),
    _element("route", "Course or validation", "@route @assessed_on", personal=True),
    _element("identifiers", "Identifiers", "id identifiers version @id @number @replaces", personal=True),
    _element(
        "kind",
        "Kind of achievement",
        "record_type type fields target_groups credit_bearing leads_to_degree",
    ),
    _element("language", "Language of the description", "language modified_on"),
    _element("catalogue", "Catalogue data", "cost research"),
    _element("other", "Other statements", "extra @extra", personal=True),
)
"""In the order of the standard; every field of the record belongs to one element, by its longest path here."""

COPY_FACTS = ("status", "micro_credential.technical_issuer")
"""Fields that each copy has of its own: where its status is published, and who sealed it."""

_BY_FIELD = {field: element for element in ELEMENTS for field in element.fields}


def element_of(path: str) -> Element | None:
    """The element that a claim belongs to; None for a fact of the copy and for what is no path of the record."""
    steps = path.split(".")
    for count in range(len(steps), 0, -1):
        if (found := _BY_FIELD.get(".".join(steps[:count]))) is not None:
            return found
    return None


def claims(award: Award) -> dict[str, Any]:
    """Every claim of an award by path, in its normal form (JSON values), in the order of the record.

    Parts that stand alone are walked into (``micro_credential.workload.hours``), lists are one claim each. Facts of the
    copy are left out. Places of awarding bodies are a claim of their own.
    """
    found = dict(_walk(award, ""))
    bodies = award.micro_credential.awarding_bodies
    if bodies:
        found[_BODIES] = _list([msgspec.structs.replace(body, places=()) for body in bodies])
    if places := _list([place for body in bodies for place in body.places]):
        found[f"{_BODIES}.places"] = places
    return found


_BODIES = "micro_credential.awarding_bodies"


def _walk(part: Part, prefix: str) -> Iterator[tuple[str, Any]]:
    for name in type(part).__struct_fields__:
        value, path = getattr(part, name), prefix + name
        if path in COPY_FACTS:
            continue
        if name == "extra":
            if isinstance(part, Award | MicroCredential):
                yield from ((f"{path}.{key}", _plain(item)) for key, item in value.items())
        elif isinstance(value, Part) and not isinstance(value, Image):
            yield from _walk(value, f"{path}.")
        elif path == "learner.email":
            yield from ((path, made) for made in [_email(value)] if made)
        elif not _empty(made := _normal(value)):
            yield path, made


def key_of(value: Any) -> bytes:
    """The one way to write a normal form in bytes (JCS), to sort and to compare."""
    return jcs(value)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _string(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip()


def _email(value: str) -> str:
    local, at, domain = _string(value).rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _concept(value: Concept) -> Any:
    return same_uri(value.uri) or {"labels": _mapping(value.labels)}


def _decimal(value: Decimal) -> str:
    return format(value.normalize() + 0, "f") if value.is_finite() else str(value)


def _instant(value: dt.datetime) -> str:
    moment = value.astimezone(dt.UTC) if value.tzinfo else value
    return moment.isoformat().replace("+00:00", "Z")


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    """A text: by language tag in lower case."""
    made = {str(tag).lower(): _normal(text) for tag, text in value.items()}
    return {tag: text for tag, text in made.items() if not _empty(text)}


def _list(value: Any) -> list[Any]:
    made = {jcs(item): item for item in map(_normal, value) if not _empty(item)}
    return [made[key] for key in sorted(made)]


def _part(value: Part) -> dict[str, Any]:
    """An item of a list, without the fields that this version does not know."""
    made = {name: _normal(getattr(value, name)) for name in type(value).__struct_fields__ if name != "extra"}
    return {name: item for name, item in made.items() if not _empty(item)}


NORMAL_FORMS: tuple[tuple[tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((Image,), lambda value: hashlib.sha256(value.content).hexdigest()),
    ((Part,), _part),
    ((Concept,), _concept),
    ((enum.Enum,), lambda value: str(value.value)),
    ((str,), _string),
    ((bool,), lambda value: value),
    ((int,), str),
    ((Decimal,), _decimal),
    ((dt.datetime,), _instant),
    ((dt.date,), dt.date.isoformat),
    ((Mapping,), _mapping),
    ((tuple, list), _list),
)
"""Type of the record → its normal form; the first that fits."""


def _normal(value: Any) -> Any:
    for types, form in NORMAL_FORMS:
        if isinstance(value, types):
            return form(value)
    return None


def _plain(value: Any) -> Any:
    """A value that this version does not know: JSON as it is, with NFC; lists keep their order."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if value is not None else None
