"""Starting from something that exists: pasted text, a course of a catalogue, a credential in any format, a description file.

Each start keeps beside the description what it took and what it could not use (``workings["import"]``: ``kind``, ``took``
as names of elements, ``left`` as pairs of name and reason), for people to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from tessella.adapters.descriptions import parse_description
from tessella.errors import TessellaError
from tessella.model import MicroCredential, describe, load, unknown_fields
from tessella.text import pick
from tessella.verification import read_credential
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.domain.courses import ReadCourse, read_course
from tessella_web.catalogue.domain.drafting import ELEMENTS, start_description
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import RefusedError

__all__ = ["MAX_FILE_BYTES", "MAX_TEXT", "read_text", "start_from_file", "start_from_text"]

MAX_TEXT = 20_000
"""Characters of pasted text: about ten pages."""

MAX_FILE_BYTES = 8 * 2**20
"""A credential with pictures has well under 1 MiB; a picture of a badge a few."""

MAX_LEFT = 50
"""Fields that are named as left aside: more nobody reads."""

_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_CREDITS = re.compile(
    rf"{_NUMBER}\s*(?:ECTS|EC\b|CFU\b|LP\b|credits?\b|crédits?\b|créditos?\b|Leistungspunkte\b)", re.I
)
_HOURS = re.compile(
    rf"{_NUMBER}\s*(?:hours?\b|hrs?\b|h\b|Stunden\b|uur\b|uren\b|heures?\b|horas?\b|ore\b)", re.I
)
_LEVEL = re.compile(r"(?:EQF|EQR|DQR|CEC|NLQF|MEC)[^\d\n]{0,20}([1-8])\b", re.I)
_OUTCOMES = re.compile(
    r"learning outcomes?|lernergebnisse|leerresultaten|leeruitkomsten|acquis d.apprentissage|resultados de aprendizaje"
    r"|you will be able to|will be able to|nach abschluss können",
    re.I,
)
_BULLET = re.compile(r"^\s*(?:[-–•*·▪◦]|\d{1,2}[.)])\s+(?=\S)")
_MODES = {
    "blended": re.compile(r"\bblended\b|\bhybrid\b", re.I),
    "online": re.compile(r"\bonline\b|e-learning|distance learning|fernlehre|en ligne", re.I),
    "on-site": re.compile(
        r"\bon[- ]site\b|face[- ]to[- ]face|\bpräsenz|presencial|présentiel|op locatie", re.I
    ),
}
_ASSESSMENTS = {
    "written-exam": re.compile(r"written exam|klausur|schriftliche prüfung|schriftelijk|examen écrit", re.I),
    "oral-exam": re.compile(r"oral exam|mündliche prüfung|mondeling|examen oral", re.I),
    "portfolio": re.compile(r"\bportfolio", re.I),
    "project-work": re.compile(r"\bproject (?:work|report)\b|projektarbeit|final project|eindproject", re.I),
    "quiz": re.compile(r"\bquiz|multiple[- ]choice", re.I),
    "practical": re.compile(r"practical (?:exam|test|assessment)|praktische prüfung", re.I),
}
_MAX_OUTCOMES = 15
"""More lines than this are a table of contents rather than outcomes."""

_PROVIDED_HERE = frozenset(
    {"id", "version", "modified_on", "awarding_bodies", "providers", "technical_issuer", "extra"}
)
"""What a description started from a file gets from its own organisation, not from the file."""


@transaction.atomic
def start_from_text(*, by: Person, organisation: Organisation, text: str) -> Description:
    """A description from pasted text, or a pasted course in JSON. What was recognised is a proposal that people confirm; the text stays beside it.

    Raises:
        RefusedError: ``catalogue.no-text``, ``catalogue.text-too-long``.
    """
    text = text.strip()
    if not text:
        raise RefusedError(
            _("There is no text."),
            code="catalogue.no-text",
            hint=_("Paste the course description."),
            field="text",
        )
    if len(text) > MAX_TEXT:
        raise RefusedError(
            _("The text has %(count)s characters.") % {"count": len(text)},
            code="catalogue.text-too-long",
            hint=_("Paste at most %(most)s: the description of one course.") % {"most": MAX_TEXT},
            field="text",
        )
    if course := read_course(text):
        return _start_from_course(course, by=by, organisation=organisation, source=text)
    content = read_text(text)
    return start_description(
        by=by, organisation=organisation, content=content, started_from="text", source=text, proposed=tuple(content),
        notes={"import": {"kind": "text", "took": list(content), "left": []}},
    )  # fmt: skip


def _start_from_course(
    course: ReadCourse, *, by: Person, organisation: Organisation, source: str
) -> Description:
    taken = [name for name in course.content if name != "language"]
    return start_description(
        by=by, organisation=organisation, content=course.content, started_from=course.kind, source=source, proposed=tuple(taken),
        notes={"import": {"kind": course.kind, "took": taken, "left": [list(one) for one in course.left]}},
    )  # fmt: skip


def read_text(text: str) -> dict[str, Any]:
    """What a course description says for certain enough to propose: elements of a description.

    Only what stands there is taken: nothing is completed or made up.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found: dict[str, Any] = {"title": lines[0][:200]} if lines and len(lines[0]) <= 200 else {}
    outcomes = list(_outcome_lines(text.splitlines()))[:_MAX_OUTCOMES]
    if outcomes:
        found["outcomes"] = outcomes
    workload = _workload(text)
    if workload:
        found["workload"] = workload
    if level := _LEVEL.search(text):
        found["levels"] = {"eqf": [level.group(1)]}
    if mode := next((name for name, pattern in _MODES.items() if pattern.search(text)), ""):
        found["participation"] = {"modes": [mode]}
    types = [name for name, pattern in _ASSESSMENTS.items() if pattern.search(text)]
    if types:
        found["assessments"] = [
            {"id": f"assessment-{n}", "type": name} for n, name in enumerate(types, start=1)
        ]
    if paragraph := next((line for line in lines[1:] if len(line) > 60 and not _BULLET.match(line)), ""):
        found["description"] = paragraph
    return found


