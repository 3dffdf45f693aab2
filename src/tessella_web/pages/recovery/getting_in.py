"""For whoever cannot sign in any more: an emergency code, or an organisation that confirms who they are."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.recovery import domain
from tessella_web.accounts.recovery.models import EmergencyCode, Recovery
from tessella_web.accounts.signin import codes
from tessella_web.common.errors import DomainError, RefusedError
from tessella_web.pages.access import add_refusal
from tessella_web.pages.recovery.steps import CodeStep, send

__all__ = ["by_code", "by_organisation", "door", "refuse"]

CODE, ASKING = "recover-code", "recover-organisation"
"""Purposes of codes, and where in the session what was entered waits for them."""


def _address(label: Any, help: Any) -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email"})
    return forms.EmailField(label=label, help_text=help, max_length=254, widget=widget)


class EmergencyForm(forms.Form):
    """A code from the card, and the address that is to open the account from now on."""

    email = _address(
        gettext_lazy("An address of the account"), gettext_lazy("It need not work any more.")
    )  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("Emergency code"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
    new_email = _address(
        gettext_lazy("Your new address"),
        gettext_lazy("You sign in with it from now on. We send a code there first."),
    )


class AskForm(forms.Form):
    """Whom to ask, about which account, and for which address."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Who awarded you something?"), queryset=Organisation.objects.none(), to_field_name="slug",
        help_text=gettext_lazy("Somebody there makes sure that it is you. Choose the one that can do so most easily."),
    )  # fmt: skip
    email = _address(
        gettext_lazy("An address of the account"), gettext_lazy("The one you used there. It need not work any more.")
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("As it stands on the certificate."),
    )  # fmt: skip
    said = forms.CharField(
        label=gettext_lazy("How can they reach you, and who knows you there?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Such as: a telephone number, your course and its year. No copies of documents."),
    )  # fmt: skip
    new_email = _address(
        gettext_lazy("Your new address"), gettext_lazy("You sign in with it afterwards. We send a code there first.")
    )  # fmt: skip

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Organisation.objects.exclude(established_by="").filter(is_held=False, awards__is_test=False)
        self.fields["organisation"].queryset = known.distinct().order_by("name")  # type: ignore[attr-defined]
        if signed_in:
            del self.fields["new_email"]


@require_safe
def door(request: HttpRequest) -> HttpResponse:
    """What one can do."""
    return render(request, "pages/recovery/door.html", {"crumbs": _crumbs()})


