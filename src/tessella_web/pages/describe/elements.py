"""What the standard's elements are called in the languages of Europe."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from tessella_web.catalogue.elements import LANGUAGES, labels_in
from tessella_web.pages.describe.forms import language_choices

__all__ = ["elements"]


@require_GET
def elements(request: HttpRequest) -> HttpResponse:
    """The eleven elements in one language, each with where the words come from; what we have no words for is said to be so."""
    wanted = request.GET.get("language", "")
    chosen = wanted if wanted in LANGUAGES else (get_language() or "en").partition("-")[0]
    chosen = chosen if chosen in LANGUAGES else "en"
    return render(request, "pages/describe/elements.html", {
        "chosen": chosen,
        "languages": [(tag, name) for tag, name in language_choices() if tag in LANGUAGES],
        "labels": labels_in(chosen),
    })  # fmt: skip
