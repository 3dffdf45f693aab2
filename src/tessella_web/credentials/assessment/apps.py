from __future__ import annotations

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Who takes part in an offer, and what assessors found."""

    name = "tessella_web.credentials.assessment"
    label = "assessment"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.credentials.assessment.domain import writing  # noqa: F401 -- registers them
