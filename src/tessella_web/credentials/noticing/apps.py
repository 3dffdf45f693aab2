from __future__ import annotations

from django.apps import AppConfig


class NoticingConfig(AppConfig):
    """What learners are told about what they hold."""

    name = "tessella_web.credentials.noticing"
    label = "noticing"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.credentials.noticing import writing  # noqa: F401 -- registers them
