"""One award on its way into its sealed formats: what their makers share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from tessella.errors import ConfigError
from tessella.issuing.issuer import Issuer
from tessella.model import Award, MicroCredential
from tessella.rendering import TileFacts, tile_facts, tile_png, tile_svg
from tessella.status import StatusPurpose, status_entry

__all__ = ["Copy", "FormatSpec", "Job", "StatusEntry", "tile", "tile_drawing"]

TILE_PIXELS = 640
"""The badge picture: sharp on a page and a phone, about 60 KB."""


class StatusEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one copy in a published status list.

    ``revocation_url``: a copy that can be suspended and revoked has the same index in this list of revocations. Formats with room for
    one entry name only that. A Token Status List tells both by itself.
    """

    list_url: str
    index: int
    purpose: StatusPurpose = "revocation"
    revocation_url: str = ""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed copy: a whole file. ``published`` are the documents it needs on the issuer's own site, by their paths there."""

    format: str
    credential_id: str
    data: bytes
    published: Mapping[str, bytes] = {}


class Job(msgspec.Struct, kw_only=True):
    """What the makers of one award's copies share."""

    award: Award
    issuer: Issuer
    at: dt.datetime
    credential_ids: Mapping[str, str]
    statuses: Mapping[str, StatusEntry | None]
    formats: Mapping[str, FormatSpec]
    verify_url: str = ""
    made: dict[str, bytes] = {}
    published: dict[str, dict[str, bytes]] = {}

    def get(self, format: str) -> bytes:
        """The copy in another format of the same award, made once."""
        if format not in self.made:
            self.made[format] = self.formats[format].make(self)
        return self.made[format]

    def publish(self, format: str, path: str, data: bytes) -> None:
        """Have a document published for the copy in this format."""
        self.published.setdefault(format, {})[path] = data

    def status(self, format: str, *, is_elm: bool = False) -> list[dict[str, Any]]:
        """What ``credentialStatus`` of the copy in this format says: nothing, one entry, or of VCDM two: revocation and suspension."""
        entry = self.statuses.get(format)
        if entry is None:
            return []
        lists: list[tuple[str, StatusPurpose]] = [(entry.list_url, entry.purpose)]
        if entry.revocation_url:
            lists = [(entry.revocation_url, "revocation"), *([] if is_elm else lists)]
        return [status_entry(url, entry.index, purpose, elm=is_elm) for url, purpose in lists]


class FormatSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed format: its name for people, where its files go, and how a copy is made.

    ``needs`` get from the issuer what the format cannot do without, or raise `ConfigError`. ``has_status``: its copies can be
    revoked, and with ``token_status`` by a Token Status List; ``in_all``: made when all formats are asked for, and ``fits`` raises no `SchemaError`
    for the description. ``builds_on``: formats whose copies go into it when they are made too; else it carries a credential of its own.
    """

    title: str
    folder: str
    suffix: str
    media_type: str
    make: Callable[[Job], bytes]
    needs: tuple[Callable[[Issuer], object], ...] = ()
    has_status: bool = False
    token_status: bool = False
    in_all: bool = True
    builds_on: tuple[str, ...] = ()
    fits: Callable[[MicroCredential, Issuer], object] | None = None

    def may_have_status(self, formats: Collection[str]) -> bool:
        """Whether its copies can be revoked by themselves, made together with ``formats``: not where others that can are in it."""
        return self.has_status or (bool(self.builds_on) and not set(self.builds_on) & set(formats))

    def lacks(self, issuer: Issuer) -> ConfigError | None:
        """What the issuer has not got for this format; None when it can be made."""
        try:
            for need in self.needs:
                need(issuer)
        except ConfigError as error:
            return error
        return None


def tile(job: Job, size: int = TILE_PIXELS) -> bytes:
    """The picture of what is awarded (PNG)."""
    return _tile_png(tile_facts(job.award.micro_credential), size)


@lru_cache(maxsize=64)
def _tile_png(facts: TileFacts, size: int) -> bytes:
    """One picture per micro-credential, not per award."""
    return tile_png(facts, size=size)


def tile_drawing(job: Job) -> bytes:
    """The same picture as a drawing (SVG)."""
    return _tile_svg(tile_facts(job.award.micro_credential))


@lru_cache(maxsize=64)
def _tile_svg(facts: TileFacts) -> bytes:
    return tile_svg(facts, size=TILE_PIXELS).encode()
