"""Addresses of the audit trail."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.audit import views

urlpatterns = [
    path("audit/heads", views.heads, name="audit-heads"),
    path("o/<slug:slug>/history", views.history, name="history"),
]
