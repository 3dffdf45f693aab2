"""Words for people: translatable messages and multilingual texts.

Messages are English with named placeholders: ``say("Sealed by %(name)s.", name=…)``. A translation is
a mapping from the English template to another; ``speak`` makes one active for the current context.
Multilingual texts of records are mappings from BCP 47 language tags to plain strings (``Text``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["Text", "pick", "say", "speak"]

Text = dict[str, str]
"""A text in one or several languages: BCP 47 tag → string, one string per language."""

_catalogue: ContextVar[Mapping[str, str] | None] = ContextVar("tessella_catalogue", default=None)


def say(template: str, /, **values: object) -> str:
    """The template in the active language with its ``%(name)s`` placeholders filled."""
    catalogue = _catalogue.get()
    if catalogue is not None:
        template = catalogue.get(template, template)
    return template % values if values else template


@contextmanager
def speak(catalogue: Mapping[str, str] | None) -> Iterator[None]:
    """Make a translation (English template → translated template) active inside the block."""
    token = _catalogue.set(catalogue)
    try:
        yield
    finally:
        _catalogue.reset(token)


def pick(text: Mapping[str, str] | None, languages: Sequence[str] = ("en",)) -> str:
    """The best string for the wanted languages: exact tag, then primary subtag, then English, then any.

    Returns the empty string when there is no text at all.
    """
    if not text:
        return ""
    for language in (*languages, "en"):
        if language in text:
            return text[language]
        primary = language.split("-")[0].lower()
        for tag, value in text.items():
            if tag.split("-")[0].lower() == primary:
                return value
    return next(iter(text.values()))
