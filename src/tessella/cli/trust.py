"""``tessella trust``: copies of the EU trusted lists, fetched on request and shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.http import SafeFetcher
from tessella.adapters.trusted_lists import EU_LIST_OF_LISTS, fetch_trusted_lists
from tessella.cli._app import Exit, JsonFlag, app, console, errors, print_json
from tessella.cli._trust import ListSignerOption, read_certificates, read_trusted_lists
from tessella.text import say
from tessella.trust import ListRow, ServiceKind, TrustedList, TrustedLists
from tessella.trust.trusted_lists import count

__all__ = ["fetch", "show"]

trust = typer.Typer(
    name="trust", help="The EU trusted lists: who issues qualified seals.", no_args_is_help=True
)
app.add_typer(trust)


@trust.command("fetch")
def fetch(
    out: Annotated[Path, typer.Argument(help="The folder for the copy.")],
    list_signers: ListSignerOption = None,
    url: Annotated[str, typer.Option(help="The list of the lists.")] = EU_LIST_OF_LISTS,
    as_json: JsonFlag = False,
) -> int:
    """Fetch the EU list of trusted lists and every list it names. Exits 3 when some could not be had."""
    clock = SystemClock()
    signers = [der for path in list_signers or [] for der in read_certificates(path)]
    rows = list(_shown(fetch_trusted_lists(out, SafeFetcher(clock), clock, signers=signers, url=url)))
    _print(rows, clock.now(), as_json)
    return Exit.OK if all(row.found for row in rows) else Exit.INDETERMINATE


@trust.command("show")
def show(
    copy: Annotated[Path, typer.Argument(help="A folder or ZIP with a copy of the lists.")],
    list_signers: ListSignerOption = None,
    at: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="As of this time (UTC); default now."),
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Show what is in a copy: territories, numbers, dates, services. Exits 3 when a list is missing, broken or expired."""
    now = at.replace(tzinfo=dt.UTC) if at else SystemClock().now()
    lists = read_trusted_lists(copy, list_signers or [])
    rows = [ListRow(territory=lists.top.facts.territory, location="", found=lists.top)]
    rows += _shown(lists.rows())
    _print(rows, now, as_json, lists)
    fresh = all(row.found is not None and not row.found.facts.expired_at(now) for row in rows)
    return Exit.OK if fresh else Exit.INDETERMINATE


def _shown(rows: Iterator[ListRow]) -> Iterator[ListRow]:
    """The rows, with a progress bar on a terminal while they are made."""
    with Progress(
        TextColumn(say("Trusted lists")), BarColumn(), MofNCompleteColumn(), console=errors, transient=True,
        disable=not errors.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=None)
        for row in rows:
            yield row
            progress.advance(task)


def _print(rows: list[ListRow], now: dt.datetime, as_json: bool, lists: TrustedLists | None = None) -> None:
    if as_json:
        for row in rows:
            print_json(_as_json(row, now))
        return
    if lists is not None:
        made = lists.fetched_at
        told = (
            say("Copy made on %(day)s.", day=made.date())
            if made
            else say("When the copy was made is not known.")
        )
        console.print(escape(told))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (
        "Territory",
        "Number",
        "Issued",
        "Age (days)",
        "Next update",
        "CA/QC for seals",
        "Time stamps",
        "",
    ):
        table.add_column(say(heading) if heading else "")
    for row in rows:
        table.add_row(row.territory, *_cells(row, now))
    console.print(table)


def _cells(row: ListRow, now: dt.datetime) -> list[str]:
    if row.found is None:
        reason = row.problem.message if row.problem else ""
        return ["–", "–", "–", "–", "–", "–", f"[red]{escape(reason)}[/red]"]
    facts = row.found.facts
    expired = facts.expired_at(now)
    services = [str(one) for one in _counts(row.found, now)] if row.found.services else ["–", "–"]
    return [
        str(facts.sequence_number),
        str(facts.issued_at.date()),
        str(max((now - facts.issued_at).days, 0)),
        str(facts.next_update.date()) if facts.next_update else say("none: closed"),
        *services,
        f"[yellow]{say('expired')}[/yellow]" if expired else say("current"),
    ]


def _counts(found: TrustedList, now: dt.datetime) -> tuple[int, int]:
    """Services granted now: for certificates for seals, and for time stamps."""
    return (
        count(found, ServiceKind.CERTIFICATES, now, "eseal"),
        count(found, ServiceKind.TIMESTAMPS, now),
    )


def _as_json(row: ListRow, now: dt.datetime) -> dict[str, Any]:
    answer: dict[str, Any] = {"territory": row.territory, "location": row.location or None}
    if row.found is None:
        return answer | {"problem": row.problem.as_dict() if row.problem else None}
    facts = row.found.facts
    seals, stamps = _counts(row.found, now)
    return answer | {
        "operator": facts.operator,
        "sequence_number": facts.sequence_number,
        "issued_at": facts.issued_at.isoformat(),
        "next_update": facts.next_update.isoformat() if facts.next_update else None,
        "age_days": max((now - facts.issued_at).days, 0),
        "expired": facts.expired_at(now),
        "signed_by": row.found.signed_by,
        "seal_services": seals,
        "timestamp_services": stamps,
    }
