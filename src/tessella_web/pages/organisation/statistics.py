"""Numbers for staff: what was awarded, claimed, viewed and verified."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella_web.common.cells import in_csv
from tessella_web.insight import queries
from tessella_web.pages.organisation.common import crumbs, workspace

__all__ = ["show", "table"]

WIDTH, HEIGHT = 720, 240
"""Of the drawing, in its own units; it is scaled to the page."""

LEFT, BOTTOM, TOP = 44, 30, 14


@login_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """A drawing of the months, and tables with the same numbers."""
    organisation = workspace(request, slug, "statistics.view")
    found = queries.statistics(organisation)
    names = _names()
    return render(request, "pages/organisation/statistics.html", {
        "organisation": organisation,
        "total": [(names[one], number) for one, number in found.total.items()],
        "empty": not found.lines,
        "chart": _chart([(month, found.of(month)["awarded"]) for month in found.months]),
        "columns": [{"label": _("Micro-credential")}, *({"label": one, "number": True} for one in names.values())],
        "rows": [[one.title, *one.total.values()] for one in found.lines],
        "month_columns": [{"label": _("Month")}, *({"label": one, "number": True} for one in names.values())],
        "month_rows": [[_month(month), *found.of(month).values()] for month in reversed(found.months)],
        "csv": reverse("statistics-csv", args=[slug]),
        "crumbs": crumbs(organisation, (_("Statistics"), "")),
    })  # fmt: skip


@login_required
@require_safe
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """Per micro-credential and month, for a spreadsheet."""
    organisation = workspace(request, slug, "statistics.view")
    found = queries.statistics(organisation)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statistics-{organisation.slug}.csv"'
    response["Cache-Control"] = "private, no-store"
    response.write("\ufeff")  # spreadsheets read UTF-8 by it
    writer = csv.writer(response)
    writer.writerow(["micro-credential", "month", *queries.MEASURES])
    for line in found.lines:
        for month in sorted(line.months):
            numbers = (line.months[month].get(one, 0) for one in queries.MEASURES)
            writer.writerow([in_csv(line.title), month.strftime("%Y-%m"), *numbers])
    return response


def _names() -> dict[str, str]:
    return {
        "awarded": _("Awarded"),
        "claimed": _("Claimed"),
        "viewed": _("Page views"),
        "verified": _("Verified"),
    }


def _month(month: dt.date) -> str:
    return date_format(month, "F Y")


def _chart(values: list[tuple[dt.date, int]]) -> dict[str, Any]:
    """Bars as attributes of an SVG; the tables say the same in words."""
    most = _round_up(max((number for _day, number in values), default=0))
    step = (WIDTH - LEFT) / max(len(values), 1)
    room = HEIGHT - BOTTOM - TOP
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "floor": HEIGHT - BOTTOM,
        "lines": [
            {"y": round(HEIGHT - BOTTOM - room * part, 1), "label": f"{round(most * part):n}"} for part in (0, 0.5, 1)
        ],
        "bars": [
            {
                "x": round(LEFT + step * (place + 0.18), 1), "width": round(step * 0.64, 1),
                "y": round(HEIGHT - BOTTOM - room * number / most, 1), "height": round(room * number / most, 1),
                "middle": round(LEFT + step * (place + 0.5), 1), "number": number, "label": date_format(month, "M"),
                "is_odd": place % 2 == 0,
                "words": f"{_month(month)}: {number}",
            }
            for place, (month, number) in enumerate(values)
        ],
    }  # fmt: skip


def _round_up(number: int) -> int:
    """The next 2, 4, 10, 20, 40, 100 …: half of it is a whole number too."""
    power = 1
    while number > 10 * power:
        power *= 10
    return next(factor * power for factor in (2, 4, 10) if number <= factor * power)
