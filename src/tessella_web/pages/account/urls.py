"""Addresses of signing in and of one's own account. The names with “account_”, “mfa_” and so on are django-allauth's."""

from __future__ import annotations

from allauth.account.views import account_inactive
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.pages import entry
from tessella_web.pages.account import again, leaving, me, minors, signin, ways
from tessella_web.pages.account.me import recent_sign_in

FORM = require_http_methods(["GET", "POST"])

sign_in = FORM(signin.SignIn.as_view())

urlpatterns = [
    path("sign-in", sign_in, name="sign-in"),
    path("sign-in", sign_in, name="account_login"),
    path("sign-in", sign_in, name="account_request_login_code"),
    path("sign-in/code", FORM(signin.SignInCode.as_view()), name="account_confirm_login_code"),
    path("sign-in/link", entry.sign_in_link, name="sign-in-link"),
    path("sign-in/new", FORM(signin.SignUp.as_view()), name="account_signup"),
    path("sign-in/address", FORM(signin.AddressCode.as_view()), name="account_email_verification_sent"),
    path("sign-in/passkey", FORM(signin.Passkey.as_view()), name="mfa_login_webauthn"),
    path("sign-in/second-factor", FORM(signin.SecondFactor.as_view()), name="mfa_authenticate"),
    path("sign-in/closed", require_safe(account_inactive), name="account_inactive"),
    path("sign-in/at/<slug:provider_id>", signin.at_institution, name="openid_connect_login"),
    path("sign-in/at/<slug:provider_id>/back", signin.back_from_institution, name="openid_connect_callback"),
    path("sign-in/institution", FORM(signin.InstitutionSignUp.as_view()), name="socialaccount_signup"),
    path("sign-in/institution/stopped", signin.stopped, name="socialaccount_login_cancelled"),
    path("sign-out", entry.sign_out, name="sign-out"),
    path("me", me.me, name="me"),
    path("me/name", me.profile, name="me-profile"),
    path("me/addresses", FORM(me.Addresses.as_view()), name="account_email"),
    path("me/devices/<str:id>", me.sign_out_device, name="me-device"),
    path("me/institutions/<slug:provider_id>", me.disconnect, name="me-disconnect"),
    path("me/age", minors.age, name="me-age"),
    path("guardian/<str:id>/<str:key>/", minors.guardian, name="guardian"),
    path("me/leave", leaving.leave, name="leave"),
    path("left/<str:id>/<str:key>/", leaving.left, name="left"),
    path("left/<str:id>/<str:key>/report.<slug:suffix>", leaving.report, name="left-report"),
    path("me/second-factor", require_safe(me.SecondFactors.as_view()), name="mfa_index"),
    path("me/second-factor/passkey", FORM(recent_sign_in(me.AddPasskey.as_view())), name="mfa_add_webauthn"),
    path(
        "me/second-factor/passkey/<int:pk>",
        FORM(login_required(me.RemovePasskey.as_view())),
        name="mfa_remove_webauthn",
    ),
    path("me/second-factor/app", FORM(recent_sign_in(me.AddApp.as_view())), name="mfa_activate_totp"),
    path("me/second-factor/app/remove", FORM(me.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path(
        "me/second-factor/codes",
        require_safe(me.RecoveryCodes.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "me/second-factor/codes/new",
        FORM(login_required(me.NewRecoveryCodes.as_view())),
        name="mfa_generate_recovery_codes",
    ),
    path("me/ways", ways.ways, name="ways"),
    path("me/ways/forget/<slug:provider_id>", ways.forget, name="ways-forget"),
    path("me/second-way", ways.second_way, name="second-way"),
    path("me/second-way/later", ways.postpone, name="second-way-later"),
    path("me/emergency-codes", ways.emergency_codes, name="emergency-codes"),
    path("me/merge", ways.merge, name="merge"),
    path("me/again/sign-in", again.again, name="again"),
    path("me/again", FORM(me.AgainByCode.as_view()), name="mfa_reauthenticate"),
    path("me/again/passkey", FORM(me.AgainByPasskey.as_view()), name="mfa_reauthenticate_webauthn"),
]
