"""What follows from signing in and out: devices, attested identities, a second factor that was just added."""

from __future__ import annotations

import re
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import user_logged_in as signed_in
from allauth.mfa.signals import authenticator_added
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.signals import social_account_added, social_account_updated
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from tessella_web.accounts.models import Device, Person
from tessella_web.accounts.signin.asserting import SHOWN_AT
from tessella_web.accounts.signin.attesting import attest

__all__ = ["browser_words"]

_BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("SamsungBrowser/", "Samsung Internet"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_words(agent: str) -> str:
    """Browser and system in words that their user knows; empty when neither is known. Versions are not kept."""
    words = [
        next((word for mark, word in table if re.search(re.escape(mark), agent)), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, words))


@receiver(user_logged_in)
def remember_device(request: HttpRequest, user: Person, **_rest: Any) -> None:
    """So that its owner can sign it out from elsewhere."""
    if not request.session.session_key:
        request.session.save()
    Device.objects.update_or_create(
        session=request.session.session_key,
        defaults={"person": user, "browser": browser_words(request.headers.get("User-Agent", ""))[:60]},
    )


@receiver(user_logged_out)
def forget_device(request: HttpRequest, **_rest: Any) -> None:
    """Signed out."""
    if request.session.session_key:
        Device.objects.filter(session=request.session.session_key).delete()


@receiver(signed_in)
def keep_what_was_attested(request: HttpRequest, user: Person, sociallogin: Any = None, **_rest: Any) -> None:
    """Somebody came from an institution."""
    if sociallogin is not None:
        _count_what_was_shown_there(request, user, sociallogin.account)
        _keep(user, sociallogin.account)


@receiver([social_account_added, social_account_updated])
def keep_what_was_attested_when_connecting(request: HttpRequest, sociallogin: Any, **_rest: Any) -> None:
    """Somebody connected an institution, or signed in there again."""
    if sociallogin.user.pk and sociallogin.account.pk:
        if request.user == sociallogin.user and sociallogin.state.get("process") == "connect":
            _count_what_was_shown_there(request, sociallogin.user, sociallogin.account)
        _keep(sociallogin.user, sociallogin.account)


@receiver(authenticator_added)
def count_a_new_second_factor(request: HttpRequest, user: Person, authenticator: Any, **_rest: Any) -> None:
    """Whoever has just added one has it at hand."""
    if authenticator.type != authenticator.Type.RECOVERY_CODES and request.user == user:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )


def _count_what_was_shown_there(request: HttpRequest, person: Person, account: Any) -> None:
    """A second factor that the institution says was shown, as of when it was."""
    at = account.extra_data.get(SHOWN_AT)
    if at is not None:
        record_authentication(request, person, "mfa", type="institution", provider=account.provider, at=at)


def _keep(person: Person, account: Any) -> None:
    claims = account.extra_data
    if claims.get("issuer"):
        attest(person=person, provider=account.provider, claims=claims)
        SocialAccount.objects.filter(pk=account.pk).update(extra_data={})
