from __future__ import annotations

from django.apps import AppConfig


class TokensConfig(AppConfig):
    """Access tokens for programs."""

    name = "tessella_web.accounts.tokens"
    label = "tokens"
