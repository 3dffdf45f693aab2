"""Verifying what the platform made, over what the platform serves."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from tessella.errors import AccessError
from tessella.ports import Fetched
from tessella.verdicts import Report
from tessella.verification import Surroundings, verify
from tessella_web.credentials.models import Copy

__all__ = ["PlatformFetcher", "verified"]


class PlatformFetcher:
    """Fetches from this platform without a network (implements `ports.Fetcher`)."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        self.asked.append(url)
        response = Client(headers={"accept": accept}).get(urlsplit(url).path)
        if response.status_code != 200 or len(response.content) > max_bytes:
            raise AccessError(f"{url}: {response.status_code}", code="access.http")
        return Fetched(
            url=url, body=response.content, media_type=response["Content-Type"], fetched_at=timezone.now()
        )


def verified(copy: Copy, *, anchors: list[bytes] | None = None, at: dt.datetime | None = None) -> Report:
    """The report on a stored file, as anybody with a network would get it."""
    surroundings = Surroundings(
        at=at or timezone.now(), fetcher=PlatformFetcher(), anchors=tuple(anchors or ())
    )
    return verify(default_storage.open(copy.file).read(), name=copy.format, surroundings=surroundings)
