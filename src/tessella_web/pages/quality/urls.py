"""Addresses of quality reviews."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.quality import views

urlpatterns = [
    path("o/<slug:slug>/reviews/", views.listing, name="reviews"),
    path("reviews/<str:id>/", views.review, name="review"),
    path("reviews/<str:id>/checklist/<str:name>", views.section, name="review-section"),
    path("reviews/<str:id>/comment", views.comment, name="review-comment"),
    path("reviews/<str:id>/comment/<str:comment_id>", views.reply, name="review-reply"),
    path("reviews/<str:id>/changes", views.changes, name="review-changes"),
    path("reviews/<str:id>/decide", views.decide, name="review-decide"),
    path("reviews/<str:id>/take-back", views.take_back, name="review-take-back"),
]
