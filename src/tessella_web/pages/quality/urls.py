"""Addresses of quality reviews."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.quality import checklists, views

urlpatterns = [
    path("o/<slug:slug>/reviews/", views.listing, name="reviews"),
    path("o/<slug:slug>/checklist/", checklists.overview, name="checklist"),
    path("o/<slug:slug>/checklist/<int:number>", checklists.edition, name="checklist-edition"),
    path("o/<slug:slug>/checklist/draft", checklists.draft, name="checklist-draft"),
    path("o/<slug:slug>/checklist/draft/new", checklists.start, name="checklist-start"),
    path("o/<slug:slug>/checklist/draft/adopt", checklists.adopt, name="checklist-adopt"),
    path("o/<slug:slug>/checklist/draft/drop", checklists.drop, name="checklist-drop"),
    path("o/<slug:slug>/checklist/shipped", checklists.shipped, name="checklist-shipped"),
    path("o/<slug:slug>/checklist/draft/add/<str:section>", checklists.add, name="checklist-add"),
    path("o/<slug:slug>/checklist/draft/words/<str:question>", checklists.words, name="checklist-words"),
    path(
        "o/<slug:slug>/checklist/draft/leave-out/<str:question>",
        checklists.leave_out,
        name="checklist-leave-out",
    ),
    path("o/<slug:slug>/checklist/draft/ask/<str:question>", checklists.ask, name="checklist-ask"),
    path("reviews/<str:id>/", views.review, name="review"),
    path("reviews/<str:id>/checklist/<str:name>", views.section, name="review-section"),
    path("reviews/<str:id>/comment", views.comment, name="review-comment"),
    path("reviews/<str:id>/comment/<str:comment_id>", views.reply, name="review-reply"),
    path("reviews/<str:id>/changes", views.changes, name="review-changes"),
    path("reviews/<str:id>/decide", views.decide, name="review-decide"),
    path("reviews/<str:id>/take-back", views.take_back, name="review-take-back"),
]
