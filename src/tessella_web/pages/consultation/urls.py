"""Addresses of public comment."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.consultation import views

urlpatterns = [
    path("comments/", views.public_list, name="consultations"),
    path("comments/<str:id>/", views.public, name="consultation"),
    path("descriptions/<str:id>/comments/", views.rounds, name="description-consultations"),
    path("descriptions/<str:id>/comments/<str:round_id>/", views.manage, name="consultation-manage"),
    path("descriptions/<str:id>/comments/<str:round_id>/close", views.close, name="consultation-close"),
    path(
        "descriptions/<str:id>/comments/<str:round_id>/<str:comment_id>/answer",
        views.answer,
        name="consultation-answer",
    ),
    path(
        "descriptions/<str:id>/comments/<str:round_id>/<str:comment_id>/hide",
        views.hide,
        name="consultation-hide",
    ),
]
