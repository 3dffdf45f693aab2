"""On what an award rests: of a micro-credential, on an assessor who found every required outcome achieved.

A class list says it in its columns ``result``, ``assessed_on`` and ``assessed_by``; an assessor who hands in a list need not name
himself. Records of assessors say it outcome by outcome. Other record types need no assessment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from tessella.issuing.classlist import COLUMNS, ClassListEntry, place_of
from tessella.model import Achieved, MicroCredential, RecordType
from tessella.text import pick
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError

__all__ = [
    "Assessed",
    "Statement",
    "assessors_of",
    "needs_assessment",
    "required_outcomes",
    "supervision_choices",
    "with_record",
]


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """One learner as an assessor recorded him: ``values`` by the class list's columns, ``outcomes`` achieved and when."""

    values: Mapping[str, Any]
    outcomes: Mapping[str, dt.date | None]
    assessor: Person
    learner: Person | None = None


def needs_assessment(version: Version) -> bool:
    """Whether what is awarded may be called a micro-credential, so that somebody must have assessed it."""
    return version.record_type == RecordType.MICRO_CREDENTIAL


def required_outcomes(record: MicroCredential) -> dict[str, str]:
    """By id the titles of the outcomes that everybody must achieve."""
    return {one.id: pick(one.title, (record.language,)) for one in record.outcomes if one.required}


def assessors_of(organisation: Organisation) -> dict[str, Person]:
    """The organisation's assessors by e-mail address."""
    found = Person.objects.filter(
        memberships__organisation=organisation, memberships__role=Role.ASSESSOR, is_active=True
    )
    return {one.email: one for one in found.distinct().order_by("name")}


def supervision_choices() -> list[tuple[str, str]]:
    """How an assessment may be supervised, by the EU list's code, in the language of the moment."""
    words: dict[str, Any] = {
        "supervised-with-id": _("Supervised, identity checked"),
        "supervised-without-id": _("Supervised, identity not checked"),
        "unsupervised-with-id": _("Not supervised, identity checked"),
        "unsupervised-without-id": _("Not supervised, identity not checked"),
    }
    return list(words.items())


class Statement:
    """What a class list says of the assessment of its learners, on the word of whoever hands it in."""

    def __init__(self, by: Person, version: Version, columns: Mapping[str, tuple[int, str]]) -> None:
        self._columns = columns
        self._assessors = assessors_of(version.organisation)
        self._own = by if may(by, version.organisation, "outcome.record") else None

    def require(self, *, field: str = "") -> None:
        """Go on only if the list has the columns that say who was assessed, when, and by whom.

        Raises:
            RefusedError: ``batch.unassessed``, at ``field`` or at the first column that is missing.
        """
        needed = ("result", "assessed_on", *(() if self._own else ("assessed_by",)))
        missing = [name for name in needed if name not in self._columns]
        if missing:
            raise RefusedError(
                _("A micro-credential is awarded to those of whom an assessor found that they achieve every required outcome. Nothing says so here; missing: %(columns)s.")
                % {"columns": ", ".join(COLUMNS[name][0] for name in missing)},
                code="batch.unassessed",
                field=field or missing[0],
                hint=_("Add these columns (“assessed by” holds the e-mail address of an assessor of your organisation), ask an assessor to do it, or award from what assessors recorded under “Offers”."),
            )  # fmt: skip

    def read(self, entry: ClassListEntry) -> tuple[ClassListEntry, dict[str, str] | None]:
        """The entry with its assessor's address, and the problem that it has, if any."""
        if entry.assessed_on is None:
            return entry, self._problem(
                "assessed_on", "batch.no-assessment-date", _("It is not said when this person was assessed."),
                _("Write the date of the assessment."),
            )  # fmt: skip
        named = self._assessors.get(entry.assessed_by.casefold()) if entry.assessed_by else self._own
        if named is None:
            return entry, self._problem(
                "assessed_by", "batch.no-assessor",
                _("It is not said which assessor of your organisation assessed this person."),
                _("Write the e-mail address with which the assessor signs in here; an owner gives the role."),
            )  # fmt: skip
        entry = msgspec.structs.replace(entry, assessed_by=named.email)
        if entry.learner.email.casefold() == named.email:
            return entry, self._problem(
                "assessed_by", "batch.assessed-by-learner", _("Nobody assesses their own learning."),
                _("Have another assessor assess this person."),
            )  # fmt: skip
        return entry, None

    def _problem(self, field: str, code: str, message: str, hint: str) -> dict[str, str]:
        place = self._columns.get(field) or self._columns.get("result", (0, field))
        return {"column": place_of(*place), "message": message, "hint": hint, "code": code}


def with_record(
    entry: ClassListEntry, assessed: Assessed, record: MicroCredential
) -> tuple[ClassListEntry, dict[str, str] | None]:
    """The entry with the outcomes that were recorded, and what is missing for an award, if anything."""
    required = required_outcomes(record) if record.is_micro_credential else {}
    missing = [title for id, title in required.items() if id not in assessed.outcomes]
    problem = None
    if missing:
        problem = {
            "column": "",
            "message": _("Not recorded as achieved: %(outcomes)s.") % {"outcomes": "; ".join(missing)},
            "hint": _("An assessor records it, or the learner is not awarded."),
            "code": "batch.outcome-missing",
        }
    elif assessed.learner == assessed.assessor or entry.learner.email.casefold() == assessed.assessor.email:
        problem = {
            "column": "",
            "message": _("Nobody assesses their own learning."),
            "hint": _("Have another assessor assess this person."),
            "code": "batch.assessed-by-learner",
        }
    achieved = tuple(Achieved(outcome=id, on=on) for id, on in assessed.outcomes.items())
    return msgspec.structs.replace(entry, assessed_by=assessed.assessor.email, achieved=achieved), problem
