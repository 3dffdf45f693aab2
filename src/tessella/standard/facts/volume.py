"""Workload: hours, credits, what one stands for in the other, durations as others wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tessella.standard._view import Hit, View, code, decimal_text, fact
from tessella.text import say

__all__ = ["usable"]

_DURATION = re.compile(
    r"P(?:(?P<years>\d+(?:[.,]\d+)?)Y)?(?:(?P<months>\d+(?:[.,]\d+)?)M)?(?:(?P<weeks>\d+(?:[.,]\d+)?)W)?"
    r"(?:(?P<days>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:[.,]\d+)?)H)?(?:(?P<m>\d+(?:[.,]\d+)?)M)?(?:(?P<s>\d+(?:[.,]\d+)?)S)?)?"
)
"""ISO 8601-1:2019 §5.5.2.2. Before the ``T``, ``M`` stands for months, after it for minutes."""

_MAX_DURATION = 40  # characters; a longer text is no duration
_HOURS_LOW, _HOURS_HIGH = 25, 30  # hours per ECTS credit, ECTS Users' Guide 2015, section 2
_LEAST, _MOST = Decimal("0.01"), Decimal(100_000)  # hours or points; outside, the number is a slip


def usable(number: Decimal | None) -> bool:
    """Whether a number can be a workload: finite, positive and not absurd."""
    return number is not None and number.is_finite() and _LEAST <= number <= _MOST


def _read(text: str) -> dict[str, Decimal] | None:
    """The parts of an ISO 8601 duration, or None when it is none."""
    text = text.strip()
    match = _DURATION.fullmatch(text) if len(text) <= _MAX_DURATION else None
    if match is None or text.endswith(("P", "T")):
        return None
    return {name: Decimal(value.replace(",", ".")) for name, value in match.groupdict().items() if value}


def _calendar_phrase(parts: dict[str, Decimal]) -> str:
    templates = {
        "years": "%(count)s years",
        "months": "%(count)s months",
        "weeks": "%(count)s weeks",
        "days": "%(count)s days",
    }
    return ", ".join(
        say(t, count=decimal_text(parts[name])) for name, t in templates.items() if name in parts
    )


def _stated(view: View) -> Iterator[tuple[str, dict[str, Decimal] | None]]:
    for text in view.values("workload.stated"):
        yield text, _read(text)


@fact("workload-numbers")
def workload_numbers(view: View) -> tuple[Any, ...]:
    """Every number stated for the workload: hours, contact hours, credit points."""
    return tuple(
        number
        for path in ("workload.hours", "workload.contact_hours", "workload.credits.points")
        for number in view.values(path)
    )


@fact("workload-summary")
def workload_summary(view: View) -> tuple[Any, ...]:
    """The workload in words, for tables: hours, credits with their system, durations as stated."""
    workload = view.record.workload
    if workload is None:
        return ()
    parts = [say("%(hours)s hours", hours=decimal_text(workload.hours))] if workload.hours else []
    for credit in workload.credits:
        label = credit.system.label("en") if credit.system else say("credits")
        system = "ECTS" if code("credit-system", credit.system) == "ects" else label
        parts.append(f"{decimal_text(credit.points)} {system}")
    return tuple(parts) or workload.stated


@fact("durations-in-calendar-time")
def durations_in_calendar_time(view: View) -> tuple[Any, ...]:
    """Stated durations in years, months, weeks or days (``P60M``), with what they say in words."""
    return tuple(
        Hit(
            say("“%(stated)s” means %(meaning)s", stated=text, meaning=_calendar_phrase(parts)),
            "workload.stated",
        )
        for text, parts in _stated(view)
        if parts and parts.keys() & {"years", "months", "weeks", "days"}
    )


@fact("durations-malformed")
def durations_malformed(view: View) -> tuple[Any, ...]:
    """Stated durations that are not ISO 8601."""
    return tuple(
        Hit(text[:_MAX_DURATION], "workload.stated") for text, parts in _stated(view) if parts is None
    )


@fact("hours")
def hours(view: View) -> tuple[Any, ...]:
    """The total hours: as stated in hours, else the longest stated duration that is in hours and minutes."""
    workload = view.record.workload
    if workload is None:
        return ()
    if usable(workload.hours):
        return (workload.hours,)
    clock = [
        parts.get("h", Decimal(0)) + parts.get("m", Decimal(0)) / 60
        for _, parts in _stated(view)
        if parts and not parts.keys() & {"years", "months", "weeks", "days"}
    ]
    best = max(clock, default=None)
    return (best,) if usable(best) else ()


@fact("ects")
def ects(view: View) -> tuple[Any, ...]:
    """The ECTS points stated."""
    workload = view.record.workload
    return tuple(
        credit.points
        for credit in (workload.credits if workload else ())
        if usable(credit.points) and code("credit-system", credit.system) == "ects"
    )


@fact("other-systems")
def other_systems(view: View) -> tuple[Any, ...]:
    """Credit systems stated that are not in the European list."""
    return tuple(
        concept for concept in view.values("workload.credits.system") if not code("credit-system", concept)
    )


@fact("credits-without-system")
def credits_without_system(view: View) -> tuple[Any, ...]:
    """Credit points without a system: they say nothing."""
    return tuple(
        Hit(decimal_text(credit.points), f"workload.credits[{number}]")
        for number, credit in enumerate(view.values("workload.credits"))
        if credit.system is None
    )


@fact("workload-usable")
def workload_usable(view: View) -> tuple[Any, ...]:
    """Everything that tells a volume: hours, contact hours, credits, durations in hours."""
    return tuple(
        number for number in (*view.values("@hours"), *view.values("@workload-numbers")) if usable(number)
    )


@fact("hours-per-ects")
def hours_per_ects(view: View) -> tuple[Any, ...]:
    """Hours for one ECTS credit, when both are stated."""
    total, points = view.first("@hours"), view.first("@ects")
    return () if total is None or points is None else (round(total / points, 2),)


@fact("indicative-ects")
def indicative_ects(view: View) -> tuple[Any, ...]:
    """What the hours would be in ECTS at 25 to 30 hours a credit, as a range: indicative, awarded by nobody."""
    total = view.first("@hours")
    if total is None:
        return ()
    low, high = decimal_text(round(total / _HOURS_HIGH, 1)), decimal_text(round(total / _HOURS_LOW, 1))
    return (low if low == high else f"{low}–{high}",)


@fact("contact-share")
def contact_share(view: View) -> tuple[Any, ...]:
    """Contact hours as a percentage of the total hours."""
    contact, total = view.first("workload.contact_hours"), view.first("@hours")
    return (round(contact * 100 / total, 1),) if total and usable(contact) else ()


@fact("schedule-hours")
def schedule_hours(view: View) -> tuple[Any, ...]:
    """Weeks between the dates of the learning times the hours per week."""
    participation = view.record.participation
    if participation is None or participation.starts_on is None or participation.ends_on is None:
        return ()
    weekly, days = participation.hours_per_week, (participation.ends_on - participation.starts_on).days + 1
    return (
        (round(Decimal(days) / 7 * weekly, 1),) if days > 0 and weekly is not None and usable(weekly) else ()
    )


@fact("schedule-difference")
def schedule_difference(view: View) -> tuple[Any, ...]:
    """How far the hours of the schedule are from the stated hours, in per cent of the stated hours."""
    planned, total = view.first("@schedule-hours"), view.first("@hours")
    return () if planned is None or total is None else (round(abs(planned - total) * 100 / total, 1),)
