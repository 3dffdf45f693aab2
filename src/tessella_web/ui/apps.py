from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """How everything looks: page, components, style."""

    name = "tessella_web.ui"
    label = "ui"
