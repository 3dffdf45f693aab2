"""Tags for templates, loaded in all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.formats import date_format

register = template.Library()


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A date as people write it: 21 November 2026."""
    return date_format(value, "j F Y") if value else ""


@register.filter
def errors_of(form: Any) -> list[tuple[str, str, str]]:
    """Id of the field, its label and the error, for the summary on top of a form."""
    found = []
    for field in form:
        found += [
            (field.id_for_label or field.auto_id, str(field.label), str(error)) for error in field.errors
        ]
    return found
