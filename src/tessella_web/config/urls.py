"""Every address of the platform; each app's pages in its own module."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("tessella_web.config.operations.urls")),
    path("", include("tessella_web.api.urls")),
    path("", include("tessella_web.pages.urls")),
]
