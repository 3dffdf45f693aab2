"""Reading the RDF files of the official download (Turtle, N-Triples or RDF/XML), statement by statement.

Labels are taken from SKOS, or from SKOS-XL where a file has only that. What the file says about one concept may be
scattered, so all labels are held in memory until the end: about 400 MB for the whole classification in all languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO, Any

from django.utils.translation import gettext as _

from tessella_web.catalogue.esco.files import Member
from tessella_web.catalogue.esco.models import Kind, LinkKind
from tessella_web.catalogue.esco.rows import ConceptRow, LabelRow, LinkRow, Row
from tessella_web.common.errors import RefusedError

__all__ = ["MAX_STATEMENTS", "SUFFIXES", "read_graph"]

MAX_STATEMENTS = 60_000_000
"""Statements of one file; the whole of ESCO has about 20 million."""

SUFFIXES = {".ttl": "TURTLE", ".nt": "N_TRIPLES", ".rdf": "RDF_XML", ".xml": "RDF_XML", ".owl": "RDF_XML"}

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XL = "http://www.w3.org/2008/05/skos-xl#"
_ESCO = "http://data.europa.eu/esco/model#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_KINDS = {f"{_ESCO}Skill": Kind.SKILL, f"{_ESCO}Occupation": Kind.OCCUPATION}
_FORWARD = {
    f"{_ESCO}relatedEssentialSkill": LinkKind.ESSENTIAL,
    f"{_ESCO}relatedOptionalSkill": LinkKind.OPTIONAL,
    f"{_SKOS}broader": LinkKind.BROADER,
}
_BACKWARD = {
    f"{_ESCO}isEssentialSkillFor": LinkKind.ESSENTIAL,
    f"{_ESCO}isOptionalSkillFor": LinkKind.OPTIONAL,
    f"{_SKOS}narrower": LinkKind.BROADER,
}
_PREFERRED = frozenset({f"{_SKOS}prefLabel"})
_OTHERS = frozenset({f"{_SKOS}altLabel", f"{_SKOS}hiddenLabel"})
_XL_PREFERRED, _XL_OTHERS = f"{_XL}prefLabel", frozenset({f"{_XL}altLabel", f"{_XL}hiddenLabel"})
_FACTS = {
    f"{_ESCO}skillType": "skill_type",
    f"{_ESCO}skillReuseLevel": "reuse",
    f"{_SKOS}notation": "code",
}
_VERSION = "http://www.w3.org/2002/07/owl#versionInfo"


class _Collected:
    """What the statements said so far."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.concepts: set[str] = set()
        self.facts: dict[str, dict[str, str]] = {}
        self.preferred: dict[tuple[str, str], str] = {}
        self.others: dict[tuple[str, str], list[str]] = {}
        self.nodes: dict[str, tuple[str, bool]] = {}
        self.forms: dict[str, tuple[str, str]] = {}
        self.links: set[LinkRow] = set()
        self.version = ""

    def add(self, subject: str, predicate: str, node: Any) -> None:
        value = node.value
        if predicate == _TYPE:
            if value in _KINDS:
                self.kinds[subject] = _KINDS[value]
            if value == f"{_SKOS}Concept":
                self.concepts.add(subject)
        elif predicate in _PREFERRED:
            self.preferred[subject, (node.language or "en").lower()] = value
        elif predicate in _OTHERS:
            self.others.setdefault((subject, (node.language or "en").lower()), []).append(value)
        elif predicate in _FORWARD:
            self.links.add(LinkRow(_FORWARD[predicate], subject, value))
        elif predicate in _BACKWARD:
            self.links.add(LinkRow(_BACKWARD[predicate], value, subject))
        elif predicate in _FACTS:
            self.facts.setdefault(subject, {})[_FACTS[predicate]] = value.rpartition("/")[2]
        elif predicate == _XL_PREFERRED or predicate in _XL_OTHERS:
            self.nodes[value] = (subject, predicate == _XL_PREFERRED)
        elif predicate == f"{_XL}literalForm":
            self.forms[subject] = ((node.language or "en").lower(), value)
        elif predicate == _VERSION:
            self.version = self.version or value

    def rows(self) -> Iterator[Row]:
        """Concepts, their labels, then the relations."""
        for node, (subject, is_preferred) in self.nodes.items():
            if node in self.forms:
                language, text = self.forms[node]
                if is_preferred:
                    self.preferred.setdefault((subject, language), text)
                elif text not in self.others.get((subject, language), ()):
                    self.others.setdefault((subject, language), []).append(text)
        for uri in sorted({*self.kinds, *self.concepts}):
            kind = self.kinds.get(uri) or _kind_of(uri)
            if kind:
                yield ConceptRow(uri, kind, **self.facts.get(uri, {}))
        for (uri, language), text in self.preferred.items():
            yield LabelRow(uri, language, text, tuple(dict.fromkeys(self.others.get((uri, language), ()))))
        yield from self.links


def read_graph(member: Member) -> Iterator[Row]:
    """The rows of an RDF file.

    Raises:
        RefusedError: ``esco.graph``: it cannot be read, or has too many statements; ``esco.no-reader``.
    """
    found = _Collected()
    for count, statement in enumerate(_statements(member)):
        if count >= MAX_STATEMENTS:
            raise _refused(member.name, _("it has more than %(most)s statements") % {"most": MAX_STATEMENTS})
        found.add(statement.subject.value, statement.predicate.value, statement.object)
    yield from found.rows()


def _statements(member: Member) -> Iterator[Any]:
    try:
        import pyoxigraph
    except ImportError as error:
        raise RefusedError(
            _("RDF cannot be read here."), code="esco.no-reader",
            hint=_("Install the package pyoxigraph, or load the CSV download."),
        ) from error  # fmt: skip
    format = getattr(pyoxigraph.RdfFormat, SUFFIXES[member.name[member.name.rfind(".") :].lower()])
    opened: AbstractContextManager[IO[bytes]] = member.open()
    with opened as stream:
        try:
            yield from (one for one in pyoxigraph.parse(stream, format=format) if _is_plain(one))
        except (SyntaxError, ValueError, OSError) as error:
            raise _refused(member.name, str(error)) from error


def _is_plain(statement: Any) -> bool:
    return hasattr(statement.subject, "value") and hasattr(statement.object, "value")


def _kind_of(uri: str) -> str:
    if "/esco/isco/" in uri:
        return Kind.OCCUPATION_GROUP
    return Kind.SKILL_GROUP if "/esco/skill/" in uri or "/esco/isced-f/" in uri else ""


def _refused(name: str, why: str) -> RefusedError:
    return RefusedError(
        _("%(name)s cannot be read as RDF: %(why)s.") % {"name": name, "why": why[:200]},
        code="esco.graph", hint=_("Download it again, or load the CSV download."),
    )  # fmt: skip
