"""Addresses of how certificates look."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.branding import look

urlpatterns = [
    path("o/<slug:slug>/certificates", look.show, name="certificates"),
    path("o/<slug:slug>/certificates/preview.pdf", look.preview, name="certificates-preview"),
    path("o/<slug:slug>/certificates/signatories/new", look.add, name="signatory-new"),
    path("o/<slug:slug>/certificates/signatories/<str:id>/remove", look.remove, name="signatory-remove"),
]
