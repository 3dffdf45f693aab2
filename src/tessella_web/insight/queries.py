"""What staff see: awarded, claimed, viewed, verified; per micro-credential and month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from tessella_web.accounts.models import Organisation
from tessella_web.credentials.models import Award, AwardState
from tessella_web.insight.models import DailyCount, What

__all__ = ["MEASURES", "Line", "Numbers", "statistics"]

MEASURES = ("awarded", "claimed", "viewed", "verified")

MONTHS = 12
"""As many as a year has; more belongs in a spreadsheet."""

Numbers = Mapping[str, int]
"""By measure how often."""


class Line(NamedTuple):
    """One micro-credential: its numbers by month, and all of them together."""

    description: str
    title: str
    months: Mapping[dt.date, Numbers]

    @property
    def total(self) -> Numbers:
        """The sum of the months."""
        return _sum(self.months.values())


class Statistics(NamedTuple):
    """``months`` without gaps, the oldest first; ``lines`` by title."""

    months: Sequence[dt.date]
    lines: Sequence[Line]

    def of(self, month: dt.date) -> Numbers:
        """Everything together in a month."""
        return _sum(one.months.get(month, {}) for one in self.lines)

    @property
    def total(self) -> Numbers:
        """Everything together."""
        return _sum(one.total for one in self.lines)


def statistics(organisation: Organisation, *, until: dt.date | None = None) -> Statistics:
    """The numbers of the last `MONTHS`; awards in a month are those made in it, also when withdrawn since, but not their corrections.

    Three queries, however many awards.
    """
    months = _months(until or timezone.localdate())
    start = months[0]
    found: dict[str, dict[dt.date, Counter[str]]] = {}
    titles: dict[str, str] = {}

    def add(rows: Iterable[tuple[str, str, dt.date, int]], measure: str) -> None:
        for description, title, month, number in rows:
            titles[description] = title
            found.setdefault(description, {}).setdefault(month, Counter())[measure] += number

    awards = Award.objects.filter(organisation=organisation, replaces=None).exclude(state=AwardState.PLANNED)
    by = ("version__description_id", "version__title", "month", "number")
    for measure, field in (("awarded", "issued_at"), ("claimed", "claimed_at")):
        rows = awards.filter(**{f"{field}__date__gte": start}).annotate(month=TruncMonth(field))
        counted = rows.order_by().values(*by[:3]).annotate(number=Count("pk"))
        add(((a, b, c.date(), d) for a, b, c, d in counted.values_list(*by)), measure)
    seen = DailyCount.objects.filter(version__organisation=organisation, day__gte=start)
    for what in What:
        counted_days = (
            seen.filter(what=what)
            .annotate(month=TruncMonth("day"))
            .order_by()
            .values(*by[:3])
            .annotate(number=Sum("count"))
        )
        add(counted_days.values_list(*by), str(what))
    lines = [Line(one, titles[one], months_of) for one, months_of in found.items()]
    return Statistics(months, sorted(lines, key=lambda one: one.title.casefold()))


def _months(until: dt.date) -> list[dt.date]:
    last = until.year * 12 + until.month - 1
    return [dt.date(one // 12, one % 12 + 1, 1) for one in range(last - MONTHS + 1, last + 1)]


def _sum(numbers: Iterable[Numbers]) -> Numbers:
    total: Counter[str] = Counter()
    for one in numbers:
        total.update(one)
    return {measure: total[measure] for measure in MEASURES}
