"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_bidi

__all__ = ["page"]


def page(request: HttpRequest) -> dict[str, Any]:
    """Language, direction and the address of this installation."""
    return {
        "page_language": get_language() or "en",
        "page_direction": "rtl" if get_language_bidi() else "ltr",
        "base_url": settings.BASE_URL,
    }
