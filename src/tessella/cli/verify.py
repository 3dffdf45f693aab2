"""``tessella verify``: files, folders, patterns, standard input or addresses, each with a verdict and reasons."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.padding import Padding

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes, shown_name
from tessella.adapters.http import NoFetcher, SafeFetcher
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.published import FolderFetcher
from tessella.adapters.results import ResultsFile
from tessella.adapters.revocation import read_crl, read_ocsp
from tessella.canonical import ContextStore, loads
from tessella.cli._app import Exit, JsonFlag, app, console, no_inputs, print_json, say_note
from tessella.cli._archive import answers
from tessella.cli._trust import (
    ListSignerOption,
    TrustedListsOption,
    read_certificates,
    read_revocation,
    read_trusted_lists,
)
from tessella.errors import ConfigError
from tessella.ports import Fetcher
from tessella.rendering import CheckView, ReportView, report_text, verdict_words
from tessella.text import say
from tessella.trust import read_registry
from tessella.verdicts import Report, Verdict
from tessella.verification import POLICIES, Policy, Surroundings, known_contexts

__all__ = ["badge", "print_report", "surroundings"]

STYLES: dict[Verdict, str] = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.INDETERMINATE: "yellow",
    Verdict.NOT_APPLICABLE: "dim",
}


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
    crls: Annotated[
        list[Path] | None,
        typer.Option("--crl", help="Revocation lists of the authorities of e-seals; may be repeated."),
    ] = None,
    ocsps: Annotated[
        list[Path] | None, typer.Option("--ocsp", help="OCSP responses on file (DER); may be repeated.")
    ] = None,
    trusted_lists: TrustedListsOption = None,
    list_signers: ListSignerOption = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Fetch status lists and DID documents (https, public addresses only)."),
    ] = False,
    published: Annotated[
        Path | None, typer.Option(help="Folder with status lists and DID documents on file.")
    ] = None,
    content: Annotated[
        list[str] | None,
        typer.Option(
            help="FILE that a seal in a file of its own is about, or NAME=FILE by the name it has there; may be repeated."
        ),
    ] = None,
    contexts: Annotated[
        list[str] | None,
        typer.Option(
            "--context",
            help="URL=FILE: a JSON-LD context that is not known here, from a source you trust; may be repeated.",
        ),
    ] = None,
    registry: Annotated[
        list[Path] | None, typer.Option(help="Issuer registers (JSON) to look in; may be repeated.")
    ] = None,
    keys_folder: Annotated[
        Path | None, typer.Option("--keys", help="Your own key store, for rotated and revoked keys.")
    ] = None,
    profile: Annotated[str, typer.Option(help="What completeness is checked against.")] = "eu-2022",
    challenge: Annotated[
        str,
        typer.Option(
            "--challenge",
            "--nonce",
            help="The number you gave the holder: only a presentation made for it passes.",
        ),
    ] = "",
    audience: Annotated[
        str,
        typer.Option("--audience", "--domain", help="Who you are, as the holder was told; with --challenge."),
    ] = "",
    brief: Annotated[bool, typer.Option("--brief", help="One line per credential.")] = False,
    results: Annotated[
        Path | None,
        typer.Option(
            help="Write a line of JSON per file there; the same command again goes on where it stopped."
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0: all the machine has, when there are many files.")
    ] = 0,
    as_json: JsonFlag = False,
) -> int:
    """Verify credentials. Exits 0 when all passed, 1 when any failed, 3 when some could not be established."""
    chosen = _policy(policy)
    if challenge or audience:
        chosen = msgspec.structs.replace(chosen, required=tuple(dict.fromkeys((*chosen.required, "holder"))))
    moment = at.replace(tzinfo=dt.UTC) if at else SystemClock().now()
    world: dict[str, Any] = {
        "anchors": anchors or [], "online": online, "published": published, "registries": registry or [],
        "keys_folder": keys_folder, "profile": profile, "trusted_lists": trusted_lists,
        "list_signers": list_signers or [], "crls": crls or [], "ocsps": ocsps or [],
        "challenge": challenge, "audience": audience, "content": content or [], "contexts": contexts or [],
    }  # fmt: skip
    if results is not None:
        return _to_file(results, inputs, chosen, moment, world, workers, as_json)
    answer: Callable[[Report], tuple[Verdict, Any]] = (
        _json_answer if as_json else _line_answer if brief else _text_answer
    )
    worst = Verdict.PASSED
    count = 0
    around = partial(surroundings, at=moment, **world)
    for _, (verdict, shown) in answers(inputs, chosen, around, answer, workers=workers):
        count += 1
        worst = _worse(worst, verdict)
        if isinstance(shown, ReportView):
            print_report(shown)
        elif isinstance(shown, bytes):
            print_json(shown)
        else:
            _print_line(verdict, *shown)
    if not count:
        raise no_inputs()
    return _exit(worst)


def _json_answer(report: Report) -> tuple[Verdict, bytes]:
    return report.verdict, report.as_json()


def _line_answer(report: Report) -> tuple[Verdict, tuple[str, str]]:
    return report.verdict, (report.input, report.format)


def _text_answer(report: Report) -> tuple[Verdict, ReportView]:
    return report.verdict, report_text(report)


def _to_file(
    path: Path,
    inputs: list[str],
    policy: Policy,
    at: dt.datetime,
    world: Mapping[str, Any],
    workers: int,
    as_json: bool,
) -> int:
    """Every report into the results file; for people the files that did not pass, and the sums."""
    settings = {"at": at.isoformat(), "policy": msgspec.to_builtins(policy)}
    settings |= {name: msgspec.to_builtins(value, enc_hook=str) for name, value in world.items()}
    with ResultsFile(path, settings) as file:
        before = sum(file.counts.values())
        if before and not as_json:
            say_note(say("%(count)s files were verified before; going on.", count=before))
        first = dt.datetime.fromisoformat(file.settings["at"])
        around = partial(surroundings, at=first, **world)
        for name, (verdict, report) in answers(
            inputs, policy, around, _json_answer, workers=workers, missing=file.missing, done=before
        ):
            file.add(name, str(verdict), report)
            if verdict is not Verdict.PASSED and not as_json:
                _print_line(verdict, shown_name(name), "")
        counts = {verdict: file.counts.get(str(verdict), 0) for verdict in Verdict}
    if not sum(counts.values()):
        raise no_inputs()
    if as_json:
        print_json(
            {"results": str(path), "counts": {str(verdict): count for verdict, count in counts.items()}}
        )
    else:
        console.print(
            " · ".join(f"{badge(verdict)} {count}" for verdict, count in counts.items() if count)
            + f"  [dim]{escape(say('Reports: %(file)s', file=path))}[/dim]"
        )
    return _exit(functools.reduce(_worse, (verdict for verdict, count in counts.items() if count)))


def _exit(worst: Verdict) -> int:
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
    try:
        return Policy.from_mapping(data)
    except ConfigError as error:
        error.place = f"{path}, {error.place}"
        raise


def surroundings(
    *,
    at: dt.datetime,
    anchors: Iterable[Path] = (),
    online: bool = False,
    published: Path | None = None,
    registries: Iterable[Path] = (),
    keys_folder: Path | None = None,
    profile: str = "eu-2022",
    trusted_lists: Path | None = None,
    list_signers: Iterable[Path] = (),
    crls: Iterable[Path] = (),
    ocsps: Iterable[Path] = (),
    challenge: str = "",
    audience: str = "",
    content: Iterable[str] = (),
    contexts: Iterable[str] = (),
) -> Surroundings:
    """What the options say about the world around the credentials.

    Raises:
        TessellaError: a named file cannot be read or is not what it should be.
    """
    fetcher: Fetcher | None = SafeFetcher(SystemClock()) if online else None
    if published is not None:
        fetcher = FolderFetcher(published, fetcher or NoFetcher())
    return Surroundings(
        at=at,
        fetcher=fetcher,
        anchors=tuple(der for path in anchors for der in read_certificates(path)),
        trusted_lists=read_trusted_lists(trusted_lists, list_signers) if trusted_lists else None,
        crls=tuple(read_revocation(path, read_crl) for path in crls),
        ocsps=tuple(read_revocation(path, read_ocsp) for path in ocsps),
        registries=tuple(read_registry(read_bytes(path)) for path in registries),
        key_rings=(FileKeyStore(keys_folder).ring,) if keys_folder else (),
        profile=profile,
        challenge=challenge,
        audience=audience,
        content=dict(_named(one) for one in content),
        contexts=_known_and(contexts),
    )


def _known_and(given: Iterable[str]) -> ContextStore:
    """The contexts that are known, and those of ``URL=FILE``; what is known cannot be given another meaning."""
    store = known_contexts()
    for one in given:
        url, _, file = one.rpartition("=")
        document = loads(read_bytes(Path(file))) if url and url not in store else None
        if not isinstance(document, dict):
            raise ConfigError(
                say("“%(given)s” gives no context that is not known here.", given=one),
                code="config.context",
                got=one,
                hint=say(
                    "Write URL=FILE with the address that credentials name and the document that stands there."
                ),
            )
        store = store.with_context(url, document)
    return store


def _named(given: str) -> tuple[str, bytes]:
    """Name and content of ``NAME=FILE``; a file without a name has its own."""
    name, equals, file = given.rpartition("=")
    if not equals or Path(given).is_file():
        name, file = Path(given).name, given
    return name, read_bytes(Path(file))


def badge(verdict: Verdict) -> str:
    """A verdict as icon and word in its colour, as markup."""
    shown = verdict_words(verdict)
    return f"[{STYLES[verdict]}]{shown.icon} {shown.word}[/{STYLES[verdict]}]"


def _print_line(verdict: Verdict, name: str, format: str) -> None:
    console.print(f"{badge(verdict)}  {escape(name)}  [dim]{escape(format)}[/dim]".rstrip(), soft_wrap=True)


def print_report(report: ReportView, *, indent: int = 0) -> None:
    """The report for people: verdict, what it is about, the checks one by one with what they mean."""
    console.print(Padding(f"{badge(report.verdict)}  [bold]{escape(report.input)}[/bold]", (0, 0, 0, indent)))
    for label, value in report.facts:
        console.print(Padding(f"[dim]{escape(label)}:[/dim] {escape(value)}", (0, 0, 0, indent + 2)))
    for check in () if report.sums_up else report.checks:
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
