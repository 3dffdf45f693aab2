"""From the record to an ELMO file."""

from __future__ import annotations

import base64
import datetime as dt
import html
import urllib.parse
from collections.abc import Iterable, Sequence

import msgspec
from lxml import etree

from tessella.canonical.strictxml import Element, serialise_xml
from tessella.errors import SchemaError
from tessella.formats.elmo._extension import extension_tag, write_fields, write_part
from tessella.formats.elmo._names import (
    ADDRESS,
    EXTENSION_NAMESPACE,
    LEVEL_LISTS,
    NAMESPACE,
    OPPORTUNITY_TYPES,
    SEXES,
    IdentifierType,
    address,
    elmo,
)
from tessella.formats.elmo._values import add, add_text, set_text
from tessella.formats.elmo.fieldmap import carried_fields, without_losses
from tessella.formats.elmo.reading import read_plain
from tessella.model import Award, GradingScheme, Identifier, Learner, MicroCredential, Organisation
from tessella.model.base import Part
from tessella.text import Text, pick, say
from tessella.vocabulary import Concept, code_list

__all__ = ["Attachment", "write"]

MAX_ADDRESS_LINES = 4
"""Lines of an address (Erasmus Without Paper, FlexibleAddress)."""

MICRO_CREDENTIAL = "Micro Credential"
"""The type of attachment by which ELMO 1.6 knows a micro-credential."""


_PREFIXES: dict[str | None, str] = {None: NAMESPACE, "tessella": EXTENSION_NAMESPACE}


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file for people to read; ELMO wants one that says all that matters, as PDF."""

    content: bytes
    media_type: str = "application/pdf"
    title: Text = {}
    type: str = MICRO_CREDENTIAL


def write(
    award: Award,
    *,
    credential_id: str,
    issued_at: dt.datetime,
    issuer: Organisation,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The award as an ELMO 1.6 file with one report on one learning opportunity, unsealed (UTF-8).

    What ELMO's own elements do not bring back as it was stands in extensions of ours (`EXTENSION_NAMESPACE`).

    Args:
        award: what to write; ``issued_at`` counts in place of its own.
        credential_id: a URI for this copy.
        issued_at: when it is made out, with time zone.
        issuer: who seals; the report names the first awarding body, where there is one.
        attachments: what people read; each is attached to the learning opportunity.

    Raises:
        SchemaError: ``elmo.no-time-zone``; ``elmo.issuer``, the awarding body has neither identifier nor web page;
            ``elmo.character``.
    """
    if issued_at.tzinfo is None:
        raise SchemaError(
            say("The time of issuing has no time zone."),
            code="elmo.no-time-zone",
            place="issued_at",
            hint=say("Give a time with its zone."),
        )
    award = msgspec.structs.replace(without_losses(award), issued_at=issued_at)
    bodies = award.micro_credential.awarding_bodies
    root = etree.Element(elmo("elmo"), nsmap=_PREFIXES)
    add(root, "generatedDate", issued_at.isoformat())
    _learner(add(root, "learner"), award.learner)
    report = add(root, "report")
    _issuer(add(report, "issuer"), bodies[0] if bodies else issuer, award.micro_credential.language)
    node = _specification(report, award, len(attachments))
    add(report, "issueDate", issued_at.isoformat())
    _grading(report, award)
    for number, one in enumerate(attachments, 1):
        _attachment(report, one, number, award.micro_credential.language)
    _extend(root, node, award, credential_id, issuer)
    return serialise_xml(root)


def _extend(root: Element, node: Element, award: Award, credential_id: str, issuer: Organisation) -> None:
    """The extensions: exactly what reading ELMO's own elements does not give."""
    plain = read_plain(root)
    instance = node.find(f"{elmo('specifies')}/{elmo('learningOpportunityInstance')}")
    extension = add(instance, "extension")
    _differences(extension, "award", award, plain)
    if not len(extension):
        instance.remove(extension)
    extension = add(node, "extension")
    _differences(extension, "micro_credential", award.micro_credential, plain.micro_credential)
    if not len(extension):
        node.remove(extension)
    extension = add(root, "extension")
    credential = etree.SubElement(extension, extension_tag("credential"))
    set_text(etree.SubElement(credential, extension_tag("id")), credential_id)
    if not _is_same(award.micro_credential.awarding_bodies, issuer):
        sealer = Organisation(id=issuer.id, name=issuer.name, legal_id=issuer.legal_id)
        write_part(etree.SubElement(credential, extension_tag("issuer")), sealer)
    _differences(extension, "learner", award.learner, plain.learner)


