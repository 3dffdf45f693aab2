"""Addresses of skills gaps and entry requirements."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.guidance import entry, gap

_RULES = "o/<slug:slug>/entry"

urlpatterns = [
    path("wallet/gap", gap.gap, name="wallet-gap"),
    path("wallet/words", gap.words, name="wallet-words"),
    path("wallet/opens", entry.opens, name="wallet-opens"),
    path(_RULES, entry.listing, name="entry-rules"),
    path(f"{_RULES}/new", entry.new, name="entry-rule-new"),
    path(f"{_RULES}/<str:id>", entry.one, name="entry-rule"),
    path(f"{_RULES}/<str:id>/remove", entry.remove, name="entry-rule-remove"),
]
