from __future__ import annotations

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """When, where and for how much a published version is offered."""

    name = "tessella_web.catalogue.offers"
    label = "offers"
