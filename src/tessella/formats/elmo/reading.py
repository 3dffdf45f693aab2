"""From an ELMO file, anybody's, to records."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
from lxml import etree

from tessella.canonical.strictxml import Element, parse_xml
from tessella.errors import LimitError, SchemaError
from tessella.formats.elmo._extension import extension_tag, read_fields, read_part
from tessella.formats.elmo._names import (
    LEVEL_LISTS,
    NAMESPACE,
    NAMESPACES,
    OPPORTUNITY_TYPES,
    SEXES,
    IdentifierType,
)
from tessella.formats.elmo._values import Note, Reading, collapsed, local
from tessella.model import (
    Award,
    Credits,
    GradingScheme,
    Identifier,
    Learner,
    Levels,
    MicroCredential,
    Organisation,
    Participation,
    Place,
    RecordType,
    Result,
    Workload,
)
from tessella.text import Text, say
from tessella.vocabulary import Concept, code_list

__all__ = ["MAX_ACHIEVEMENTS", "ElmoRead", "detect", "read", "read_plain", "root_of"]

MAX_ACHIEVEMENTS = 1_000
"""Learning opportunities in one file: a transcript of a whole degree has 30 to 150 with all its parts."""

_NUMBER = re.compile(r"\d+")
_NOT_KEPT = frozenset(
    [
        "placeOfBirth",
        "birthName",
        "countryOfBirth",
        "alternativeName",
        "subjectArea",
        "academicTerm",
        "shortenedGrading",
        "resultDistribution",
        "diplomaSupplement",
        "grouping",
        "groups",
    ]
)
"""Elements of ELMO that the record has no place for."""


class ElmoRead(msgspec.Struct, frozen=True, kw_only=True):
    """One achievement of a file: the award, who issued the report, and what was odd.

    ``credential_id`` is the URI of a file of ours, else empty; ``sealer`` who seals where that is another than the awarding body.
    ``place`` says where in the file it stands. ``award`` is None for what the learner did not pass.
    """

    award: Award | None
    issuer: Organisation
    sealer: Organisation
    credential_id: str = ""
    place: str = ""
    notes: tuple[Note, ...] = ()


def detect(root: tuple[str, str]) -> bool:
    """Whether a root element, given as namespace and name, is that of an ELMO file."""
    return root[0] in NAMESPACES and root[1] == "elmo"


def read(data: bytes) -> tuple[ElmoRead, ...]:
    """Every achievement in a file, those within others too; nothing is invented, what cannot be used is left out and noted.

    Parts of a course that are called classes and have neither credits nor an identifier of their own belong to it and are not listed.

    Raises:
        SchemaError: ``elmo.root``, this is no ELMO file; ``elmo.empty``, it has no achievement.
        LimitError: ``elmo.achievements``, more than `MAX_ACHIEVEMENTS`.
        DecodeError, LimitError: see `tessella.canonical.strictxml.parse_xml`.
    """
    return _read(data)


@functools.lru_cache(maxsize=1)
def _read(data: bytes) -> tuple[ElmoRead, ...]:
    """Kept for the few moments in which every credential of a file is asked for."""
    root = root_of(data)
    found = list(_nodes(root, Reading(_namespace(root))))
    if not found:
        raise SchemaError(
            say("The file says nothing of what was achieved."),
            code="elmo.empty",
            expected="learningOpportunitySpecification",
            hint=say("Ask for the file with the courses in it."),
        )
    return tuple(_achievement(root, report, node, place) for report, node, place in found)


def root_of(data: bytes) -> Element:
    """The root element of an ELMO file, without comments.

    Raises:
        SchemaError: ``elmo.root``.
        DecodeError, LimitError: see `tessella.canonical.strictxml.parse_xml`.
    """
    root = parse_xml(data, bare=True)
    if not detect((_namespace(root), local(root))):
        raise SchemaError(
            say("This is no ELMO file."),
            code="elmo.root",
            got=str(root.tag)[:200],
            expected=f"{{{NAMESPACE}}}elmo",
            hint=say("Give the XML file of an EMREX transfer."),
        )
    return root


def read_plain(root: Element) -> Award:
    """What ELMO's own elements say of the first achievement, without any extension."""
    reading = Reading(_namespace(root))
    report, node, _ = next(_nodes(root, reading))
    return _award(root, report, node, reading)


