"""Addresses of keys, batches and awards."""

from __future__ import annotations

from django.urls import path, re_path

from tessella_web.pages.award import awards, batches, keeping, keys, planning, public

urlpatterns = [
    path("a/<str:id>", public.show, name="award"),
    path("a/<str:id>/claim", public.claim, name="award-claim"),
    path("a/<str:id>/keep", keeping.keep, name="award-keep"),
    path("wallet/waiting", keeping.waiting, name="wallet-waiting"),
    path("a/<str:id>/files", public.files, name="award-files"),
    path("a/<str:id>/files/<slug:format>", public.file, name="award-file"),
    path("o/<slug:slug>/did.json", keys.did_document, name="did-document"),
    path("o/<slug:slug>/issuer.json", keys.issuer_profile, name="issuer-profile"),
    re_path(
        r"^o/(?P<slug>[-\w]+)/status/(?P<id>[-\w]{22})\.(?P<suffix>json|revoked\.json|jwt)$",
        public.status_list,
        name="status-list",
    ),
    path("o/<slug:slug>/keys", keys.overview, name="keys"),
    path("o/<slug:slug>/keys/new", keys.new, name="key-new"),
    path("o/<slug:slug>/keys/upload", keys.upload, name="key-upload"),
    path("o/<slug:slug>/keys/elsewhere", keys.place, name="key-place"),
    path("o/<slug:slug>/keys/<str:id>", keys.show, name="key"),
    path("o/<slug:slug>/keys/<str:id>/replace", keys.rotate, name="key-rotate"),
    path("o/<slug:slug>/keys/<str:id>/revoke", keys.revoke, name="key-revoke"),
    path("o/<slug:slug>/awards", batches.overview, name="awarding"),
    path("o/<slug:slug>/awards/class-list.csv", batches.blank_list, name="blank-list"),
    path("o/<slug:slug>/awards/new/<str:version>/list", batches.from_list, name="award-list"),
    path("o/<slug:slug>/awards/new/<str:version>/person", batches.for_learner, name="award-learner"),
    path("o/<slug:slug>/batches/<str:id>", batches.show, name="batch"),
    path("o/<slug:slug>/batches/<str:id>/do", batches.act, name="batch-act"),
    path("o/<slug:slug>/batches/<str:id>/later", planning.schedule, name="batch-schedule"),
    path("o/<slug:slug>/batches/<str:id>/files.zip", batches.files, name="batch-files"),
    path("o/<slug:slug>/batches/<str:id>/problems.csv", batches.problems, name="batch-problems"),
    path("o/<slug:slug>/awarded/<str:id>", awards.show, name="staff-award"),
    path("o/<slug:slug>/awarded/<str:id>/correct", awards.correct, name="award-correct"),
    path("o/<slug:slug>/awarded/<str:id>/address", awards.address, name="award-address"),
    path("o/<slug:slug>/awarded/<str:id>/resend", awards.resend, name="award-resend"),
    path("o/<slug:slug>/awarded/<str:id>/<slug:name>", awards.change, name="award-change"),
]
