from __future__ import annotations

from django.apps import AppConfig


class StackingConfig(AppConfig):
    """Decisions on stacks, and what stands on them."""

    name = "tessella_web.recognition.stacking"
    label = "stacking"

    def ready(self) -> None:
        """What letters say, what happens when a part changes, and what becomes due by time."""
        from tessella_web.recognition.stacking import hooks, rules, writing  # noqa: F401 -- register them
