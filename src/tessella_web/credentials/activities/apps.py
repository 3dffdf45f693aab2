from __future__ import annotations

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """Events and tasks after which records of non-formal learning are handed out."""

    name = "tessella_web.credentials.activities"
    label = "activities"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.credentials.activities.domain import writing  # noqa: F401 -- registers them
