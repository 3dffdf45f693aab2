"""Reading courses as catalogues of institutions publish them: OOAPI and schema.org, in JSON.

OOAPI: ``Course`` of version 5 (Open Education API specification, v5, schemas/CourseProperties.yaml), with the names that
version 4 and 6 give the same things. schema.org: ``Course`` in JSON-LD, as web pages carry it for search engines. Only what
says something about the learning is taken; what is not, is named with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.vocabulary import code_list
from tessella_web.common.errors import RefusedError

__all__ = ["Left", "ReadCourse", "read_course"]

MAX_OUTCOMES = 60
"""Outcomes of one course; more are a list of topics."""

MAX_CHARACTERS = 4000
"""Of one text, as the screens take them."""


class Left(NamedTuple):
    """Something in the source that was not taken: its name there, and why."""

    name: str
    why: str


class ReadCourse(NamedTuple):
    """Elements of a description read from a course, what kind of source it was, and what of it was left."""

    content: dict[str, Any]
    kind: str
    left: tuple[Left, ...]


_PERSONAL = gettext_lazy("names people; they are not taken over")
_OFFER = gettext_lazy("belongs to a single offer, not to the description")
_OTHERS = gettext_lazy("is said of another organisation; yours awards this one")
_NO_FIELD = gettext_lazy("the description has no place for it")
_LENGTH = gettext_lazy("how long it runs says nothing about how much work it is")
_TECHNICAL = gettext_lazy("is of use only in the system it comes from")
_UNCLEAR = gettext_lazy("could not be understood")

_OOAPI_LEFT: Mapping[str, Any] = {
    "abbreviation": _TECHNICAL, "courseId": _TECHNICAL, "duration": _LENGTH, "resources": _NO_FIELD, "enrollment": _OFFER,
    "enrolment": _OFFER, "qualificationRequirements": _NO_FIELD, "educationSpecification": _TECHNICAL, "consumers": _TECHNICAL,
    "consumer": _TECHNICAL, "ext": _TECHNICAL, "programs": _OTHERS, "programmes": _OTHERS, "programIds": _OTHERS,
    "coordinators": _PERSONAL, "organization": _OTHERS, "organisation": _OTHERS, "organizationId": _OTHERS,
    "validFrom": _OFFER, "validTo": _OFFER, "firstStartDate": _OFFER, "timelineOverrides": _TECHNICAL, "otherCodes": _TECHNICAL,
}  # fmt: skip
_SCHEMA_LEFT: Mapping[str, Any] = {
    "provider": _OTHERS, "creator": _OTHERS, "publisher": _OTHERS, "author": _PERSONAL, "instructor": _PERSONAL, "offers": _OFFER,
    "aggregateRating": _NO_FIELD, "review": _NO_FIELD, "image": _NO_FIELD, "isAccessibleForFree": _OFFER, "about": _NO_FIELD,
    "keywords": _NO_FIELD, "educationalCredentialAwarded": _NO_FIELD, "occupationalCredentialAwarded": _NO_FIELD,
    "totalHistoricalEnrollment": _NO_FIELD, "hasPart": _NO_FIELD, "syllabusSections": _NO_FIELD, "datePublished": _NO_FIELD,
    "dateModified": _NO_FIELD, "audience": _NO_FIELD, "financialAidEligible": _OFFER, "sameAs": _TECHNICAL, "identifier": _TECHNICAL,
}  # fmt: skip
_SILENT = frozenset({"@context", "@type", "@id", "id", "type"})

_MODES = {
    "distance-learning": "online", "distance learning": "online", "online": "online", "on campus": "on-site", "on-campus": "on-site",
    "onsite": "on-site", "on-site": "on-site", "offline": "on-site", "in-person": "on-site", "hybrid": "blended",
    "blended": "blended", "situated": "work-based", "work-based": "work-based", "full-time": "", "part-time": "", "fulltime": "", "parttime": "",
}  # fmt: skip
"""“Hybrid” of OOAPI and of web pages is partly on site, partly online; modes that say nothing about it map to nothing."""

_LEVELS = {
    "associate degree": "5", "bachelor": "6", "master": "7", "doctoral": "8", "secondary vocational education 1": "1",
    "secondary vocational education 2": "2", "secondary vocational education 3": "3", "secondary vocational education 4": "4",
}  # fmt: skip
"""Levels of OOAPI that stand for one European level."""

_EQF = re.compile(r"(?:EQF|European Qualifications Framework)[^\d]{0,20}([1-8])\b", re.I)
_DURATION = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+)M)?)?")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")


def read_course(text: str | bytes) -> ReadCourse | None:
    """The course in a JSON text; None when it is no JSON or holds no course.

    Raises:
        RefusedError: ``catalogue.courses``: it holds several.
    """
    try:
        found = json.loads(text, parse_float=str)
    except (ValueError, RecursionError):
        return None
    courses = list(_courses(found))
    if len(courses) > 1:
        raise RefusedError(
            _("There are %(count)s courses in it.") % {"count": len(courses)}, code="catalogue.courses",
            hint=_("Give one at a time; each becomes a description of its own."), field="file",
        )  # fmt: skip
    return next((read(course) for course, read in courses), None)


def _courses(found: Any) -> Iterator[tuple[Mapping[str, Any], Callable[[Mapping[str, Any]], ReadCourse]]]:
    """The courses in a document: itself, one of a page of results, one of a graph."""
    if isinstance(found, list):
        for one in found:
            yield from _courses(one)
    if not isinstance(found, Mapping):
        return
    if _is_schema_course(found):
        yield found, _from_schema
    elif ("courseId" in found or "primaryCode" in found) and ("name" in found):
        yield found, _from_ooapi
    else:
        for name in ("items", "@graph"):
            if isinstance(found.get(name), list):
                yield from _courses(found[name])


def _is_schema_course(found: Mapping[str, Any]) -> bool:
    types = found.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(str(one).rpartition("/")[2].rpartition(":")[2] == "Course" for one in names)


def _from_ooapi(course: Mapping[str, Any]) -> ReadCourse:
    reading = _Reading(course, _OOAPI_LEFT)
    language = reading.primary(course.get("name"))
    content: dict[str, Any] = {
        "language": language,
        "title": reading.texts("name"),
        "description": reading.texts("description"),
    }
    content["outcomes"] = [
        {"title": text} for text in map(reading.as_texts, reading.many("learningOutcomes")) if text
    ][:MAX_OUTCOMES]
    content["prerequisites"] = _within(
        "text", reading.texts("admissionRequirements") or reading.texts("requirements")
    )
    content["workload"] = _loads(reading)
    content["levels"] = reading.coded("level", _LEVELS, lambda code: {"eqf": [code]})
    content["fields"] = reading.listed("fieldsOfStudy", "isced-f")
    content["participation"] = {
        "modes": reading.modes("modesOfDelivery") or reading.modes("modeOfDelivery"),
        "languages": reading.languages("teachingLanguage") or reading.languages("teachingLanguages"),
        "location": reading.places("addresses", "city"),
    }
    if criteria := reading.texts("assessment"):
        content["assessments"] = [{"id": "assessment-1", "criteria": criteria}]
    code = reading.take("primaryCode")
    if isinstance(code, Mapping) and code.get("code"):
        content["identifiers"] = [
            {"value": str(code["code"])[:100], "scheme": str(code.get("codeType") or "")[:100]}
        ]
    content["homepage"] = reading.address("link")
    return ReadCourse(_filled(content), "OOAPI", reading.left())


def _from_schema(course: Mapping[str, Any]) -> ReadCourse:
    reading = _Reading(course, _SCHEMA_LEFT)
    language = reading.primary(course.get("name"), reading.languages("inLanguage"))
    instances = [one for one in reading.many("hasCourseInstance") if isinstance(one, Mapping)]
    content: dict[str, Any] = {
        "language": language,
        "title": reading.texts("name"),
        "description": reading.texts("description"),
    }
    content["outcomes"] = [
        {"title": text} for text in map(reading.as_texts, reading.many("teaches")) if text
    ][:MAX_OUTCOMES]
    needed = reading.many("coursePrerequisites") or reading.many("competencyRequired")
    content["prerequisites"] = _within("text", _joined([reading.as_texts(one) for one in needed]))
    hours = _hours(reading.take("timeRequired")) or next(
        filter(None, (_hours(one.get("courseWorkload")) for one in instances)), ""
    )
    content["workload"] = {"hours": hours, "credits": _credits(reading.take("numberOfCredits"))}
    content["levels"] = _within("eqf", _EQF.findall(str(reading.named("educationalLevel")))[:1])
    modes = [
        *reading.modes("courseMode"),
        *(mode for one in instances for mode in _modes(one.get("courseMode"))),
    ]
    content["participation"] = {
        "modes": list(dict.fromkeys(modes)),
        "languages": reading.languages("inLanguage") or reading.languages("availableLanguage"),
    }
    if code := reading.take("courseCode"):
        content["identifiers"] = [{"value": str(code)[:100]}]
    content["homepage"] = reading.address("url")
    return ReadCourse(_filled(content), "schema.org", reading.left())


class _Reading:
    """One course, read name by name; knows afterwards which names gave nothing."""

    def __init__(self, course: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        self.course, self.known = course, known
        self.used: set[str] = set()
        self.failed: list[str] = []
        self.language = "en"

    def primary(self, name: Any, stated: list[str] | None = None) -> str:
        """The language of the texts: that of the name, else the one stated, else English."""
        first = (
            next((one for one in name if isinstance(one, Mapping)), {})
            if isinstance(name, list)
            else name
            if isinstance(name, Mapping)
            else {}
        )
        own = _language(first.get("language") or first.get("@language"))
        self.language = own or (stated[0] if stated else "") or "en"
        return self.language

    def take(self, name: str) -> Any:
        value = self.course.get(name)
        if value not in (None, "", [], {}):
            self.used.add(name)
        return value

    def many(self, name: str) -> list[Any]:
        value = self.take(name)
        return value if isinstance(value, list) else [value] if value else []

    def named(self, name: str) -> str:
        value = self.take(name)
        return str(value.get("name") or "") if isinstance(value, Mapping) else str(value or "")

    def texts(self, name: str) -> dict[str, str]:
        return self.as_texts(self.take(name))

    def as_texts(self, value: Any) -> dict[str, str]:
        """A text in one or several languages, as OOAPI and JSON-LD write them."""
        parts = value if isinstance(value, list) else [value]
        made: dict[str, str] = {}
        for one in parts:
            if isinstance(one, Mapping):
                text = one.get("value") or one.get("@value") or one.get("name") or one.get("description")
                tag = _language(one.get("language") or one.get("@language")) or self.language
            else:
                text, tag = one, self.language
            if isinstance(text, str) and (plain := _plain(text)):
                made.setdefault(tag, plain)
        return made

    def coded(self, name: str, table: Mapping[str, str], made: Callable[[str], Any]) -> Any:
        value = str(self.take(name) or "").strip().lower()
        if value in table:
            return made(table[value])
        if value and value != "undefined":
            self.failed.append(name)
        return None

    def listed(self, name: str, list_name: str) -> list[str]:
        """Codes of a list; a longer national code counts as its beginning."""
        found = []
        for one in self.many(name):
            code = str(one).strip()
            known = next(
                (code[:size] for size in range(len(code), 1, -1) if code_list(list_name).get(code[:size])), ""
            )
            found.append(known)
            if not known:
                self.failed.append(name)
        return list(filter(None, found))

    def modes(self, name: str) -> list[str]:
        values = self.many(name)
        found = _modes(values)
        if values and not found:
            self.failed.append(name)
        return found

    def languages(self, name: str) -> list[str]:
        found = [
            _language(one.get("alternateName") or one.get("name") if isinstance(one, Mapping) else one)
            for one in self.many(name)
        ]
        return list(dict.fromkeys(filter(None, found)))

    def places(self, name: str, part: str) -> dict[str, str]:
        cities = [one.get(part) for one in self.many(name) if isinstance(one, Mapping)]
        text = ", ".join(dict.fromkeys(str(one) for one in cities if isinstance(one, str)))
        return {self.language: text[:300]} if text else {}

    def address(self, name: str) -> str:
        value = self.take(name)
        if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= 500:
            return value
        if value:
            self.failed.append(name)
        return ""

    def left(self) -> tuple[Left, ...]:
        """What was not taken, with why."""
        names = [
            name
            for name, value in self.course.items()
            if value not in (None, "", [], {}) and name not in _SILENT
        ]
        return tuple(
            Left(name[:80], str(_UNCLEAR if name in self.failed else self.known.get(name, _NO_FIELD)))
            for name in names
            if name in self.failed or name not in self.used
        )


def _loads(reading: _Reading) -> dict[str, Any]:
    """Hours and credits from the study load, in its several spellings."""
    made: dict[str, Any] = {}
    credits: list[dict[str, Any]] = []
    for one in reading.many("studyLoad"):
        unit = (
            str(one.get("studyLoadUnit") or one.get("typeOfStudyLoad") or "")
            if isinstance(one, Mapping)
            else ""
        )
        value = _number(one.get("value")) if isinstance(one, Mapping) else ""
        if unit == "ects" and value:
            credits.append({"points": value, "system": "ects"})
        elif unit in ("sbu", "hour") and value:
            made["hours"] = value
        elif unit == "contacttime" and value:
            made["contact_hours"] = value
        else:
            reading.failed.append("studyLoad")
    if not credits and (value := _number(reading.take("ects"))):
        credits.append({"points": value, "system": "ects"})
    return {**made, "credits": credits}


def _credits(value: Any) -> list[dict[str, Any]]:
    """Credits of schema.org; without saying of which system they are those of ECTS only when that stands there."""
    if isinstance(value, Mapping):
        unit = f"{value.get('unitText', '')} {value.get('creditType', '')} {value.get('name', '')}"
        number = _number(value.get("value"))
        return [{"points": number, "system": "ects"}] if number and "ects" in unit.lower() else []
    return []


def _hours(value: Any) -> str:
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or found["days"]:
        return ""
    total = float(found["hours"] or 0) + int(found["minutes"] or 0) / 60
    return _number(f"{total:.2f}".rstrip("0").rstrip(".")) if total else ""


def _number(value: Any) -> str:
    text = str(value).strip() if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"\d{1,5}(?:\.\d{1,4})?", text) and float(text) > 0 else ""


def _modes(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(filter(None, (_MODES.get(str(one).strip().lower(), "") for one in parts))))


def _language(value: Any) -> str:
    """A language as descriptions write it: of ``nld``, ``nl-NL`` and ``nl`` the same."""
    tag = str(value or "").strip().replace("_", "-").split("-")[0].lower()
    known = code_list("language").get(tag) if tag else None
    if known is None and len(tag) == 3:
        known = next(
            (one for one in code_list("language") if one.uri.rpartition("/")[2].lower() == tag), None
        )
    return known.code if known else ""


def _plain(text: str) -> str:
    """A text without the tags of web pages, cut to what a screen takes."""
    return _TAG.sub(" ", text).strip()[:MAX_CHARACTERS]


def _joined(texts: list[dict[str, str]]) -> dict[str, str]:
    made: dict[str, str] = {}
    for one in texts:
        for tag, text in one.items():
            made[tag] = f"{made[tag]}; {text}" if tag in made else text
    return made


def _within(name: str, value: Any) -> dict[str, Any]:
    return {name: value} if value else {}


def _filled(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without what says nothing."""
    made = {}
    for name, value in content.items():
        kept = {key: one for key, one in value.items() if one} if isinstance(value, Mapping) else value
        if kept:
            made[name] = kept
    return made
