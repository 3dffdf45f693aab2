"""Filters for pages about descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import template

from tessella_web.catalogue.checklist import Checklist, checklist
from tessella_web.pages.describe.screens import screen_of

register = template.Library()

_SILENT = frozenset({"id", "uri", "scheme", "covers", "system"})
"""Members of a stored value that say nothing to people."""


@register.filter
def said_lines(value: Any) -> list[str]:
    """The words in a stored value, one a line."""
    return list(_words(value))


@register.filter
def shown_fields(form: Any, but: str) -> list[tuple[Any, str]]:
    """The fields of a form as its template takes them, without the one that people do not see."""
    return [(field, "") for field in form if field.name != but]


@register.filter
def screen_names(elements: list[str]) -> list[str]:
    """What people call elements, each name once."""
    return list(dict.fromkeys(screen_name(one) or one for one in elements))


@register.filter
def screen_name(element: str) -> str:
    """What people call an element: the name of the screen that is about it."""
    screen = screen_of(element)
    return str(screen.name) if screen else ""


@register.simple_tag
def checklist_of(edition: str) -> Checklist | None:
    """The edition a review used, to name it and say what it did not ask."""
    try:
        return checklist(edition)
    except FileNotFoundError:
        return None


@register.filter
def question_text(id: str, edition: str) -> str:
    """A question of a checklist by its id."""
    return next((one.asks for one in checklist(edition).questions if one.id == id), id)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in _SILENT:
                yield from _words(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _words(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
