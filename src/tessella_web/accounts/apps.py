from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, organisations as workspaces, roles."""

    name = "tessella_web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """What follows from signing in."""
        from tessella_web.accounts.signin import signals  # noqa: F401
