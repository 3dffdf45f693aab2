"""The verifier's address; no account is needed."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.verify import views

urlpatterns = [path("verify", views.verify, name="verify")]
