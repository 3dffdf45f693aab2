"""Addresses of offers: what everybody sees, what learners do, what staff does."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.offers import assessing, learning, participants, public, views

_OFFERS = "o/<slug:slug>/offers"
_ONE = f"{_OFFERS}/<str:id>"
_PERSON = "o/<slug:slug>/participants/<str:id>"

urlpatterns = [
    path("offers/<str:id>", public.show, name="offer"),
    path("offers/<str:id>/enrol", learning.enrol, name="offer-enrol"),
    path("my/courses", learning.mine, name="my-enrolments"),
    path("my/courses/<str:id>", learning.show, name="my-enrolment"),
    path("my/courses/<str:id>/evidence", learning.add_evidence, name="my-evidence"),
    path("my/courses/<str:id>/need", learning.need, name="my-need"),
    path("my/courses/<str:id>/withdraw", learning.withdraw, name="my-withdrawal"),
    path("evidence/<str:id>", participants.evidence, name="evidence"),
    path(_OFFERS, views.listing, name="offers"),
    path(f"{_OFFERS}/new/<str:version>", views.new, name="offer-new"),
    path(f"{_ONE}", participants.listing, name="participants"),
    path(f"{_ONE}/edit", views.change, name="offer-edit"),
    path(f"{_ONE}/copy", views.copy, name="offer-copy"),
    path(f"{_ONE}/state/<slug:state>", views.set_state, name="offer-state"),
    path(f"{_ONE}/add", participants.add, name="participants-add"),
    path(f"{_ONE}/list.csv", participants.blank, name="participants-blank"),
    path(f"{_ONE}/upload", participants.upload, name="participants-upload"),
    path(f"{_ONE}/class", assessing.grid, name="class-grid"),
    path(f"{_ONE}/results.xlsx", assessing.results_sheet, name="results-sheet"),
    path(f"{_ONE}/results", assessing.results_upload, name="results-upload"),
    path(f"{_ONE}/award", assessing.award, name="offer-award"),
    path("o/<slug:slug>/uploads/<str:id>", participants.uploaded, name="offer-upload"),
    path(_PERSON, participants.show, name="participant"),
    path(f"{_PERSON}/details", participants.details, name="participant-details"),
    path(f"{_PERSON}/decide", participants.decide, name="participant-decide"),
    path(f"{_PERSON}/need", participants.need, name="participant-need"),
    path(f"{_PERSON}/record", assessing.one_person, name="participant-record"),
]
