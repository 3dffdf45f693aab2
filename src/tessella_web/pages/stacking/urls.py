"""Addresses of cases: the learner's, and the organisation's."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.stacking import asking, deciding, falling, setting

urlpatterns = [
    path("wallet/ask/<str:id>/", asking.choose, name="stacking-ask"),
    path("wallet/ask/<str:id>/<str:share>/", asking.look, name="stacking-look"),
    path("wallet/cases/", asking.mine, name="stacking-cases"),
    path("wallet/cases/<str:id>/", asking.one, name="stacking-mine"),
    path("wallet/cases/<str:id>/add", asking.add, name="stacking-add"),
    path("wallet/cases/<str:id>/withdraw", asking.withdraw, name="stacking-withdraw"),
    path("wallet/cases/<str:id>/proof", asking.proof, name="stacking-my-proof"),
    path("o/<slug:slug>/cases/", deciding.inbox, name="stacking"),
    path("o/<slug:slug>/cases/rules", setting.rules, name="stacking-rules"),
    path("o/<slug:slug>/cases/fallen/<str:id>/", falling.one, name="stacking-fallen"),
    path("o/<slug:slug>/cases/<str:id>/", deciding.one, name="stacking-case"),
    path("o/<slug:slug>/cases/<str:id>/evidence", deciding.evidence, name="stacking-evidence"),
    path("o/<slug:slug>/cases/<str:id>/evidence/<int:number>", deciding.file, name="stacking-file"),
    path("o/<slug:slug>/cases/<str:id>/request", deciding.request_, name="stacking-request"),
    path("o/<slug:slug>/cases/<str:id>/state/<str:about>", deciding.state, name="stacking-state"),
    path("o/<slug:slug>/cases/<str:id>/decide", deciding.decide, name="stacking-decide"),
    path("o/<slug:slug>/cases/<str:id>/proof", deciding.proof, name="stacking-proof"),
]
