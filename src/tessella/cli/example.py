"""``tessella example``: the main job on the bundled class list, with test keys."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.descriptions import read_description
from tessella.adapters.files import write_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.spreadsheet import read_table
from tessella.cli import keys as keys_commands
from tessella.cli._app import Exit, app, console, say_note
from tessella.cli._archive import answers
from tessella.cli.issue import issue_batch, issuer_from, print_tally
from tessella.cli.verify import badge, surroundings
from tessella.errors import StateError
from tessella.issuing.sealing import FORMATS, formats_for
from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import MicroCredential
from tessella.standard import check
from tessella.text import pick, say
from tessella.verdicts import Verdict
from tessella.verification import DEFAULT

DATA = files("tessella.cli") / "example"
DESCRIPTION, CLASS_LIST = "data-ethics.yaml", "class-list.xlsx"
STATUS_URL = "https://twickel.example/status"
VERIFY_URL = "https://twickel.example/verify"
BADGES_URL = "https://twickel.example/badges"

EXAMPLE_PASSWORD = "example"  # noqa: S105 -- of keys that seal nothing but the example
"""The example's keys are test keys: what they seal says TEST and proves nothing."""


@app.command()
def example(
    out: Annotated[Path, typer.Option("--out", help="Folder for everything the example makes.")] = Path(
        "out"
    ),
    copy_to: Annotated[
        Path | None, typer.Option(help="Only copy the description and the class list to this folder.")
    ] = None,
) -> int:
    """Award, seal and verify the bundled class list: 25 invented learners with the usual trouble."""
    if copy_to is not None:
        return _copy(copy_to)
    clock = SystemClock()
    with as_file(DATA / DESCRIPTION) as path:
        record = read_description(path).require()
    result = check(record, on=clock.now().date())
    console.print(
        f"[bold]1. {say('Description')}[/bold]  {pick(record.title)}, {pick(record.awarding_bodies[0].name)}"
    )
    console.print(
        "   "
        + say("[green]complete[/green] by the European standard (%(packs)s)", packs=", ".join(result.packs))
        if result.complete
        else "   " + say("[red]not complete[/red]: run tessella check to see why")
    )
    store = _store(out / "keys", record, clock)
    issuer = msgspec.structs.replace(
        issuer_from(store, record, secret=EXAMPLE_PASSWORD), badges_url=BADGES_URL
    )
    formats, _ = formats_for(issuer)
    console.print(
        f"\n[bold]2. {say('Awards')}[/bold]  {say('from the class list, sealed with a TEST certificate')}"
    )
    with as_file(DATA / CLASS_LIST) as path:
        tally = issue_batch(
            record,
            read_table(path),
            issuer,
            out=out,
            formats=formats,
            status_url=STATUS_URL,
            verify_url=VERIFY_URL,
        )
    print_tally(tally, out)
    console.print(f"\n[bold]3. {say('Verification')}[/bold]  {say('of every file that was made')}")
    good = _verify(out, formats, clock)
    say_note(
        say(
            "Sealed with a test certificate: the files show how things work and prove nothing. Europass accepts seals "
            "made with a qualified certificate for electronic seals."
        )
    )
    console.print(say("Everything is in [bold]%(folder)s[/bold]. Look closer:", folder=out))
    sample = next((out / FORMATS["edc"].folder).glob("*"), None)
    anchor = out / "keys" / "seal.test-ca.pem"
    if sample is not None:
        console.print(
            f"  tessella show {sample}\n  tessella verify {sample} --anchor {anchor} --published {out}",
            soft_wrap=True,
        )
    return Exit.OK if good else Exit.NEGATIVE


def _copy(folder: Path) -> int:
    for name in (DESCRIPTION, CLASS_LIST):
        data, path = (DATA / name).read_bytes(), folder / name
        if path.exists() and path.read_bytes() != data:
            raise StateError(
                say("The file is already there, and not as the example has it."),
                code="cli.exists",
                place=str(path),
                hint=say("Choose another folder: what you changed would be lost."),
            )
        write_bytes(path, data)
        console.print(say("Wrote %(file)s", file=path), markup=False)
    return Exit.OK


def _store(folder: Path, record: MicroCredential, clock: SystemClock) -> FileKeyStore:
    """The example's key store with its two test keys, made at the first run."""
    store = FileKeyStore(folder)
    now = clock.now()
    if store.newest(with_certificate=False) is None:
        key = PrivateKey.generate("Ed25519")
        key = key.with_verification_method(key.public_key.did_key_url)
        store.add("badges", key, EXAMPLE_PASSWORD, name="Badges (test)", at=now)
    if store.newest(with_certificate=True) is None:
        body = record.awarding_bodies[0]
        authority = TestCertificateAuthority(now)
        seal = authority.issue_seal(pick(body.name), organization_identifier=body.legal_id, country="NL")
        keys_commands.write_authority(folder / "seal.test-ca.pem", authority)
        store.add("seal", seal, EXAMPLE_PASSWORD, name="E-seal (test)", at=now)
    return store


def _verify(out: Path, formats: Sequence[str], clock: SystemClock) -> bool:
    around = surroundings(at=clock.now(), anchors=[out / "keys" / "seal.test-ca.pem"], published=out)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(say("Format"))
    for verdict in (Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE):
        table.add_column(badge(verdict), justify="right")
    good = True
    for spec in (FORMATS[name] for name in formats):
        counts = dict.fromkeys(Verdict, 0)
        if (out / spec.folder).is_dir():
            for _, verdict in answers(
                [str(out / spec.folder)], DEFAULT, lambda: around, lambda report: report.verdict
            ):
                counts[verdict] += 1
        good = (
            good
            and not (counts[Verdict.FAILED] or counts[Verdict.INDETERMINATE])
            and counts[Verdict.PASSED] > 0
        )
        table.add_row(
            spec.title, *(str(counts[v]) for v in (Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE))
        )
    console.print(table)
    return good
