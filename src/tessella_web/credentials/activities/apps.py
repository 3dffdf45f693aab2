from __future__ import annotations

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """Events and tasks after which records of non-formal learning are handed out."""

    name = "tessella_web.credentials.activities"
    label = "activities"
