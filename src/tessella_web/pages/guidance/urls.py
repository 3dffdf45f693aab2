"""Addresses of guidance."""

from __future__ import annotations

from tessella_web.pages.guidance import advice_urls, skills_urls

urlpatterns = [
    *skills_urls.urlpatterns,
    *advice_urls.urlpatterns,
]
