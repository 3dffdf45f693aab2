"""``tessella issue``: a description and a class list become sealed credentials."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as TextTable

from tessella.adapters.badgefolder import BadgeFolder
from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import read_description
from tessella.adapters.files import write_bytes
from tessella.adapters.house import read_house
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.ledger import Ledger
from tessella.adapters.signers import is_place, open_signer, read_place
from tessella.adapters.spreadsheet import read_table
from tessella.adapters.statusbook import StatusBook
from tessella.adapters.timestamping import TimestampAuthority
from tessella.cli._app import (
    Exit,
    JsonFlag,
    KeysOption,
    TsaOption,
    app,
    console,
    errors,
    password,
    print_json,
    say_note,
)
from tessella.errors import ConfigError, LimitError
from tessella.issuing.badge_site import HOSTED, SIGNED
from tessella.issuing.batch import SITE_FOLDER, AlreadyIssued, IssuedAward, issue_class_list
from tessella.issuing.classlist import HEADER_SEARCH_ROWS, MAX_ROWS, NotPassed, RowProblem
from tessella.issuing.sealing import (
    ALL_FORMATS,
    FORMATS,
    Issuer,
    StatusEntry,
    formats_for,
    holder_key,
    published_type,
)
from tessella.issuing.table import Row, Table
from tessella.keys import KeyRecord, certificate_facts
from tessella.model import MicroCredential
from tessella.ports import Signer
from tessella.seals.data_integrity import SELECTIVE, SUITES, suite_named
from tessella.standard import check
from tessella.status import StatusPurpose
from tessella.text import say
from tessella.verdicts import Severity

__all__ = [
    "OutOption",
    "Tally",
    "check_list_keys",
    "chosen_formats",
    "issue_batch",
    "issuer_from",
    "require_complete",
    "writer",
]

TYPE_FILE = "attestation-type.json"
"""What is to be published at the address of the issuer's own type, below the folder that was issued into."""

OutOption = Annotated[
    Path, typer.Option("--out", help="Folder for the sealed files, the ledger and the status lists.")
]
"""The folder to issue into."""


class Tally(msgspec.Struct, kw_only=True):
    """What a batch did."""

    issued: int = 0
    already: int = 0
    not_passed: int = 0
    problems: list[RowProblem] = []
    copies: dict[str, int] = {}
    unbound: int = 0


class JadesProfile(enum.StrEnum):
    """The profiles of the European Digital Credential's seal."""

    EUROPASS = "europass"
    ETSI = "etsi"


