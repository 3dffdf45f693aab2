"""Addresses of the catalogue."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.catalogue import comparing, machines, providers, sharing, views

urlpatterns = [
    path("catalogue", views.catalogue, name="catalogue"),
    path("catalogue/compare", comparing.compare, name="catalogue-compare"),
    path("catalogue/feed.atom", machines.feed, name="catalogue-feed"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", machines.sitemap_part, name="sitemap-part"),
    path("robots.txt", machines.robots, name="robots"),
    path("m/<str:id>/v<int:number>/picture.png", sharing.picture, name="version-picture"),
    path("p/<slug:slug>", providers.provider, name="provider"),
    path("o/<slug:slug>/policies", providers.policies, name="policies"),
]
