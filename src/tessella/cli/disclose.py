"""``tessella disclose``: from an SD-JWT or a badge with selective disclosure, a presentation with chosen claims only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import read_bytes, read_stdin, write_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.canonical import loads
from tessella.cli._app import Exit, JsonFlag, KeysOption, app, console, password, print_json, say_note
from tessella.errors import ConfigError, KeyMaterialError
from tessella.issuing.disclosure import badge_elements, disclose_badge
from tessella.ports import Signer
from tessella.seals import sd_jwt
from tessella.text import say

SHOWN_CHARS = 160
"""Of a claim's value in the list: enough to know what it is; a picture in a badge is 20,000 characters long."""

_ADDRESS = re.compile(r"(?:https?|did|urn|data):").match
_PLUMBING = frozenset(("id", "type", "inScheme", "notation", "identityType", "hashed", "salt"))
"""Members of a badge that say nothing to people."""


@app.command()
def disclose(
    file: Annotated[
        str,
        typer.Argument(
            help="An SD-JWT, or a badge with selective disclosure (openbadge-sd); - reads standard input."
        ),
    ],
    keys_folder: KeysOption,
    claims: Annotated[
        list[str] | None,
        typer.Option("--claim", "--reveal", help="A claim to show, e.g. learning_outcomes; may be repeated."),
    ] = None,
    holder_key: Annotated[
        str,
        typer.Option(help="Your key in the key store; default: the one that the credential is bound to."),
    ] = "",
    audience: Annotated[
        str, typer.Option(help="Who it is for: shows, with --nonce, that the credential is yours.")
    ] = "",
    nonce: Annotated[
        str, typer.Option("--nonce", "--challenge", help="The number that the verifier gave.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to write the presentation; default standard output.")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Show only chosen claims of a credential. Without --claim it lists what there is to choose."""
    data = (read_stdin() if file == "-" else read_bytes(Path(file))).strip()
    if (badge := _badge(data)) is not None:
        if claims is None:
            return _list(
                [_Row(one.name, one.may_withhold, one.value, one.partly) for one in badge_elements(badge)],
                as_json,
            )
        if holder_key or audience or nonce:
            raise ConfigError(
                say("A badge is not bound to a key of its holder."),
                code="cli.badge-binding",
                hint=say("Leave out --holder-key, --audience and --nonce, or present an attestation."),
            )
        made: str | bytes = disclose_badge(badge, claims)
    else:
        token = sd_jwt.parse(data)
        if claims is None:
            return _list(_rows_of_token(token), as_json)
        asked = holder_key or audience or nonce
        holder = _holder(FileKeyStore(keys_folder), holder_key, token) if asked else None
        made = sd_jwt.present(
            token,
            [tuple(_step(step) for step in claim.split(".")) for claim in claims],
            holder=holder,
            audience=audience,
            nonce=nonce,
            at=SystemClock().now() if holder else None,
        )
    return _write(made, out, as_json)


def _holder(store: FileKeyStore, id: str, token: sd_jwt.SdJwt) -> Signer:
    """The key named, else the one in the store that the credential is bound to."""
    if not id:
        wanted = sd_jwt.holder_key(token.processed.claims).thumbprint
        found = (record.id for record in store.ring.keys if record.public_key.thumbprint == wanted)
        id = next(found, "")
    if not id:
        raise KeyMaterialError(
            say("The key that the credential is bound to is not in the key store."),
            code="key.not-found",
            hint=say("Give the folder of your keys with --keys."),
        )
    return store.signer(id, password())


def _badge(data: bytes) -> dict[str, Any] | None:
    """The document, when the file is JSON with a proof inside (and no SD-JWT in JSON)."""
    document = loads(data) if data.startswith(b"{") else None
    return document if isinstance(document, dict) and "@context" in document else None


def _write(made: str | bytes, out: Path | None, as_json: bool) -> int:
    text = made.decode() if isinstance(made, bytes) else made
    if out is not None:
        write_bytes(out, text.encode())
        say_note(say("Wrote %(file)s: it shows the chosen claims and what the issuer left open.", file=out))
    elif as_json:
        print_json({"presentation": loads(made) if isinstance(made, bytes) else made})
    else:
        console.print(text, soft_wrap=True, markup=False)
    return Exit.OK


def _step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


class _Row(NamedTuple):
    """One line of the list: a claim, whether it may be kept back, or only in part, and what it says."""

    name: str
    may: bool
    value: Any
    partly: bool = False


def _rows_of_token(token: sd_jwt.SdJwt) -> list[_Row]:
    everything, paths = sd_jwt.claims_of(token)
    withheld = {path[0] for path in paths}
    return [_Row(name, name in withheld, value) for name, value in everything.items()]


def _list(rows: Iterable[_Row], as_json: bool) -> int:
    rows = list(rows)
    if as_json:
        print_json([{"claim": row.name, "can_be_withheld": row.may, "value": row.value} for row in rows])
        return Exit.OK
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(say("Claim"))
    table.add_column(say("You may keep it back"))
    table.add_column(say("What it says"), overflow="fold")
    for row in rows:
        may = say("in part") if row.partly else say("yes") if row.may else say("always shown")
        table.add_row(escape(row.name), may, escape(_brief(row.value)))
    console.print(table)
    if not any(row.may for row in rows):
        say_note(say("Nothing of it can be kept back: it is shown whole or not at all."))
    return Exit.OK


def _brief(value: Any) -> str:
    """What a value says to a person, in a line or two: its texts and numbers without addresses and plumbing."""
    if not isinstance(value, list | dict):
        told = str(value)
    else:
        told = ", ".join(dict.fromkeys(_texts(value))) or json.dumps(value, ensure_ascii=False)
    return told if len(told) <= SHOWN_CHARS else told[:SHOWN_CHARS] + "…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in _PLUMBING:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not _ADDRESS(text := str(value)):
        yield text
