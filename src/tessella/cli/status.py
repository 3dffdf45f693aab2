"""``tessella status`` and ``tessella revoke``: what a copy's published status is, and changing it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.badgefolder import BadgeFolder
from tessella.adapters.clock import SystemClock
from tessella.adapters.files import read_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.adapters.ledger import Ledger
from tessella.adapters.statusbook import StatusBook
from tessella.cli._app import Exit, JsonFlag, KeysOption, app, console, password, print_json, say_note
from tessella.errors import StateError
from tessella.issuing.badge_site import BadgeSite
from tessella.issuing.batch import SITE_FOLDER, IssuedCopy
from tessella.issuing.sealing import FORMATS, Issuer
from tessella.keys import base64url_decode
from tessella.model import Organisation
from tessella.text import say

_HOSTED = re.compile(r"https://\S+/a/([0-9a-f-]{36})\.json")
"""The address of a hosted Open Badge 2.0, which is its id to everybody else."""

IdArgument = Annotated[str, typer.Argument(help="Credential id, award id, or the file.")]
OptionalId = Annotated[str, typer.Argument(metavar="[ID]", help="Credential id, award id, or the file.")]
OutOption = Annotated[Path, typer.Option("--out", help="The folder that was issued into.")]
AllCopies = Annotated[
    bool, typer.Option("--all-copies", help="All copies of the award that the named copy belongs to.")
]


@app.command()
def revoke(
    id: IdArgument,
    keys_folder: KeysOption,
    out: OutOption = Path("out"),
    all_copies: AllCopies = False,
    suspend: Annotated[
        bool,
        typer.Option("--suspend", help="Suspend what was issued with --suspendable: that can be lifted."),
    ] = False,
    reason: Annotated[
        str, typer.Option(help="Why, in words for everybody; published with Open Badges 2.0.")
    ] = "",
    as_json: JsonFlag = False,
) -> int:
    """Revoke one copy, or all copies of an award, for good (or --suspend them), and seal the status lists anew."""
    return _change(
        id, keys_folder, out, as_json, active=False, all_copies=all_copies, suspend=suspend, reason=reason
    )


@app.command()
def status(
    keys_folder: KeysOption,
    id: OptionalId = "",
    out: OutOption = Path("out"),
    lift: Annotated[bool, typer.Option("--lift", help="Lift a suspension.")] = False,
    renew: Annotated[
        bool, typer.Option("--renew", help="Seal all lists anew, unchanged: each is valid for 30 days.")
    ] = False,
    all_copies: AllCopies = False,
    as_json: JsonFlag = False,
) -> int:
    """Show the published status of an award's copies; --lift ends a suspension, --renew seals the lists anew."""
    if renew:
        return _renew(keys_folder, out, as_json)
    if lift:
        return _change(id, keys_folder, out, as_json, active=True, all_copies=all_copies)
    with Ledger(out / "ledger.db") as ledger:
        copies = _copies(ledger, id, out, all_copies)
        _print(copies, _states(copies, out, ledger), _files(out, ledger, copies), as_json)
    return Exit.OK


def _renew(keys_folder: Path, out: Path, as_json: bool) -> int:
    with Ledger(out / "ledger.db") as ledger:
        copies = [copy for copy in ledger.entries() if "list" in copy.status]
        if not copies:
            raise _no_status(str(out))
        issuer = _sealer(FileKeyStore(keys_folder), out / "status")
        files = _book(out, ledger, copies).publish(issuer, at=SystemClock().now().replace(microsecond=0))
    if as_json:
        print_json({"published": [str(file) for file in files]})
    else:
        _say_published(files)
    return Exit.OK


def _say_published(files: Sequence[Path]) -> None:
    say_note(say("Publish now: %(files)s.", files=", ".join(str(file) for file in files)))


def _no_status(got: str, found: Sequence[IssuedCopy] = ()) -> StateError:
    carrying = bool(found) and all(FORMATS[copy.format].builds_on for copy in found)
    return StateError(
        say("A certificate has the status of the credentials in it.")
        if carrying
        else say("These copies have no published status."),
        code="state.no-status",
        got=got,
        hint=say("Name one of them, or all copies of the award with --all-copies.")
        if carrying
        else say(
            "Only copies issued with --status-url can be revoked, and Open Badges 2.0; for ELMO there is no such thing."
        ),
    )


def _copies(ledger: Ledger, id: str, out: Path, all_copies: bool) -> list[IssuedCopy]:
    """The copies meant by an id or address, by a file name below the folder, or by the path of a file in it."""
    if (hosted := _HOSTED.fullmatch(id)) is not None:
        id = f"urn:uuid:{hosted.group(1)}"
    path, folder = Path(id).resolve(), out.resolve()
    below = path.relative_to(folder).as_posix() if path.is_relative_to(folder) and path.exists() else id
    found = ledger.find(below)
    return ledger.find(found[0].award_id) if all_copies else found


