"""Addresses of the guided form."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.describe import elements, views

urlpatterns = [
    path("elements/", elements.elements, name="elements"),
    path("o/<slug:slug>/descriptions/", views.listing, name="descriptions"),
    path("o/<slug:slug>/descriptions/new", views.start, name="description-start"),
    path("o/<slug:slug>/descriptions/new/text", views.start_text, name="description-start-text"),
    path("o/<slug:slug>/descriptions/new/file", views.start_file, name="description-start-file"),
    path("descriptions/<str:id>/", views.overview, name="description"),
    path("descriptions/<str:id>/history", views.history, name="description-history"),
    path("descriptions/<str:id>/badge.svg", views.badge, name="description-badge"),
    path("descriptions/<str:id>/certificate.pdf", views.certificate, name="description-certificate"),
    path("descriptions/<str:id>/partners", views.partners, name="description-partners"),
    path("descriptions/<str:id>/submit", views.submit, name="description-submit"),
    path("descriptions/<str:id>/publish", views.publish, name="description-publish"),
    path("descriptions/<str:id>/skills/find", views.skills, name="description-skills"),
    path("descriptions/<str:id>/<slug:name>", views.screen, name="description-screen"),
]
