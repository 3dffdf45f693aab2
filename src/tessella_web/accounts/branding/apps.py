from __future__ import annotations

from django.apps import AppConfig


class BrandingConfig(AppConfig):
    """How the certificates of an organisation look."""

    name = "tessella_web.accounts.branding"
    label = "branding"
