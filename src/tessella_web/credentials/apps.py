from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Batches, awards, their sealed copies and published status."""

    name = "tessella_web.credentials"
    label = "credentials"
