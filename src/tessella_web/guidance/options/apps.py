from __future__ import annotations

from django.apps import AppConfig


class OptionsConfig(AppConfig):
    """Lists of at most three options that counsellors make for a client."""

    name = "tessella_web.guidance.options"
    label = "options"

    def ready(self) -> None:
        """What letters say, and what ends by time."""
        from tessella_web.common.waking import by_time
        from tessella_web.guidance.options import domain, writing  # noqa: F401 -- registers letters

        by_time(domain.erase_ended)
