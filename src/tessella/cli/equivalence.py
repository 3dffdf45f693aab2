"""``tessella equivalence``: do several files say the same of an award?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import expand_inputs, read_bytes, read_stdin, shown_name
from tessella.adapters.http import NoFetcher
from tessella.adapters.published import FolderFetcher
from tessella.cli._app import Exit, JsonFlag, app, console, print_json, say_note
from tessella.errors import ConfigError
from tessella.text import say
from tessella.verification import (
    Answer,
    ElementAnswer,
    Equivalence,
    Opened,
    Surroundings,
    equivalence,
    open_credentials,
    with_linked,
)
from tessella.vocabulary import by_uri

_MARKS = {
    Answer.EQUAL: "[green]=[/green]",
    Answer.CONTRADICTORY: "[bold red]≠[/bold red]",
    Answer.NOT_CARRIED: "[dim]·[/dim]",
}
_EXITS = {
    Answer.EQUAL: Exit.OK,
    Answer.CONTRADICTORY: Exit.NEGATIVE,
    Answer.NOT_CARRIED: Exit.INDETERMINATE,
}
_NUMBERS = {"left": "1: ", "right": "2: "}
_MAX_SHOWN = 300
"""Characters of a value in the table; ``--json`` has all of it."""


@app.command("equivalence")
def equivalence_command(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Two or more credentials in any format; - reads standard input. Each is compared with the first."
        ),
    ],
    published: Annotated[
        Path | None,
        typer.Option(
            help="Folder with what Open Badges 2.0 link: badge class and issuer (the folder that was issued into will do)."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Do files in different formats say the same? Per element: equal, contradictory, not carried.

    Exits 0 when nothing is contradictory, 1 when something is, 3 when there is nothing to compare. Seals are not looked at."""
    around = Surroundings(
        at=SystemClock().now(), fetcher=FolderFetcher(published, NoFetcher()) if published else NoFetcher()
    )
    opened = [with_linked(one, around) for name in expand_inputs(files) for one in _opened(name)]
    if len(opened) < 2:
        raise ConfigError(
            say("To compare, two credentials are needed."),
            code="cli.equivalence",
            got=len(opened),
            hint=say("Name two or more files, or one that holds several credentials."),
        )
    first, *others = opened
    found = [equivalence(first, other) for other in others]
    for one in found:
        if as_json:
            print_json(_as_json(one))
        else:
            _print(one)
    if not as_json:
        say_note(say("The seals were not looked at. Whether the files are genuine: tessella verify"))
    answers = {one.answer for one in found}
    order = (Answer.CONTRADICTORY, Answer.NOT_CARRIED, Answer.EQUAL)
    return _EXITS[next(one for one in order if one in answers)]


def _opened(name: str) -> list[Opened]:
    """The credentials of a file that are about an award; the reason when there is none.

    Raises:
        TessellaError: the file cannot be read, or none of its credentials.
    """
    data = read_stdin() if name == "-" else read_bytes(Path(name))
    found = open_credentials(data, shown_name(name))
    return [one for one in found if one.award is not None] or list(found[:1])


def _as_json(found: Equivalence) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.to_builtins(found)
    return made


def _print(found: Equivalence) -> None:
    for number, side in enumerate((found.left, found.right), start=1):
        where = f" ({escape(side.where)})" if side.where else ""
        console.print(f"{number}: [bold]{escape(side.name)}[/bold]{where}: {escape(side.title)}")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(max_width=32)
    table.add_column(overflow="fold")
    for element in found.elements:
        table.add_row(_MARKS[element.answer], escape(element.title), escape(_words(element)))
        for place, left, right in _differences(element):
            table.add_row("", f"[dim]{escape(place)}[/dim]", f"1: {escape(left)}\n2: {escape(right)}")
    console.print(table)
    if found.copies:
        names = ", ".join(fact.fact for fact in found.copies)
        say_note(say("Each copy has its own, which is not compared: %(names)s", names=names))
    console.print(_verdict(found))
    if found.answer is Answer.EQUAL and not found.same_learner:
        console.print(
            say("[yellow]Whether they are about the same learner[/yellow] cannot be told from these files.")
        )


def _verdict(found: Equivalence) -> str:
    counts = {answer: len(found.of(answer)) for answer in Answer}
    if found.answer is Answer.CONTRADICTORY:
        return say(
            "[bold red]They contradict each other[/bold red] in %(count)s of the elements; equal: %(equal)s.",
            count=counts[Answer.CONTRADICTORY],
            equal=counts[Answer.EQUAL],
        )
    if found.answer is Answer.NOT_CARRIED:
        return say("[yellow]Nothing can be compared[/yellow]: what one says, the other does not.")
    return say(
        "[green]They say the same[/green] in %(equal)s of the elements; said by one only: %(missing)s.",
        equal=counts[Answer.EQUAL],
        missing=counts[Answer.NOT_CARRIED],
    )


def _words(element: ElementAnswer) -> str:
    if element.answer is Answer.CONTRADICTORY:
        return say("contradictory")
    reasons = "\n".join(
        dict.fromkeys(
            f"{_NUMBERS.get(one.missing_in, '')}{one.reason}"
            for one in element.claims
            if one.missing_in and one.reason
        )
    )
    if element.answer is Answer.EQUAL:
        return say("equal, in part. %(reasons)s", reasons=reasons) if element.partly else say("equal")
    return say("not carried. %(reasons)s", reasons=reasons)


def _differences(element: ElementAnswer) -> list[tuple[str, str, str]]:
    return [
        (f"{one.path}.{place}".rstrip("."), _shown(left), _shown(right))
        for one in element.claims
        for place, left, right in one.differs
    ]


def _shown(value: Any) -> str:
    """A normal form in words: labels for the URIs of lists, texts with their language."""
    text = _text(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _text(value: Any) -> str:
    if value is None:
        return say("(nothing)")
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_text(item)}" for name, item in value.items())
    if isinstance(value, list):
        return " | ".join(map(_text, value))
    known = by_uri(value) if isinstance(value, str) and value.startswith("http") else None
    return known.label() if known is not None else str(value)
