"""The reference page of the command line, from the program itself."""

from __future__ import annotations

import datetime as dt
import enum
import inspect
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer.main
from tools.markdown import table

from tessella.cli import commands
from tessella.cli._app import Exit

__all__ = ["command_line"]


def command_line() -> str:
    """Every command with its arguments and options, from the program itself."""
    root = typer.main.get_command(commands.app)
    parts = [
        "# Command line\n",
        "Every command takes `--help`. Where `--json` is offered, standard output holds JSON only: see "
        "[scripting](../how-to/scripting.md). Remarks and errors go to standard error.\n",
        "## Exit codes\n",
        table(("code", "meaning"), [(str(code.value), text) for code, text in EXIT_CODES.items()]),
    ]
    for command, name in _commands(root, "tessella"):
        parts += _command(command, name)
    return "\n".join(parts)


EXIT_CODES = {
    Exit.OK: "Done; for `verify`: everything passed; for `check`: everything is complete.",
    Exit.NEGATIVE: "The answer is no: a credential failed, a description is not complete, a row was left out, nothing was found.",
    Exit.USAGE: "The command could not be carried out: wrong options, unusable input, a missing key.",
    Exit.INDETERMINATE: "Nothing failed, but something could not be established (`verify`).",
}


def _commands(command: Any, name: str) -> Iterator[tuple[Any, str]]:
    members: Mapping[str, Any] = getattr(command, "commands", {})
    if not members:
        yield command, name
    for short in members:
        yield from _commands(members[short], f"{name} {short}")


def _command(command: Any, name: str) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    usage = " ".join([name, *(["[OPTIONS]"] if options else []), *(_metavar(one) for one in arguments)])
    yield f"## {name}\n"
    yield f"```text\n{usage}\n```\n"
    yield " ".join(inspect.cleandoc(command.help or "").split()) + "\n"
    if arguments:
        yield table(("argument", "meaning"), [(f"`{_metavar(one)}`", one.help or "") for one in arguments])
    if options:
        yield table(
            ("option", "meaning", "default"),
            [(_names(one), _meaning(one), _default(one)) for one in options],
        )


def _metavar(argument: Any) -> str:
    name = argument.metavar or (argument.name or "").upper()
    if argument.nargs == -1 and "…" not in name:
        name += "…"
    return str(name) if argument.required or name.startswith("[") else f"[{name}]"


def _names(option: Any) -> str:
    value = "" if option.is_flag else " " + _value(option)
    return ", ".join(f"`{name}{value}`" for name in [*option.opts, *option.secondary_opts])


def _meaning(option: Any) -> str:
    words = ", ".join(f"`{word}`" for word in _words(_wanted(option)))
    parts = (
        option.help or "",
        f"One of {words}." if words else "",
        f"Environment: `{option.envvar}`." if option.envvar else "",
    )
    return " ".join(filter(None, parts))


def _wanted(option: Any) -> Any:
    """The type of an option; of each of its values, when it may be repeated."""
    wanted = option.type_descriptor.annotation
    (wanted,) = typing.get_args(wanted) or (wanted,)
    return wanted


def _value(option: Any) -> str:
    wanted = _wanted(option)
    return {Path: "PATH", int: "NUMBER", dt.datetime: "TIME"}.get(
        wanted, "WORD" if _words(wanted) else "TEXT"
    )


def _words(wanted: Any) -> list[str]:
    """The words that an option takes, when it is one of some."""
    is_choice = isinstance(wanted, type) and issubclass(wanted, enum.Enum)
    return [str(one.value) for one in wanted] if is_choice else []


def _default(option: Any) -> str:
    shown = option.show_default if isinstance(option.show_default, str) else ""
    value = shown or option.default
    if option.is_flag or callable(value) or value in (None, "", ()):
        return ""
    return f"`{getattr(value, 'value', value)}`"
