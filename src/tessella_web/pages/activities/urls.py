"""Addresses of activities, of the people on their lists, and of outside views."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.activities import describing, joining, peers, running, tasks

urlpatterns = [
    path("o/<slug:slug>/activities/", running.listing, name="activities"),
    path("o/<slug:slug>/activities/describe", describing.describe, name="activity-describe"),
    path("o/<slug:slug>/activities/describe/<str:id>", describing.change, name="activity-describe-change"),
    path(
        "o/<slug:slug>/activities/describe/<str:id>/publish",
        describing.publish,
        name="activity-describe-publish",
    ),
    path("o/<slug:slug>/activities/new", running.new, name="activity-new"),
    path("o/<slug:slug>/activities/<str:id>/", running.show, name="activity"),
    path("o/<slug:slug>/activities/<str:id>/do", running.act, name="activity-act"),
    path("o/<slug:slug>/activities/<str:id>/person", running.person, name="activity-person"),
    path("o/<slug:slug>/activities/<str:id>/person/<str:entry>", running.rename, name="activity-rename"),
    path("o/<slug:slug>/activities/<str:id>/screen", running.screen, name="activity-screen"),
    path("o/<slug:slug>/activities/<str:id>/paper", running.paper, name="activity-paper"),
    path("o/<slug:slug>/activities/<str:id>/slips", running.slips, name="activity-slips"),
    path("o/<slug:slug>/activities/<str:id>/reopen", running.reopen, name="activity-reopen"),
    path("o/<slug:slug>/activities/<str:id>/task", tasks.new, name="activity-task"),
    path(
        "o/<slug:slug>/activities/<str:id>/task/<str:task>/remove", tasks.remove, name="activity-task-remove"
    ),
    path("o/<slug:slug>/activities/<str:id>/evidence/<str:work>", tasks.work, name="activity-work"),
    path("o/<slug:slug>/activities/<str:id>/evidence/<str:work>/file", tasks.file, name="activity-work-file"),
    path("join/<str:id>/", joining.join, name="join"),
    path("join/<str:id>/<str:code>", joining.scanned, name="join-code"),
    path("t/<str:id>", joining.ticket, name="ticket"),
    path("t/<str:id>/task/<str:task>", joining.hand_in, name="ticket-task"),
    path("o/<slug:slug>/batches/<str:id>/outside", peers.ask_for_batch, name="peer-ask-batch"),
    path("reviews/<str:id>/outside", peers.ask_for_review, name="peer-ask-review"),
    path("peer/<str:id>", peers.show, name="peer"),
]
