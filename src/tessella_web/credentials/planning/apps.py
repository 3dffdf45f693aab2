from __future__ import annotations

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Ways to a larger credential that learners asked for, worked out beside the pages."""

    name = "tessella_web.credentials.planning"
    label = "planning"
