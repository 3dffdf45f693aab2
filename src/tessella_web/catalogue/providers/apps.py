from __future__ import annotations

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    """What an organisation says of itself to everybody: who it is, and by which rules it works."""

    name = "tessella_web.catalogue.providers"
    label = "providers"
