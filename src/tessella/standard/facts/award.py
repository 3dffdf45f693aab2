"""The award: learner, dates, results, seal."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

from tessella.model import Result
from tessella.standard._view import Hit, View, fact, has_content
from tessella.text import say
from tessella.verdicts import Verdict

__all__: list[str] = []

_ESI = re.compile(r"urn:schac:personalUniqueCode:int:esi:([a-z0-9-]+(\.[a-z0-9-]+)*):[^:\s]+", re.IGNORECASE)
"""European Student Identifier: a domain or country code, then a code without further colons."""


@fact("learner")
def learner(view: View) -> tuple[Any, ...]:
    """What identifies the learner, without showing it: the kinds of identifying data given."""
    award = view.award
    if award is None:
        return ()
    person = award.learner
    kinds = {
        say("name"): person.display_name or person.latin_name,
        say("identifier"): person.identifiers[0].value if person.identifiers else person.id,
        say("e-mail"): person.email,
        say("national identifier"): person.national_id.value if person.national_id else "",
    }
    return tuple(kind for kind, value in kinds.items() if has_content(value))


@fact("learner-known-by-email-only")
def learner_known_by_email_only(view: View) -> tuple[Any, ...]:
    """The e-mail address as the only identification."""
    return view.values("@learner") if view.values("@learner") == (say("e-mail"),) else ()


@fact("personal-data-beyond-need")
def personal_data_beyond_need(view: View) -> tuple[Any, ...]:
    """Personal data that the standard does not ask for."""
    names = {
        say("national identifier"): "award.learner.national_id",
        say("address"): "award.learner.address",
        say("gender"): "award.learner.gender",
        say("citizenship"): "award.learner.citizenship",
    }
    return tuple(name for name, path in names.items() if view.present(path))


@fact("personal-data")
def personal_data(view: View) -> tuple[Any, ...]:
    """Every kind of personal data in the award."""
    birth = (
        (say("birth date"),)
        if view.values("award.learner.birth_date") or view.present("award.learner.birth_date_stated")
        else ()
    )
    return tuple(
        dict.fromkeys((*view.values("@learner"), *birth, *view.values("@personal-data-beyond-need")))
    )


@fact("student-identifiers-malformed")
def student_identifiers_malformed(view: View) -> tuple[Any, ...]:
    """European Student Identifiers that do not have the agreed form."""
    return tuple(
        Hit(f"award.learner.identifiers[{number}]", f"award.learner.identifiers[{number}]")
        for number, identifier in enumerate(view.values("award.learner.identifiers"))
        if ":esi:" in identifier.value.lower() and not _ESI.fullmatch(identifier.value)
    )


@fact("birth-date-with-time")
def birth_date_with_time(view: View) -> tuple[Any, ...]:
    """A birth date stated as a moment: at another time zone it is another day."""
    return tuple(
        Hit("award.learner.birth_date_stated", "award.learner.birth_date_stated")
        for text in view.values("award.learner.birth_date_stated")
        if "T" in text.upper()
    )


@fact("today")
def today(view: View) -> tuple[Any, ...]:
    """The day of the check."""
    return (view.on,)


@fact("issue-dates")
def issue_dates(view: View) -> tuple[Any, ...]:
    """Date of issuing, or of the award when it is not made out yet."""
    return (*view.values("award.issued_at"), *view.values("award.awarded_on"))


@fact("assessment-dates")
def assessment_dates(view: View) -> tuple[Any, ...]:
    """Dates of assessment, of the award and of its results."""
    return (*view.values("award.assessed_on"), *view.values("award.results.assessed_on"))


@fact("valid-from-only")
def valid_from_only(view: View) -> tuple[Any, ...]:
    """The beginning of validity, when it is the only date."""
    return () if view.values("@issue-dates") else view.values("award.valid_from")


@fact("by-validation")
def by_validation(view: View) -> tuple[Any, ...]:
    """True when the outcomes were reached by validation of non-formal or informal learning."""
    return (view.award is not None and view.award.route == "validation",)


@fact("assessment-evidence")
def assessment_evidence(view: View) -> tuple[Any, ...]:
    """Results or evidence that support an award by validation."""
    return (*view.values("award.results"), *view.values("award.evidence"))


@fact("grades")
def grades(view: View) -> tuple[Any, ...]:
    """Grades achieved."""
    return tuple(result.grade for result in view.values("award.results") if has_content(result.grade))


@fact("grades-without-scheme")
def grades_without_scheme(view: View) -> tuple[Any, ...]:
    """Grades for which neither the result nor its assessment names the grading scheme."""
    return tuple(
        Hit(result.grade, f"award.results[{number}]")
        for number, result in enumerate(view.values("award.results"))
        if has_content(result.grade) and not _has_scheme(view, result)
    )


def _has_scheme(view: View, result: Result) -> bool:
    if result.scheme is not None:
        return True
    return any(
        a.grading is not None and (not result.assessment or a.id == result.assessment)
        for a in view.record.assessments
    )


@fact("assessed-by-learner")
def assessed_by_learner(view: View) -> tuple[Any, ...]:
    """Results in which the assessor has the learner's own name."""
    name = view.award.learner.display_name if view.award else ""
    return tuple(
        assessor
        for assessor in view.values("award.results.assessed_by")
        if name and name in assessor.name.values()
    )


@fact("seal-verified")
def seal_verified(view: View) -> tuple[Any, ...]:
    """True or False: what verification of the seal answered; nothing when it was not verified."""
    verdict = view.seal.verified if view.seal else None
    return () if verdict is None else (verdict is Verdict.PASSED,)


@fact("seal-before-issue")
def seal_before_issue(view: View) -> tuple[Any, ...]:
    """The time of signing, when it lies more than a day before the date of issuing."""
    sealed_at = view.seal.sealed_at if view.seal else None
    issued_at = view.award.issued_at if view.award else None
    if sealed_at is None or issued_at is None:
        return ()
    return (sealed_at,) if (issued_at.date() - sealed_at.date()) > dt.timedelta(days=1) else ()


@fact("stackability-summary")
def stackability_summary(view: View) -> tuple[Any, ...]:
    """Stand-alone, or what it may count towards."""
    options = view.record.stackability
    if options is None:
        return ()
    if not options.stackable:
        return (say("stand-alone"),)
    return tuple(target.title for target in options.targets) or (say("stackable"),)


@fact("parts-twice")
def parts_twice(view: View) -> tuple[Any, ...]:
    """Parts of a combined credential that are named more than once."""
    times = Counter(view.values("stackability.parts"))
    return tuple(part for part, count in times.items() if count > 1)
