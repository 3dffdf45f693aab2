"""Addresses of funding, demand for work, and counsellors' lists."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.guidance import demand, funding, options, options_shown

__all__ = ["urlpatterns"]

_LISTS = "o/<slug:slug>/options"
_ONE = f"{_LISTS}/<str:id>"

urlpatterns = [
    path("funding", funding.overview, name="funding"),
    path("funding/forget", funding.forget, name="funding-forget"),
    path("funding/<slug:key>", funding.scheme, name="funding-scheme"),
    path("offers/<str:id>/cost", funding.would_cost, name="offer-cost"),
    path("demand", demand.overview, name="demand"),
    path("demand/import", demand.bring, name="demand-import"),
    path("o/<slug:slug>/demand", demand.ranking, name="demand-ranking"),
    path(_LISTS, options.listing, name="option-lists"),
    path(f"{_LISTS}/new", options.new, name="option-list-new"),
    path(_ONE, options.show, name="option-list"),
    path(f"{_ONE}/edit", options.edit, name="option-list-edit"),
    path(f"{_ONE}/add", options.add, name="option-add"),
    path(f"{_ONE}/send", options.send, name="option-list-send"),
    path(f"{_ONE}/withdraw", options.withdraw, name="option-list-withdraw"),
    path(f"{_ONE}/discard", options.discard, name="option-list-discard"),
    path(f"{_ONE}/options/<str:option>", options.change_option, name="option-change"),
    path(f"{_ONE}/options/<str:option>/remove", options.remove, name="option-remove"),
    path("advice/<str:secret>", options_shown.shown, name="options-shown"),
    path("advice/<str:secret>/keep", options_shown.keep, name="options-keep"),
    path("advice/<str:secret>/<str:option>", options_shown.answer, name="options-answer"),
    path("my/options", options_shown.listing, name="my-options"),
    path("my/options/<str:id>", options_shown.own, name="my-option-list"),
    path("my/options/<str:id>/delete", options_shown.drop, name="my-option-drop"),
    path("my/options/<str:id>/<str:option>", options_shown.own_answer, name="my-option-answer"),
]
