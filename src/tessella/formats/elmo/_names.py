"""The names of ELMO: namespaces, types of nodes and attachments, and how identifiers are typed."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ADDRESS",
    "EXTENSION_NAMESPACE",
    "LEVEL_LISTS",
    "NAMESPACE",
    "NAMESPACES",
    "OPPORTUNITY_TYPES",
    "SEXES",
    "XML_LANG",
    "IdentifierType",
    "address",
    "elmo",
]

NAMESPACE = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
"""Of every version 1.x; what is written conforms to 1.6, and so to what follows it."""

NAMESPACES = (NAMESPACE, "https://github.com/emrex-eu/elmo-schemas/tree/v2")
"""What is read: 1.0 to 1.7 and 2.x."""

EXTENSION_NAMESPACE = "https://w3id.org/tessella/elmo/v1"
"""Of the elements in ELMO's ``extension``: what the record has and ELMO has no place for."""

ADDRESS = "https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

OPPORTUNITY_TYPES: Mapping[str, str] = {
    "Degree Programme": "programme",
    "Module": "module",
    "Course": "course",
    "Class": "class",
}
"""Types of nodes by the codes of the list ``learning-opportunity``; ELMO has no type for a micro-credential."""

SEXES: Mapping[str, str] = {"1": "male", "2": "female", "9": "not-applicable"}
"""ISO/IEC 5218, by the codes of the list ``human-sex``."""

LEVEL_LISTS: Mapping[str, str] = {"EQF": "eqf", "QF-EHEA": "qf-ehea", "ISCED": "isced-level"}
"""Types of levels whose values are codes of a list; ELMO knows EQF, others may be agreed upon."""


class IdentifierType:
    """Types of identifiers: those that ELMO defines, and ours."""

    LOCAL = "local"
    NATIONAL = "nationalIdentifier"
    ESI = "esi"
    SCHAC = "schac"
    INTERNAL = "internal"
    ID = "id"
    LEGAL = "organizationIdentifier"
    REGISTRATION = "registration"
    AWARD = "award"
    NUMBER = "number"


def elmo(name: str) -> str:
    """The tag of an element of ELMO 1.x."""
    return f"{{{NAMESPACE}}}{name}"


def address(name: str) -> str:
    """The tag of an element of an address (Erasmus Without Paper)."""
    return f"{{{ADDRESS}}}{name}"
