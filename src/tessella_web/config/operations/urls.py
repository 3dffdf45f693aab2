"""Addresses for programs that watch the installation."""

from __future__ import annotations

from django.urls import path

from tessella_web.config.operations import views

urlpatterns = [
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("metrics", views.measured, name="metrics"),
]
