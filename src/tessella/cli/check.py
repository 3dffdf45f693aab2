"""``tessella check``: is a description or a credential a complete micro-credential, and what is missing?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import expand_inputs, read_bytes, read_stdin, shown_name
from tessella.cli._app import Exit, JsonFlag, app, console, no_inputs, print_json, say_problem
from tessella.errors import InputError, TessellaError
from tessella.model import Award, Loaded, MicroCredential, Problem, load, unknown_fields
from tessella.standard import CheckResult, ElementStatus, Kind, SealFacts, check, profiles
from tessella.text import say
from tessella.verdicts import Finding, Severity
from tessella.verification import Opened, carries_mandate, open_credentials, read_credential

__all__ = ["Subject", "read_subject"]

_MARKS = {
    Severity.ERROR: "[bold red]✗[/bold red]",
    Severity.WARNING: "[yellow]![/yellow]",
    Severity.INFO: "[dim]i[/dim]",
}
_NEUTRAL = "[dim]·[/dim]"
_STATES = {
    ElementStatus.PRESENT: "[green]✓[/green]",
    ElementStatus.MISSING: "[bold red]✗[/bold red]",
    ElementStatus.INCOMPLETE: "[bold red]✗[/bold red]",
}


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is about, and what could not be used of it."""

    record: MicroCredential | Award
    format: str
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    mandate: bool | None = None


@app.command("check")
def check_command(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Descriptions (YAML, JSON) or credentials in any format; - reads standard input."
        ),
    ],
    profile: Annotated[
        str, typer.Option(help=f"What to check against: {', '.join(profiles())}.")
    ] = "eu-2022",
    country: Annotated[
        str | None,
        typer.Option(
            help="Add this country's rules (NL, ES, MT); none for none. Default: the awarding body's."
        ),
    ] = None,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to check for; default today.")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Check completeness against the European standard. Exits 0 when complete, 1 when not."""
    day = on.date() if on else SystemClock().now().date()
    complete = True
    count = 0
    for count, input_name in enumerate(expand_inputs(files), start=1):  # noqa: B007 -- counted for the check below
        name = shown_name(input_name)
        try:
            subject = read_subject(input_name)
        except TessellaError as error:
            complete = False
            _unreadable(name, profile, error, as_json)
            continue
        result = check(
            subject.record,
            profile=profile,
            country="" if country == "none" else country,
            on=day,
            facts=SealFacts(mandate=subject.mandate),
        )
        findings = (*_input_findings(subject), *result.findings, *_not_checked(result))
        whole = result.complete and not subject.problems
        complete = complete and whole
        if as_json:
            print_json(_as_json(name, subject, result, findings, whole))
        else:
            _print(name, subject, result, findings, whole)
    if not count:
        raise no_inputs()
    return Exit.OK if complete else Exit.NEGATIVE


def read_subject(name: str, prefer: Sequence[str] = ()) -> Subject:
    """The record in a description or credential file; of several credentials one of the first preferred format that is there.

    Raises:
        TessellaError: it cannot be read as either.
    """
    data = read_stdin() if name == "-" else read_bytes(Path(name))
    if _is_description(name, data):
        loaded: Loaded[MicroCredential] = load(parse_description(data, name), place=name)
        return Subject(record=loaded.record, format="description", problems=loaded.problems)
    opened = _preferred(data, name, prefer) or read_credential(data, name=name)
    if opened.award is None:
        raise opened.problem or InputError(
            say("The file holds no award that can be read."),
            code="cli.no-award",
            place=name,
            hint=say("Give a European Digital Credential, an Open Badge or a description."),
        )
    return Subject(
        record=opened.award,
        format=opened.format,
        notes=tuple(opened.notes),
        mandate=carries_mandate(opened.document),
    )


def _preferred(data: bytes, name: str, prefer: Sequence[str]) -> Opened | None:
    found = [one for one in open_credentials(data, name) if one.award is not None] if prefer else []
    if len(found) < 2:
        return None
    ranks = {format: rank for rank, format in enumerate(prefer)}
    best = min(found, key=lambda one: ranks.get(one.format, len(prefer)))
    note = say("The file holds %(count)s credentials; this is %(title)s.", count=len(found), title=best.title)
    return msgspec.structs.replace(best, notes=(note, *best.notes))