def _change(
    id: str,
    keys_folder: Path,
    out: Path,
    as_json: bool,
    *,
    active: bool,
    all_copies: bool,
    suspend: bool = False,
    reason: str = "",
) -> int:
    with Ledger(out / "ledger.db") as ledger:
        found = _copies(ledger, id, out, all_copies)
        listed = [copy for copy in found if "list" in copy.status]
        if all_copies and (active or suspend):
            book = _book(out, ledger, listed)
            listed = [copy for copy in listed if book.entry(*_place(copy)).purpose == "suspension"] or listed
        hosted = [copy for copy in found if "site" in copy.status and not active and not suspend]
        copies = [*listed, *hosted]
        if not copies:
            raise _no_status(id, found)
        files: list[Path] = []
        if listed:
            book = _book(out, ledger, listed)
            issuer = _sealer(FileKeyStore(keys_folder), out / "status")
            for copy in listed:
                book.mark(*_place(copy), active=active, suspend=suspend)
            files += book.publish(issuer, at=SystemClock().now().replace(microsecond=0))
        for copy in hosted:
            files.append(_site(out, copy).revoke(copy.credential_id, copy.format, reason=reason))
        _print(copies, _states(copies, out, ledger), _files(out, ledger, copies), as_json)
    if not as_json:
        _say_published(list(dict.fromkeys(files)))
        _say_unchanged(found, copies)
    return Exit.OK


def _place(copy: IssuedCopy) -> tuple[str, int]:
    return str(copy.status["list"]), int(copy.status["index"])


def _say_unchanged(found: Sequence[IssuedCopy], changed: Sequence[IssuedCopy]) -> None:
    """Which copies go on to be valid: they have no status. A certificate follows the credentials in it."""
    formats = {copy.format for copy in changed}
    rest = [copy for copy in found if not copy.status and not formats & set(FORMATS[copy.format].builds_on)]
    if rest:
        titles = dict.fromkeys(FORMATS[copy.format].title for copy in rest)
        say_note(say("Unchanged, since no status is published for it: %(titles)s.", titles=", ".join(titles)))
    done = {copy.credential_id for copy in changed}
    kept = dict.fromkeys(
        FORMATS[copy.format].title for copy in found if copy.status and copy.credential_id not in done
    )
    if kept:
        say_note(say("Unchanged, since it can be revoked only: %(titles)s.", titles=", ".join(kept)))


def _site(out: Path, copy: IssuedCopy) -> BadgeFolder:
    return BadgeFolder(out / SITE_FOLDER, BadgeSite(url=str(copy.status["site"])))


def _sealer(store: FileKeyStore, folder: Path) -> Issuer:
    """The issuer of the lists in the folder with its newest key: a list sealed by another is not believed."""
    published = (path for path in sorted(folder.glob("*")) if path.with_suffix(".state").exists())
    did = next((_ISSUERS[path.suffix](read_bytes(path)) for path in published if path.suffix in _ISSUERS), "")
    keys = [key for key in store.ring.active if not key.certificates]
    key = next((key for key in keys if not did or store.ring.method_of(key).partition("#")[0] == did), None)
    if key is None:
        raise StateError(
            say("There is no key to seal the status list with."),
            code="issuing.no-key",
            expected=did or None,
            hint=say(
                "Give the key store of the batch with --keys; its key for %(issuer)s must be active.",
                issuer=did,
            )
            if did
            else say("Give the key store of the batch with --keys."),
        )
    return Issuer(organisation=Organisation(name={}), badge_signer=store.signer(key.id, password()))


def _issuer_of_document(published: bytes) -> str:
    issuer = msgspec.json.decode(published).get("issuer", "")
    return str(issuer["id"] if isinstance(issuer, dict) else issuer)


def _issuer_of_token(published: bytes) -> str:
    header = msgspec.json.decode(base64url_decode(published.partition(b".")[0]))
    return str(header.get("kid", "")).partition("#")[0]


_ISSUERS: Mapping[str, Callable[[bytes], str]] = {".json": _issuer_of_document, ".jwt": _issuer_of_token}
"""By the end of a published list's name: the DID of who sealed it."""


def _book(out: Path, ledger: Ledger, copies: list[IssuedCopy]) -> StatusBook:
    address = next((str(copy.status["list"]) for copy in copies if "list" in copy.status), "")
    return StatusBook(out / "status", address.rpartition("/")[0], used=ledger.status_places())


def _files(out: Path, ledger: Ledger, copies: list[IssuedCopy]) -> dict[str, str]:
    """The files of the copies below the folder, by credential id; a copy whose file is gone is left out."""
    folders = sorted({out / FORMATS[copy.format].folder for copy in copies if copy.format in FORMATS})
    names = (path.relative_to(out).as_posix() for folder in folders for path in folder.glob("*"))
    return ledger.files_of(copies, names)


def _states(copies: list[IssuedCopy], out: Path, ledger: Ledger) -> dict[str, str]:
    """Each copy's published status by its id: ``active``, ``revoked``, ``suspended``, or ``none`` when there is no such thing."""
    book = _book(out, ledger, copies)
    states = {}
    for copy in copies:
        state = "none"
        if "site" in copy.status:
            revoked = _site(out, copy).is_revoked(copy.credential_id, copy.format)
            state = "revoked" if revoked else "active"
        elif copy.status:
            state = book.state(*_place(copy))
        states[copy.credential_id] = state
    return states


_WORDS: Mapping[str, str] = {
    "none": "no status is published",
    "active": "valid",
    "revoked": "revoked",
    "suspended": "suspended",
}


def _print(
    copies: list[IssuedCopy], states: Mapping[str, str], files: Mapping[str, str], as_json: bool
) -> None:
    if as_json:
        for copy in copies:
            print_json(
                {
                    "credential": copy.credential_id,
                    "file": files.get(copy.credential_id),
                    "format": copy.format,
                    "status": states[copy.credential_id],
                }
            )
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in (say("File"), say("Status"), say("Credential")):
        table.add_column(heading)
    for copy in copies:
        words = say(_WORDS[states[copy.credential_id]])
        table.add_row(escape(files.get(copy.credential_id, "–")), words, copy.credential_id)
    console.print(table)
