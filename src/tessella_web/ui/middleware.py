"""What the library says, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from tessella.text import speak

__all__ = ["LibraryLanguageMiddleware", "library_language"]


class _Catalogue(dict[str, str]):
    """Looks the library's texts up in the catalogue of the language that is active."""

    def get(self, template: str, default: str | None = None) -> str:  # type: ignore[override]
        return gettext(template) if template else ""


def library_language() -> AbstractContextManager[None]:
    """Within the block the library speaks the language that is active; for work that no request does."""
    return speak(_Catalogue({"": ""}))


class LibraryLanguageMiddleware:
    """Alternative texts of tiles and other words of the library follow the page's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with library_language():
            return self.get_response(request)
