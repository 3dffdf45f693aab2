from __future__ import annotations

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """Who seals for an organisation, and under which mandate."""

    name = "tessella_web.credentials.mandates"
    label = "mandates"
