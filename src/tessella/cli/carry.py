"""``tessella bake``, ``tessella unbake`` and ``tessella qr``: credentials into pictures and out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from tessella.adapters.files import read_bytes, read_stdin, write_bytes
from tessella.cli._app import Exit, app, console
from tessella.containers import (
    MAX_QR_BYTES,
    Baked,
    Carrier,
    Kind,
    bake_png,
    bake_svg,
    detect,
    make_qr,
    read_png,
    read_svg,
)
from tessella.errors import ConfigError, DecodeError, LimitError, UnsupportedError
from tessella.formats import openbadges2
from tessella.text import say
from tessella.verification import Opened, open_credentials

__all__: list[str] = []

_CARRIERS: Mapping[str, Carrier] = {
    "openbadges3": Carrier.OPEN_BADGES_3,
    "openbadges2": Carrier.OPEN_BADGES_2,
    "clr": Carrier.CLR,
}
"""By the format that reading finds: the credentials whose standards say how they are baked."""

_BAKERS: Mapping[Kind, Callable[..., bytes]] = {Kind.PNG: bake_png, Kind.SVG: bake_svg}
_READERS: Mapping[Kind, Callable[[bytes], tuple[Baked, ...]]] = {Kind.PNG: read_png, Kind.SVG: read_svg}

_PICTURES: Mapping[str, Literal["png", "svg"]] = {".png": "png", ".svg": "svg"}

_TEXTS = (Kind.JSON, Kind.JADES_JSON, Kind.JWS_COMPACT, Kind.SD_JWT)

QR_SCALE = 6
"""Pixels per module of a PNG: the largest code is then 1,110 pixels wide, which cameras and printers resolve."""

OutFile = Annotated[Path, typer.Option("--out", "-o", help="The file to write.")]


@app.command()
def bake(
    credential: Annotated[
        str, typer.Argument(help="An Open Badge 3.0 or 2.0, or a learner record; - reads standard input.")
    ],
    picture: Annotated[Path, typer.Argument(help="The picture (PNG or SVG) that will carry it.")],
    out: OutFile,
) -> int:
    """Bake a credential into a picture of yours. All else in the picture stays; an earlier credential is replaced."""
    text = _read(credential).strip()
    opened = _credential(text)
    if opened.format not in _CARRIERS:
        raise UnsupportedError(
            say("No standard says how this credential is baked into a picture."),
            code="unsupported.baking",
            got=opened.format,
            expected=" | ".join(_CARRIERS),
            hint=say("Open Badges and learner records can be baked."),
        )
    image = read_bytes(picture)
    kind = detect(image)
    if kind not in _BAKERS:
        raise _no_picture(picture, kind)
    write_bytes(out, _BAKERS[kind](image, text, carrier=_CARRIERS[opened.format]))
    console.print(say("Wrote %(file)s", file=out), markup=False)
    return Exit.OK


@app.command()
def unbake(
    picture: Annotated[Path, typer.Argument(help="A picture (PNG or SVG) with a credential in it.")],
    out: OutFile,
) -> int:
    """Take the credential out of a picture, byte for byte. It is not verified."""
    image = read_bytes(picture)
    kind = detect(image)
    if kind not in _READERS:
        raise _no_picture(picture, kind)
    found = _READERS[kind](image)
    if len(found) != 1:
        raise DecodeError(
            say("There is no credential in this file.")
            if not found
            else say("The picture holds %(count)s credentials; which one is meant?", count=len(found)),
            code="container.no-credential" if not found else "container.several",
            place=str(picture),
            hint=say("Verify the picture to see what is in it."),
        )
    write_bytes(out, found[0].text)
    console.print(say("Wrote %(file)s", file=out), markup=False)
    return Exit.OK


@app.command()
def qr(
    credential: Annotated[
        str, typer.Argument(help="A link (https), or a file with a credential; - reads standard input.")
    ],
    out: OutFile,
    scale: Annotated[int, typer.Option(help="Pixels (or units) per module.", min=1, max=50)] = QR_SCALE,
) -> int:
    """Make a QR code (PNG or SVG) of a link, or of a credential small enough to be in the code itself."""
    suffix = out.suffix.lower()
    if suffix not in _PICTURES:
        raise ConfigError(
            say("A QR code is written as PNG or SVG."),
            code="cli.qr",
            got=out.name,
            expected=" | ".join(_PICTURES),
            hint=say("Give a file name that ends so."),
        )
    text, what = _carried(credential)
    if len(text.encode()) > MAX_QR_BYTES:
        raise LimitError(
            say(
                "The credential has %(got)s bytes; a QR code holds %(limit)s.",
                got=len(text.encode()),
                limit=MAX_QR_BYTES,
            ),
            code="container.qr-size",
            got=len(text.encode()),
            expected=MAX_QR_BYTES,
            hint=say(
                "Publish it and give its address instead, or show fewer claims of an attestation with: tessella disclose"
            ),
        )
    write_bytes(out, make_qr(text, picture=_PICTURES[suffix], scale=scale))
    console.print(
        say(
            "Wrote %(file)s: %(what)s, %(size)s of %(limit)s bytes.",
            file=out,
            what=what,
            size=len(text.encode()),
            limit=MAX_QR_BYTES,
        ),
        markup=False,
    )
    return Exit.OK


def _carried(name: str) -> tuple[str, str]:
    """The text for the code, and what it is: a link as it stands, a hosted badge's address, or a credential without spare space."""
    if "://" in name:
        return name, say("a link")
    data = _read(name).strip()
    opened = _credential(data)
    if openbadges2.is_assertion(opened.document) and opened.sealed != "vc-jwt":
        return str(opened.document.get("id", "")), say("the address of the hosted badge")
    text = msgspec.json.format(data, indent=-1) if data[:1] == b"{" else data
    return text.decode(), say("the credential itself")


def _credential(data: bytes) -> Opened:
    """The one credential in a text.

    Raises:
        TessellaError: it is none, or cannot be read; ``container.several``.
    """
    if detect(data) not in _TEXTS:
        raise UnsupportedError(
            say("This is a file around a credential, not the credential itself."),
            code="unsupported.container",
            got=str(detect(data)),
            hint=say("Take it out first, from a picture with: tessella unbake"),
        )
    opened = open_credentials(data)
    first = opened[0]
    if first.problem is not None:
        raise first.problem
    if len(opened) > 1 and first.format != "clr":
        raise DecodeError(
            say("The file holds %(count)s credentials; which one is meant?", count=len(opened)),
            code="container.several",
            hint=say("Give one of them."),
        )
    return first


def _read(name: str) -> bytes:
    return read_stdin() if name == "-" else read_bytes(Path(name))


def _no_picture(path: Path, kind: Kind) -> UnsupportedError:
    return UnsupportedError(
        say("Credentials are baked into PNG and SVG pictures."),
        code="unsupported.picture",
        got=str(kind),
        expected="png | svg",
        place=str(path),
        hint=say("Save the picture as PNG."),
    )
