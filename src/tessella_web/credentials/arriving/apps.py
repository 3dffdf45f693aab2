from __future__ import annotations

from django.apps import AppConfig


class ArrivingConfig(AppConfig):
    """What learners bring into their wallets, and what became of each file."""

    name = "tessella_web.credentials.arriving"
    label = "arriving"

    def ready(self) -> None:
        """Files of uploads go with their rows, however those are deleted."""
        from tessella_web.credentials.arriving import receivers  # noqa: F401 -- its import is the effect
