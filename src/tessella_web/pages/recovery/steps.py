"""A code to an address as one step of a longer way: asked for, shown, extended, dropped, checked."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.accounts.signin import codes
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal
from tessella_web.pages.account.again import CodeForm

__all__ = ["AddressForm", "CodeStep", "send"]


class AddressForm(forms.Form):
    """An address of one's own."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


class CodeStep:
    """What the request does about a code.

    ``waiting`` is the code that is waited for; ``form`` its form; ``email`` the address once it was shown to be theirs; ``moved`` says
    that something was done after which the page is to be fetched anew.
    """

    def __init__(self, request: HttpRequest, purpose: str) -> None:
        self.email = ""
        self.moved = False
        self.waiting = codes.pending_code(request, purpose)
        action = request.POST.get("action", "") if request.method == "POST" else ""
        if action == "again":
            codes.drop_code(request, purpose)
            self.moved = True
        elif action == "more-time":
            codes.give_time(request, purpose)
            messages.success(request, _("You have the full time again."))
            self.moved = True
        self.form = CodeForm(request.POST if self.waiting and action == "check" else None)
        if self.form.is_bound and self.form.is_valid():
            try:
                self.email = codes.check_code(request, purpose, self.form.cleaned_data["code"])
            except RefusedError as error:
                add_refusal(self.form, error)


def send(request: HttpRequest, purpose: str, form: forms.Form, email: str) -> bool:
    """Send a code; why not is said at the form."""
    try:
        codes.send_code(request, purpose, email)
    except RefusedError as error:
        add_refusal(form, error)
        return False
    return True
