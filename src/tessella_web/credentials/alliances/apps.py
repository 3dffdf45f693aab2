from __future__ import annotations

from django.apps import AppConfig


class AlliancesConfig(AppConfig):
    """Organisations that award together."""

    name = "tessella_web.credentials.alliances"
    label = "alliances"
