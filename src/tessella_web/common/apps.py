from __future__ import annotations

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every app stands on: identifiers, time, the audit trail."""

    name = "tessella_web.common"
    label = "common"
