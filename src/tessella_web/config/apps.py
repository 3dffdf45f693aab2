from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, addresses and the commands that start the platform."""

    name = "tessella_web.config"
    label = "config"
