"""What level and workload mean, in plain words: nobody has to know a framework to read them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tessella.rendering import TileFacts

__all__ = ["Meaning", "level_meaning", "workload_meaning"]

HOURS_A_WEEK = 40
"""Of full-time learning or work."""

LEVELS: dict[int, tuple[Any, Any]] = {
    1: (gettext_lazy("Basic general knowledge; simple tasks under direct supervision."),
        gettext_lazy("Comparable: the first years of school.")),
    2: (gettext_lazy("Basic knowledge of a field of work or study; routine tasks with some autonomy."),
        gettext_lazy("Comparable: lower secondary school.")),
    3: (gettext_lazy("Facts, principles and processes of a field; own choice of methods for known tasks."),
        gettext_lazy("Comparable: a short vocational training.")),
    4: (gettext_lazy("Broad knowledge of a field; finding solutions, supervising routine work of others."),
        gettext_lazy("Comparable: a school leaving certificate that opens the way to university, or a vocational qualification.")),
    5: (gettext_lazy("Specialised knowledge and its limits; creative solutions, managing work that changes."),
        gettext_lazy("Comparable: a short-cycle degree, or higher vocational training.")),
    6: (gettext_lazy("Advanced knowledge and critical understanding; complex, unpredictable problems, responsibility for decisions."),
        gettext_lazy("Comparable: a bachelor's degree or a master craftsperson.")),
    7: (gettext_lazy("Highly specialised knowledge, partly at the forefront of a field; new approaches, strategic work."),
        gettext_lazy("Comparable: a master's degree.")),
    8: (gettext_lazy("Knowledge at the very frontier of a field; original research or practice."),
        gettext_lazy("Comparable: a doctorate.")),
}  # fmt: skip
"""By level of the European Qualifications Framework what it asks, after its descriptors (2017/C 189/03, Annex II), and what else stands there."""


class Meaning(NamedTuple):
    """One fact: its heading, what stands there, and what that means."""

    title: str
    says: str
    lines: tuple[str, ...]


def level_meaning(facts: TileFacts | None) -> Meaning | None:
    """What the level means; None when none is stated."""
    if facts is None or not facts.level:
        return None
    asks, comparable = LEVELS[facts.level]
    shared = _("The level says how demanding it is, not how long. This one is of the European Qualifications Framework, which goes from 1 to 8.")  # fmt: skip
    return Meaning(
        _("Level"), _("Level %(level)s of 8") % {"level": facts.level}, (str(asks), str(comparable), shared)
    )


def workload_meaning(facts: TileFacts | None) -> Meaning | None:
    """How much work it was; None when nothing is stated."""
    if facts is None or facts.hours is None:
        return None
    hours = facts.hours
    lines = [_in_weeks(hours)]
    says = ngettext("%(hours)s hour of learning", "%(hours)s hours of learning", int(hours)) % {
        "hours": _plain(hours)
    }
    if facts.credits is not None:
        says = _("%(hours)s, %(credits)s credits") % {"hours": says, "credits": _plain(facts.credits)}
        lines.append(_("One credit (ECTS) stands for 25 to 30 hours; a year of full-time study has 60."))
    lines.append(_("Counted is everything: classes, practice, reading and assessment."))
    return Meaning(_("Workload"), says, tuple(lines))


def _in_weeks(hours: Decimal) -> str:
    if hours < HOURS_A_WEEK:
        days = max(1, round(hours / 8))
        return ngettext("About a full working day.", "About %(days)s full working days.", days) % {
            "days": days
        }
    weeks = round(hours / HOURS_A_WEEK)
    return ngettext("About a week of full-time learning.", "About %(weeks)s weeks of full-time learning.", weeks) % {"weeks": weeks}  # fmt: skip


def _plain(value: Decimal) -> str:
    return str(localize(int(value) if value == value.to_integral_value() else value.normalize()))
