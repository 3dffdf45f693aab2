"""What identity checks need from outside: a guarded way to fetch, and the certificates of trusted authorities."""

from __future__ import annotations

import ssl
from pathlib import Path

from django.conf import settings

from tessella.adapters.clock import SystemClock
from tessella.adapters.http import SafeFetcher
from tessella.ports import Fetcher

__all__ = ["anchors", "fetcher"]

_BEGIN = "-----BEGIN CERTIFICATE-----"


def fetcher() -> Fetcher:
    """Fetches over HTTPS from public addresses only."""
    return SafeFetcher(SystemClock())


def anchors() -> tuple[bytes, ...]:
    """The certificates (DER) of authorities whose seals this installation accepts: PEM files in ``anchors`` of the data folder."""
    folder = Path(settings.DATA_FOLDER) / "anchors"
    return tuple(
        ssl.PEM_cert_to_DER_cert(_BEGIN + one)
        for path in sorted(folder.glob("*.pem"))
        for one in path.read_text().split(_BEGIN)[1:]
    )