@require_http_methods(["GET", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """The emergency code first, then a code to the new address; then they are in."""
    step = CodeStep(request, CODE)
    entered = request.session.get(CODE, {})
    if step.moved:
        return redirect("recover-code")
    if step.email and entered.get("new_email", "").lower() == step.email:
        return _opened(request, request.session.pop(CODE))
    if step.waiting and entered:
        return _page(request, "code", step.form, waiting=step.waiting)
    form = EmergencyForm(request.POST if request.POST.get("action") == "send" else None)
    if form.is_bound and form.is_valid() and (code := _right_code(request, form)):
        new = form.cleaned_data["new_email"]
        if send(request, CODE, form, new):
            request.session[CODE] = {"code": code.pk, "new_email": new}
            return redirect("recover-code")
    return _page(request, "code", form)


def _right_code(request: HttpRequest, form: EmergencyForm) -> EmergencyCode | None:
    """The emergency code if it opens the account; few attempts for each account, as for signing in."""
    key = form.cleaned_data["email"].lower()
    try:
        if not ratelimit.consume(request, action="login_failed", key=f"recover:{key}"):
            raise RefusedError(
                _("Too many attempts."), code="recovery.too-many", hint=_("Wait a few minutes and start again.")
            )  # fmt: skip
        return domain.code_of(email=key, code=form.cleaned_data["code"])
    except RefusedError as error:
        add_refusal(form, error)
        return None


def _opened(request: HttpRequest, entered: dict[str, Any]) -> HttpResponse:
    code = EmergencyCode.objects.filter(pk=entered["code"]).first()
    if code is None:  # new codes were made meanwhile
        return redirect("recover-code")
    try:
        person, added = domain.use_code(code=code, new_email=entered["new_email"])
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("recover-code")
    if added:
        messages.success(request, _("You are in. Your new address is the first one from now on."))
    else:
        messages.warning(
            request, _("You are in. The address belongs to another account of yours: bring both together here.")
        )  # fmt: skip
    record_authentication(request, person, method="code", email=entered["new_email"])
    where = reverse("ways" if added else "merge")
    answer: HttpResponse = perform_login(
        request, Login(user=person, redirect_url=where, email_verification="none")
    )
    return answer


@require_http_methods(["GET", "POST"])
def by_organisation(request: HttpRequest) -> HttpResponse:
    """Ask an organisation. The answer is the same whether there is such an account or not."""
    person = request.user if isinstance(request.user, Person) else None
    step = CodeStep(request, ASKING)
    entered = request.session.get(ASKING, {})
    if step.moved:
        return redirect("recover-organisation")
    if step.email and entered.get("new_email", "").lower() == step.email:
        return _asked(request, request.session.pop(ASKING), None)
    if step.waiting and entered and person is None:
        return _page(request, "organisation", step.form, waiting=step.waiting)
    form = AskForm(
        request.POST if request.POST.get("action") == "send" else None, signed_in=person is not None
    )
    if form.is_bound and form.is_valid():
        values = {**form.cleaned_data, "organisation": form.cleaned_data["organisation"].slug}
        if person is not None:
            return _asked(request, {**values, "new_email": person.email}, person, form)
        if send(request, ASKING, form, values["new_email"]):
            request.session[ASKING] = values
            return redirect("recover-organisation")
    return _page(request, "organisation", form)


def _asked(
    request: HttpRequest, values: dict[str, str], person: Person | None, form: AskForm | None = None
) -> HttpResponse:
    organisation = Organisation.objects.filter(slug=values["organisation"]).first()
    if organisation is None:
        raise Http404
    try:
        domain.ask(
            email=values["email"], organisation=organisation, new_email=values["new_email"].lower(),
            name=values["name"], said=values["said"], language=get_language() or "", by=person,
        )  # fmt: skip
    except RefusedError as error:
        if form is not None:
            add_refusal(form, error)
            return _page(request, "organisation", form)
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("recover-organisation")
    return render(request, "pages/recovery/asked.html", {
        "organisation": organisation, "email": values["new_email"], "merges": person is not None,
        "crumbs": _crumbs(_("Asked")),
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, id: str) -> HttpResponse:
    """For whoever still reaches the account: signed in, or with the link from the mail. Opening it asks first."""
    found = Recovery.objects.select_related("organisation").filter(pk=id).first()
    person = request.user if isinstance(request.user, Person) else None
    key = request.POST.get("key", "") or request.GET.get("key", "")
    if found is None or not (found.person_id == (person and person.pk) or domain.is_refusal_key(found, key)):
        raise Http404
    if request.method == "POST":
        try:
            domain.refuse(
                recovery=found, by=person if person and person.pk == found.person_id else None, key=key
            )
        except DomainError as error:
            messages.error(request, f"{error.message} {error.hint}")
        else:
            messages.success(request, _("It is refused. Nothing was changed on your account."))
        return redirect("ways" if person else "home")
    return render(request, "pages/recovery/refuse.html", {"recovery": found, "key": key})


def _page(
    request: HttpRequest, name: str, form: forms.Form, waiting: codes.PendingCode | None = None
) -> HttpResponse:
    title = {"code": _("Use an emergency code"), "organisation": _("Ask who awarded to you")}[name]
    return render(request, f"pages/recovery/by-{name}.html", {
        "form": form, "waiting": waiting, "title": title, "crumbs": _crumbs(title),
    })  # fmt: skip


def _crumbs(last: str = "") -> list[tuple[str, str]]:
    if not last:
        return [(_("Sign in"), reverse("sign-in")), (_("I cannot sign in any more"), "")]
    return [
        (_("Sign in"), reverse("sign-in")),
        (_("I cannot sign in any more"), reverse("recover")),
        (last, ""),
    ]
