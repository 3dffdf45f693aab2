"""Links that stand in a credential's place (a QR code on paper, mostly): followed once, where the network may be used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tessella.containers import MAX_FILE_BYTES, Kind
from tessella.errors import AccessError, TessellaError
from tessella.text import say
from tessella.verification.envelopes import Envelope, envelopes
from tessella.verification.surroundings import Surroundings

__all__ = ["followed"]

MAX_LINKS = 10
"""Links followed for one file: a page with codes has a few, and each may take a server's whole time limit."""

_ACCEPT = "application/vc, application/vp, application/ld+json, application/json, */*;q=0.5"


def followed(found: Iterable[Envelope], around: Surroundings) -> Iterator[Envelope]:
    """The same envelopes, with what is behind links in their places; a link found behind a link stays one."""
    count = 0
    for one in found:
        link = str(one.problem.got) if one.kind is Kind.URL and one.problem is not None else ""
        if not link.startswith("https://") or around.fetcher is None or count >= MAX_LINKS:
            yield one
            continue
        count += 1
        yield from _behind(one, link, around)


def _behind(one: Envelope, link: str, around: Surroundings) -> Iterator[Envelope]:
    try:
        body = around.fetch(link, max_bytes=MAX_FILE_BYTES, accept=_ACCEPT).body
        inner = list(envelopes(body))
    except TessellaError as error:
        problem = error
        if not isinstance(error, AccessError):
            problem = AccessError(
                say("What is at %(url)s is no credential.", url=link),
                code="access.no-credential",
                got=link,
                hint=say("Open the link and look for a file to download."),
            )
        yield msgspec.structs.replace(one, problem=problem)
        return
    for part in inner:
        where = " > ".join(filter(None, (one.where, link, part.where)))
        yield msgspec.structs.replace(part, where=where)
