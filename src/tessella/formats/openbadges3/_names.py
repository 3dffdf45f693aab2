"""The names of Open Badges 3.0: context addresses, types and enumerations (Open Badges 3.0, data model)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tessella.model import RecordType

__all__ = [
    "ACHIEVEMENT_TYPES",
    "CREDENTIALS_V1",
    "CREDENTIALS_V2",
    "CREDENTIAL_TYPES",
    "EXTENSION_CONTEXT_URL",
    "EXT_NAME",
    "IDENTIFIER_TYPES",
    "LANGUAGE_TAG",
    "OB_CONTEXT",
    "OB_CONTEXTS",
    "OB_EXTENSIONS",
    "RECORD_TYPES",
    "TYPES_OF_EXTENSIONS",
    "context_urls",
    "credential_types",
    "identifier_type",
    "scheme_of",
]

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
OB_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
EXTENSION_CONTEXT_URL = "https://w3id.org/tessella/micro-credential/v1"

OB_CONTEXTS = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)*\.json"
    r"|https://purl\.imsglobal\.org/spec/ob/v3p0/context/ob_v3p0\.jsonld"
    r"|https://imsglobal\.github\.io/openbadges-specification/context(-3\.\d\.\d)*\.json"
)
"""The context's address in the standard's pattern, and the two that drafts used and badges in the wild still name."""

TYPES_OF_EXTENSIONS = frozenset(
    {"1EdTechJsonSchemaValidator2019", "1EdTechRevocationList", "1EdTechCredentialRefresh"}
)
"""Types that only the context `OB_EXTENSIONS` defines."""

_VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
CREDENTIAL_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})

ACHIEVEMENT_TYPES: Mapping[RecordType, str] = {
    RecordType.MICRO_CREDENTIAL: "MicroCredential",
    RecordType.ACHIEVEMENT: "Achievement",
    RecordType.PARTICIPATION: "ext:Participation",
    RecordType.MEMBERSHIP: "Membership",
    RecordType.MOTIVATION: "ext:Motivation",
    RecordType.CONTRIBUTION: "ext:Contribution",
    RecordType.RECOGNITION_DECISION: "ext:RecognitionDecision",
}
RECORD_TYPES = {name: record_type for record_type, name in ACHIEVEMENT_TYPES.items()}

EXT_NAME = re.compile(r"ext:[A-Za-z0-9._-]+")
"""How the standard lets enumerations be extended."""

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""A BCP 47 tag, by its form."""

IDENTIFIER_TYPES = frozenset(
    {
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
    }
)
"""The words of IdentifierTypeEnum, but for ``identifier``, which says nothing."""


def identifier_type(scheme: str) -> str:
    """The identifierType for an identifier scheme of the record; ``identifier`` when it cannot be said."""
    if scheme in IDENTIFIER_TYPES:
        return scheme
    return extended if EXT_NAME.fullmatch(extended := f"ext:{scheme}") else "identifier"


def scheme_of(kind: str) -> str:
    """The record's identifier scheme for an identifierType."""
    return "" if kind == "identifier" else kind.removeprefix("ext:")


def context_urls(document: Mapping[str, Any]) -> tuple[Any, ...]:
    """The entries of ``@context``, in order."""
    context = document.get("@context")
    return tuple(context) if isinstance(context, list) else (context,) if context is not None else ()


def credential_types(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The types of a node, with the vocabulary's own IRIs shortened to their names."""
    types = document.get("type")
    listed = types if isinstance(types, list) else [types]
    return tuple(name.removeprefix(_VOCABULARY) for name in listed if isinstance(name, str))
