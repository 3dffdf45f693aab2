from __future__ import annotations

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Pages that learners put together: what was certified, and what they show and say beside it."""

    name = "tessella_web.credentials.portfolio"
    label = "portfolio"
