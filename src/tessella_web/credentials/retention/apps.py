from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """How long organisations keep what they know of those they awarded."""

    name = "tessella_web.credentials.retention"
    label = "retention"
