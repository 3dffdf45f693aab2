from __future__ import annotations

from django.apps import AppConfig


class PaperConfig(AppConfig):
    """Printed sheets and their codes."""

    name = "tessella_web.credentials.paper"
    label = "paper"