@app.command()
def issue(
    description: Annotated[Path, typer.Argument(help="The description file (YAML or JSON).")],
    class_list: Annotated[Path, typer.Argument(help="The class list (XLSX or CSV).")],
    keys_folder: KeysOption,
    out: OutOption = Path("out"),
    formats: Annotated[
        str, typer.Option(help=f"all ({', '.join(ALL_FORMATS)}), or some of: {', '.join(FORMATS)}.")
    ] = "all",
    badge_key: Annotated[
        str,
        typer.Option(
            help="Key for badges; default: the newest without certificate. A name, a pkcs11: address, or a file that says where it is."
        ),
    ] = "",
    seal_key: Annotated[
        str,
        typer.Option(help="E-seal for European credentials; default: the newest. Named like the badge key."),
    ] = "",
    status_url: Annotated[
        str, typer.Option(help="Where you will publish the status lists; enables revocation.")
    ] = "",
    suspendable: Annotated[
        bool,
        typer.Option("--suspendable", help="Statuses can be suspended and lifted too, not only revoked."),
    ] = False,
    verify_url: Annotated[str, typer.Option(help="Address printed on certificates to check them.")] = "",
    badges_url: Annotated[
        str, typer.Option(help="Where you will publish Open Badges 2.0 (https); enables them.")
    ] = "",
    attestation_type: Annotated[
        str,
        typer.Option(
            help="A type of your own for attestations: the https address where you will publish it."
        ),
    ] = "",
    house: Annotated[
        Path | None,
        typer.Option(
            help="A file (YAML or JSON) that says how certificates look, and under which mandate another body seals."
        ),
    ] = None,
    cryptosuite: Annotated[
        str, typer.Option(help=f"For badges: {', '.join(SUITES)}; default: the RDF suite of the key.")
    ] = "",
    jades: Annotated[
        JadesProfile, typer.Option(help="europass (what Europass writes and reads) or etsi (baseline B-B).")
    ] = JadesProfile.EUROPASS,
    tsa: TsaOption = "",
    even_incomplete: Annotated[
        bool, typer.Option("--even-incomplete", help="Issue although the standard misses something.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """Award, seal and write everybody on the class list who passed. Running it again issues nothing twice."""
    record = read_description(description).require()
    if not even_incomplete:
        require_complete(record, description)
    issuer = msgspec.structs.replace(
        issuer_from(
            FileKeyStore(keys_folder), record, badge_key=badge_key, seal_key=seal_key, secret=password
        ),
        cryptosuite=suite_named(cryptosuite).name if cryptosuite else "",
        jades_profile=jades.value,
        badges_url=badges_url,
        attestation_type=attestation_type,
        timestamp=TimestampAuthority(tsa, SystemClock()) if tsa else None,
        **(msgspec.structs.asdict(read_house(house)) if house else {}),
    )
    names = chosen_formats(formats, issuer, record)
    metadata = published_type(attestation_type) if attestation_type else b""
    tally = issue_batch(
        record, read_table(class_list), issuer, out=out, formats=names, status_url=status_url,
        suspendable=suspendable, verify_url=verify_url, quiet=as_json,
    )  # fmt: skip
    if metadata and "attestation" in tally.copies:
        write_bytes(out / TYPE_FILE, metadata)
        if not as_json:
            say_note(
                say(
                    "Publish %(file)s, unchanged, at %(url)s: attestations carry its hash.",
                    file=out / TYPE_FILE,
                    url=attestation_type,
                )
            )
    if as_json:
        print_json(msgspec.json.encode(tally))
    else:
        print_tally(tally, out)
        if {HOSTED, SIGNED} & tally.copies.keys():
            say_note(
                say(
                    "Upload what is in %(folder)s to %(url)s: until then the Open Badges 2.0 cannot be verified.",
                    folder=out / SITE_FOLDER,
                    url=badges_url,
                )
            )
    return Exit.NEGATIVE if tally.problems else Exit.OK


def require_complete(record: MicroCredential, description: Path) -> None:
    """That the description has all that the standard asks for.

    Raises:
        ConfigError: ``cli.incomplete``.
    """
    complete = check(record, on=SystemClock().now().date())
    if not complete.complete:
        missing = [one.message for one in complete.findings if one.severity is Severity.ERROR]
        raise ConfigError(
            say("The description is not complete. %(first)s", first=next(iter(missing), "")).strip(),
            code="cli.incomplete",
            place=str(description),
            hint=say("See all findings with: tessella check %(file)s", file=description),
        )


def chosen_formats(asked: str, issuer: Issuer, record: MicroCredential) -> tuple[str, ...]:
    """The formats named, or all that this issuer has the keys for and the description fills, with a word on the others."""
    if asked != "all":
        return tuple(name.strip() for name in asked.split(",") if name.strip())
    names, lacking = formats_for(issuer, record)
    if not names:
        raise lacking["openbadge"]
    titles: dict[tuple[str, str], list[str]] = {}
    for name, lack in lacking.items():
        titles.setdefault((lack.message, lack.hint), []).append(FORMATS[name].title)
    for (reason, hint), same in titles.items():
        say_note(
            say("Not made: %(titles)s. %(reason)s %(hint)s", titles="; ".join(same), reason=reason, hint=hint)
        )
    return names


def issuer_from(
    store: FileKeyStore,
    record: MicroCredential,
    *,
    badge_key: str = "",
    seal_key: str = "",
    secret: str | Callable[[], str],
) -> Issuer:
    """The issuer of a description, with the keys that are there or were named.

    Raises:
        ConfigError: the description names nobody, or there is no key of that name.
    """
    organisation = record.technical_issuer or next(iter(record.awarding_bodies), None)
    if organisation is None:
        raise ConfigError(
            say("The description names no awarding body."),
            code="cli.no-issuer",
            hint=say("Add awarding_bodies to the description."),
        )
    secret = _asked_once(secret)
    badge = _chosen(store, badge_key, with_certificate=False)
    badge_signer = _signer(store, badge_key, badge, secret)
    seal_signer = _signer(store, seal_key, _chosen(store, seal_key, with_certificate=True), secret)
    chain = seal_signer.certificate_chain if seal_signer else ()
    return Issuer(
        organisation=organisation,
        badge_signer=badge_signer,
        seal_signer=seal_signer,
        selective_signer=_selective(store, badge, secret),
        test=bool(chain) and certificate_facts(chain[0]).organization.endswith("(TEST)"),
    )


def _asked_once(secret: str | Callable[[], str]) -> Callable[[], str]:
    """The password when it is needed: keys that are elsewhere need none."""
    return functools.cache(secret if callable(secret) else lambda: secret)


def _signer(
    store: FileKeyStore, name: str, record: KeyRecord | None, secret: Callable[[], str]
) -> Signer | None:
    if is_place(name):
        return open_signer(read_place(name))
    return store.signer(record.id, secret) if record else None


def _selective(store: FileKeyStore, badge: KeyRecord | None, secret: Callable[[], str]) -> Signer | None:
    """A second key of the badge key's DID for badges with selective disclosure, where the first does not suit them."""
    if badge is None or badge.algorithm in SELECTIVE.digests:
        return None
    did = store.ring.method_of(badge).partition("#")[0]
    for record in store.ring.active:
        own = store.ring.method_of(record).partition("#")[0] == did
        if own and record.algorithm in SELECTIVE.digests:
            return store.signer(record.id, secret)
    return None


def _chosen(store: FileKeyStore, id: str, *, with_certificate: bool) -> KeyRecord | None:
    """The key that is named, else the newest; of badge keys one that every format takes, which RSA keys are not."""
    if is_place(id):
        return None
    if id:
        return store.record(id)
    keys = [key for key in store.ring.active if bool(key.certificates) is with_certificate]
    suited = [key for key in keys if with_certificate or key.algorithm != "RS256"]
    return next(iter(suited or keys), None)


def issue_batch(
    record: MicroCredential,
    table: Table,
    issuer: Issuer,
    *,
    out: Path,
    formats: Sequence[str],
    status_url: str = "",
    suspendable: bool = False,
    verify_url: str = "",
    quiet: bool = False,
    at: dt.datetime | None = None,
) -> Tally:
    """Run the batch with a progress bar; the ledger and the status lists lie in ``out``."""
    if status_url:
        check_list_keys(issuer, formats)
    at = at or SystemClock().now().replace(microsecond=0)
    tally = Tally()
    rows = _all_rows(table)
    with Ledger(out / "ledger.db") as ledger, _progress(quiet) as progress:
        book = StatusBook(out / "status", status_url, used=ledger.status_places())
        revocable_only = _revocable_only(issuer)
        task = progress.add_task(say("Awarding and sealing"), total=len(rows))

        def counted(rows: list[Row]) -> Any:
            for row in rows:
                progress.advance(task)
                yield row

        def status_for(format: str, credential_id: str) -> StatusEntry | None:
            if not status_url:
                return None
            if known := ledger.status_of(credential_id):
                return book.entry(*known)
            purpose: StatusPurpose = (
                "suspension" if suspendable and format not in revocable_only else "revocation"
            )
            return book.allocate(purpose, token=FORMATS[format].token_status)

        for event in issue_class_list(
            Table(source=table.source, sheet=table.sheet, rows=counted(rows)),
            record,
            issuer,
            formats=formats,
            at=at,
            ledger=ledger,
            write=writer(out, issuer),
            status_for=status_for,
            verify_url=verify_url,
        ):
            _count(tally, event)
        if status_url and (tally.issued or tally.already):
            book.save()
            book.publish(issuer, at=at)
    return tally


def _revocable_only(issuer: Issuer) -> frozenset[str]:
    """Formats that can be revoked and not suspended: European Digital Credentials name one status list, and a certificate made by itself
    carries one where there is no key for badges."""
    carries_edc = issuer.has_e_seal() and not issuer.proof_suite()
    return frozenset({"edc", "pdf"} if carries_edc else {"edc"})


def check_list_keys(issuer: Issuer, formats: Sequence[str]) -> None:
    """That the lists can be sealed in which the copies' status will stand, before any copy is made.

    Raises:
        ConfigError: ``issuing.no-key``, ``issuing.no-proof-key``.
    """
    for name in formats:
        if name in FORMATS and FORMATS[name].may_have_status(formats):
            needed = issuer.badge_key if FORMATS[name].token_status else issuer.proof_key
            try:
                needed()
            except ConfigError as error:
                raise ConfigError(
                    say("The status lists could not be sealed. %(reason)s", reason=error.message),
                    code=error.code,
                    hint=error.hint,
                ) from error


def writer(out: Path, issuer: Issuer) -> Callable[[str, bytes], None]:
    """Writes files below ``out``; documents of the badge site with what its folder has already."""

    def write(name: str, data: bytes) -> None:
        if name.startswith(f"{SITE_FOLDER}/"):
            site = BadgeFolder(out / SITE_FOLDER, issuer.badge_site())
            site.write(name.removeprefix(f"{SITE_FOLDER}/"), data)
        else:
            write_bytes(out / name, data)

    return write


def _all_rows(table: Table) -> list[Row]:
    """The rows, counted before anything is issued: half a list is worse than none."""
    rows = list(itertools.islice(table.rows, MAX_ROWS + HEADER_SEARCH_ROWS + 1))
    if len(rows) > MAX_ROWS + HEADER_SEARCH_ROWS:
        raise LimitError(
            say("The class list is longer than %(limit)s rows.", limit=MAX_ROWS),
            code="classlist.too-long",
            place=table.source,
            expected=MAX_ROWS,
            hint=say("Split the list into several files."),
        )
    return rows


def _count(tally: Tally, event: IssuedAward | AlreadyIssued | RowProblem | NotPassed) -> None:
    match event:
        case IssuedAward():
            tally.issued += 1
            for copy in event.copies:
                tally.copies[copy.format] = tally.copies.get(copy.format, 0) + 1
                tally.unbound += copy.format == "attestation" and holder_key(event.award) is None
        case AlreadyIssued():
            tally.already += 1
        case NotPassed():
            tally.not_passed += 1
        case RowProblem():
            tally.problems.append(event)


def _progress(quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=errors, transient=True, disable=quiet or not errors.is_terminal,
    )  # fmt: skip


def print_tally(tally: Tally, out: Path) -> None:
    """The summary for people: what was made, what was left out and why."""
    for problem in tally.problems:
        console.print(
            f"[bold red]✗[/bold red] {escape(problem.source)}, "
            + say("row %(row)s", row=problem.row)
            + (f", {escape(problem.column)}" if problem.column else "")
            + f": {escape(problem.message)} [dim]{escape(problem.hint)}[/dim]"
        )
    if tally.copies:
        lines = TextTable(box=None, header_style="bold", pad_edge=False)
        lines.add_column(say("Format"))
        lines.add_column(say("Files"), justify="right")
        lines.add_column(say("Folder"))
        for name, count in tally.copies.items():
            lines.add_row(FORMATS[name].title, str(count), str(out / FORMATS[name].folder))
        console.print(lines)
    if tally.unbound:
        told = (
            say("One attestation is bound to no key: whoever has the file can present it.")
            if tally.unbound == 1
            else say(
                "%(count)s attestations are bound to no key: whoever has the files can present them.",
                count=tally.unbound,
            )
        )
        say_note(f"{told} {say('Wallets ask for the column “Wallet key” in the class list.')}")
    parts = [say("%(count)s awarded", count=tally.issued)]
    if tally.already:
        parts.append(say("%(count)s awarded before, left as they are", count=tally.already))
    if tally.not_passed:
        parts.append(say("%(count)s did not pass", count=tally.not_passed))
    if tally.problems:
        count = len(tally.problems)
        parts.append(say("%(count)s row left out" if count == 1 else "%(count)s rows left out", count=count))
    console.print(" · ".join(parts))
    if tally.problems:
        say_note(say("Correct the rows and run the command again: only the missing awards are made."))
