from __future__ import annotations

from django.apps import AppConfig


class HolderKeysConfig(AppConfig):
    """Keys kept for people who hold credentials."""

    name = "tessella_web.accounts.holderkeys"
    label = "holderkeys"
