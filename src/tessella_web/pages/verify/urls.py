"""The verifier's addresses; no account is needed."""

from __future__ import annotations

from django.urls import path, re_path

from tessella_web.pages.verify import batch, card, report, views

urlpatterns = [
    path("verify", views.verify, name="verify"),
    path("verify/report", report.give, name="verify-report"),
    path("verify/many", batch.ask, name="verify-many"),
    path("verify/many/<str:id>", batch.show, name="verify-pile"),
    re_path(
        r"^verify/many/(?P<id>[-\w]{22})/result\.(?P<suffix>xlsx|json)$",
        batch.result,
        name="verify-pile-result",
    ),
    path("verify/many/<str:id>/erase", batch.erase, name="verify-pile-erase"),
    path("verify/many/<str:id>/<int:number>", batch.item, name="verify-pile-item"),
    re_path(
        r"^verify/many/(?P<id>[-\w]{22})/(?P<number>[0-9]{1,4})/report\.(?P<suffix>pdf|json)$",
        batch.report,
        name="verify-pile-report",
    ),
    path("a/<str:id>/card", card.award, name="award-card"),
    path("s/<str:secret>/card", card.shared, name="shared-card"),
    re_path(r"^oembed\.(?P<suffix>json|xml)$", card.oembed, name="oembed"),
    path(".well-known/did.json", card.platform_did, name="platform-did"),
]