def _is_same(bodies: Sequence[Organisation], issuer: Organisation) -> bool:
    """Whether the report names the one who seals."""
    first = bodies[0] if bodies else issuer
    return (first.id, first.name, first.legal_id) == (issuer.id, issuer.name, issuer.legal_id)


def _differences(extension: Element, name: str, part: Part, plain: Part) -> None:
    names = [one for one in carried_fields(type(part)) if getattr(part, one) != getattr(plain, one)]
    if names:
        write_fields(etree.SubElement(extension, extension_tag(name)), part, names)


# --- the learner and the institution --------------------------------------------------------------------


def _learner(element: Element, learner: Learner) -> None:
    if code := _two_letters("country", learner.citizenship[:1]):
        add(element, "citizenship", code)
    _identifiers(
        element,
        (
            (IdentifierType.NATIONAL, learner.national_id.value if learner.national_id else ""),
            *((one.scheme or IdentifierType.LOCAL, one.value) for one in learner.identifiers),
            (IdentifierType.ID, learner.id),
        ),
    )
    named = learner.given_name or learner.family_name
    add(element, "givenNames", learner.given_name)
    add(element, "familyName", learner.family_name if named else learner.full_name)
    if learner.birth_date:
        add(element, "bday", learner.birth_date.isoformat())
    if learner.address:
        home = etree.SubElement(element, elmo("currentAddress"), nsmap={"address": ADDRESS})
        for line in pick(learner.address).splitlines()[:MAX_ADDRESS_LINES]:
            set_text(etree.SubElement(home, address("addressLine")), line)
    sex = code_list("human-sex").get(learner.gender) if learner.gender else None
    if number := next((number for number, code in SEXES.items() if sex and sex.code == code), ""):
        add(element, "gender", number)


def _identifiers(element: Element, pairs: Iterable[tuple[str, str]]) -> int:
    """Identifiers with their types; how many there are."""
    made = [(kind, value) for kind, value in pairs if value]
    for kind, value in made:
        _set(add(element, "identifier", value), "type", kind)
    return len(made)


def _set(element: Element, name: str, value: str) -> None:
    try:
        element.set(name, value)
    except ValueError as error:
        raise SchemaError(
            say("The text has a character that XML cannot hold."),
            code="elmo.character",
            place=name,
            hint=say("Remove control characters from it."),
        ) from error


def _two_letters(list_name: str, concepts: Sequence[Concept]) -> str:
    """The ISO code, when there is one concept and it has one."""
    code = concepts[0].code if len(concepts) == 1 and code_list(list_name).in_list(concepts[0]) else ""
    return code if len(code) == 2 else ""


def _issuer(element: Element, body: Organisation, language: str) -> None:
    if code := _two_letters("country", body.countries):
        add(element, "country", code)
    pairs: list[tuple[str, str]] = [
        (IdentifierType.LEGAL, body.legal_id),
        (IdentifierType.REGISTRATION, body.registration.value if body.registration else ""),
        *((one.scheme or IdentifierType.LOCAL, one.value) for one in body.identifiers),
        (IdentifierType.ID, body.id),
    ]
    if not _identifiers(element, pairs):
        host = _host(body.homepage)
        if not host:
            raise SchemaError(
                say("The awarding body has no identifier and no web page, and ELMO asks for both."),
                code="elmo.issuer",
                place="micro_credential.awarding_bodies",
                hint=say("Add its web page to the description."),
            )
        _identifiers(element, [(IdentifierType.SCHAC, host)])
    add_text(element, "title", body.name or {language: ""}, language)
    add(element, "url", body.homepage)


