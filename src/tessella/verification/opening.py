"""From a sealed document to the record: the one reading path that showing, checking, converting and verifying share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from tessella.canonical import ContextStore, canonicalize
from tessella.containers import Kind
from tessella.errors import DecodeError, SchemaError, TessellaError, UnsupportedError
from tessella.formats import (
    attestation,
    clr,
    elm,
    elmo,
    openbadges2,
    openbadges3,
    stacking_proof,
    verification_report,
)
from tessella.model import Award
from tessella.rendering import verdict_words
from tessella.text import say
from tessella.verdicts import Finding, Severity, Verdict
from tessella.verification._outcome import explain
from tessella.verification._records import embedded, record_facts
from tessella.verification._sealing import judge
from tessella.verification.envelopes import Envelope, envelopes, no_credential
from tessella.verification.surroundings import known_contexts

__all__ = ["FORMATS", "Format", "Opened", "open_credentials", "open_envelope", "read_credential"]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader gives: the award, if the credential is about one, tolerated quirks in words, and doubts.

    ``facts`` are what a reader needs first of a credential without an award.
    """

    award: Award | None = None
    notes: tuple[str, ...] = ()
    doubts: tuple[Finding, ...] = ()
    facts: dict[str, Any] = {}


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A wire format as verification uses it.

    ``detect`` tells whether a JSON object is one, ``validate`` what breaks its rules, ``read`` the record,
    ``audit`` what the rules allow and is doubtful all the same.
    """

    id: str
    title: str
    detect: Callable[[Mapping[str, Any]], bool]
    validate: Callable[[Mapping[str, Any]], Iterator[Finding]]
    read: Callable[[Mapping[str, Any]], Read]
    audit: Callable[[Mapping[str, Any], ContextStore], Iterator[Finding]]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A credential opened: what it is, its JSON, and the record as far as it could be read.

    ``findings`` are broken rules of the format, ``doubts`` what the rules allow and is odd. ``problem`` says why there is no
    ``award`` and ``problem_verdict`` what that means for the check *format*; ``facts`` stand in for the award of a credential that is
    about none. Nothing here says that the
    content is true: the seal has not been looked at.
    """

    name: str = "-"
    where: str = ""
    format: str = ""
    title: str = ""
    sealed: str = ""
    document: dict[str, Any]
    award: Award | None = None
    findings: tuple[Finding, ...] = ()
    doubts: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = {}
    problem: TessellaError | None = None

    @property
    def problem_verdict(self) -> Verdict:
        """Failed for what is wrong, indeterminate for what is merely not known here."""
        return judge(self.problem) if self.problem else Verdict.PASSED


def read_credential(data: bytes | str, name: str = "-") -> Opened:
    """The credential in a file, opened; of several the first that can be read, with a note.

    Raises:
        DecodeError, LimitError, SchemaError, UnsupportedError: there is none that can be read.
    """
    opened = open_credentials(data, name)
    readable = [one for one in opened if one.award is not None]
    if not readable:
        raise opened[0].problem or _nothing()
    first = readable[0]
    if len(opened) == 1:
        return first
    note = say("The file holds %(count)s credentials; this is one of them.", count=len(opened))
    return msgspec.structs.replace(first, notes=(note, *first.notes))


def open_credentials(data: bytes | str, name: str = "-") -> tuple[Opened, ...]:
    """Every credential in a file, opened, with those in learner records; those that cannot be read come with their ``problem``.

    Raises:
        DecodeError, LimitError, UnsupportedError: the file itself cannot be read, or holds no credential.
    """
    found = [
        one
        for whole in envelopes(as_bytes(data))
        if whole.kind is not Kind.PDF  # a sealed page for people: nothing to read
        for one in (whole, *embedded(whole))
    ]
    if not found:
        raise no_credential()
    return tuple(msgspec.structs.replace(open_envelope(one), name=name) for one in found)


