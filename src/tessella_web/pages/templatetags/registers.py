"""Filters for the pages about registers."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from tessella.errors import TessellaError
from tessella.vocabulary import country

register = template.Library()


@register.filter
def country_name(code: str) -> str:
    """A country in words, in the page's language where there is a name in it."""
    try:
        return country(code).label(get_language() or "en", "en") if code else "–"
    except TessellaError:
        return code
