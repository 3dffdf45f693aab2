"""``tessella disclose``: from an SD-JWT, a presentation with chosen claims only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import read_bytes, read_stdin, write_bytes
from tessella.adapters.keystore import FileKeyStore
from tessella.cli._app import Exit, JsonFlag, KeysOption, app, console, password, print_json, say_note
from tessella.keys import PrivateKey
from tessella.seals import sd_jwt
from tessella.text import say


@app.command()
def disclose(
    file: Annotated[str, typer.Argument(help="A credential as SD-JWT; - reads standard input.")],
    keys_folder: KeysOption,
    claims: Annotated[
        list[str] | None,
        typer.Option("--claim", help="A claim to show, e.g. learning_outcomes; may be repeated."),
    ] = None,
    holder_key: Annotated[
        str, typer.Option(help="Your key in the key store, when the credential is bound to one.")
    ] = "",
    audience: Annotated[str, typer.Option(help="With --holder-key: who it is for.")] = "",
    nonce: Annotated[str, typer.Option(help="With --holder-key: the number the verifier gave.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to write the presentation; default standard output.")
    ] = None,
    as_json: JsonFlag = False,
) -> int:
    """Show only chosen claims of a credential. Without --claim it lists what there is to choose."""
    token = sd_jwt.parse((read_stdin() if file == "-" else read_bytes(Path(file))).strip())
    if claims is None:
        return _list(token, as_json)
    holder: PrivateKey | None = (
        FileKeyStore(keys_folder).signer(holder_key, password()) if holder_key else None
    )
    made = sd_jwt.present(
        token,
        [tuple(_step(step) for step in claim.split(".")) for claim in claims],
        holder=holder,
        audience=audience,
        nonce=nonce,
        at=SystemClock().now() if holder else None,
    )
    if out is not None:
        write_bytes(out, made.encode())
        say_note(say("Wrote %(file)s: it shows the chosen claims and what the issuer left open.", file=out))
    elif as_json:
        print_json({"presentation": made})
    else:
        console.print(made, soft_wrap=True, markup=False)
    return Exit.OK


def _step(text: str) -> str | int:
    return int(text) if text.isdecimal() else text


def _list(token: sd_jwt.SdJwt, as_json: bool) -> int:
    everything, paths = sd_jwt.claims_of(token)
    withheld = {path[0] for path in paths}
    rows = [(name, name in withheld, value) for name, value in everything.items()]
    if as_json:
        print_json([{"claim": name, "can_be_withheld": may, "value": value} for name, may, value in rows])
        return Exit.OK
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(say("Claim"))
    table.add_column(say("You may keep it back"))
    table.add_column(say("What it says"), overflow="fold")
    for name, may, value in rows:
        table.add_row(escape(name), say("yes") if may else say("always shown"), escape(str(value)))
    console.print(table)
    return Exit.OK
