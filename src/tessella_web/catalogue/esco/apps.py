"""Django's name for this part."""

from __future__ import annotations

from django.apps import AppConfig


class EscoConfig(AppConfig):
    """Skills and occupations of the European classification ESCO, and the search in them."""

    name = "tessella_web.catalogue.esco"
    label = "esco"
