"""The addresses of tokens and webhooks."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.programs import tokens, webhooks

urlpatterns = [
    path("me/programs", tokens.own, name="own-programs"),
    path("me/programs/new", tokens.own_new, name="own-token-new"),
    path("me/programs/<str:id>/revoke", tokens.own_revoke, name="own-token-revoke"),
    path("o/<slug:slug>/programs/", tokens.overview, name="programs"),
    path("o/<slug:slug>/programs/new", tokens.new, name="token-new"),
    path("o/<slug:slug>/programs/<str:id>/revoke", tokens.revoke, name="token-revoke"),
    path("o/<slug:slug>/webhooks/", webhooks.overview, name="webhooks"),
    path("o/<slug:slug>/webhooks/new", webhooks.new, name="webhook-new"),
    path("o/<slug:slug>/webhooks/<str:id>", webhooks.show, name="webhook"),
    path("o/<slug:slug>/webhooks/<str:id>/change", webhooks.change, name="webhook-change"),
    path("o/<slug:slug>/webhooks/<str:id>/secret", webhooks.rotate, name="webhook-rotate"),
    path("o/<slug:slug>/webhooks/<str:id>/test", webhooks.test, name="webhook-test"),
    path("o/<slug:slug>/webhooks/<str:id>/remove", webhooks.remove, name="webhook-remove"),
    path("o/<slug:slug>/webhooks/<str:id>/again/<str:delivery>", webhooks.again, name="webhook-again"),
]
