"""Addresses of alliances."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.alliance import awarding, members

urlpatterns = [
    path("o/<slug:slug>/alliances", members.show, name="alliances"),
    path("o/<slug:slug>/alliances/<str:version>/hand-out", awarding.hand_out, name="alliance-hand-out"),
    path("o/<slug:slug>/alliances/handed-out/<str:id>", awarding.joint, name="alliance-joint"),
    path("o/<slug:slug>/alliances/to-seal/<str:id>", awarding.part, name="alliance-part"),
]
