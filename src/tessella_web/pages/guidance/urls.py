"""Addresses of guidance."""

from __future__ import annotations

from tessella_web.pages.guidance import skills_urls

urlpatterns = [
    *skills_urls.urlpatterns,
]
