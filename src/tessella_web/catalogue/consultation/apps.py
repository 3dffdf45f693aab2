"""Django's name for this part."""

from __future__ import annotations

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    """Public comment on drafts."""

    name = "tessella_web.catalogue.consultation"
    label = "consultation"
