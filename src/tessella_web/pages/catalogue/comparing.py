"""Up to three versions, with what is offered of them, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tessella.rendering import Row, Section
from tessella_web.catalogue.changes import sections_of
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.pages.catalogue.asking import COMPARED, read
from tessella_web.pages.offers.words import facts_of

__all__ = ["compare"]

_SHOWN_ABOVE = frozenset({"title", "description"})


class Cell(NamedTuple):
    """What one of them says about an element."""

    values: tuple[str, ...]
    note: str
    is_stated: bool


class Line(NamedTuple):
    """An element across all; ``differs``: not all say the same."""

    label: str
    cells: tuple[Cell, ...]
    differs: bool


class Part(NamedTuple):
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


class Column(NamedTuple):
    """A version, and the offer that is compared: the one that was chosen, else its next."""

    version: Version
    offer: Offer | None
    sections: tuple[Section, ...]


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """A table with a column for each; what differs is marked, in words too. Made to be printed."""
    address = read(request.GET)
    columns = columns_of(address.aside, on=timezone.now().date())
    shown = columns.values()
    parts = [*_parts([one.sections for one in shown]), *_offers([one.offer for one in shown])]
    titles = [one.version.title for one in shown]
    lines = [line for part in parts for line in part.lines]
    response = render(request, "pages/catalogue/compare.html", {
        "columns": [
            (one, one.version.record(), address._replace(aside=tuple(other for other in address.aside if other != id)).query)
            for id, one in columns.items()
        ],
        "parts": [
            (part.title, [(line.label, line.differs, list(zip(titles, line.cells, strict=True))) for line in part.lines])
            for part in parts
        ],
        "differing": sum(line.differs for line in lines),
        "count": len(lines),
        "few": 2 * sum(line.differs for line in lines) <= len(lines),
        "address": address,
        "has_room": len(columns) < COMPARED,
    })  # fmt: skip
    response["X-Robots-Tag"] = "noindex, follow"
    return response


def columns_of(ids: Sequence[str], *, on: dt.date) -> dict[str, Column]:
    """By id, of a version or of an offer, what stands in its column; three queries."""
    chosen = Offer.objects.exclude(state=State.CANCELLED).in_bulk(list(ids))
    wanted = {*ids, *(one.version_id for one in chosen.values())}
    versions = Version.objects.select_related("organisation", "description").in_bulk(list(wanted))
    following: dict[str, Offer] = {}
    coming = Q(ends_on=None) | Q(ends_on__gte=on)
    offers = Offer.objects.filter(coming, version__in=versions, state__in=[State.OPEN, State.PLANNED])
    for offer in offers.order_by(F("starts_on").asc(nulls_last=True), "made_at"):
        following.setdefault(offer.version_id, offer)
    found = {}
    for id in ids:
        own = chosen.get(id)
        version = versions.get(id if own is None else own.version_id)
        if version is not None:
            shown = following.get(version.id) if own is None else own
            found[id] = Column(version, shown, sections_of(version.whole))
    return found


def _parts(columns: Sequence[tuple[Section, ...]]) -> list[Part]:
    titles: dict[str, str] = {}
    rows: dict[str, dict[str, str]] = {}
    for section in (section for sections in columns for section in sections):
        titles.setdefault(section.id, section.title)
        for row in section.rows:
            if row.element not in _SHOWN_ABOVE:
                rows.setdefault(section.id, {}).setdefault(row.element, row.label)
    said = [{row.element: row for section in sections for row in section.rows} for sections in columns]
    return [
        Part(
            titles[id],
            tuple(
                _line(label, (_cell(column.get(name)) for column in said)) for name, label in names.items()
            ),
        )
        for id, names in rows.items()
    ]


def _cell(row: Row | None) -> Cell:
    if row is None or not row.stated:
        return Cell((_("Not stated"),), "", False)
    return Cell(row.values, row.note, True)


def _line(label: str, cells: Iterable[Cell]) -> Line:
    made = tuple(cells)
    return Line(label, made, len({(cell.values, cell.note) for cell in made}) > 1)


def _offers(offers: Sequence[Offer | None]) -> list[Part]:
    """When, where, for how much; nothing when none of them is offered."""
    facts = [dict(facts_of(one)) if one else {} for one in offers]
    names = dict.fromkeys(name for one in facts for name in one)
    lines = tuple(_line(name, (_stated(one.get(name, "")) for one in facts)) for name in names)
    return [Part(_("The offer"), lines)] if lines else []


def _stated(words: str) -> Cell:
    return Cell((words or _("Not stated"),), "", bool(words))
