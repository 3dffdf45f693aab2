"""``tessella guide demand``: what work is in demand, by tables of vacancies, and which planned offers would meet it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes, shown_name
from tessella.cli import funding
from tessella.cli._app import Exit, JsonFlag, console, errors, print_json
from tessella.cli.guide import guide
from tessella.guidance.demand import (
    STALE_MONTHS,
    Demand,
    Figure,
    Ranked,
    RowError,
    demand_for,
    load_offer_places,
    rank,
    read_table,
)
from tessella.guidance.demand.table import MAX_BYTES
from tessella.text import say

__all__ = ["demand_command", "funding"]

SHOWN = 20
"""Figures printed for people; JSON has all."""


@guide.command("demand")
def demand_command(
    tables: Annotated[list[Path], typer.Argument(help="Tables of vacancies (CSV).")],
    concept: Annotated[
        list[str] | None,
        typer.Option(help="Only this skill or occupation (its ESCO address); several times for any."),
    ] = None,
    region: Annotated[str, typer.Option(help="Only this region: a NUTS code or a country's letters.")] = "",
    offers: Annotated[
        Path | None, typer.Option(help="Offers with skills and places (YAML, JSON): rank those planned.")
    ] = None,
    stale_months: Annotated[
        int, typer.Option(min=1, max=120, help="Figures older than this are marked.")
    ] = STALE_MONTHS,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to answer for; default today.")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """What is in demand, each figure with its source and date. Exits 0, 1 when a row was left out, 3 when there is no figure."""
    day = on.date() if on else SystemClock().now().date()
    figures: list[Figure] = []
    wrong: list[RowError] = []
    for path in tables:
        for read in read_table(read_bytes(path, max_bytes=MAX_BYTES), file=shown_name(str(path)), today=day):
            wrong += read.errors
            if read.figure and (not concept or read.figure.concept in concept):
                figures.append(read.figure)
    found = demand_for(figures, region=region, on=day, stale_months=stale_months)
    ranked: tuple[Ranked, ...] = ()
    if offers is not None:
        shown = shown_name(str(offers))
        ranked = rank(load_offer_places(parse_description(read_bytes(offers), shown), place=shown), found)
    if as_json:
        print_json({
            "demand": [msgspec.to_builtins(one) for one in found],
            "ranked": [msgspec.to_builtins(one) for one in ranked],
            "left_out": [msgspec.to_builtins(one) for one in wrong],
        })  # fmt: skip
    else:
        _print(found, ranked, ask=offers is not None)
        for one in wrong:
            errors.print(
                f"[bold red]✗[/bold red] {escape(say('%(file)s, row %(row)s, %(field)s: %(reason)s %(remedy)s', **msgspec.to_builtins(one)))}"
            )
    if wrong:
        return Exit.NEGATIVE
    return Exit.OK if found else Exit.INDETERMINATE


def _print(found: tuple[Demand, ...], ranked: tuple[Ranked, ...], *, ask: bool) -> None:
    if not found:
        console.print(say("There is no figure for this. That nobody counted says nothing about demand."))
    for one in found[: 0 if ask else SHOWN]:
        console.print(f"[bold]{one.vacancies}[/bold]  {escape(one.concept)}")
        console.print(f"  {escape(_source(one))}")
    if len(found) > SHOWN and not ask:
        console.print(say("… and %(count)s more: --json has all.", count=len(found) - SHOWN))
    for number, row in enumerate(ranked, 1):
        console.print(f"{number}. [bold]{escape(row.offer.title)}[/bold]")
        if row.leading is None:
            console.print(escape("   " + say("No figure for any of its skills.")))
            continue
        places = row.leading.open_places
        console.print(escape("   " + say(
            "%(unmet)s unmet: %(vacancies)s vacancies, %(places)s open places for %(concept)s",
            unmet=row.leading.unmet, vacancies=row.leading.demand.vacancies,
            places=say("no limit of") if places is None else places, concept=row.leading.demand.concept,
        )))  # fmt: skip
        console.print(f"   {escape(_source(row.leading.demand))}")


def _source(one: Demand) -> str:
    said = [
        say(
            "%(first)s to %(last)s, %(regions)s; %(source)s, %(day)s, %(url)s, %(licence)s",
            first=one.period_from, last=one.period_to, regions=", ".join(one.regions), source=one.source,
            day=one.published_on, url=one.source_url, licence=one.licence,
        )
    ]  # fmt: skip
    if one.is_stale:
        said.append(say("OLD: look for newer figures."))
    if one.is_wider:
        said.append(say("A larger region than asked for."))
    elif not one.is_whole and one.asked:
        said.append(say("The sum of its parts that were counted."))
    return " ".join(said)