def _namespace(root: Element) -> str:
    return etree.QName(root).namespace or ""


def _nodes(root: Element, reading: Reading) -> Iterator[tuple[Element, Element, str]]:
    """Every learning opportunity with its report and place, each before its parts."""
    count = 0
    for number, report in enumerate(reading.each(root, "report"), 1):
        nodes = list(reading.each(report, "learningOpportunitySpecification"))
        todo = [(one, f"report[{number}]/{n}") for n, one in enumerate(nodes, 1)][::-1]
        while todo:
            node, place = todo.pop()
            count += 1
            if count > MAX_ACHIEVEMENTS:
                raise LimitError(
                    say("The file has more than %(limit)s achievements.", limit=MAX_ACHIEVEMENTS),
                    code="elmo.achievements",
                    expected=MAX_ACHIEVEMENTS,
                )
            if node.getparent() is report or not _is_mere_part(node, reading):
                yield report, node, place
            parts = list(reading.each(node, "hasPart", "learningOpportunitySpecification"))
            todo += [(one, f"{place}/{n}") for n, one in enumerate(parts, 1)][::-1]


def _is_mere_part(node: Element, reading: Reading) -> bool:
    """A lecture or exercise of a course: nothing that is earned by itself."""
    instance = reading.one(node, "specifies", "learningOpportunityInstance")
    return reading.token(node, "type") == "Class" and reading.one(instance, "credit") is None


def _achievement(root: Element, report: Element, node: Element, place: str) -> ElmoRead:
    reading = Reading(_namespace(root))
    plain = _award(root, report, node, reading)
    instance = reading.one(node, "specifies", "learningOpportunityInstance")
    mine = len(list(reading.each(root, "report", "learningOpportunitySpecification"))) == 1
    whole = reading.one(root, "extension") if mine else None
    credential = whole.find(extension_tag("credential")) if whole is not None else None
    learner = _extended(plain.learner, whole, "learner", reading)
    micro = _extended(plain.micro_credential, reading.one(node, "extension"), "micro_credential", reading)
    award = _extended(plain, reading.one(instance, "extension"), "award", reading)
    award = msgspec.structs.replace(award, learner=learner, micro_credential=micro)
    issuer = plain.micro_credential.awarding_bodies[0]
    sealer = issuer
    identifier = ""
    if credential is not None:
        identifier = collapsed(credential.findtext(extension_tag("id")) or "")
        named = credential.find(extension_tag("issuer"))
        sealer = (read_part(named, Organisation, reading) if named is not None else None) or issuer
    _tell_not_kept(root, report, node, reading)
    status = reading.token(instance, "status") or "passed"
    if status != "passed":
        told = say("The learner has not passed this: the file says “%(status)s”.", status=status)
        reading.notes.append(Note(code="elmo.not-passed", message=told, place=place))
    return ElmoRead(
        award=award if status == "passed" else None,
        issuer=issuer,
        sealer=sealer,
        credential_id=identifier,
        place=place,
        notes=tuple(dict.fromkeys(reading.notes)),
    )


def _extended(part: Any, extension: Element | None, name: str, reading: Reading) -> Any:
    """The part with the fields of our extension in place of what ELMO's own elements gave."""
    found = extension.find(extension_tag(name)) if extension is not None else None
    if found is None:
        return part
    fields = read_fields(found, type(part), reading)
    fields.pop("learner", None)
    fields.pop("micro_credential", None)
    return msgspec.structs.replace(part, **fields)


def _tell_not_kept(root: Element, report: Element, node: Element, reading: Reading) -> None:
    """Names what of ELMO the record has no place for, and attachments."""
    instance = reading.one(node, "specifies", "learningOpportunityInstance")
    places = [root, reading.one(root, "learner"), node, instance]
    names = {local(child) for one in places if one is not None for child in one.iterchildren("*")} & _NOT_KEPT
    if names:
        told = say("Not kept in the record: %(names)s.", names=", ".join(sorted(names)))
        reading.notes.append(Note(code="elmo.not-kept", message=told))
    attached = [*reading.each(root, "attachment"), *reading.each(report, "attachment")]
    if attached:
        told = say("Attached files (%(count)s) were not compared with the data.", count=len(attached))
        reading.notes.append(Note(code="elmo.attachments", message=told))


