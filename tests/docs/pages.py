"""Runs a documentation page: what it tells the reader to do is done, in an empty folder, in the page's order.

* A fenced block with a title (```` ```yaml title="policy.yaml" ````) is a file: it is written under that name.
* A ``console`` block is a session: every line that begins with ``$ `` is run by bash, with one shell for the whole page. The lines
  after a command are what the reader is shown of its output: each must be found there, in this order. White space counts as one
  space (terminals differ in width), ``…`` stands for anything.
* A command ends with exit code 0, unless the sentence that follows the block says “exit code N”: that is for its last command.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.cli import forked
from tests.cli.support import forking_server

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<body>.*?)^```\n", re.M | re.S
)
_EXIT = re.compile(r"exit code (\d+)", re.I)


class Command(NamedTuple):
    """One line to type, what is shown of its output, and how it ends."""

    line: str
    shown: tuple[str, ...]
    exit_code: int


class File(NamedTuple):
    """A file that the page shows."""

    name: str
    text: str


class Done(NamedTuple):
    output: str
    exit_code: int


def steps(page: str) -> Iterator[File | Command]:
    """The files and commands of a page in Markdown, in order."""
    for match in _FENCE.finditer(page):
        if match["title"]:
            yield File(match["title"], match["body"])
        elif match["language"] == "console":
            yield from _commands(match["body"], _exit_code(page[match.end() :]))


def _exit_code(rest: str) -> int:
    paragraph = rest.lstrip("\n").partition("\n\n")[0]
    said = None if paragraph.startswith(("#", "```")) else _EXIT.search(paragraph)
    return int(said[1]) if said else 0


def _commands(body: str, last_exit: int) -> list[Command]:
    found: list[Command] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], (), 0))
        elif found and line.startswith("> "):
            found[-1] = found[-1]._replace(line=f"{found[-1].line}\n{line[2:]}")
        elif found and line.strip():
            found[-1] = found[-1]._replace(shown=(*found[-1].shown, line))
    if found:
        found[-1] = found[-1]._replace(exit_code=last_exit)
    return found


def _shim(path: Path) -> None:
    """``tessella`` as a program that asks the forking server: half a second less for each command of a page."""
    path.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -IS "{forked.__file__}" call "{forking_server()}" "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)


class Shell:
    """One bash, so that ``export`` and ``cd`` last for the page; standard input of the commands is empty."""

    def __init__(self, folder: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TESSELLA_")}
        self._programs = tempfile.TemporaryDirectory()
        _shim(Path(self._programs.name) / "tessella")
        places = (self._programs.name, str(Path(sys.executable).parent), environment.get("PATH", ""))
        environment["PATH"] = os.pathsep.join(places)
        environment["COLUMNS"] = "100"
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._bash.kill()
        self._bash.communicate()
        self._programs.cleanup()

    def run(self, line: str) -> Done:
        end = f"END-{uuid.uuid4().hex}"
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        self._bash.stdin.write(f'{{ {line}\n}} </dev/null\necho "{end} $?"\n')
        self._bash.stdin.flush()
        output: list[str] = []
        for answer in self._bash.stdout:
            text, found, code = answer.partition(end)
            output.append(text)
            if found:
                return Done("".join(output), int(code))
        raise AssertionError(f"the shell ended in: {line}\n{''.join(output)}")


def run_page(page: str, folder: Path) -> int:
    """Do what the page says in ``folder``; the number of commands run.

    Raises:
        AssertionError: a command ends otherwise, or prints otherwise, than the page says.
    """
    count = 0
    with Shell(folder) as shell:
        for step in steps(page):
            if isinstance(step, File):
                (folder / step.name).write_text(step.text, encoding="utf-8")
                continue
            count += 1
            done = shell.run(step.line)
            assert done.exit_code == step.exit_code, f"$ {step.line}\n{done}"
            compare(step, done.output)
    return count


def compare(command: Command, output: str) -> None:
    """Every shown line must stand in the output, in order."""
    rest = " ".join(output.split())
    for shown in command.shown:
        pattern = re.escape(" ".join(shown.split())).replace("…", ".*?")
        found = re.search(pattern.strip(), rest)
        assert found, f"$ {command.line}\nis said to print: {shown}\nbut the rest of its output is:\n{rest}"
        rest = rest[found.end() :]
