"""Documents that are published elsewhere, taken from a folder: status lists and DID documents on file.

A batch can be verified before its status lists are published, and a verifier can work off-line from a snapshot.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes
from tessella.errors import AccessError
from tessella.keys import did_web_url
from tessella.ports import Fetched, Fetcher
from tessella.text import say

__all__ = ["FolderFetcher"]

MAX_DOCUMENTS = 1000
"""Documents looked at in the folder; an issuer has a handful."""


class FolderFetcher:
    """Serves each JSON document of a folder under the address in its ``id``; asks ``otherwise`` for the rest."""

    def __init__(self, folder: Path, otherwise: Fetcher) -> None:
        self._otherwise = otherwise
        self._known: dict[str, Path] = {}
        for path in sorted(folder.glob("*.json"))[:MAX_DOCUMENTS]:
            try:
                document = msgspec.json.decode(read_bytes(path))
            except (msgspec.DecodeError, AccessError):
                continue
            address = document.get("id") if isinstance(document, dict) else None
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
