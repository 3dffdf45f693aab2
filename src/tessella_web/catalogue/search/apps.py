from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The index of what is published: what the public catalogue searches, counts and shows."""

    name = "tessella_web.catalogue.search"
    label = "search"
