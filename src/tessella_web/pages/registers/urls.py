"""Addresses of registers, bodies, and who is who."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.registers import describing, identity, importing, keeping, public

urlpatterns = [
    path("registers/", public.listing, name="registers"),
    path("registers/<slug:slug>/", public.register, name="register"),
    path("registers/<slug:slug>/entries/<str:id>", public.entry, name="register-entry"),
    path("registers/<slug:slug>/snapshots/<int:number>.json", public.snapshot, name="register-snapshot"),
    path("bodies/<str:id>", public.body, name="body"),
    path("bodies/<str:id>/change", describing.change, name="body-change"),
    path("o/<slug:slug>/registers/", keeping.listing, name="keeping"),
    path("o/<slug:slug>/registers/new", keeping.new, name="keeping-new"),
    path("o/<slug:slug>/registers/<slug:register>/", keeping.overview, name="keeping-register"),
    path("o/<slug:slug>/registers/<slug:register>/snapshot", keeping.snapshot, name="keeping-snapshot"),
    path("o/<slug:slug>/registers/<slug:register>/confirm", keeping.confirm, name="keeping-confirm"),
    path("o/<slug:slug>/registers/<slug:register>/enter", keeping.enter, name="keeping-enter"),
    path("o/<slug:slug>/registers/<slug:register>/report", keeping.report, name="keeping-report"),
    path("o/<slug:slug>/registers/<slug:register>/entries/<str:id>", keeping.status, name="keeping-status"),
    path(
        "o/<slug:slug>/registers/<slug:register>/reports/<str:id>", keeping.withdraw, name="keeping-withdraw"
    ),
    path("o/<slug:slug>/registers/<slug:register>/import", importing.upload, name="keeping-import"),
    path("o/<slug:slug>/registers/<slug:register>/import/<str:id>", importing.run, name="keeping-run"),
    path("o/<slug:slug>/identity/", identity.overview, name="identity"),
    path("o/<slug:slug>/identity/body", identity.claim, name="identity-claim"),
    path("o/<slug:slug>/identity/show", identity.show, name="identity-show"),
    path("o/<slug:slug>/identity/withdraw", identity.withdraw, name="identity-withdraw"),
    path("identity-reviews/", identity.reviews, name="identity-reviews"),
    path("identity-reviews/register/<slug:slug>", identity.accept, name="identity-accept"),
    path("identity-reviews/name/<slug:slug>", identity.release, name="identity-release"),
    path("identity-reviews/<str:id>", identity.review, name="identity-review"),
]
