from __future__ import annotations

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """What learners hold, and what they show to whom."""

    name = "tessella_web.credentials.wallet"
    label = "wallet"
