"""Django's name for this part."""

from __future__ import annotations

from django.apps import AppConfig


class EntryConfig(AppConfig):
    """What is needed to enter something, as data, and what a wallet opens."""

    name = "tessella_web.guidance.entry"
    label = "guidance_entry"
