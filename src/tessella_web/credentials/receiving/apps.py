from __future__ import annotations

from django.apps import AppConfig


class ReceivingConfig(AppConfig):
    """Under what rules organisations take what learners share with them."""

    name = "tessella_web.credentials.receiving"
    label = "receiving"
