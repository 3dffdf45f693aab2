from __future__ import annotations

from django.apps import AppConfig


class GuardiansConfig(AppConfig):
    """People under age, and those who have care of them."""

    name = "tessella_web.accounts.guardians"
    label = "guardians"

    def ready(self) -> None:
        """What letters say, and that accounts are not merged."""
        from tessella_web.accounts.guardians import joining, writing  # noqa: F401 -- registers them
