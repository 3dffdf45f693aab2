from __future__ import annotations

from django.apps import AppConfig


class CarryingConfig(AppConfig):
    """Archives of wallets, out and in."""

    name = "tessella_web.credentials.carrying"
    label = "carrying"