def as_bytes(data: bytes | str) -> bytes:
    """Text as UTF-8.

    Raises:
        DecodeError: ``input.encoding``, half a character.
    """
    if isinstance(data, bytes):
        return data
    try:
        return data.encode()
    except UnicodeEncodeError as error:
        raise DecodeError(
            say("The text contains half a character (a lone surrogate)."),
            code="input.encoding",
            hint=say("Remove or repair the broken character."),
        ) from error


def open_envelope(envelope: Envelope, contexts: ContextStore | None = None) -> Opened:
    """Detect, validate and read one credential; ``contexts`` are those that may be used. Never raises for what is wrong with it."""
    base = Opened(
        where=envelope.where,
        sealed=envelope.mechanism,
        document=envelope.document,
        notes=envelope.notes,
        problem=envelope.problem,
    )
    if envelope.problem is not None:
        return base
    if envelope.kind is Kind.PDF:
        return msgspec.structs.replace(base, format="pdf", title="a PDF")
    document = envelope.document
    found = next((one for one in FORMATS if one.detect(document)), None)
    if found is None:
        return msgspec.structs.replace(base, problem=_unknown(document))
    base = msgspec.structs.replace(base, format=found.id, title=found.title)
    try:
        base = msgspec.structs.replace(base, findings=tuple(found.validate(document)))
        base = msgspec.structs.replace(
            base, doubts=tuple(found.audit(document, contexts or known_contexts()))
        )
        read = found.read(document)
        return msgspec.structs.replace(
            base,
            award=read.award,
            facts=read.facts,
            notes=(*base.notes, *read.notes),
            doubts=tuple(dict.fromkeys((*base.doubts, *read.doubts))),
        )
    except TessellaError as error:
        # What breaks the rules may also be unreadable: the broken rules say it better.
        broken = any(one.severity is Severity.ERROR for one in base.findings)
        return base if broken else msgspec.structs.replace(base, problem=error)


def _unknown(document: Mapping[str, Any]) -> TessellaError:
    if not document:
        return SchemaError(
            say("Its content cannot be put together, so what it says is not known."),
            code="input.schema.credential",
            hint=say("The check of the seal says why."),
        )
    types = [document["vct"]] if isinstance(document.get("vct"), str) else _types(document)
    if "VerifiableCredential" in types or "vct" in document:
        return UnsupportedError(
            say(
                "This is a verifiable credential of a kind that is not read here: %(types)s.",
                types=", ".join(types),
            ),
            code="unsupported.format",
            got=", ".join(types),
            expected=" | ".join(one.id for one in FORMATS),
            hint=say(
                "European Digital Credentials, Open Badges 3.0 and 2.0, learner records and attestations are read."
            ),
        )
    return SchemaError(
        say("This is no credential: it lacks the type of one."),
        code="input.schema.credential",
        got=", ".join(types) or None,
        expected="VerifiableCredential",
        hint=say("Give the file that the issuer made."),
    )


def _nothing() -> SchemaError:
    return SchemaError(
        say("The credential breaks the rules of its format so that it cannot be read."),
        code="input.schema.credential",
        hint=say("Verify it to see which rules."),
    )


def _types(document: Mapping[str, Any]) -> list[str]:
    types = document.get("type")
    return [one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str)]


# --- European Digital Credentials --------------------------------------------------------------------


