"""Addresses of an organisation's people, settings and statistics."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.organisation import founding, people, received, retention, statistics

urlpatterns = [
    path("organisations/new", founding.new, name="organisation-new"),
    path("invitation", people.invitation, name="invitation"),
    path("o/<slug:slug>/people", people.overview, name="people"),
    path("o/<slug:slug>/people/invite", people.invite, name="person-invite"),
    path("o/<slug:slug>/people/delegate", people.delegate, name="role-delegate"),
    path("o/<slug:slug>/people/invitations/<str:id>", people.withdraw, name="invitation-withdraw"),
    path("o/<slug:slug>/people/<str:id>", people.roles, name="person-roles"),
    path("o/<slug:slug>/people/<str:id>/<slug:role>", people.end_role, name="role-end"),
    path("o/<slug:slug>/settings", founding.settings, name="organisation-settings"),
    path("o/<slug:slug>/settings/details", founding.details, name="organisation-details"),
    path("o/<slug:slug>/settings/name", founding.name, name="organisation-name"),
    path("o/<slug:slug>/settings/approval", founding.approval, name="organisation-approval"),
    path("o/<slug:slug>/retention", retention.show, name="retention"),
    path("o/<slug:slug>/retention/change", retention.change, name="retention-change"),
    path("o/<slug:slug>/terms", founding.terms_page, name="organisation-terms"),
    path("o/<slug:slug>/received", received.inbox, name="received"),
    path("o/<slug:slug>/received/policy", received.policy, name="receiving-policy"),
    path("o/<slug:slug>/received/<str:id>", received.one, name="received-one"),
    path("o/<slug:slug>/received/<str:id>/portfolio.pdf", received.document, name="received-pdf"),
    path("o/<slug:slug>/received/<str:id>/<int:number>", received.file, name="received-file"),
    path("o/<slug:slug>/statistics", statistics.show, name="statistics"),
    path("o/<slug:slug>/statistics.csv", statistics.table, name="statistics-csv"),
]
