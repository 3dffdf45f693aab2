"""What the pages of the wallet share."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from tessella_web.credentials.wallet.entries import Entry, entry_of
from tessella_web.pages.access import person_of

__all__ = ["entry_or_404", "languages"]


def languages() -> tuple[str, ...]:
    """The languages of names and texts, best first."""
    return (get_language() or "en", "en")


def entry_or_404(request: HttpRequest, key: str) -> Entry:
    """One entry of whoever asks; what others have looks as if it did not exist."""
    found = entry_of(person_of(request), key, languages())
    if found is None:
        raise Http404
    return found
