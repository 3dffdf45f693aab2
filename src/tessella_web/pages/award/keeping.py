"""Keeping an award with an account: a code to an address signs in, or makes the account, in one go."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tessella.text import pick
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery.ways import account_at, confirm_address
from tessella_web.accounts.signin import codes
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import claiming
from tessella_web.credentials.models import Award
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.account.again import CodeForm
from tessella_web.pages.award.public import after_keeping, found_award, may_keep

__all__ = ["keep", "waiting"]


class AddressForm(forms.Form):
    """With which address somebody signs in from now on."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Best one of your own, which stays when you leave school, university or work. We send a code there; there is no password."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest, id: str) -> HttpResponse:
    """For whoever claimed it in this browser. Signed in: one more word. Not signed in: an address, a code, and it is kept."""
    award = found_award(id)
    person = request.user if isinstance(request.user, Person) else None
    if person is not None and award.holder_id == person.pk:
        return redirect("wallet-entry", f"a-{award.id}")
    if not may_keep(request, award):
        raise Http404
    if person is None:
        return _by_code(request, award)
    if request.method == "POST":
        return _kept(request, award, person)
    return _shown(request, award, forms.Form(), "confirm")


def _by_code(request: HttpRequest, award: Award) -> HttpResponse:
    purpose = f"keep-{award.id}"
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "again":
        codes.drop_code(request, purpose)
        return redirect("award-keep", award.id)
    if action == "more-time":
        codes.give_time(request, purpose)
        messages.success(request, _("You have the full time again."))
        return redirect("award-keep", award.id)
    waiting = codes.pending_code(request, purpose)
    if waiting is None:
        return _asked_where(request, award, purpose)
    form = CodeForm(request.POST if action == "check" else None)
    if action == "check" and form.is_valid():
        try:
            email = codes.check_code(request, purpose, form.cleaned_data["code"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return _signed_in(request, award, email)
    return _shown(request, award, form, "code", waiting)


def _asked_where(request: HttpRequest, award: Award, purpose: str) -> HttpResponse:
    posted = request.POST if request.POST.get("action") == "send" else None
    form = AddressForm(posted)
    if posted is not None and form.is_valid():
        try:
            codes.send_code(request, purpose, form.cleaned_data["email"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("award-keep", award.id)
    return _shown(request, award, form, "address")


def _signed_in(request: HttpRequest, award: Award, email: str) -> HttpResponse:
    """The address is theirs: into its account, or into a new one. A second factor is still asked for; then they say once more."""
    person = account_at(email) or accounts.make_person(
        email=email, name=award.learner.display_name[:200], language=get_language() or "en"
    )
    confirm_address(person=person, email=email)
    record_authentication(request, person, method="code", email=email)
    here = reverse("award-keep", args=[award.id])
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=here, email=email))
    if request.user.is_authenticated and request.user.pk == person.pk:
        return _kept(request, award, person)
    return answer


def _kept(request: HttpRequest, award: Award, person: Person) -> HttpResponse:
    try:
        claiming.keep(award=award, person=person)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("award", award.id)
    messages.success(request, _("It is in your wallet."))
    return after_keeping(person, award)


def _shown(
    request: HttpRequest, award: Award, form: forms.Form, step: str, waiting: codes.PendingCode | None = None
) -> HttpResponse:
    record = award.version.record()
    return render(request, "pages/award/keep.html", {
        "award": award, "record": record, "form": form, "step": step, "waiting": waiting,
        "what": pick(record.title, (get_language() or "en", record.language)),
        "crumbs": [(pick(record.title, (get_language() or "en", record.language)), reverse("award-files", args=[award.id])), (_("Keep it"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def waiting(request: HttpRequest) -> HttpResponse:
    """Awards that were sent to an address of one's own: nothing comes into the wallet by itself."""
    person = person_of(request)
    if request.method == "POST":
        taken = claiming.take_waiting(person=person, ids=request.POST.getlist("award"))
        if not taken:
            messages.warning(request, _("Nothing was chosen."))
            return redirect("wallet-waiting")
        messages.success(
            request, _("It is in your wallet.") if len(taken) == 1 else _("They are in your wallet.")
        )
        return after_keeping(person, taken[0]) if len(taken) == 1 else redirect("wallet")
    languages = (get_language() or "en", "en")
    shown = [
        (one, one.version.record(), pick(one.version.record().title, languages))
        for one in claiming.waiting_for(person)
    ]
    return render(request, "pages/award/waiting.html", {
        "waiting": shown, "crumbs": [(_("Wallet"), reverse("wallet")), (_("Waiting for you"), "")],
    })  # fmt: skip
