"""The application object, shared options, and how errors leave the program: one sentence and an exit code."""

from __future__ import annotations

import enum
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from tessella.errors import ConfigError, TessellaError
from tessella.text import say

__all__ = [
    "Exit",
    "JsonFlag",
    "KeysOption",
    "TsaOption",
    "app",
    "ask_secret",
    "console",
    "errors",
    "no_inputs",
    "password",
    "print_json",
    "run",
    "say_note",
    "say_problem",
]


class Exit(enum.IntEnum):
    """Exit codes, the same for every command."""

    OK = 0
    NEGATIVE = 1
    """The answer is no: a credential failed, a description is incomplete, a row was left out."""
    USAGE = 2
    """The command cannot be carried out: wrong options, unusable input."""
    INDETERMINATE = 3
    """Nothing failed, but something could not be established."""


HELP = """European micro-credentials: describe, check, award, seal, verify.

Exit codes: 0 done or passed · 1 the answer is no · 2 wrong usage or unusable input ·
3 nothing failed, but something could not be established.
"""


def _leave(code: int | None) -> None:
    """What a command returns becomes the exit code."""
    raise typer.Exit(code or Exit.OK)


app = typer.Typer(
    name="tessella",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    result_callback=_leave,
)


@app.callback()
def _group() -> None:
    """Commands stay commands when only one of them was imported."""


console = Console(highlight=False, emoji=False)
errors = Console(stderr=True, highlight=False, emoji=False)

JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


def _default_keys() -> Path:
    return Path(os.environ.get("TESSELLA_KEYS", "keys"))


KeysOption = Annotated[
    Path,
    typer.Option(
        "--keys",
        envvar="TESSELLA_KEYS",
        help="The folder of the key store.",
        show_default="./keys",
        default_factory=_default_keys,
    ),
]

TsaOption = Annotated[
    str,
    typer.Option(
        "--tsa",
        envvar="TESSELLA_TSA",
        help="Address of a time-stamping authority (RFC 3161), for seals that outlive their certificate.",
    ),
]


def password(*, new: bool = False) -> str:
    """The key store's password: from ``TESSELLA_PASSWORD``, else asked for on the terminal."""
    return ask_secret("TESSELLA_PASSWORD", say("Password of the key store"), new=new)


def ask_secret(variable: str, question: str, *, new: bool = False) -> str:
    """A password: from this environment variable, else asked for on the terminal."""
    if found := os.environ.get(variable):
        return found
    if not sys.stdin.isatty():
        raise TessellaError(
            say("%(question)s: it is not known.", question=question),
            code="cli.password",
            hint=say("Set %(variable)s, or run the command in a terminal.", variable=variable),
        )
    return str(typer.prompt(question, hide_input=True, confirmation_prompt=new))


def print_json(value: Any) -> None:
    """One JSON value on one line of standard output, UTF-8."""
    if isinstance(value, bytes):
        sys.stdout.buffer.write(value + b"\n")
        sys.stdout.buffer.flush()
    else:
        print(json.dumps(value, ensure_ascii=False))


def say_note(text: str) -> None:
    """A remark for people, on standard error, so that output stays clean."""
    errors.print(f"[dim]{escape(text)}[/dim]")


def say_problem(error: TessellaError) -> None:
    """An error as one sentence with its remedy."""
    place = f"{error.place}: " if error.place else ""
    errors.print(f"[bold red]✗[/bold red] {escape(place + error.message)} {escape(error.hint)}".rstrip())


def no_inputs() -> ConfigError:
    """The error when inputs were named and none was found: empty is not success."""
    return ConfigError(
        say("There is nothing to read."),
        code="cli.nothing",
        hint=say("Name a file, or a folder with files."),
    )


def _use_utf8() -> None:
    """Output is UTF-8 whatever the system's habit; what a terminal cannot show is escaped, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; a traceback only with ``TESSELLA_TRACE=1``."""
    _use_utf8()
    try:
        app(args=arguments, prog_name="tessella")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else Exit.USAGE
    except TessellaError as error:
        if os.environ.get("TESSELLA_TRACE"):
            raise
        if "--json" in (arguments if arguments is not None else sys.argv):
            print_json({"error": error.as_dict()})
        say_problem(error)
        return Exit.USAGE
    return Exit.OK
