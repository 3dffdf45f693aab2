"""What a learner record says: who put it together, the credentials in it, and how the achievements belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tessella.errors import LimitError, SchemaError
from tessella.formats.clr._json import CLR_CONTEXTS, contexts_of, is_iri, items, nodes, string, types
from tessella.text import say

__all__ = [
    "Association",
    "Doubt",
    "Embedded",
    "LearnerRecord",
    "ListedAchievement",
    "detect",
    "doubts",
    "read",
]

MAX_EMBEDDED = 1_000
"""Credentials in one record: a whole life of learning with a micro-credential each month has 600."""

_SUBJECT = "$.credentialSubject"


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """A credential in the record: where it stands, and its JSON (an object, or a compact JWS as text) unchanged."""

    path: str
    value: Any


class ListedAchievement(msgspec.Struct, frozen=True, kw_only=True):
    """An achievement that the record's issuer describes itself."""

    id: str
    name: str = ""


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """How two achievements belong together: ``source`` *type* ``target`` (their ids), for example ``isParentOf``."""

    type: str
    source: str
    target: str


class LearnerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record read. ``partial``: the issuer says that it holds less than all it knows. ``subject_id`` may be empty."""

    id: str = ""
    name: str = ""
    partial: bool = False
    subject_id: str = ""
    achievements: tuple[ListedAchievement, ...] = ()
    associations: tuple[Association, ...] = ()
    credentials: tuple[Embedded, ...] = ()


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the standard allows and that is odd: a stable ``kind``, one sentence, and where."""

    kind: str
    message: str
    path: str


def detect(document: Any) -> bool:
    """Whether a JSON value is a ClrCredential, or names the CLR context."""
    if not isinstance(document, Mapping):
        return False
    return "ClrCredential" in types(document) or any(
        isinstance(one, str) and CLR_CONTEXTS.fullmatch(one) for one in contexts_of(document)
    )


def read(document: Mapping[str, Any]) -> LearnerRecord:
    """The record; what cannot be used is left out. No seal is looked at, neither its own nor one of those inside.

    Raises:
        SchemaError: ``clr.type`` it is no ClrCredential.
        LimitError: ``clr.credentials`` it holds more than 1,000 credentials.
    """
    if "ClrCredential" not in types(document):
        raise SchemaError(
            say("This is not a Comprehensive Learner Record 2.0."),
            code="clr.type",
            got=types(document),
            expected="ClrCredential",
        )
    subjects = nodes(document.get("credentialSubject"))  # all of them: none may hide what another holds
    embedded = [one for at, subject in _placed(subjects, document) for one in _embedded(subject, at)]
    if len(embedded) > MAX_EMBEDDED:
        raise LimitError(
            say("The record holds more than %(limit)s credentials.", limit=MAX_EMBEDDED),
            code="clr.credentials",
            got=len(embedded),
            expected=MAX_EMBEDDED,
            hint=say("Ask the issuer for the record in parts."),
        )
    return LearnerRecord(
        id=string(document, "id"),
        name=string(document, "name"),
        partial=document.get("partial") is True,
        subject_id=next((string(one, "id") for one in subjects), ""),
        achievements=tuple(
            ListedAchievement(id=string(one, "id"), name=string(one, "name"))
            for subject in subjects
            for one in nodes(subject.get("achievement"))
        ),
        associations=tuple(one for subject in subjects for one in _associations(subject)),
        credentials=tuple(embedded),
    )


def _placed(
    subjects: list[Mapping[str, Any]], document: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    many = isinstance(document.get("credentialSubject"), list)
    for number, subject in enumerate(subjects):
        yield f"{_SUBJECT}[{number}]" if many else _SUBJECT, subject


def _embedded(subject: Mapping[str, Any], at: str) -> Iterator[Embedded]:
    inside = subject.get("verifiableCredential")
    many = isinstance(inside, list)
    for number, value in enumerate(items(inside)):
        yield Embedded(path=f"{at}.verifiableCredential" + (f"[{number}]" if many else ""), value=value)


def _associations(subject: Mapping[str, Any]) -> Iterator[Association]:
    for one in nodes(subject.get("association")):
        found = Association(
            type=string(one, "associationType"),
            source=string(one, "sourceId"),
            target=string(one, "targetId"),
        )
        if found.type and is_iri(found.source) and is_iri(found.target):
            yield found


def doubts(record: LearnerRecord, documents: Sequence[Mapping[str, Any]]) -> tuple[Doubt, ...]:
    """What is odd about the record, given the ``documents`` inside it as far as they could be opened (in any order)."""
    return (*_other_people(record, documents), *_loose_ends(record, documents))


def _other_people(record: LearnerRecord, documents: Sequence[Mapping[str, Any]]) -> Iterator[Doubt]:
    """A record about one person can carry a credential about another one: nothing in the standard forbids it."""
    for document in documents:
        told = {string(one, "id") for one in nodes(document.get("credentialSubject"))} - {""}
        if record.subject_id and told and record.subject_id not in told:
            yield Doubt(
                kind="other-subject",
                message=say(
                    "The credential %(id)s names another learner than the record does.",
                    id=string(document, "id") or string(document, "name"),
                ),
                path=f"{_SUBJECT}.id",
            )


def _loose_ends(record: LearnerRecord, documents: Sequence[Mapping[str, Any]]) -> Iterator[Doubt]:
    known = {one.id for one in record.achievements}
    for document in documents:
        known.add(string(document, "id"))
        for subject in nodes(document.get("credentialSubject")):
            known.update(string(one, "id") for one in nodes(subject.get("achievement")))
    for number, one in enumerate(record.associations):
        missing = next((end for end in (one.source, one.target) if end not in known), "")
        if missing:
            yield Doubt(
                kind="loose-association",
                message=say("An association names %(id)s, which is not in the record.", id=missing),
                path=f"{_SUBJECT}.association[{number}]",
            )
