"""Reads about letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tessella_web.accounts.letters.models import Letter

__all__ = ["undelivered"]


def undelivered(kind: str, about: Iterable[str]) -> Mapping[str, str]:
    """By id of what a letter of this kind was about: why the last one reached nobody, in words; only those that did not."""
    last = {
        one.about: one for one in Letter.objects.filter(kind=kind, about__in=list(about)).order_by("made_at")
    }
    return {about: one.why for about, one in last.items() if one.is_undelivered}
