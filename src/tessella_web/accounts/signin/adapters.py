"""What django-allauth asks us: words, languages, who may make an account, where secrets lie."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from tessella_web.accounts.models import Person

__all__ = ["AGE_UNASKED", "INVITED", "AccountAdapter", "InstitutionAdapter", "SecondFactorAdapter"]

INVITED = "invited"
"""In the session: somebody came with an invitation, and may make an account where only the invited may."""

AGE_UNASKED = "age-unasked"
"""In the session: an institution made the account, so nobody was asked yet whether its owner is under age; with the page they wanted."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts without passwords or user names; texts in our words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This is not the code we sent. Copy the newest one, or ask for another."
        ),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes and start again."),
        "rate_limited": gettext_lazy("That was quick. Wait a moment and try again."),
        "email_taken": gettext_lazy("This address belongs to an account already."),
        "duplicate_email": gettext_lazy("This address is yours already."),
        "max_email_addresses": gettext_lazy("You cannot have more than %d addresses."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Anybody, or only who came with an invitation."""
        return bool(settings.SIGN_UP_OPEN or request.session.get(INVITED))

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Name and language, besides the address."""
        user.name = form.cleaned_data.get("name") or user.name or user.email.partition("@")[0]
        user.language = get_language() or settings.LANGUAGE_CODE
        user.is_minor = bool(form.cleaned_data.get("is_minor"))
        saved: Person = super().save_user(request, user, form, commit)
        return saved

    def populate_username(self, request: HttpRequest, user: Person) -> None:
        """People without a form, from an institution, speak the language of the page they came from."""
        if not user.name:
            user.name = user.email.partition("@")[0]
        user.language = get_language() or settings.LANGUAGE_CODE

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the person, who may look at a page in another one."""
        own = Q(email=email.lower()) | Q(emailaddress__email=email.lower(), emailaddress__verified=True)
        person = Person.objects.filter(own).first()
        with override(person.language if person else get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        """To somebody who wanted to make an account that is there already."""
        context = {"sign_in_url": f"{settings.BASE_URL}{reverse('sign-in')}"}
        self.send_mail("account/email/account_already_exists", email, context)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A passkey first, where there is one: it is the easier of the two."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return sorted(found, key=lambda one: "webauthn" not in one["id"])


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of apps and recovery codes are encrypted: a copied database opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This did not work. Try again, or use another way."),
        "add_email_blocked": gettext_lazy(
            "Confirm with your second factor before you change your addresses."
        ),
    }

    def encrypt(self, text: str) -> str:
        """JWE, with a key derived from the installation's secret, which is not in the database."""
        header = {"alg": "dir", "enc": "A256GCM"}
        return jwe.encrypt_compact(header, text.encode(), _key())

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart; what cannot be opened matches no code."""
        try:
            return (jwe.decrypt_compact(encrypted_text, _key()).plaintext or b"").decode()
        except (JoseError, ValueError):
            return ""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What authenticators show as the place they sign in to."""
        found: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**found, "name": "Tessella"}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey is called before its owner names it."""
        number = user.authenticator_set.filter(type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}


class InstitutionAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in at institutions. An address that an institution states never opens an account that is there already."""

    error_messages = {
        **DefaultSocialAccountAdapter.error_messages,
        "connected_other": gettext_lazy("That account of the institution is used by another account here."),
    }

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        """The name as the institution writes it, and the address, verified or not."""
        person: Person = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        person.name = str(data.get("name") or " ".join(filter(None, parts)))[:200]
        return person

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        """Whoever comes without a form is asked for their age when they are in: who makes an account by mail says it on the form."""
        saved: Person = super().save_user(request, sociallogin, form)
        if form is None:
            request.session[AGE_UNASKED] = ""
        return saved

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Where the institution vouches for an address that has an account: say how to connect the two.

        Nothing is revealed: who reads this has shown that the address is theirs.
        """
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        vouched = [one.email for one in sociallogin.email_addresses if one.verified]
        known = EmailAddress.objects.filter(email__in=vouched).exists()
        if not (known or Person.objects.filter(email__in=vouched).exists()):
            return
        messages.info(
            request,
            _("You have an account here with this address. Sign in with a code once, then connect %(institution)s under “My account”.")
            % {"institution": sociallogin.provider.name},
        )  # fmt: skip
        raise ImmediateHttpResponse(
            HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'next': reverse('me')})}")
        )

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """Back to the person's own page."""
        return reverse("me")


def _key() -> OctKey:
    return OctKey.import_key(salted_hmac("tessella.second-factor", "1", algorithm="sha256").digest())
