from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """HTML pages by reader."""

    name = "tessella_web.pages"
    label = "pages"
