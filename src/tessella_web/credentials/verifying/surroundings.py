"""What is known around a file that somebody hands in: registers, trusted certificates, and the way to addresses."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.adapters.clock import SystemClock
from tessella.adapters.http import SafeFetcher
from tessella.adapters.trusted_lists import open_trusted_lists
from tessella.canonical import jcs
from tessella.errors import AccessError
from tessella.ports import Fetched, Fetcher
from tessella.trust import TrustedLists
from tessella.verification import Cache, Surroundings
from tessella_web.accounts.keys.queries import did_document
from tessella_web.accounts.models import Organisation
from tessella_web.common.addresses import parts_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import statuslists
from tessella_web.credentials.models import StatusList
from tessella_web.credentials.verifying.signing import platform
from tessella_web.registers.outside import anchors
from tessella_web.registers.publication import registries

__all__ = ["PlatformFetcher", "around"]

_CACHE = Cache()
"""Documents of others, kept for a while: each server is asked once."""


class _Nowhere:
    """The way to other servers where the operator has not opened it."""

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """Never.

        Raises:
            AccessError: ``access.offline``, always.
        """
        raise AccessError(
            _("%(url)s was not fetched: this page asks no other servers.") % {"url": url},
            code="access.offline", got=url,
        )  # fmt: skip


class PlatformFetcher:
    """Answers what stands at addresses of this platform from the database; everything else is the other's business.

    So nobody's file makes this platform call itself, and its own awards can be checked without a network
    (implements `tessella.ports.Fetcher`).
    """

    def __init__(self, outside: Fetcher) -> None:
        self._outside = outside
        self._own = urlsplit(settings.BASE_URL)[:2]

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """The document at ``url``.

        Raises:
            AccessError: ``access.status`` when nothing stands there, else as the other way to the network.
        """
        parts = parts_of(url)
        if parts[:2] != self._own:
            return _CACHE.fetch(self._outside, url, at=timezone.now(), max_bytes=max_bytes, accept=accept)
        found = _document(parts.path)
        if found is None or len(found[0]) > max_bytes:
            raise AccessError(f"{url} is not here.", code="access.status", got=url)
        return Fetched(url=url, body=found[0], media_type=found[1], fetched_at=timezone.now())


def _document(path: str) -> tuple[bytes, str] | None:
    try:
        route = resolve(path)
    except Resolver404:
        return None
    if route.url_name == "platform-did":
        own = platform().did_document()
        return (jcs(own), "application/did+ld+json") if own else None
    if route.url_name == "did-document":
        organisation = Organisation.objects.filter(slug=route.kwargs["slug"]).first()
        document = did_document(organisation) if organisation else None
        return (jcs(document), "application/did+ld+json") if document else None
    if route.url_name == "status-list":
        one = StatusList.objects.select_related("organisation").filter(pk=route.kwargs["id"]).first()
        return _status_list(one, route.kwargs["suffix"]) if one else None
    return None


def _status_list(one: StatusList, suffix: str) -> tuple[bytes, str] | None:
    if suffix not in statuslists.suffixes(one):
        return None
    try:
        current = one if one.sealed and not one.is_due else statuslists.publish(one)
    except RefusedError:
        return None
    body = statuslists.served(current, suffix)
    return body, "application/statuslist+jwt" if one.is_token else "application/vc+ld+json"


def around(at: dt.datetime, languages: tuple[str, ...]) -> Surroundings:
    """Everything this platform knows, as of an instant. Other servers are asked only where the operator allows it."""
    outside: Fetcher = SafeFetcher(SystemClock()) if settings.VERIFY_ONLINE else _Nowhere()
    lists = Path(settings.DATA_FOLDER) / "trusted-lists"
    return Surroundings(
        at=at,
        fetcher=PlatformFetcher(outside),
        anchors=anchors(),
        trusted_lists=_trusted_lists(lists, lists.stat().st_mtime) if lists.is_dir() else None,
        registries=registries(),
        languages=languages,
        allow_local=not settings.BASE_URL.startswith("https://"),
    )


@functools.lru_cache(maxsize=1)
def _trusted_lists(folder: Path, changed: float) -> TrustedLists:
    """The copy that the operator keeps; read anew when the folder has changed."""
    return open_trusted_lists(folder)