# --- ELMO's own elements -----------------------------------------------------------------------------


def _award(root: Element, report: Element, node: Element, reading: Reading) -> Award:
    instance = reading.one(node, "specifies", "learningOpportunityInstance")
    identifiers = dict(reversed(reading.identifiers(instance)))
    credits = _credits(instance, reading)
    return Award(
        id=identifiers.get(IdentifierType.AWARD, ""),
        number=identifiers.get(IdentifierType.NUMBER, ""),
        micro_credential=_micro_credential(root, report, node, credits, reading),
        learner=_learner(reading.one(root, "learner"), reading),
        assessed_on=reading.date(instance, "date"),
        issued_at=reading.instant(report, "issueDate") or reading.instant(root, "generatedDate"),
        results=_results(report, instance, reading),
        credits=credits,
    )


def _micro_credential(
    root: Element, report: Element, node: Element, credits: tuple[Credits, ...], reading: Reading
) -> MicroCredential:
    instance = reading.one(node, "specifies", "learningOpportunityInstance")
    language = next(iter(reading.text(node, "title")), "en")
    identifiers = reading.identifiers(node)
    uri = next((value for kind, value in identifiers if kind == IdentifierType.LOCAL and ":" in value), "")
    hours = reading.decimal(instance, "engagementHours")
    field = code_list("isced-f").get(code) if (code := reading.token(node, "iscedCode")) else None
    if code and field is None:
        reading.unusable(reading.one(node, "iscedCode"))
    return MicroCredential(
        id=uri,
        record_type=_record_type(root, report, instance, reading),
        language=language,
        title=reading.text(node, "title", language, token=True),
        description=reading.text(node, "description", language),
        awarding_bodies=(_organisation(reading.one(report, "issuer"), reading),),
        identifiers=tuple(
            Identifier(value=value, scheme="" if kind == IdentifierType.LOCAL else kind)
            for kind, value in identifiers
            if value != uri
        ),
        type=_opportunity(reading.token(node, "type")),
        fields=(field,) if field else (),
        homepage=reading.token(node, "url"),
        workload=Workload(credits=credits, contact_hours=hours) if credits or hours is not None else None,
        levels=_levels(instance, reading),
        participation=_participation(instance, reading),
    )


def _record_type(root: Element, report: Element, instance: Element | None, reading: Reading) -> RecordType:
    """A micro-credential is what has an attachment of that type; ELMO has no other mark."""
    wanted = {collapsed(one.text or "") for one in reading.each(instance, "attachments", "ref")}
    for one in (*reading.each(report, "attachment"), *reading.each(root, "attachment")):
        own = {value for kind, value in reading.identifiers(one) if kind == IdentifierType.INTERNAL}
        if own & wanted and reading.token(one, "type") == "Micro Credential":
            return RecordType.MICRO_CREDENTIAL
    return RecordType.ACHIEVEMENT


def _opportunity(kind: str) -> Concept | None:
    code = OPPORTUNITY_TYPES.get(kind)
    return code_list("learning-opportunity").get(code) if code else None


def _organisation(element: Element | None, reading: Reading) -> Organisation:
    identifiers = reading.identifiers(element)
    own = dict(reversed(identifiers))
    country = code_list("country").get(code) if (code := reading.token(element, "country")) else None
    special = (IdentifierType.ID, IdentifierType.LEGAL, IdentifierType.REGISTRATION, "address")
    registration = own.get(IdentifierType.REGISTRATION)
    whole: Text = {"en": own["address"]} if "address" in own else {}
    return Organisation(
        id=own.get(IdentifierType.ID, ""),
        name=reading.text(element, "title", token=True),
        places=(Place(country=country, address=whole),) if country or whole else (),
        legal_id=own.get(IdentifierType.LEGAL, ""),
        registration=Identifier(value=registration) if registration else None,
        identifiers=tuple(
            Identifier(value=value, scheme="" if kind == IdentifierType.LOCAL else kind)
            for kind, value in identifiers
            if kind not in special
        ),
        homepage=reading.token(element, "url"),
    )


