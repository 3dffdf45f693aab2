"""``tessella show``: a credential or description in plain words."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.files import expand_inputs, shown_name
from tessella.cli._app import Exit, JsonFlag, app, console, no_inputs, print_json, say_note, say_problem
from tessella.cli.check import read_subject
from tessella.errors import TessellaError
from tessella.model import Award, Learner
from tessella.rendering import plain_words
from tessella.text import say


@app.command()
def show(
    files: Annotated[list[str], typer.Argument(help="Credentials or descriptions; - reads standard input.")],
    languages: Annotated[
        str, typer.Option("--language", help="Wanted languages, best first, e.g. nl,en.")
    ] = "en",
    as_json: JsonFlag = False,
) -> int:
    """Say in plain words what a credential or description says. Shows, does not verify."""
    wanted = [language.strip() for language in languages.split(",") if language.strip()] or ["en"]
    count = unreadable = 0
    for count, input_name in enumerate(expand_inputs(files), start=1):  # noqa: B007 -- counted for the check below
        name = shown_name(input_name)
        try:
            subject = read_subject(input_name)
        except TessellaError as error:
            unreadable += 1
            if as_json:
                print_json({"input": name, "error": error.as_dict()})
            say_problem(error)
            continue
        record = subject.record
        award = record if isinstance(record, Award) else Award(micro_credential=record, learner=Learner())
        sections = plain_words(award, wanted)
        if as_json:
            print_json({"input": name, "format": subject.format, "sections": msgspec.to_builtins(sections)})
            continue
        console.print(f"[bold]{escape(name)}[/bold]  [dim]{escape(subject.format)}[/dim]")
        for section in sections:
            console.print(f"\n[bold]{escape(section.title)}[/bold]")
            table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
            table.add_column(style="dim", max_width=32)
            table.add_column(overflow="fold")
            for row in section.rows:
                value = escape(row.value) if row.stated else f"[dim]{escape(row.value)}[/dim]"
                note = f"\n[dim]{escape(row.note)}[/dim]" if row.note else ""
                table.add_row(escape(row.label), value + note)
            console.print(table)
        console.print()
    if not count:
        raise no_inputs()
    if unreadable < count:
        say_note(say("This is what the file says. Whether it is genuine: tessella verify"))
    return Exit.USAGE if unreadable else Exit.OK
