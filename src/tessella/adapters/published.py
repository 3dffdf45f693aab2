"""Documents that are published elsewhere, taken from a folder: status lists and DID documents on file.

A batch can be verified before its status lists are published, and a verifier can work off-line from a snapshot.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes
from tessella.errors import AccessError, TessellaError
from tessella.keys import base64url_decode, did_web_url
from tessella.ports import Fetched, Fetcher
from tessella.text import say

__all__ = ["FolderFetcher"]

MAX_DOCUMENTS = 1000
"""Documents looked at in the folder; an issuer has a handful."""


def _of_document(data: bytes) -> object:
    return msgspec.json.decode(data).get("id")


def _of_token(data: bytes) -> object:
    """The address that a Token Status List names as its own (``sub``); whether it is true is told by its seal."""
    _, payload, _ = data.strip().split(b".")
    return msgspec.json.decode(base64url_decode(payload)).get("sub")


_ADDRESSES: Mapping[str, Callable[[bytes], object]] = {".json": _of_document, ".jwt": _of_token}
"""By the end of a file's name: the address at which the document in it is published."""


class FolderFetcher:
    """Serves each document of a folder under its address (``id`` of JSON, ``sub`` of a token); asks ``otherwise`` for the rest."""

    def __init__(self, folder: Path, otherwise: Fetcher) -> None:
        self._otherwise = otherwise
        self._known: dict[str, Path] = {}
        found = (path for path in sorted(folder.glob("*")) if path.suffix in _ADDRESSES)
        for path in itertools.islice(found, MAX_DOCUMENTS):
            try:
                address = _ADDRESSES[path.suffix](read_bytes(path))
            except (ValueError, AttributeError, TessellaError):  # msgspec's errors are ValueErrors
                continue
            if isinstance(address, str):
                self._known[did_web_url(address) if address.startswith("did:web:") else address] = path

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """See `tessella.ports.Fetcher`; ``fetched_at`` is when the file was last written."""
        path = self._known.get(url)
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
