from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """What providers learn from what happens to their awards."""

    name = "tessella_web.insight"
    label = "insight"
