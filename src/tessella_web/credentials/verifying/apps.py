from __future__ import annotations

from django.apps import AppConfig


class VerifyingConfig(AppConfig):
    """Verifying for anybody who asks; many at once are kept for an hour under a key that only the reader has."""

    name = "tessella_web.credentials.verifying"
    label = "verifying"
