from __future__ import annotations

from django.apps import AppConfig


class PathwaysConfig(AppConfig):
    """What receiving organisations count towards their own awards, by rules that they publish."""

    name = "tessella_web.catalogue.pathways"
    label = "pathways"
