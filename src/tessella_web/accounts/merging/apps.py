from __future__ import annotations

from django.apps import AppConfig


class MergingConfig(AppConfig):
    """Bringing two accounts of one person together."""

    name = "tessella_web.accounts.merging"
    label = "merging"

    def ready(self) -> None:
        """What happens to things of which an account has only one."""
        from tessella_web.accounts.merging import rules  # noqa: F401 -- registers them
