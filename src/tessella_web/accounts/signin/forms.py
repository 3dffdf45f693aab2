"""The forms of signing in, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.manage_email import sync_user_email_address
from allauth.mfa.base import forms as second
from allauth.mfa.totp import forms as app
from allauth.mfa.webauthn import forms as passkey
from allauth.socialaccount import forms as institution
from django import forms
from django.utils.translation import gettext_lazy as _

__all__ = [
    "AddAddressForm",
    "AddressCodeForm",
    "AddressForm",
    "AppForm",
    "InstitutionSignUpForm",
    "PasskeyForm",
    "SecondCodeAgainForm",
    "SecondCodeForm",
    "SignInCodeForm",
    "SignUpForm",
]

ADDRESS = {"label": _("E-mail address"), "help_text": ""}


def _address(**more: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    return forms.EmailField(label=_("E-mail address"), max_length=254, widget=widget, **more)


def _code(label: Any, **more: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attributes), **more)


class AddressForm(account.RequestLoginCodeForm):  # type: ignore[misc]
    """Where the code goes."""

    email = _address()

    def clean_email(self) -> Any:
        """A code that comes back shows that the address is theirs: it is noted before, so that it can be marked."""
        email = super().clean_email()
        if self._user:
            sync_user_email_address(self._user)
        return email.lower()


class AddAddressForm(account.AddEmailForm):  # type: ignore[misc]
    """Another address of one's own."""

    email = _address()


class SignInCodeForm(account.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that signs in; with or without the hyphen, in small letters or capitals."""

    code = _code(_("Code"))


class AddressCodeForm(account.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    """The code that shows that an address is one's own."""

    code = _code(_("Code"))


def _under_age() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("I am younger than 18"), required=False,
        help_text=_("Then we ask for your country and your day of birth once; the day is not kept."),
    )  # fmt: skip


class SignUpForm(account.SignupForm):  # type: ignore[misc]
    """An account: a name and an address."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = _address(help_text=_("We send a code there. There is no password to think of."))
    is_minor = _under_age()
    field_order = ["name", "email", "is_minor"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS["label"]


class InstitutionSignUpForm(institution.SignupForm):  # type: ignore[misc]
    """What the institution did not say."""

    email = _address(help_text=_("Your institution did not tell us an address. We send a code there."))
    is_minor = _under_age()
    field_order = ["email", "is_minor"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = ADDRESS["label"]


class _SpacedCode:
    """Codes as people copy them: with spaces."""

    cleaned_data: dict[str, Any]

    def clean_code(self) -> Any:
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        return super().clean_code()  # type: ignore[misc]


class SecondCodeForm(_SpacedCode, second.AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code."""

    code = _code(_("Code from your app, or a recovery code"))


class SecondCodeAgainForm(_SpacedCode, second.ReauthenticateForm):  # type: ignore[misc]
    """The same, once more before something of consequence."""

    code = _code(_("Code from your app, or a recovery code"))


class AppForm(_SpacedCode, app.ActivateTOTPForm):  # type: ignore[misc]
    """The first code that the app shows."""

    code = _code(_("The code that the app shows now"))


class PasskeyForm(passkey.AddWebAuthnForm):  # type: ignore[misc]
    """A name for the passkey; it always signs in by itself, so there is nothing to choose."""

    name = forms.CharField(
        label=_("Name of the passkey"), required=False, max_length=100,
        help_text=_("So that you know it again, such as “my phone”."),
    )  # fmt: skip
    passwordless = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)
