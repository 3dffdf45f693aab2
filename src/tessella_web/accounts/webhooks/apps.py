from __future__ import annotations

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Telling other systems what happened."""

    name = "tessella_web.accounts.webhooks"
    label = "webhooks"