def _validate_edc(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in elm.validate(document, profile=_edc_profile(document)):
        yield _finding(
            "edc." + one.constraint, one.node_class, one.property, one.path, one.message, one.remedy
        )


def _edc_profile(document: Mapping[str, Any]) -> str:
    """The application profile that the credential's schema names; the generic one when it names none."""
    schemas = document.get("credentialSchema")
    named = {
        one.get("id")
        for one in (schemas if isinstance(schemas, list) else [schemas])
        if isinstance(one, Mapping)
    }
    profiles = elm.WRITTEN_PROFILES.items()
    return next((name for name, (schema, _) in profiles if schema in named), "generic")


def _read_edc(document: Mapping[str, Any]) -> Read:
    found = elm.read(document)
    doubts = tuple(_doubt(f"edc.{one.kind}", one.message, one.path) for one in found.remarks)
    return Read(award=found.award, doubts=doubts)


def _audit_edc(document: Mapping[str, Any], contexts: ContextStore) -> Iterator[Finding]:
    for one in elm.audit(document):
        yield _doubt(f"edc.{one.kind}", one.message, one.path)


# --- Open Badges -------------------------------------------------------------------------------------

_BADGE_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/"


def _is_badge(document: Mapping[str, Any]) -> bool:
    """A badge, an endorsement, or what claims the context of badges without being one."""
    contexts = document.get("@context")
    claimed = any(
        isinstance(one, str) and one.startswith(_BADGE_CONTEXT)
        for one in (contexts if isinstance(contexts, list) else [contexts])
    )
    return claimed or openbadges3.detect(document)


def _validate_badge(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in openbadges3.validate(document):
        rule = f"openbadges3.{one.constraint}"
        yield _finding(rule, one.node_class, one.property, one.path, one.message, one.remedy)


def _validate_old_badge(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in openbadges2.validate(document):
        rule = f"openbadges2.{one.constraint}"
        yield _finding(rule, one.node_class, one.property, one.path, one.message, one.remedy)


def _read_old_badge(document: Mapping[str, Any]) -> Read:
    if not openbadges2.is_assertion(document):
        return Read(notes=(say("This is a part of a badge, not an award to a learner."),))
    found = openbadges2.read(document)
    return Read(award=found.award, notes=tuple(note.message for note in found.notes))


def _finding(rule: str, node: str, name: str, path: str, message: str, remedy: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        element=f"{node}.{name}".strip("."),
        message=message,
        remedy=remedy,
        place=path,
    )


def _read_badge(document: Mapping[str, Any]) -> Read:
    if "EndorsementCredential" in _types(document):
        return Read(notes=(say("This is an endorsement, not an award to a learner."),))
    found = openbadges3.read(document)
    newer = (one.get("id") for one in found.credential.refresh if isinstance(one, Mapping))
    told = tuple(
        say("Its issuer may offer a newer copy at %(url)s; it was not asked for.", url=url[:200])
        for url in newer
        if isinstance(url, str)
    )
    return Read(award=found.award, notes=(*(note.message for note in found.notes), *told))


def _validate_record(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in clr.validate(document):
        yield _finding(
            f"clr.{one.constraint}", one.node_class, one.property, one.path, one.message, one.remedy
        )


def _read_record(document: Mapping[str, Any]) -> Read:
    facts, doubts = record_facts(document)
    return Read(
        notes=(
            say("This is a record of credentials by several issuers; each of them is verified by itself."),
        ),
        doubts=tuple(_doubt(f"clr.{one.kind}", one.message, one.path) for one in doubts),
        facts=facts,
    )


def _validate_report(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in verification_report.validate(document):
        yield _finding(f"verification-report.{one.constraint}", "", "", one.path, one.message, "")


def _read_report(document: Mapping[str, Any]) -> Read:
    """What it reports stands in the title: that the report is genuine says nothing for the credential it is about."""
    found = verification_report.read(document)
    word = verdict_words(found.verdict).word
    return Read(
        notes=(
            say(
                "This is a report on a verification; what it found is another thing than whether it is genuine."
            ),
        ),
        facts={
            "title": say("Verification report on %(file)s: %(verdict)s", file=found.file.name, verdict=word),
            "reported_verdict": found.verdict,
            "reported_file": found.file.name,
            "reported_sha256": found.file.sha256,
            "reported_as_of": found.as_of,
            "issued_at": found.checked_at,
        },
    )


def _validate_proof(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in stacking_proof.validate(document):
        yield _finding(f"stacking-proof.{one.constraint}", "", "", one.path, one.message, "")


def _read_proof(document: Mapping[str, Any]) -> Read:
    """Whose proof it is; whether it holds is another question, which the independent checker answers."""
    found = stacking_proof.read(document)
    return Read(
        notes=(say("Whether the grounds of the decision hold is checked with: tessella stack verify-proof"),),
        facts={
            "title": say("Proof of a decision: %(title)s", title=found.title),
            "proved_award": found.award,
            "proved_outcome": str(found.proof.get("outcome", "")),
            "proved_on": found.decided_on,
            "decided_by": found.decided_by,
        },
    )


def _is_elmo(document: Mapping[str, Any]) -> bool:
    """What was taken out of an XML file: no JSON has bytes."""
    return isinstance(document.get("elmo"), bytes)


def _validate_elmo(document: Mapping[str, Any]) -> Iterator[Finding]:
    for one in elmo.validate(document["elmo"]):
        yield _finding(f"elmo.{one.constraint}", one.element, "", one.path, one.message, "")


def _read_elmo(document: Mapping[str, Any]) -> Read:
    found = next(one for one in elmo.read(document["elmo"]) if one.place == document["place"])
    return Read(award=found.award, notes=tuple(note.message for note in found.notes))


def _audit_elmo(document: Mapping[str, Any], contexts: ContextStore) -> Iterator[Finding]:
    for one in elmo.audit(document["elmo"]):
        yield _doubt(one.code, one.message, one.place)


def _validate_attestation(claims: Mapping[str, Any]) -> Iterator[Finding]:
    return iter(attestation.validate(claims, presented=True))  # what the holder keeps back is not broken


def _read_attestation(claims: Mapping[str, Any]) -> Read:
    found = attestation.read(claims)
    return Read(award=found.award, notes=tuple(note.message for note in found.notes))


def _audit_badge(document: Mapping[str, Any], contexts: ContextStore) -> Iterator[Finding]:
    """Whether every member means something in JSON-LD: what a context does not define is lost on other readers."""
    try:
        canonicalize({name: value for name, value in document.items() if name != "proof"}, contexts=contexts)
    except TessellaError as error:
        yield _doubt(error.code, explain(error), error.place)


def _doubt(rule: str, message: str, place: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, element="", message=message, place=place)


FORMATS: tuple[Format, ...] = (
    Format(
        id="attestation",
        title="a European micro-credential attestation (SD-JWT VC)",
        detect=attestation.detect,
        validate=_validate_attestation,
        read=_read_attestation,
        audit=lambda document, contexts: iter(()),
    ),
    Format(
        id="elmo",
        title="an ELMO file (EMREX)",
        detect=_is_elmo,
        validate=_validate_elmo,
        read=_read_elmo,
        audit=_audit_elmo,
    ),
    Format(
        id="edc",
        title="a European Digital Credential (ELM 3.2)",
        detect=elm.detect,
        validate=_validate_edc,
        read=_read_edc,
        audit=_audit_edc,
    ),
    Format(
        id="clr",
        title="a Comprehensive Learner Record 2.0",
        detect=clr.detect,
        validate=_validate_record,
        read=_read_record,
        audit=_audit_badge,
    ),
    Format(
        id="verification-report",
        title="a verification report",
        detect=verification_report.detect,
        validate=_validate_report,
        read=_read_report,
        audit=lambda document, contexts: iter(()),
    ),
    Format(
        id="stacking-proof",
        title="a signed proof that credentials combine",
        detect=stacking_proof.detect,
        validate=_validate_proof,
        read=_read_proof,
        audit=lambda document, contexts: iter(()),
    ),
    Format(
        id="openbadges3",
        title="an Open Badge 3.0",
        detect=_is_badge,
        validate=_validate_badge,
        read=_read_badge,
        audit=_audit_badge,
    ),
    Format(
        id="openbadges2",
        title="an Open Badge 2.0",
        detect=openbadges2.detect,
        validate=_validate_old_badge,
        read=_read_old_badge,
        audit=lambda document, contexts: iter(()),
    ),
)
"""The formats that are read, in the order in which they are tried."""
