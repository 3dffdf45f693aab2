from __future__ import annotations

from django.apps import AppConfig


class GuardiansConfig(AppConfig):
    """People under age, and those who have care of them."""

    name = "tessella_web.accounts.guardians"
    label = "guardians"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.accounts.guardians import writing  # noqa: F401 -- registers them
