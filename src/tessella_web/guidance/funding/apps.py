from __future__ import annotations

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """What a course would cost somebody: funding schemes, and what people keep of their own answers."""

    name = "tessella_web.guidance.funding"
    label = "funding"

    def ready(self) -> None:
        """What happens to kept answers when accounts are merged."""
        from tessella_web.guidance.funding import rules  # noqa: F401 -- registers it
