from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Bodies as legal identities, and what registers say about them."""

    name = "tessella_web.registers"
    label = "registers"