def _host(page: str) -> str:
    """The domain of an institution: ELMO's best guess for its SCHAC identifier."""
    try:
        return (urllib.parse.urlsplit(page).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


# --- the learning opportunity ---------------------------------------------------------------------------


def _specification(report: Element, award: Award, attachments: int) -> Element:
    micro = award.micro_credential
    node = add(report, "learningOpportunitySpecification")
    pairs = ((one.scheme, one.value) for one in micro.identifiers if one.scheme)
    local = next((one.value for one in micro.identifiers if not one.scheme), "")
    _identifiers(node, ((IdentifierType.LOCAL, local or micro.id), *pairs))
    add_text(node, "title", micro.title or {micro.language: ""}, micro.language)
    if kind := next((name for name, code in OPPORTUNITY_TYPES.items() if _is(micro.type, code)), ""):
        add(node, "type", kind)
    if micro.fields and code_list("isced-f").in_list(micro.fields[0]):
        add(node, "iscedCode", micro.fields[0].code)
    if micro.homepage:
        add(node, "url", micro.homepage)
    add_text(node, "description", micro.description, micro.language)
    if micro.outcomes:
        add_text(node, "descriptionHtml", {micro.language: _outcomes(micro)}, micro.language)
    _instance(add(add(node, "specifies"), "learningOpportunityInstance"), award, attachments)
    return node


def _is(concept: Concept | None, code: str) -> bool:
    known = code_list("learning-opportunity")
    return concept is not None and concept == known.get(code)


def _outcomes(micro: MicroCredential) -> str:
    """The description with the learning outcomes as a list, for those who do not know the extension."""
    languages = (micro.language,)
    told = pick(micro.description, languages)
    items = "".join(f"<li>{html.escape(pick(one.title, languages))}</li>" for one in micro.outcomes)
    return (f"<p>{html.escape(told)}</p>" if told else "") + f"<ul>{items}</ul>"


def _instance(element: Element, award: Award, attachments: int) -> None:
    micro, participation = award.micro_credential, award.micro_credential.participation
    _identifiers(element, ((IdentifierType.AWARD, award.id), (IdentifierType.NUMBER, award.number)))
    if participation and participation.starts_on:
        add(element, "start", participation.starts_on.isoformat())
    if day := award.assessed_on or award.awarded_on:
        add(element, "date", day.isoformat())
    add(element, "status", "passed")
    only = award.results[0] if len(award.results) == 1 else None
    if only and only.scheme:
        add(element, "gradingSchemeLocalId", _GRADING)
    if only and only.grade:
        add(element, "resultLabel", only.grade)
    workload = micro.workload
    for one in award.credits or (workload.credits if workload else ()):
        credit = add(element, "credit")
        add(credit, "scheme", _scheme(one.system))
        add(credit, "value", format(one.points, "f"))
    _levels(element, micro)
    if participation and (spoken := _two_letters("language", participation.languages)):
        add(element, "languageOfInstruction", spoken)
    if workload and workload.contact_hours is not None:
        add(element, "engagementHours", format(workload.contact_hours, "f"))
    if attachments:
        references = add(element, "attachments")
        for number in range(1, attachments + 1):
            add(references, "ref", f"{_ATTACHED}{number}")


def _levels(element: Element, micro: MicroCredential) -> None:
    levels = micro.levels
    if levels is None:
        return
    cycle, isced = levels.qf_ehea, levels.isced
    listed = {"EQF": levels.eqf, "QF-EHEA": (cycle,) if cycle else (), "ISCED": (isced,) if isced else ()}
    for kind, concepts in listed.items():
        for one in concepts:
            if code_list(LEVEL_LISTS[kind]).in_list(one):
                _level(element, kind, one.code)
    for one in levels.nqf:
        _level(element, "NQF", one.code or one.uri, one.label(micro.language))


def _level(element: Element, kind: str, value: str, told: str = "") -> None:
    level = add(element, "level")
    add(level, "type", kind)
    if told:
        add(level, "description", told)
    add(level, "value", value)


def _scheme(system: Concept | None) -> str:
    if system is None:
        return ""
    return system.code if code_list("credit-system").in_list(system) else system.uri


_GRADING, _ATTACHED = "grading", "attachment-"
"""Identifiers within one file."""


def _grading(report: Element, award: Award) -> None:
    scheme: GradingScheme | None = award.results[0].scheme if len(award.results) == 1 else None
    if scheme is None:
        return
    element = add(report, "gradingScheme", localId=_GRADING)
    add_text(element, "description", scheme.title, award.micro_credential.language)


def _attachment(report: Element, one: Attachment, number: int, language: str) -> None:
    element = add(report, "attachment")
    identifier = Identifier(value=f"{_ATTACHED}{number}", scheme=IdentifierType.INTERNAL)
    _identifiers(element, [(identifier.scheme, identifier.value)])
    add_text(element, "title", one.title, language)
    add(element, "type", one.type)
    add(element, "content", f"data:{one.media_type};base64,{base64.b64encode(one.content).decode()}")