def _learner(element: Element | None, reading: Reading) -> Learner:
    identifiers = reading.identifiers(element)
    own = dict(reversed(identifiers))
    national = own.get(IdentifierType.NATIONAL)
    nation = code_list("country").get(code) if (code := reading.token(element, "citizenship")) else None
    home = reading.one(element, "currentAddress")
    lines = [collapsed(one.text or "") for one in home.iterchildren("*")] if home is not None else []
    sex = code_list("human-sex").get(SEXES.get(reading.token(element, "gender"), ""))
    return Learner(
        id=own.get(IdentifierType.ID, ""),
        given_name=reading.token(element, "givenNames"),
        family_name=reading.token(element, "familyName"),
        birth_date=reading.date(element, "bday") or reading.date(element, "dateOfBirth"),
        national_id=Identifier(value=national) if national else None,
        identifiers=tuple(
            Identifier(value=value, scheme="" if kind == IdentifierType.LOCAL else kind)
            for kind, value in identifiers
            if kind not in (IdentifierType.ID, IdentifierType.NATIONAL)
        ),
        citizenship=(nation,) if nation else (),
        gender=sex.code if sex else "",
        address={"en": "\n".join(filter(None, lines))} if any(lines) else {},
    )


def _results(report: Element, instance: Element | None, reading: Reading) -> tuple[Result, ...]:
    grade = reading.token(instance, "resultLabel")
    wanted = reading.token(instance, "gradingSchemeLocalId")
    schemes = (
        one for one in reading.each(report, "gradingScheme") if collapsed(one.get("localId", "")) == wanted
    )
    found = next(schemes, None) if wanted else None
    title = reading.text(found, "description") if found is not None else {}
    if not grade and not title:
        return ()
    return (Result(grade=grade, scheme=GradingScheme(title=title) if title else None),)


def _credits(instance: Element | None, reading: Reading) -> tuple[Credits, ...]:
    made = []
    for one in reading.each(instance, "credit"):
        points = reading.decimal(one, "value")
        if points is not None:
            made.append(Credits(points=points, system=_system(reading.token(one, "scheme"))))
    return tuple(made)


def _system(scheme: str) -> Concept | None:
    if not scheme:
        return None
    known = code_list("credit-system").get(scheme)
    uri = scheme if ":" in scheme else f"urn:tessella:elmo:credit-scheme:{quote(scheme, safe='')}"
    return known or Concept(uri=uri, code="" if ":" in scheme else scheme, labels={"en": scheme})


def _levels(instance: Element | None, reading: Reading) -> Levels | None:
    """Levels by their types; those of other frameworks are kept under a name made of type and value."""
    listed: dict[str, list[Concept]] = {kind: [] for kind in LEVEL_LISTS}
    national: list[Concept] = []
    sectoral: list[Concept] = []
    for one in reading.each(instance, "level"):
        kind, value = reading.token(one, "type"), reading.token(one, "value")
        if not value:
            continue
        name = kind.upper()
        if name in listed:
            number = _NUMBER.search(value)
            concept = code_list(LEVEL_LISTS[name]).get(number[0] if number and name != "QF-EHEA" else value)
            if concept is None:
                reading.unusable(one)
            else:
                listed[name].append(concept)
        else:
            (national if name.startswith("NQF") else sectoral).append(_level(one, kind, value, reading))
    made = Levels(
        eqf=tuple(listed["EQF"]),
        nqf=tuple(national),
        qf_ehea=next(iter(listed["QF-EHEA"]), None),
        isced=next(iter(listed["ISCED"]), None),
        sectoral=tuple(sectoral),
    )
    return made if made != Levels() else None


def _level(element: Element, kind: str, value: str, reading: Reading) -> Concept:
    told = next(iter(reading.text(element, "description").values()), kind)
    uri = f"urn:tessella:elmo:level:{quote(kind, safe='')}:{quote(value, safe='')}"
    return Concept(uri=uri, code=value, labels={"en": collapsed(f"{told} {value}")})


def _participation(instance: Element | None, reading: Reading) -> Participation | None:
    code = reading.token(instance, "languageOfInstruction")
    spoken = code_list("language").get(code) if code else None
    if code and spoken is None:
        reading.unusable(reading.one(instance, "languageOfInstruction"))
    starts = reading.date(instance, "start")
    if starts is None and spoken is None:
        return None
    return Participation(starts_on=starts, languages=(spoken,) if spoken else ())
