from __future__ import annotations

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    """Getting back into an account whose addresses died."""

    name = "tessella_web.accounts.recovery"
    label = "recovery"

    def ready(self) -> None:
        """Registers what its letters say: workers load no pages."""
        from tessella_web.accounts.recovery import writing  # noqa: F401 -- registers them
