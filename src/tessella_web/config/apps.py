from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class ConfigConfig(AppConfig):
    """Settings, addresses and the commands that start the platform."""

    name = "tessella_web.config"
    label = "config"

    def ready(self) -> None:
        """Where there is a broker, what waits is told to it."""
        from tessella_web.config.operations import checks  # noqa: F401 -- registers them

        if settings.BROKER_URL:
            from tessella_web.common.waking import work_waits
            from tessella_web.config import queue  # noqa: F401 -- makes the application that tasks belong to
            from tessella_web.credentials.tasks import post

            work_waits.connect(post)
