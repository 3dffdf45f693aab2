"""``tessella vocabulary``: search the EU code lists."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.table import Table

from tessella.cli._app import Exit, JsonFlag, app, console, print_json, say_note
from tessella.text import say
from tessella.vocabulary import Concept, code_list, code_lists


@app.command()
def vocabulary(
    list_name: Annotated[
        str, typer.Argument(metavar="[LIST]", help="A list, e.g. assessment; without it all are named.")
    ] = "",
    query: Annotated[
        str, typer.Argument(metavar="[WORDS]", help="What to look for; without it all entries.")
    ] = "",
    language: Annotated[str, typer.Option(help="Language of the search (BCP 47).")] = "en",
    limit: Annotated[int, typer.Option(min=1, help="At most this many entries.")] = 20,
    as_json: JsonFlag = False,
) -> int:
    """Search the EU code lists whose words a description may use."""
    if not list_name:
        return _print_lists(as_json)
    entries = code_list(list_name)
    found = entries.search(query, language=language, limit=limit) if query else list(entries.concepts)[:limit]
    if as_json:
        print_json([msgspec.to_builtins(concept) for concept in found])
    elif found:
        _print_entries(found, language)
        if not query and len(entries.concepts) > len(found):
            say_note(
                say(
                    "%(count)s entries in all; use --limit or add words to search.",
                    count=len(entries.concepts),
                )
            )
    else:
        say_note(say("Nothing found for “%(query)s”.", query=query))
    return Exit.OK if found else Exit.NEGATIVE


def _print_lists(as_json: bool) -> int:
    lists = [code_list(name) for name in code_lists()]
    if as_json:
        print_json(
            [
                {"name": one.name, "title": one.title, "entries": len(one), "scheme": one.scheme}
                for one in lists
            ]
        )
        return Exit.OK
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(say("List"))
    table.add_column(say("Entries"), justify="right")
    table.add_column(say("What it is"))
    for one in lists:
        table.add_row(one.name, str(len(one)), one.title)
    console.print(table)
    return Exit.OK


def _print_entries(found: list[Concept], language: str) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(say("Write"), style="bold")
    table.add_column(say("Meaning"))
    table.add_column(say("URI"), style="dim", overflow="fold")
    for concept in found:
        table.add_row(concept.code, concept.label(language), concept.uri)
    console.print(table)
