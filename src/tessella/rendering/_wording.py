"""Dates, numbers, codes and levels as people write them."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tessella.model import LevelStatus, Organisation, RecordType
from tessella.text import pick, say
from tessella.vocabulary import Concept, by_uri, code_list

__all__ = [
    "LEVEL_MEANING",
    "bodies",
    "code_of",
    "date_words",
    "joined",
    "level_status_words",
    "number",
    "sentence",
    "type_name",
    "word",
]

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_TYPE_NAMES = {
    RecordType.MICRO_CREDENTIAL: "Micro-credential",
    RecordType.ACHIEVEMENT: "Certificate of achievement",
    RecordType.PARTICIPATION: "Certificate of participation",
    RecordType.MEMBERSHIP: "Confirmation of membership",
    RecordType.MOTIVATION: "Certificate of encouragement",
    RecordType.CONTRIBUTION: "Certificate of contribution",
    RecordType.RECOGNITION_DECISION: "Recognition decision",
}

_WORDS = {
    "mode": {
        "on-site": "on site",
        "online": "online",
        "blended": "blended: partly on site, partly online",
        "work-based": "at the workplace",
        "project-based": "in a project",
        "research-lab": "in a research laboratory",
        "hybrid": "hybrid: on site and online at the same time",
    },
    "supervision": {
        "unsupervised-without-id": "unsupervised, without verification of identity",
        "supervised-without-id": "supervised, without verification of identity",
        "supervised-with-id": "supervised, with verification of identity",
        "unsupervised-with-id": "unsupervised, with verification of identity",
        "id-verification": "with verification of identity; supervision not stated",
    },
    "accreditation": {
        "institutional-quality-assurance": "quality assurance of the institution",
        "programme-quality-assurance": "quality assurance of the programme",
        "institutional-licence": "licence of the institution",
        "programme-licence": "licence of the programme",
    },
    "qf-ehea": {
        "short": "short cycle of higher education",
        "first": "first cycle of higher education",
        "second": "second cycle of higher education",
        "third": "third cycle of higher education",
    },
    "credit-system": {"ects": "ECTS credits", "ecvet": "ECVET points"},
}
"""Plainer words than the lists have; what is not here is said with the list's own label."""

LEVEL_MEANING = {
    1: "simple tasks under direct supervision",
    2: "routine tasks under supervision, with some autonomy",
    3: "responsibility for completing one's tasks",
    4: "self-management, as after upper secondary education",
    5: "as the short cycle of higher education",
    6: "as the first cycle, for example a bachelor’s degree",
    7: "as the second cycle, for example a master’s degree",
    8: "as the third cycle, for example a doctorate",
}
"""EQF levels in a few words, after the descriptors of the EQF Recommendation (2017/C 189/03, Annex II)."""

_LEVEL_STATUS = {
    LevelStatus.CLAIMED: "level of the learning, as claimed by %(body)s",
    LevelStatus.REFERENCED: "level of the learning, as claimed by %(body)s; the national framework is referenced to the EQF",
    LevelStatus.SELF_CERTIFIED: (
        "level of the learning, as claimed by %(body)s; the national framework is self-certified against the QF-EHEA"
    ),
}


def type_name(record_type: RecordType) -> str:
    """What a record of this type is called; only one of them is a micro-credential."""
    return say(_TYPE_NAMES[record_type])


def number(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros after the last digit that counts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def date_words(date: dt.date | dt.datetime) -> str:
    """A date in words, such as 21 November 2026; of an instant, the day in its own time zone."""
    return say(
        "%(day)s %(month)s %(year)s", day=date.day, month=say(_MONTHS[date.month - 1]), year=f"{date.year:04}"
    )


@functools.lru_cache(maxsize=1024)
def _known(list_name: str, uri: str, code: str) -> Concept | None:
    found = code_list(list_name).get(uri) if list_name else by_uri(uri)
    return found or (code_list(list_name).get(code) if list_name and code else None)


def code_of(list_name: str, concept: Concept) -> str:
    """The code of the concept in the list, or the empty string when it is not a member."""
    known = _known(list_name, concept.uri, concept.code)
    return known.code if known else ""


def word(concept: Concept, languages: Sequence[str], list_name: str = "") -> str:
    """What a coded value means. Never a bare code: a value of no known list is said to be one."""
    known = _known(list_name, concept.uri, concept.code)
    if known and (plain := _WORDS.get(list_name, {}).get(known.code)):
        return say(plain)
    label = pick(concept.labels, languages) or (pick(known.labels, languages) if known else "")
    return label or say("a value of an unknown list (%(uri)s)", uri=concept.uri)


def bodies(organisations: Iterable[Organisation], languages: Sequence[str]) -> str:
    """The names of organisations in one line."""
    return joined(pick(organisation.name, languages) for organisation in organisations)


def joined(parts: Iterable[str]) -> str:
    """The parts that are not empty as an enumeration: a, b and c."""
    stated = [part for part in parts if part]
    if len(stated) < 2:
        return "".join(stated)
    return say("%(first)s and %(last)s", first=", ".join(stated[:-1]), last=stated[-1])


def sentence(*parts: str) -> str:
    """The parts that are not empty, separated by semicolons, with a capital letter at the beginning."""
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def level_status_words(status: LevelStatus, body: str) -> str:
    """How a level stands; an issuer's word alone is a claim."""
    return say(_LEVEL_STATUS[status], body=body or say("the issuer"))
