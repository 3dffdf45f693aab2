from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organisations as workspaces, roles."""

    name = "tessella_web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """What follows from signing in, and what letters say."""
        from tessella_web.accounts.domain import writing  # noqa: F401 -- registers its letters
        from tessella_web.accounts.signin import signals  # noqa: F401
