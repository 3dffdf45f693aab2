"""Documents that are published elsewhere, taken from a folder: status lists and DID documents on file.

A batch can be verified before its status lists are published, and a verifier can work off-line from a snapshot.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes
from tessella.errors import AccessError, TessellaError
from tessella.keys import base64url_decode, did_web_url
from tessella.ports import Fetched, Fetcher
from tessella.seals import sd_jwt
from tessella.text import say

__all__ = ["FolderFetcher"]

MAX_DOCUMENTS = 1000
"""Documents looked at in the folder; an issuer has a handful."""


def _of_document(data: bytes) -> object:
    """``id``; of type metadata ``vct``, of an issuer's metadata the place that belongs to its ``issuer``."""
    document = msgspec.json.decode(data)
    if isinstance(document.get("jwks"), dict) and "issuer" in document:
        return sd_jwt.issuer_metadata_url(document["issuer"])
    return document.get("id", document.get("vct"))


def _of_token(data: bytes) -> object:
    """The address that a Token Status List names as its own (``sub``); whether it is true is told by its seal."""
    _, payload, _ = data.strip().split(b".")
    return msgspec.json.decode(base64url_decode(payload)).get("sub")


_ADDRESSES: Mapping[str, Callable[[bytes], object]] = {".json": _of_document, ".jwt": _of_token}
"""By the end of a file's name: the address at which the document in it is published."""


SITES = ("", "status", "badges")
"""Below a folder that was issued into: what is to be published of it."""


_PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/){0,5}[A-Za-z0-9_-][A-Za-z0-9._-]*")
"""A path that leads nowhere but down; the name of a key may start with any sign of base64url."""


class FolderFetcher:
    """Serves each document of a folder under its address (``id``, ``vct`` or ``issuer`` of JSON, ``sub`` of a token); asks ``otherwise`` for the rest.

    Looked at are the folder itself and, where it was issued into, what is to be published of it. A document whose
    address ends with its file's name tells where its folder is published: what lies below that folder is served too.
    """

    def __init__(self, folder: Path, otherwise: Fetcher) -> None:
        self._otherwise = otherwise
        self._known: dict[str, Path] = {}
        self._sites: dict[str, Path] = {}
        found = (path for site in SITES for path in sorted((folder / site).glob("*")))
        for path in itertools.islice((path for path in found if path.suffix in _ADDRESSES), MAX_DOCUMENTS):
            address = _address(path)
            if address:
                self._known[address] = path
                if address.endswith(f"/{path.name}"):
                    self._sites[address.removesuffix(path.name)] = path.parent

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """See `tessella.ports.Fetcher`; ``fetched_at`` is when the file was last written."""
        path = self._known.get(url) or self._below(url)
        if path is None:
            return self._otherwise.fetch(url, max_bytes=max_bytes, accept=accept)
        written = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        body = read_bytes(path)
        if len(body) > max_bytes:
            raise AccessError(
                say("%(url)s was not read: it is larger than %(limit)s bytes.", url=url, limit=max_bytes),
                code="access.size",
                got=url,
            )
        return Fetched(url=url, body=body, media_type="application/json", fetched_at=written)

    def _below(self, url: str) -> Path | None:
        """The file below the folder of a site that stands for this address, when it says so itself."""
        for start, folder in self._sites.items():
            if url.startswith(start) and _PLAIN.fullmatch(url[len(start) :]):
                path = folder / url[len(start) :]
                if path.suffix in _ADDRESSES and path.is_file() and _address(path) == url:
                    return path
        return None


def _address(path: Path) -> str:
    """Where the document in a file is published; empty for any other file."""
    try:
        address = _ADDRESSES[path.suffix](read_bytes(path))
    except (ValueError, AttributeError, TessellaError):  # msgspec's errors are ValueErrors
        return ""
    if not isinstance(address, str):
        return ""
    return did_web_url(address) if address.startswith("did:web:") else address
