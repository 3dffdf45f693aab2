"""``tessella renew``: seals are told when their evidence ages, and get new evidence before that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import expand_inputs, read_bytes, shown_name, write_bytes
from tessella.adapters.http import SafeFetcher
from tessella.adapters.revocation import RevocationData, RevocationSource, read_crl, read_ocsp
from tessella.adapters.timestamping import TimestampAuthority
from tessella.cli._app import Exit, JsonFlag, TsaOption, app, console, errors, no_inputs, print_json
from tessella.cli._trust import read_certificates, read_revocation
from tessella.errors import ConfigError, SealError, StateError, TessellaError
from tessella.ports import Clock
from tessella.seals import jades
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["Outcome", "Renewal", "renew_files"]

Status = Literal["renewed", "kept", "due", "failed", "skipped"]

_CERTIFICATE_NAMES = {"x5c", "x5t#S256", "x5t#o", "sigX5ts"}
"""Header parameters by which a JAdES seal is told from other JWS."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one file, and what was done. Times are UTC.

    ``ends`` is when the evidence in the file (after the renewal) stops proving anything, ``renew_from`` from when on it is
    renewed; both are missing where a seal has no time stamp yet. ``reason`` is ``no-timestamp``, ``certificate`` or the
    name of an algorithm.
    """

    file: str
    status: Status
    level: str = ""
    ends: dt.datetime | None = None
    renew_from: dt.datetime | None = None
    reason: str = ""
    added: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: dict[str, str] = {}


class Renewal(msgspec.Struct, kw_only=True):
    """How to renew: the authority, the revocation data that was given, where to look for more, where to write."""

    authority: TimestampAuthority | None
    given: RevocationData
    source: RevocationSource | None = None
    out: Path | None = None
    only_check: bool = False
    at_once: bool = False
    out_of_reach: TessellaError | None = None
    written: set[Path] = msgspec.field(default_factory=set)


@app.command()
def renew(
    inputs: Annotated[list[str], typer.Argument(help="Files with JAdES seals, folders or patterns.")],
    tsa: TsaOption = "",
    crls: Annotated[
        list[Path] | None,
        typer.Option(
            "--crl", help="Revocation list of the sealer's or the TSA's authority; may be repeated."
        ),
    ] = None,
    ocsps: Annotated[
        list[Path] | None, typer.Option("--ocsp", help="OCSP response on file (DER); may be repeated.")
    ] = None,
    certificates: Annotated[
        list[Path] | None,
        typer.Option("--certificate", help="Certificates that a seal does not bring along; may be repeated."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Fetch revocation data from where the certificates say it is.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the renewed files; default: they replace the old ones.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what is due; exits 1 when something is.")
    ] = False,
    now: Annotated[bool, typer.Option("--now", help="Renew also what is not due yet.")] = False,
    as_json: JsonFlag = False,
) -> int:
    """Keep seals valid for decades: add time stamps and validation data before the old ones age.

    What was sealed is never changed. Run it once a year: it says until when there is nothing to do.
    """
    clock = SystemClock()
    work = Renewal(
        authority=TimestampAuthority(tsa, clock) if tsa else None,
        given=RevocationData(
            certificates=tuple(der for path in certificates or () for der in read_certificates(path)),
            crls=tuple(read_revocation(path, read_crl) for path in crls or ()),
            ocsps=tuple(read_revocation(path, read_ocsp) for path in ocsps or ()),
        ),
        source=RevocationSource(SafeFetcher(clock, allow_http=True)) if online else None,
        out=out,
        only_check=check,
        at_once=now,
    )
    seen: set[Status] = set()
    for outcome in renew_files(inputs, work, clock):
        seen.add(outcome.status)
        if as_json:
            print_json(msgspec.json.encode(outcome))
        else:
            _print(outcome)
    if not seen:
        raise no_inputs()
    if seen == {"skipped"}:
        raise ConfigError(
            say("None of the files has a JAdES seal in JSON."),
            code="cli.no-seal",
            hint=say(
                "Name European Digital Credentials: seals of PDFs, ELMO files and badges are not renewed."
            ),
        )
    return Exit.NEGATIVE if seen & {"due", "failed"} else Exit.OK


def renew_files(inputs: Iterable[str], work: Renewal, clock: Clock) -> Iterator[Outcome]:
    """One outcome per file, lazily; what is wrong with one file does not stop the others."""
    with Progress(
        TextColumn(say("Renewing")), BarColumn(), MofNCompleteColumn(), console=errors, transient=True,
        disable=not errors.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=None)
        for name in expand_inputs(inputs):
            try:
                yield _renewed(Path(name), shown_name(name), work, clock.now())
            except TessellaError as error:
                yield Outcome(file=shown_name(name), status="failed", error=error.as_dict())
            progress.advance(task)


def _renewed(path: Path, shown: str, work: Renewal, now: dt.datetime) -> Outcome:
    data = read_bytes(path)
    result = _seal_of(data)
    if result is None:
        return Outcome(file=shown, status="skipped", notes=_why_not(data))
    result.require()
    soonest = _soonest(result)
    if not (soonest.is_due(now) or work.at_once):
        return _told(shown, "kept", result)
    if work.only_check or work.authority is None:
        return _told(shown, "due", result)
    if work.out_of_reach is not None:
        raise work.out_of_reach
    notes = []
    if soonest.is_over(now) and soonest.ends is not None:
        notes.append(
            say(
                "Its evidence had ended on %(day)s. What is added now proves nothing about the time before.",
                day=soonest.ends.date(),
            )
        )
    found = _evidence(result, work)
    try:
        made = jades.extend(
            data, level="B-LTA", timestamp=work.authority, partial=True,
            certificates=found.certificates, crls=found.crls, ocsps=found.ocsps,
        )  # fmt: skip
    except TessellaError as error:
        if error.code == "access.tsa":  # asked once for all files
            work.out_of_reach = error
        raise
    after = jades.verify(made.data)
    if after.verdict is not Verdict.PASSED or after.timestamp is not Verdict.PASSED:
        raise SealError(
            say("The renewed seal does not hold, so the file was left as it is."), code="seal.evidence"
        )
    write_bytes(_target(path, work), made.data)
    return _told(shown, "renewed", after, added=made.added, notes=(*notes, *made.notes, *found.notes))


def _why_not(data: bytes) -> tuple[str, ...]:
    """What people expect to be renewed with the credentials beside it, and is not."""
    if not data.startswith(b"%PDF-"):
        return ()
    return (say("Seals of PDFs are not renewed. Keep and renew the European Digital Credential beside it."),)


def _seal_of(data: bytes) -> jades.JadesResult | None:
    """The seals of the file, verified; None when it has no JAdES seal in JSON."""
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return None
    try:
        document = jades.parse(data)
    except TessellaError:
        return None
    if not all(one.header.keys() & _CERTIFICATE_NAMES for one in document.signatures):
        return None
    return jades.verify(document)


def _soonest(result: jades.JadesResult) -> jades.Ageing:
    """The signature whose evidence has to be renewed first."""
    first = dt.datetime.min.replace(tzinfo=dt.UTC)
    return min(map(jades.ageing, result.signatures), key=lambda one: one.renew_from or first)


def _evidence(result: jades.JadesResult, work: Renewal) -> RevocationData:
    """What was given, and with a source what is found about the sealers and the newest authorities."""
    if work.source is None:
        return work.given
    chains = [one.certificate_chain for one in result.signatures]
    chains += [age.stamp.certificates for one in result.signatures if (age := jades.ageing(one)).stamp]
    found = work.source.about(chains)
    return RevocationData(
        certificates=(*work.given.certificates, *found.certificates),
        crls=(*work.given.crls, *found.crls),
        ocsps=(*work.given.ocsps, *found.ocsps),
        notes=found.notes,
    )


def _target(path: Path, work: Renewal) -> Path:
    if work.out is None:
        return path
    target = work.out / path.name
    if target in work.written:
        raise StateError(
            say("Another file of this name was renewed into the same folder."),
            code="cli.exists",
            place=str(target),
            hint=say("Renew the folders one by one, each into its own."),
        )
    work.written.add(target)
    return target


def _told(
    shown: str,
    status: Status,
    result: jades.JadesResult,
    *,
    added: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Outcome:
    age = _soonest(result)
    return Outcome(
        file=shown,
        status=status,
        level=result.signatures[0].baseline,
        ends=age.ends,
        renew_from=age.renew_from,
        reason=age.cause or age.reason,
        added=added,
        notes=notes,
    )


def _print(outcome: Outcome) -> None:
    style, word = _WORDS[outcome.status]
    console.print(f"[{style}]{say(word)}[/{style}]  {escape(outcome.file)}", soft_wrap=True)
    for line in _lines(outcome):
        console.print(f"    {escape(line)}", soft_wrap=True)


_WORDS: dict[Status, tuple[str, str]] = {
    "renewed": ("green", "✓ Renewed"),
    "kept": ("dim", "· Nothing to do"),
    "due": ("yellow", "! Due"),
    "failed": ("bold red", "✗ Failed"),
    "skipped": ("dim", "· No JAdES seal"),
}


def _lines(outcome: Outcome) -> Iterator[str]:
    """What people want to know about the file, a sentence each."""
    day = outcome.ends.date() if outcome.ends else None
    if outcome.reason == "no-timestamp" and day:
        yield say("It has no time stamp: its certificate ends on %(day)s, and the seal with it.", day=day)
    elif outcome.status == "renewed" and day:
        yield say("Proven until %(day)s (%(added)s).", day=day, added=", ".join(outcome.added))
    elif outcome.renew_from and day:
        yield say(
            "Nothing to do until %(start)s; its evidence ends on %(day)s (%(cause)s)."
            if outcome.status == "kept"
            else "To be renewed since %(start)s; its evidence ends on %(day)s (%(cause)s).",
            start=outcome.renew_from.date(),
            day=day,
            cause=say("the certificate of the time stamp")
            if outcome.reason == "certificate"
            else outcome.reason,
        )
    if outcome.status == "due":
        yield say("Renew it with --tsa and the address of a time-stamping authority.")
    yield from outcome.notes
    if outcome.error:
        yield f"{outcome.error['title']} {outcome.error.get('hint', '')}".strip()
