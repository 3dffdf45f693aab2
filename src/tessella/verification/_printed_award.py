"""What of an award stands on pages, and one value compared."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tessella.model import Award

__all__ = ["MOMENTS", "SHOWN_CHARS", "PrintedField", "is_lossy", "languages_of", "moved"]

MAX_LANGUAGES = 24
"""Languages of a record in which its texts are looked for."""

SHOWN_CHARS = 300
"""Of a text on the page in a report."""

MOMENTS = ("issued_at", "valid_until")
"""Dates that a credential has as instants; which day that is depends on where one stands."""


class PrintedField(msgspec.Struct, frozen=True, kw_only=True):
    """One value: what the credential says, what the page shows in its place (empty when nothing is found), and whether they agree.

    ``element`` is the element's stable name, ``label`` what it is called for people, ``page`` the number of the page. ``hidden`` tells
    that the value is in the file, but cannot be seen.
    """

    element: str
    label: str
    credential: str
    shown: str = ""
    page: int = 0
    agrees: bool = True
    hidden: bool = False


def is_lossy(element: str, award: Award) -> bool:
    """Whether formats carry this only in part, so that what they have is not what is printed."""
    levels, learner = award.micro_credential.levels, award.learner
    if element == "learner" and not (learner.display_name or learner.latin_name):
        return True  # the page may name somebody whom the credential does not
    return element == "quality" or (element == "level" and bool(levels and levels.not_applicable))


def moved(award: Award) -> Iterator[Award]:
    """The award with its instants a day earlier and a day later: a format may have them in another time zone."""
    moments = {name: value for name in MOMENTS if isinstance(value := getattr(award, name), dt.datetime)}
    for day in (dt.timedelta(-1), dt.timedelta(1)) if moments else ():
        yield msgspec.structs.replace(award, **{name: value + day for name, value in moments.items()})


def languages_of(award: Award) -> list[str]:
    """Every language in which the award says something, and one in which it says nothing: then texts in another stand there."""
    found = dict.fromkeys(
        (award.micro_credential.language, *_tags(msgspec.to_builtins(award, builtin_types=(bytes,))))
    )
    return [*list(found)[:MAX_LANGUAGES], _NO_LANGUAGE]


_NO_LANGUAGE = "zxx"
"""Linguistically “not applicable” (ISO 639-2)."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def _tags(value: Any) -> Iterator[str]:
    """The language tags of all texts in a record."""
    if isinstance(value, dict):
        texts = [name for name, one in value.items() if isinstance(one, str) and _TAG.fullmatch(name)]
        if texts and len(texts) == len(value):
            yield from texts
        else:
            for one in value.values():
                yield from _tags(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _tags(one)
