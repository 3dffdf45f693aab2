"""Coded values: a `Concept` of the record as the inlined SKOS concept of a credential."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.formats.elm._tables import Row, terms, valid_for
from tessella.vocabulary import Concept, by_uri, list_of

__all__ = ["complete", "concept_object", "fits", "is_uri", "read_concept", "scheme_demanded"]

ESCO_SKILLS = "http://data.europa.eu/esco/concept-scheme/skills"
_ESCO_SKILL = "http://data.europa.eu/esco/skill/"
_NAMED_BY_NOTATION = "http://publications.europa.eu/resource/authority/"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z").match


def is_uri(text: str) -> bool:
    """Whether a text can stand as the id of a node."""
    return _URI(text) is not None


def complete(concept: Concept) -> Concept:
    """The concept with the scheme, code and labels its list knows, where it does not say them itself."""
    known = by_uri(concept.uri)
    if known is None:
        if concept.uri.startswith(_ESCO_SKILL) and not concept.scheme:
            return msgspec.structs.replace(concept, scheme=ESCO_SKILLS)
        return concept
    return msgspec.structs.replace(known, uri=concept.uri, labels=concept.labels or known.labels)


def scheme_demanded(owner: str, term: str) -> str:
    """The concept scheme ELM demands for a property of a class; empty when any concept will do."""
    table = terms()
    rows: tuple[Row, ...] = valid_for(table.types[owner]).get(table.properties[term].property, ())
    return next((row.scheme for row in rows if row.scheme), "")


def fits(concept: Concept, owner: str, term: str) -> bool:
    """Whether ELM takes the concept there: it has a URI, and comes from the list if one is demanded."""
    full, demanded = complete(concept), scheme_demanded(owner, term)
    return is_uri(full.uri) and (not demanded or full.scheme == demanded)


def concept_object(concept: Concept) -> dict[str, Any]:
    """The concept in full: id, type, scheme, labels, and the list's name where the list is used that way."""
    full = complete(concept)
    made: dict[str, Any] = {"id": full.uri, "type": "Concept"}
    if is_uri(full.scheme):
        made["inScheme"] = {"id": full.scheme, "type": "ConceptScheme"}
    if full.labels:
        made["prefLabel"] = dict(full.labels)
    if notation := _notation(full.scheme):
        made["notation"] = notation
    return made


def _notation(scheme: str) -> str:
    if scheme == ESCO_SKILLS:
        return "Skill"
    return scheme.removeprefix(_NAMED_BY_NOTATION) if scheme.startswith(_NAMED_BY_NOTATION) else ""


def read_concept(uri: str, node: Mapping[str, Any], labels: Mapping[str, str]) -> Concept:
    """A concept as a credential carries it, with what its list knows."""
    schemes = node.get("inScheme")
    first = schemes[0] if isinstance(schemes, list) and schemes else schemes
    named = first.get("id") if isinstance(first, Mapping) else first
    scheme = named if isinstance(named, str) else ""
    known = by_uri(uri)
    if known is not None and (not scheme or list_of(scheme) is not None):
        return msgspec.structs.replace(known, labels=dict(labels) or known.labels)
    return Concept(uri=uri, scheme=scheme, labels=dict(labels))
