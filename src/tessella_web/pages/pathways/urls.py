"""Addresses of pathways: what everybody reads, and where organisations write their rules."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.pathways import public, publishing, writing

_OWN = "o/<slug:slug>/pathways"
_ONE = f"{_OWN}/<str:id>"
_VERSION = "pathways/<str:id>/v<int:number>"

urlpatterns = [
    path("pathways", public.listing, name="pathways"),
    path("pathways.json", public.listing_json, name="pathways-json"),
    path(f"{_VERSION}.json", public.show_json, name="pathway-version-json"),
    path(f"{_VERSION}/rule.<slug:format>", public.rule_file, name="pathway-rule"),
    path(f"{_VERSION}/changes", public.changes, name="pathway-changes"),
    path(_VERSION, public.show, name="pathway-version"),
    path("pathways/<str:id>.json", public.show_json, name="pathway-json"),
    path("pathways/<str:id>", public.show, name="pathway"),
    path(_OWN, writing.listing, name="own-pathways"),
    path(f"{_OWN}/new", writing.new, name="pathway-new"),
    path(_ONE, writing.overview, name="pathway-draft"),
    path(f"{_ONE}/edit/<slug:section>", writing.section, name="pathway-section"),
    path(f"{_ONE}/upload", writing.upload, name="pathway-upload"),
    path(f"{_ONE}/rule.<slug:format>", writing.file, name="pathway-file"),
    path(f"{_ONE}/publish", publishing.publish, name="pathway-publish"),
    path(f"{_ONE}/discard", publishing.discard, name="pathway-discard"),
    path(f"{_ONE}/v<int:number>/withdraw", publishing.withdraw, name="pathway-withdraw"),
]
