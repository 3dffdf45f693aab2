"""Whom the options say to trust: certificates on file, and copies of the trusted lists."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import typer

from tessella.adapters.files import read_bytes
from tessella.adapters.revocation import MAX_CRL_BYTES
from tessella.adapters.trusted_lists import open_trusted_lists
from tessella.errors import DecodeError
from tessella.text import say
from tessella.trust import TrustedLists

__all__ = [
    "ListSignerOption",
    "TrustedListsOption",
    "read_certificates",
    "read_revocation",
    "read_trusted_lists",
]

TrustedListsOption = Annotated[
    Path | None,
    typer.Option(
        "--trusted-lists",
        help="A copy of the EU trusted lists (a folder or ZIP made by trust fetch): is the seal qualified?",
    ),
]

ListSignerOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--list-signer",
        help="Certificates (PEM) that may sign the list of the lists, instead of those of the European Commission.",
    ),
]

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def read_certificates(path: Path) -> list[bytes]:
    """The certificates (DER) in a PEM or DER file.

    Raises:
        AccessError, DecodeError: it cannot be read, or holds none.
    """
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


def read_revocation(path: Path, read: Callable[[bytes], bytes]) -> bytes:
    """A revocation list or OCSP response on file, as ``read`` takes it.

    Raises:
        AccessError, DecodeError: it cannot be read, or is none.
    """
    try:
        return read(read_bytes(path, max_bytes=MAX_CRL_BYTES))
    except DecodeError as error:
        error.place = str(path)
        raise


def read_trusted_lists(path: Path, signers: Iterable[Path]) -> TrustedLists:
    """The lists in a copy; with ``signers`` those may sign the list of the lists, and nobody else.

    Raises:
        TessellaError: a file cannot be read, or the list of the lists is not signed by one of them.
    """
    lists = open_trusted_lists(path, [der for one in signers for der in read_certificates(one)])
    lists.top  # noqa: B018  # whoever names lists that cannot be used is told at once
    return lists
