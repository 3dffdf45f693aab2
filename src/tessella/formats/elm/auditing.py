"""What the official shapes let pass, and a careful reader would not.

The shapes are open: a property the context does not define is lost in silence, one that its class does not have is
not looked at, and of a coded value only the scheme is checked. `audit` notes these, with odd durations and dates, and ids used
for different things. Notes are advice: a credential with notes may be perfectly valid.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tessella.errors import LimitError
from tessella.formats.elm._graph import MAX_DEPTH, Place, path_of
from tessella.formats.elm._notes import SCHEME
from tessella.formats.elm._tables import TYPED, Term, Terms, terms, valid_for
from tessella.formats.elm._views import Remark
from tessella.text import say
from tessella.vocabulary import list_of

__all__ = ["audit"]

_ALWAYS = frozenset(("id", "type", "@context"))
_STATUS_ENTRY = "CredentialStatus"
_LONG = re.compile(r"-?P(?!T)[0-9].*[YM]").match
_MIDNIGHT_ELSEWHERE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T2[23]:00:00(\.0+)?Z\Z").match
_DAYS = frozenset(
    ("dateOfBirth", "awardingDate", "dateIssued", "startDate", "endDate", "expiryDate", "reviewDate", "valid")
)
"""Points in time that people mean as days."""
_OURS = frozenset((SCHEME, "urn:tessella:qf-ehea", "urn:tessella:isced-level"))


def audit(document: Mapping[str, Any]) -> list[Remark]:
    """Notes on a credential, in document order: kind ``undefined-term``, ``misplaced-property``, ``lost-value``,
    ``not-in-list``, ``duration``, ``shifted-date``, ``date-order`` or ``id-reuse``.

    Raises:
        LimitError: nested deeper than `MAX_DEPTH` levels.
    """
    auditor = _Auditor(terms())
    auditor.node(document, None, 0)
    auditor.found += _dates(document)
    return list(dict.fromkeys(auditor.found))


class _Auditor:
    def __init__(self, table: Terms) -> None:
        self.table = table
        self.found: list[Remark] = []
        self.first: dict[str, tuple[bytes, Place]] = {}

    def remark(self, place: Place, kind: str, message: str, *more: str) -> None:
        self.found.append(Remark(path_of(place, *more), kind, message))

    def node(self, node: Mapping[str, Any], place: Place, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise LimitError(
                say("The credential is nested too deeply."), place=path_of(place), expected=MAX_DEPTH
            )
        if self.known(node, place):
            return
        given = node.get("type")
        names = [name for name in (given if isinstance(given, list) else [given]) if isinstance(name, str)]
        if "Concept" in names:
            self.concept(node, place)
        terms_here = self.table.properties
        for name in names:
            terms_here = self.table.scoped.get(name, terms_here)
        known = {iri for name in names for iri in valid_for(self.table.types.get(name, name))}
        for key, value in node.items():
            if key in _ALWAYS:
                continue
            term = terms_here.get(key)
            if term is None or key in self.table.types:
                if _STATUS_ENTRY not in names and not key.startswith("@") and ":" not in key:
                    self.remark(
                        (place, key),
                        "undefined-term",
                        say("“%(key)s” is not defined by the context: verifiers ignore it.", key=key),
                    )
                continue
            if names and known and term.property not in known:
                self.remark(
                    (place, key),
                    "misplaced-property",
                    say("%(owner)s has no property “%(key)s”.", owner=" / ".join(names), key=key),
                )
            self.values(term, value, (place, key), depth)

    def values(self, term: Term, value: Any, place: Place, depth: int) -> None:
        if isinstance(value, list):
            if depth > MAX_DEPTH:
                raise LimitError(
                    say("The credential is nested too deeply."), place=path_of(place), expected=MAX_DEPTH
                )
            for number, item in enumerate(value):
                self.values(term, item, (place, number), depth + 1)
        elif term.kind == TYPED and isinstance(value, str):
            self.literal(term, value, place)
        elif term.name in ("dateModified", "descriptionHtml") and isinstance(value, str):
            self.remark(
                place,
                "lost-value",
                say("The context reads “%(key)s” as a link, so its value is lost.", key=term.name),
            )
        elif isinstance(value, Mapping) and not _is_language_map(term, value):
            self.node(value, place, depth + 1)

    def literal(self, term: Term, value: str, place: Place) -> None:
        if term.datatype.endswith("#duration") and _LONG(value):
            self.remark(
                place,
                "duration",
                say(
                    "“%(value)s” is in months or years; minutes and hours are written PT60M and PT60H.",
                    value=value,
                ),
            )
        elif term.name in _DAYS and _MIDNIGHT_ELSEWHERE(value):
            self.remark(
                place,
                "shifted-date",
                say(
                    "“%(value)s” looks like a midnight of another time zone: a date cut from it is a day early.",
                    value=value,
                ),
            )

    def concept(self, node: Mapping[str, Any], place: Place) -> None:
        """A concept that says it is in a list we know, and is not."""
        schemes = node.get("inScheme")
        uri = node.get("id")
        for scheme in schemes if isinstance(schemes, list) else (schemes,):
            named = scheme.get("id") if isinstance(scheme, Mapping) else scheme
            codes = list_of(named) if isinstance(named, str) and named not in _OURS else None
            if codes is not None and isinstance(uri, str) and not codes.in_list(uri):
                self.remark(
                    place,
                    "not-in-list",
                    say("“%(uri)s” is not in the list %(list)s it names.", uri=uri, list=codes.name),
                )

    def known(self, node: Mapping[str, Any], place: Place) -> bool:
        """Whether the same object was looked at before. The same id with other content is remarked on.

        A mere reference has no content.
        """
        uri = node.get("id")
        if not isinstance(uri, str) or set(node) <= {"id", "type"}:
            return False
        content = msgspec.json.encode(node, order="deterministic")
        first, where = self.first.setdefault(uri, (content, place))
        if first is content:
            return False
        if first != content:
            at = path_of(where) or say("the top")
            self.remark(
                place,
                "id-reuse",
                say("The id “%(id)s” stands for something else at %(first)s.", id=uri, first=at),
            )
        return first == content


def _is_language_map(term: Term, value: Mapping[str, Any]) -> bool:
    return (
        "id" not in value
        and "type" not in value
        and term.datatype == ""
        and all(isinstance(item, str | list | None) for item in value.values())
    )


def _dates(document: Mapping[str, Any]) -> Iterator[Remark]:
    """Dates of the credential that contradict each other."""
    for earlier, later in (
        ("issuanceDate", "issued"),
        ("validFrom", "validUntil"),
        ("validFrom", "expirationDate"),
        ("issued", "expirationDate"),
    ):
        first, second = _instant(document.get(earlier)), _instant(document.get(later))
        if first is None or second is None:
            continue
        if first != second if earlier == "issuanceDate" else first > second:
            message = say(
                "“%(first)s” (%(a)s) and “%(second)s” (%(b)s) contradict each other.",
                first=earlier, a=document[earlier], second=later, b=document[later],
            )  # fmt: skip
            yield Remark(earlier, "date-order", message)


def _instant(value: Any) -> dt.datetime | None:
    """A point in time; one without a zone, or not readable, compares with nothing."""
    try:
        made = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return made if made.tzinfo else None
