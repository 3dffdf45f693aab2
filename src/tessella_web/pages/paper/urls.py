"""Addresses of sheets; those that people type are short."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.paper import views

urlpatterns = [
    path("sheet/", views.check, name="sheet-check"),
    path("sheet/take", views.take, name="sheet-claim"),
    path("sheet/<slug:code>", views.sheet, name="sheet"),
    path("o/<slug:slug>/batches/<str:id>/sheets", views.print_batch, name="batch-sheets"),
    path("o/<slug:slug>/sheets/<str:id>", views.print_award, name="award-sheet"),
]
