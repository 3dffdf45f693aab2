from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Micro-credentials: descriptions, their quality reviews, and published versions."""

    name = "tessella_web.catalogue"
    label = "catalogue"