@transaction.atomic
def start_from_file(*, by: Person, organisation: Organisation, data: bytes, name: str = "") -> Description:
    """A description from a course of a catalogue (OOAPI, schema.org), a credential in any format, or a description file.

    Nothing about the learner is taken over. The organisation becomes the awarding body: what the file says another awards stays
    that one's.

    Raises:
        RefusedError: ``catalogue.file``: nothing in it can be read; ``catalogue.file-too-large``; ``catalogue.courses``.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RefusedError(
            _("The file is larger than %(most)s MB.") % {"most": MAX_FILE_BYTES // 2**20},
            code="catalogue.file-too-large", hint=_("Give the credential itself."), field="file",
        )  # fmt: skip
    if course := read_course(data):
        return _start_from_course(
            course, by=by, organisation=organisation, source=data.decode("utf-8", "replace")[:MAX_TEXT]
        )
    record, started_from = _read(data, name)
    described = describe(record)
    content = {
        key: value for key, value in described.items() if key in ELEMENTS and key not in _PROVIDED_HERE
    }
    content = msgspec.to_builtins(_without_unknown(content))
    source = (
        _("Awarded by %(name)s in the file it was started from.") % {"name": _awarder(record)}
        if _awarder(record)
        else ""
    )
    return start_description(
        by=by, organisation=organisation, content=content, started_from=started_from[:60], source=source,
        proposed=tuple(content),
        notes={"import": {"kind": started_from[:60], "took": [name for name in content if name != "language"], "left": _left(record)}},
    )  # fmt: skip


def _left(record: MicroCredential) -> list[list[str]]:
    """What a description started from a file does not take over, each with why."""
    theirs = [
        (
            _("The organisations that award and provide it"),
            _("yours awards this one"),
            record.awarding_bodies or record.providers,
        ),
        (_("The seal, the learner and what the learner achieved"), _("they belong to that credential"), True),
    ]
    return [
        *([name, why] for name, why, is_there in theirs if is_there),
        *(
            [place[:80], _("the description has no place for it")]
            for place in list(unknown_fields(record))[:MAX_LEFT]
        ),
    ]


def _read(data: bytes, name: str) -> tuple[MicroCredential, str]:
    """The micro-credential in a file, and what kind of file it is."""
    try:
        opened = read_credential(data, name=name or "-")
    except TessellaError as error:
        record = _description_in(data)
        if record is None:
            raise RefusedError(error.message, code="catalogue.file", hint=error.hint, field="file") from error
        return record, "description"
    if opened.award is None:
        raise RefusedError(
            opened.problem.message if opened.problem else _("The file holds no credential."),
            code="catalogue.file",
            hint=_(
                "Give a European Digital Credential, an Open Badge, a course in JSON or a description file."
            ),
            field="file",
        )
    return opened.award.micro_credential, opened.title or opened.format


def _description_in(data: bytes) -> MicroCredential | None:
    try:
        plain = parse_description(data)
        if not isinstance(plain, Mapping) or not set(plain) & ELEMENTS:
            return None
        return load(plain, MicroCredential).record
    except TessellaError:
        return None


def _without_unknown(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what this platform has no field for (kept in ``extra`` by readers)."""
    record = load(content, MicroCredential).record
    found = describe(_bare(record))
    return {key: value for key, value in found.items() if key in content}


def _bare(part: Any) -> Any:
    """A part of the record without its unknown fields, all the way down."""
    if isinstance(part, tuple):
        return tuple(_bare(one) for one in part)
    if not isinstance(part, msgspec.Struct) or "extra" not in part.__struct_fields__:
        return part
    values = {name: _bare(getattr(part, name)) for name in part.__struct_fields__ if name != "extra"}
    return type(part)(**values)


def _awarder(record: MicroCredential) -> str:
    bodies = record.awarding_bodies or record.providers
    return pick(bodies[0].name, (record.language,)) if bodies else ""


def _outcome_lines(lines: list[str]) -> Iterator[str]:
    """The bullets that follow a heading about outcomes."""
    inside = False
    for line in lines:
        bullet = _BULLET.match(line)
        if not bullet and line.strip():
            inside = bool(_OUTCOMES.search(line))
        elif inside and bullet:
            yield line[bullet.end() :].strip().rstrip(".;,")


def _workload(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if hours := _HOURS.search(text):
        found["hours"] = hours.group(1).replace(",", ".")
    if credits := _CREDITS.search(text):
        found["credits"] = [{"points": credits.group(1).replace(",", "."), "system": "ects"}]
    return found
