"""The signed verification report: what somebody verified, when and how, as a credential of its own that can be kept on file.

A report is a verifiable credential (VC Data Model 2.0) of the type ``VerificationReport`` about one file::

    build       what was found → the document, to be sealed
    detect      whether a JSON value is one
    validate    what is missing or wrong in it
    read        document → `Verification`

Whoever sealed it says that they found this. It holds what the credential says and the verdicts, so it contains personal data.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats._enclosing import Enclosing, Violation
from tessella.text import say
from tessella.verdicts import Report, Verdict

__all__ = [
    "TYPE",
    "Register",
    "Software",
    "Sources",
    "TrustedList",
    "Verification",
    "VerifiedFile",
    "Violation",
    "build",
    "detect",
    "read",
    "validate",
]

TYPE = "VerificationReport"
"""The type of the credential, beside ``VerifiableCredential``."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class VerifiedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was handed in: its name, the SHA-256 of its bytes (hexadecimal) and their number."""

    name: str
    sha256: str
    size: int


class TrustedList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trusted list that was consulted, by country, number and day of issue."""

    territory: str
    number: int = 0
    issued: dt.datetime | None = None


class Register(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A register that was consulted, as it stood: when it was last changed, and the number of its issuers."""

    name: str
    url: str = ""
    updated: dt.datetime | None = None
    issuers: int = 0


class Sources(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What was known of the world: trusted certificates (SHA-256 of their DER), lists, registers, and whether other servers were asked."""

    network: bool = False
    anchors: tuple[str, ...] = ()
    trusted_lists: tuple[TrustedList, ...] = ()
    registers: tuple[Register, ...] = ()


class Software(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With what it was verified."""

    name: str
    version: str


class Verification(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One verification as it is kept on file.

    ``as_of`` is the instant that the credential was judged as of, ``checked_at`` when that was done; ``policy`` what was demanded, as a
    mapping; ``report`` every check with its verdict and evidence; ``notice`` what whoever keeps the report must know.
    """

    type: str = "Verification"
    verdict: Verdict
    file: VerifiedFile
    as_of: dt.datetime
    checked_at: dt.datetime
    policy: dict[str, Any]
    software: Software
    sources: Sources
    report: Report
    notice: str = ""


_ENCLOSING = Enclosing(TYPE, vocabulary="urn:tessella:verification-report:", subject=Verification)


def build(verification: Verification, *, id: str, issuer: str, name: str) -> dict[str, Any]:
    """The document to be sealed; JSON values only.

    Args:
        id: identifies this report (a URN).
        issuer: the DID of whoever verified; ``name`` is theirs.
    """
    return _ENCLOSING.document(
        msgspec.to_builtins(verification), id=id, issuer=issuer, name=name, at=verification.checked_at
    )


def detect(document: Mapping[str, Any]) -> bool:
    """Whether this is a verification report, well-formed or not."""
    return _ENCLOSING.detect(document)


def validate(document: Mapping[str, Any]) -> Iterator[Violation]:
    """What is missing or wrong."""
    try:
        found = _ENCLOSING.read(document)
    except msgspec.ValidationError as error:
        yield _ENCLOSING.structure(error)
        return
    if not _SHA256.fullmatch(found.file.sha256):
        yield Violation(
            constraint="digest",
            path="$.credentialSubject.file.sha256",
            message=say("This is not a SHA-256 in hexadecimal."),
        )
    if found.verdict is not found.report.verdict:
        yield Violation(
            constraint="verdict",
            path="$.credentialSubject.verdict",
            message=say("It tells another verdict than the checks below it."),
        )


def read(document: Mapping[str, Any]) -> Verification:
    """The verification that the document reports.

    Raises:
        SchemaError: ``input.schema.verification-report``, see `validate`.
    """
    try:
        return _ENCLOSING.read(document)
    except msgspec.ValidationError as error:
        raise SchemaError(
            say("The verification report cannot be read: %(reason)s.", reason=error),
            code="input.schema.verification-report",
            place="$.credentialSubject",
            hint=say("Ask for the report again; do not edit it."),
        ) from error
