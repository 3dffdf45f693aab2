"""Addresses of sharing: as its holder does it, and what others see."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.wallet import elsewhere, portfolios, sharing, shown

urlpatterns = [
    path("wallet/entry/<str:key>/elsewhere", elsewhere.show, name="wallet-elsewhere"),
    path("wallet/shares", sharing.listing, name="wallet-shares"),
    path("wallet/shares/new", sharing.new, name="wallet-share"),
    path("wallet/shares/seen", sharing.seen, name="wallet-shares-seen"),
    path("wallet/shares/to", sharing.to_whom, name="wallet-receivers"),
    path("wallet/shares/to/<slug:slug>", sharing.hand_in, name="wallet-hand-in"),
    path("wallet/shares/<str:id>/preview", sharing.draft, name="wallet-share-draft"),
    path("wallet/shares/<str:id>/parts/<int:number>", sharing.parts, name="wallet-share-parts"),
    path("wallet/shares/<str:id>/files/<int:number>", sharing.draft_file, name="wallet-share-file"),
    path("wallet/shares/<str:id>/portfolio.pdf", sharing.document, name="wallet-share-pdf"),
    path("wallet/shares/<str:id>/discard", sharing.discard, name="wallet-share-discard"),
    path("wallet/shares/<str:id>/withdraw", sharing.withdraw, name="wallet-share-withdraw"),
    path("wallet/pages", portfolios.listing, name="portfolios"),
    path("wallet/pages/<str:id>", portfolios.page, name="portfolio"),
    path("wallet/pages/<str:id>/share", portfolios.share, name="portfolio-share"),
    path("wallet/pages/<str:id>/delete", portfolios.delete, name="portfolio-delete"),
    path("wallet/pages/<str:id>/add/<slug:kind>", portfolios.add, name="portfolio-add"),
    path("wallet/pages/<str:id>/<str:piece_id>/<slug:how>", portfolios.change, name="portfolio-piece"),
    path("s/<str:secret>", shown.shown, name="shared"),
    path("s/<str:secret>/portfolio.pdf", shown.shown_pdf, name="shared-pdf"),
    path("s/<str:secret>/<int:number>", shown.shown_file, name="shared-file"),
]