def _is_description(name: str, data: bytes) -> bool:
    if name.lower().endswith((".yaml", ".yml")):
        return True
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] == b"{":
        markers = (
            b'"@context"',
            b'"payload"',
            b'"verifiableCredential"',
            b'"credentialSubject"',
            b'"credential"',
        )
        return not any(marker in data for marker in markers)
    return head[:1].isalpha() and b":" in head.splitlines()[0] and not head.startswith((b"ey", b"http"))


def _input_findings(subject: Subject) -> list[Finding]:
    """What could not be used of the file, and fields nobody knows, as findings."""
    found = [
        Finding(
            rule="INPUT-unusable-field",
            severity=Severity.ERROR,
            element=problem.place.partition(".")[0].partition("[")[0],
            message=problem.message,
            remedy=problem.hint or say("Correct the value."),
            clause=say("Description format"),
            place=problem.place,
        )
        for problem in subject.problems
    ]
    if subject.format == "description":
        found += [
            Finding(
                rule="INPUT-unknown-field",
                severity=Severity.WARNING,
                element=place.partition(".")[0].partition("[")[0],
                message=say(
                    "The field “%(field)s” is not known; it is kept, but nothing reads it.", field=place
                ),
                remedy=say("Check the spelling."),
                clause=say("Description format"),
                place=place,
            )
            for place in unknown_fields(subject.record)
        ]
    found += [
        Finding(
            rule="INPUT-tolerated",
            severity=Severity.INFO,
            element="format",
            message=note,
            remedy=say("Tell the issuer."),
            clause=say("Reading a foreign format"),
        )
        for note in subject.notes
    ]
    return found


def _not_checked(result: CheckResult) -> list[Finding]:
    """What alone stands between the file and completeness: elements that only verification can tell."""
    if result.complete or any(finding.severity is Severity.ERROR for finding in result.findings):
        return []
    return [
        Finding(
            rule="INPUT-not-checked",
            severity=Severity.WARNING,
            element=element.id,
            message=say("“%(element)s” cannot be told without verifying the seal.", element=element.name),
            remedy=say("Use: tessella verify --profile %(profile)s", profile=result.profile),
            clause=element.clause,
        )
        for element in result.elements
        if element.status is ElementStatus.NOT_CHECKED
    ]


def _as_json(
    name: str, subject: Subject, result: CheckResult, findings: tuple[Finding, ...], complete: bool
) -> dict[str, Any]:
    return {
        "input": name,
        "format": subject.format,
        "profile": result.profile,
        "packs": list(result.packs),
        "complete": complete,
        "findings": [msgspec.to_builtins(finding) for finding in findings],
        "elements": [msgspec.to_builtins(element) for element in result.elements],
    }


def _unreadable(name: str, profile: str, error: TessellaError, as_json: bool) -> None:
    if not as_json:
        say_problem(error)
        return
    finding = Finding(
        rule="INPUT-unreadable",
        severity=Severity.ERROR,
        element="format",
        message=error.message,
        remedy=error.hint or say("Give a description or a credential file."),
        clause=error.code,
        place=error.place,
    )
    print_json(
        {"input": name, "profile": profile, "complete": False, "findings": [msgspec.to_builtins(finding)]}
    )


def _print(
    name: str, subject: Subject, result: CheckResult, findings: tuple[Finding, ...], complete: bool
) -> None:
    errors = sum(1 for finding in findings if finding.severity is Severity.ERROR)
    warnings = sum(1 for finding in findings if finding.severity is Severity.WARNING)
    verdict = (
        say("[green]complete[/green] by %(profile)s", profile=result.profile)
        if complete
        else say("[bold red]not complete[/bold red] by %(profile)s", profile=result.profile)
    )
    console.print(f"[bold]{escape(name)}[/bold]: {verdict}")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    table.add_column(width=1)
    table.add_column(max_width=38)
    table.add_column(overflow="fold")
    for element in result.elements:
        state = _STATES.get(element.status, _NEUTRAL)
        if element.status is ElementStatus.MISSING and element.kind is not Kind.MANDATORY:
            state = _NEUTRAL
        words = escape(element.summary) or f"[dim]{str(element.status).replace('-', ' ')}[/dim]"
        table.add_row(state, escape(element.name), words)
    console.print(table)
    for finding in findings:
        console.print(
            f"{_MARKS[finding.severity]} {escape(finding.message)} [dim]{escape(finding.remedy)} "
            f"({escape(finding.clause)}; {finding.rule})[/dim]"
        )
    console.print(say("%(errors)s errors, %(warnings)s warnings", errors=errors, warnings=warnings))
