from __future__ import annotations

from django.apps import AppConfig


class DemandConfig(AppConfig):
    """What work is in demand: figures on vacancies, with source and date."""

    name = "tessella_web.guidance.demand"
    label = "demand"
