from __future__ import annotations

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    """People who leave, and the ledger of those who left."""

    name = "tessella_web.accounts.leaving"
    label = "leaving"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.accounts.leaving import writing  # noqa: F401 -- registers them
