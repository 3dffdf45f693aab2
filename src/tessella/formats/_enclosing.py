"""What the formats of our own have in common: a verifiable credential whose subject is one of our structs, seal and all left to others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec

from tessella import typed

__all__ = ["Enclosing", "Violation"]

S = TypeVar("S", bound=msgspec.Struct)

_PLACE = re.compile(r" - at `\$?([^`]*)`")


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a document, and where."""

    constraint: str
    path: str
    message: str


class Enclosing(Generic[S]):
    """Documents of one type (VC Data Model 2.0), with terms under ``vocabulary`` and a subject that is read as ``subject``."""

    def __init__(self, type: str, *, vocabulary: str, subject: type[S]) -> None:
        self.type, self.subject = type, subject
        self.contexts: tuple[Any, ...] = (
            "https://www.w3.org/ns/credentials/v2",
            {"@vocab": vocabulary},
        )

    def document(
        self, subject: dict[str, Any], *, id: str, issuer: str, name: str, at: dt.datetime
    ) -> dict[str, Any]:
        """The document to be sealed; ``at`` has a time zone and is written in UTC to the second."""
        moment = at.astimezone(dt.UTC).replace(microsecond=0)
        return {
            "@context": list(self.contexts),
            "id": id,
            "type": ["VerifiableCredential", self.type],
            "issuer": {"id": issuer, "name": name},
            "validFrom": moment.isoformat().replace("+00:00", "Z"),
            "credentialSubject": subject,
        }

    def detect(self, document: Mapping[str, Any]) -> bool:
        """Whether it says that it is one, well-formed or not."""
        types = document.get("type")
        return isinstance(types, list) and self.type in types and "VerifiableCredential" in types

    def read(self, document: Mapping[str, Any]) -> S:
        """Its subject.

        Raises:
            msgspec.ValidationError: it has another structure; `structure` tells it.
        """
        return typed.convert(document.get("credentialSubject"), self.subject)

    @staticmethod
    def structure(error: msgspec.ValidationError) -> Violation:
        """The structure that is wrong, with its place."""
        told = str(error)
        place = _PLACE.search(told)
        return Violation(
            constraint="structure",
            path="$.credentialSubject" + (place.group(1) if place else ""),
            message=_PLACE.sub("", told) + ".",
        )
