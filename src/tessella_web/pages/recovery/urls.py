"""Addresses of getting back into an account, and of the staff that confirms who asks."""

from __future__ import annotations

from django.urls import path

from tessella_web.pages.recovery import checking, getting_in

urlpatterns = [
    path("sign-in/recover", getting_in.door, name="recover"),
    path("sign-in/recover/code", getting_in.by_code, name="recover-code"),
    path("sign-in/recover/organisation", getting_in.by_organisation, name="recover-organisation"),
    path("recovery/<str:id>/refuse", getting_in.refuse, name="recovery-refuse"),
    path("o/<slug:slug>/recoveries", checking.requests, name="recovery-requests"),
    path("o/<slug:slug>/recoveries/<str:id>", checking.request_page, name="recovery-request"),
    path("o/<slug:slug>/settings/mail-domains", checking.mail_domains, name="mail-domains"),
]
