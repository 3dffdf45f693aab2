"""Addresses of the wallet, and of what is shown from it."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.wallet import (
    arriving,
    holding,
    keys,
    meaning,
    moving,
    notices,
    pathway,
    plans,
    sharing_urls,
)

urlpatterns = [
    path("wallet", holding.overview, name="wallet"),
    path("wallet/add", arriving.add, name="wallet-add"),
    path("wallet/add/<str:id>", arriving.arrival, name="wallet-arrival"),
    path("wallet/mosaic", meaning.mosaic, name="wallet-mosaic"),
    path("wallet/mosaic.svg", meaning.mosaic_file, name="wallet-mosaic-file"),
    path("wallet/timeline", meaning.timeline, name="wallet-timeline"),
    path("wallet/skills", meaning.skills, name="wallet-skills"),
    path("wallet/keys", keys.listing, name="wallet-keys"),
    path("wallet/keys/<str:id>/destroy", keys.destroy, name="wallet-key-destroy"),
    path("wallet/entry/<str:key>/present", keys.answer, name="wallet-present"),
    path("wallet/notices", notices.listing, name="wallet-notices"),
    path("wallet/towards", meaning.counts_towards, name="wallet-towards"),
    path("wallet/towards/<str:rule>", pathway.pathway, name="wallet-pathway"),
    path("wallet/towards/<str:rule>/pathway.svg", pathway.pathway_file, name="wallet-pathway-file"),
    path("wallet/towards/<str:rule>/proof.zip", pathway.proof, name="wallet-pathway-proof"),
    path("wallet/towards/<str:rule>/plan", plans.new, name="plan-new"),
    path("wallet/plans", plans.listing, name="plans"),
    path("wallet/plans/<str:id>", plans.show, name="plan"),
    path("wallet/plans/<str:id>/what-if", plans.what_if, name="plan-what-if"),
    path("wallet/plans/<str:id>/delete", plans.delete, name="plan-delete"),
    path("wallet/declare", holding.declare, name="wallet-declare"),
    path("wallet/entry/<str:key>", holding.entry, name="wallet-entry"),
    path("wallet/entry/<str:key>/file", holding.file, name="wallet-file"),
    path("wallet/entry/<str:key>/original", arriving.original, name="wallet-original"),
    path("wallet/entry/<str:key>/remove", holding.remove, name="wallet-remove"),
    path("wallet/move", moving.overview, name="wallet-move"),
    path("wallet/move/archive.zip", moving.archive, name="wallet-archive"),
    *sharing_urls.urlpatterns,
]
