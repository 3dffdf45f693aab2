"""Learner records: credentials of other issuers inside a credential, each verified as its own.

The record's seal covers them as they stand and vouches for nothing in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tessella.containers import Kind, detect
from tessella.errors import DecodeError, LimitError, TessellaError
from tessella.formats import clr
from tessella.text import say
from tessella.verification.envelopes import Envelope, opened_as

__all__ = ["MAX_RECORD_DEPTH", "embedded", "record_facts", "too_deep"]

MAX_RECORD_DEPTH = 3
"""Records within records: a university's around its faculties' around a course's; no standard asks for one more."""

SHOWN_ASSOCIATIONS = 20
"""Of a record in a report; all of them are in the file."""


def embedded(envelope: Envelope) -> tuple[Envelope, ...]:
    """The credentials inside a learner record, with their places in it; none for any other credential.

    One that cannot be opened comes with its problem. Never raises.
    """
    document = envelope.document
    if envelope.problem is not None or not clr.detect(document):
        return ()
    try:
        record = clr.read(document)
    except TessellaError as error:
        return (Envelope(kind=Kind.JSON, where="$.credentialSubject.verifiableCredential", problem=error),)
    return tuple(_envelope(one) for one in record.credentials)


def _envelope(one: clr.Embedded) -> Envelope:
    try:
        if isinstance(one.value, str):
            data = one.value.strip().encode()
            return opened_as(detect(data), data, where=one.path)
        if isinstance(one.value, dict):
            return opened_as(Kind.JSON, one.value, where=one.path)
        raise DecodeError(
            say("This is no credential, or only a part of one."),
            code="input.decode.credential",
            place=one.path,
            hint=say("Ask for the whole record again."),
        )
    except (TessellaError, UnicodeEncodeError) as error:
        problem = error if isinstance(error, TessellaError) else _half_a_character(one.path)
        return Envelope(kind=Kind.JSON, where=one.path, problem=problem)


def too_deep() -> LimitError:
    """Why the credentials in a record in a record in a record are not looked at."""
    return LimitError(
        say("There are more than %(limit)s learner records within each other.", limit=MAX_RECORD_DEPTH),
        code="clr.depth",
        expected=MAX_RECORD_DEPTH,
        hint=say("Ask for the inner records themselves."),
    )


def _half_a_character(place: str) -> DecodeError:
    return DecodeError(
        say("The text contains half a character (a lone surrogate)."),
        code="input.encoding",
        place=place,
        hint=say("Remove or repair the broken character."),
    )


def record_facts(document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[clr.Doubt, ...]]:
    """What a reader needs to know of a record first, and what is odd about it.

    Raises:
        SchemaError, LimitError: as `tessella.formats.clr.read`.
    """
    record = clr.read(document)
    inside = [one.document for one in map(_envelope, record.credentials) if one.problem is None]
    names = {one.id: one.name for one in record.achievements} | _names(inside)
    facts: dict[str, Any] = {
        "title": record.name,
        "credentials": len(record.credentials),
        "partial": record.partial,
        "associations": [
            f"{names.get(one.source) or one.source} {one.type} {names.get(one.target) or one.target}"
            for one in record.associations[:SHOWN_ASSOCIATIONS]
        ],
    }
    return {name: value for name, value in facts.items() if value}, clr.doubts(record, inside)


def _names(documents: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the achievements that the credentials are about."""
    found: dict[str, str] = {}
    for document in documents:
        subject = document.get("credentialSubject")
        for one in subject if isinstance(subject, list) else [subject]:
            achievement = one.get("achievement") if isinstance(one, dict) else None
            if isinstance(achievement, dict):
                id, name = achievement.get("id"), achievement.get("name")
                if isinstance(id, str) and isinstance(name, str):
                    found[id] = name
    return found
