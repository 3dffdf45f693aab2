"""``tessella verify``: files, folders, patterns, standard input or addresses, each with a verdict and reasons."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import MAX_FILE_BYTES, expand_inputs, read_bytes, read_stdin, shown_name
from tessella.adapters.http import NoFetcher, SafeFetcher
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.published import FolderFetcher
from tessella.cli._app import Exit, JsonFlag, app, console, errors, no_inputs, print_json
from tessella.errors import AccessError, ConfigError, DecodeError, TessellaError
from tessella.ports import Clock, Fetcher
from tessella.rendering import CheckView, ReportView, report_text, verdict_words
from tessella.text import say
from tessella.trust import read_registry
from tessella.verdicts import Check, Report, Verdict
from tessella.verification import POLICIES, Policy, Surroundings, verify

__all__ = ["badge", "print_report", "surroundings", "verify_inputs"]

STYLES: dict[Verdict, str] = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.INDETERMINATE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


@app.command("verify")
def verify_command(
    inputs: Annotated[
        list[str], typer.Argument(help="Files, folders, patterns, https addresses; - reads standard input.")
    ],
    policy: Annotated[str, typer.Option(help=f"{', '.join(POLICIES)}, or a file with your own.")] = "default",
    at: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="As of this time (UTC); default now."),
    ] = None,
    anchors: Annotated[
        list[Path] | None,
        typer.Option("--anchor", help="Certificates (PEM) you trust for e-seals; may be repeated."),
    ] = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Fetch status lists and DID documents (https, public addresses only)."),
    ] = False,
    published: Annotated[
        Path | None, typer.Option(help="Folder with status lists and DID documents on file.")
    ] = None,
    registry: Annotated[
        list[Path] | None, typer.Option(help="Issuer registers (JSON) to look in; may be repeated.")
    ] = None,
    keys_folder: Annotated[
        Path | None, typer.Option("--keys", help="Your own key store, for rotated and revoked keys.")
    ] = None,
    profile: Annotated[str, typer.Option(help="What completeness is checked against.")] = "eu-2022",
    brief: Annotated[bool, typer.Option("--brief", help="One line per credential.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """Verify credentials. Exits 0 when all passed, 1 when any failed, 3 when some could not be established."""
    clock = SystemClock()
    around = surroundings(
        clock, at=at, anchors=anchors or (), online=online, published=published, registries=registry or (),
        keys_folder=keys_folder, profile=profile,
    )  # fmt: skip
    chosen = _policy(policy)
    worst = Verdict.PASSED
    count = 0
    for report in verify_inputs(inputs, chosen, around, clock):
        count += 1
        worst = _worse(worst, report.verdict)
        if as_json:
            print_json(report.as_json())
        elif brief:
            _print_line(report)
        else:
            print_report(report_text(report))
    if not count:
        raise no_inputs()
    return {Verdict.PASSED: Exit.OK, Verdict.FAILED: Exit.NEGATIVE}.get(worst, Exit.INDETERMINATE)


def _worse(one: Verdict, other: Verdict) -> Verdict:
    order = (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.INDETERMINATE, Verdict.FAILED)
    return max(one, other, key=order.index)


def _policy(name: str) -> Policy:
    if name in POLICIES:
        return POLICIES[name]
    path = Path(name)
    if not path.is_file():
        raise ConfigError(
            say("There is no policy “%(name)s”.", name=name),
            code="config.policy",
            hint=say("Use %(names)s, or the name of a file with your own.", names=", ".join(POLICIES)),
        )
    data = parse_description(read_bytes(path), str(path))
    if not isinstance(data, dict):
        raise ConfigError(say("A policy is a mapping of fields."), code="config.policy", place=str(path))
    return Policy.from_mapping(data)


def surroundings(
    clock: Clock,
    *,
    at: dt.datetime | None = None,
    anchors: Iterable[Path] = (),
    online: bool = False,
    published: Path | None = None,
    registries: Iterable[Path] = (),
    keys_folder: Path | None = None,
    profile: str = "eu-2022",
) -> Surroundings:
    """What the options say about the world around the credentials.

    Raises:
        TessellaError: a named file cannot be read or is not what it should be.
    """
    fetcher: Fetcher | None = SafeFetcher(clock) if online else None
    if published is not None:
        fetcher = FolderFetcher(published, fetcher or NoFetcher())
    moment = at.replace(tzinfo=dt.UTC) if at and at.tzinfo is None else at
    return Surroundings(
        at=moment or clock.now(),
        fetcher=fetcher,
        anchors=tuple(der for path in anchors for der in _certificates(path)),
        registries=tuple(read_registry(read_bytes(path)) for path in registries),
        key_rings=(FileKeyStore(keys_folder).ring,) if keys_folder else (),
        profile=profile,
    )


def _certificates(path: Path) -> list[bytes]:
    data = read_bytes(path)
    found = [base64.b64decode(match.group(1)) for match in _PEM.finditer(data)]
    if not found and data[:1] == b"\x30":
        found = [data]
    if not found:
        raise DecodeError(
            say("The file holds no certificates."),
            code="input.pem",
            place=str(path),
            hint=say("Give a PEM file."),
        )
    return found


def verify_inputs(
    inputs: Iterable[str], policy: Policy, around: Surroundings, clock: Clock
) -> Iterator[Report]:
    """One report per input, lazily: memory does not grow with their number. Unreadable inputs get a report too."""
    with Progress(
        TextColumn(say("Verifying")), BarColumn(), MofNCompleteColumn(), console=errors, transient=True,
        disable=not errors.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=None)
        for name in expand_inputs(inputs):
            try:
                data = _read(name, clock)
            except TessellaError as error:
                yield _unreadable(error, shown_name(name), policy, around.at)
            else:
                yield verify(data, name=shown_name(name), policy=policy, surroundings=around)
            progress.advance(task)


def _unreadable(error: TessellaError, name: str, policy: Policy, at: dt.datetime) -> Report:
    """The report on an input that could not even be read: missing is indeterminate, unacceptable is failed."""
    verdict = Verdict.INDETERMINATE if isinstance(error, AccessError) else Verdict.FAILED
    check = Check(
        id="format",
        title=say("What the file is"),
        verdict=verdict,
        explanation=f"{error.message} {error.hint}".strip(),
        required=True,
        evidence={"code": error.code},
    )
    return Report(
        input=name, format="unreadable", verdict=verdict, checks=(check,), policy=policy.name, at=at
    )


def _read(name: str, clock: Clock) -> bytes:
    if name == "-":
        return read_stdin()
    if "://" in name:
        return SafeFetcher(clock).fetch(name, max_bytes=MAX_FILE_BYTES).body
    return read_bytes(Path(name))


def badge(verdict: Verdict) -> str:
    """A verdict as icon and word in its colour, as markup."""
    shown = verdict_words(verdict)
    return f"[{STYLES[verdict]}]{shown.icon} {shown.word}[/{STYLES[verdict]}]"


def _print_line(report: Report) -> None:
    console.print(f"{badge(report.verdict)}  {escape(report.input)}  [dim]{escape(report.format)}[/dim]")


def print_report(report: ReportView, *, indent: int = 0) -> None:
    """The report for people: verdict, what it is about, the checks one by one with what they mean."""
    console.print(Padding(f"{badge(report.verdict)}  [bold]{escape(report.input)}[/bold]", (0, 0, 0, indent)))
    for label, value in report.facts:
        console.print(Padding(f"[dim]{escape(label)}:[/dim] {escape(value)}", (0, 0, 0, indent + 2)))
    for check in report.checks if not report.children else ():  # the parts have the same checks, each its own
        _print_check(check, indent + 2)
    console.print()
    for child in report.children:
        print_report(child, indent=indent + 2)


def _print_check(check: CheckView, indent: int) -> None:
    role = "" if check.decides else say(" (for information)")
    console.print(
        Padding(f"[{STYLES[check.verdict]}]{check.icon} {check.word}[/{STYLES[check.verdict]}]  "
                f"[bold]{escape(check.title)}[/bold][dim]{role}[/dim]", (0, 0, 0, indent))
    )  # fmt: skip
    texts = [escape(check.explanation)] if check.verdict is not Verdict.NOT_APPLICABLE else []
    texts += [f"[dim]{escape(text)}[/dim]" for text in (check.meaning, *check.notes) if text and texts]
    for text in texts:
        console.print(Padding(text, (0, 0, 0, indent + 4)))
