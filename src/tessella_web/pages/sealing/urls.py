"""Addresses of who seals."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.sealing import mandates, overview

urlpatterns = [
    path("o/<slug:slug>/sealing", overview.show, name="sealing"),
    path("o/<slug:slug>/sealing/mandates/new", mandates.new, name="mandate-new"),
    path("o/<slug:slug>/sealing/mandates/<str:id>", mandates.show, name="mandate"),
    path("o/<slug:slug>/sealing/mandates/<str:id>/document", mandates.document, name="mandate-document"),
]
