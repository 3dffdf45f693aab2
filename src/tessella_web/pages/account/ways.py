"""How somebody signs in: everything that opens the account, what is missing for the day when an address ends, and other accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter as get_institution_adapter
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.merging import domain as merging
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery import ways as domain
from tessella_web.accounts.signin.attesting import forget_attested
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import person_of
from tessella_web.pages.account.signin import connect_token, passkeys_work
from tessella_web.pages.recovery.steps import AddressForm, CodeStep, send

__all__ = ["emergency_codes", "forget", "merge", "postpone", "second_way", "ways"]

SECOND_WAY, MERGE = "second-way", "merge"
"""Purposes of codes, and where in the session it is kept what was shown."""

PROVED_S = 15 * 60
"""How long it counts that somebody has shown that another account is theirs."""

MOVES = {
    "credentials.Award": ngettext_lazy("%(n)s award", "%(n)s awards", "n"),
    "wallet.Item": ngettext_lazy("%(n)s other thing in the wallet", "%(n)s other things in the wallet", "n"),
    "wallet.Share": ngettext_lazy("%(n)s thing shown to others", "%(n)s things shown to others", "n"),
    "accounts.Membership": ngettext_lazy(
        "%(n)s role in an organisation", "%(n)s roles in organisations", "n"
    ),
    "account.EmailAddress": ngettext_lazy("%(n)s address", "%(n)s addresses", "n"),
    "mfa.Authenticator": ngettext_lazy("%(n)s passkey or app", "%(n)s passkeys, apps and the like", "n"),
    "socialaccount.SocialAccount": ngettext_lazy(
        "%(n)s institutional login", "%(n)s institutional logins", "n"
    ),
    "assessment.Enrolment": ngettext_lazy("%(n)s enrolment", "%(n)s enrolments", "n"),
    "tokens.AccessToken": ngettext_lazy("%(n)s token of a program", "%(n)s tokens of programs", "n"),
}
"""What moves, in words; by the model's label. Anything else moves too, and is told as that."""


@login_required
@require_safe
def ways(request: HttpRequest) -> HttpResponse:
    """Addresses, institutions, identifiers, passkeys, codes: each with what one can do about it."""
    person = person_of(request)
    standing = domain.standing_of(person)
    names = {
        one.app.provider_id: one.name for one in get_institution_adapter(request).list_providers(request)
    }
    connected = {one.provider for one in SocialAccount.objects.filter(user=person)}
    attested = {one.provider: one for one in person.attested.all()}
    factors = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    return render(request, "pages/account/ways.html", {
        "person": person,
        "standing": standing,
        "addresses": [
            (one, one.email.lower() in standing.ending)
            for one in EmailAddress.objects.filter(user=person).order_by("-primary", "email")
        ],
        "institutions": [
            {"id": id, "name": names.get(id, id), "connected": id in connected, "attested": attested.get(id)}
            for id in sorted({*names, *connected, *attested}, key=lambda one: names.get(one, one))
        ],
        "listed": set(names),
        "token": connect_token(request) if names else "",
        "passkeys": [one for one in factors if one.type == Authenticator.Type.WEBAUTHN],
        "app": any(one.type == Authenticator.Type.TOTP for one in factors),
        "codes": domain.unused_codes(person),
        "crumbs": _crumbs(_("How you sign in")),
    })  # fmt: skip


@login_required
@require_POST
def forget(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Remove what an institution said: name and European Student Identifier."""
    if not forget_attested(person=person_of(request), provider=provider_id):
        raise Http404
    messages.success(request, _("That is removed. It comes back only if you sign in there again."))
    return redirect("ways")


@login_required
@require_http_methods(["GET", "POST"])
def second_way(request: HttpRequest) -> HttpResponse:
    """Asked for when an award is kept with an address that an institution takes back one day. It can be put off."""
    person = person_of(request)
    step = CodeStep(request, SECOND_WAY)
    if step.moved:
        return redirect("second-way")
    if step.email:
        return _added(request, person, step.email)
    standing = domain.standing_of(person)
    form: forms.Form = AddressForm(request.POST if request.POST.get("action") == "send" else None)
    if form.is_bound and form.is_valid():
        require_fresh_sign_in()
        email = form.cleaned_data["email"].lower()
        if email in domain.verified_addresses(person):
            form.add_error("email", _("This address is yours already. Enter another one."))
        elif send(request, SECOND_WAY, form, email):
            return redirect("second-way")
    return render(request, "pages/account/second-way.html", {
        "standing": standing, "form": step.form if step.waiting else form, "waiting": step.waiting,
        "passkeys_work": passkeys_work(request), "codes": domain.unused_codes(person),
        "crumbs": _crumbs(_("A second way to sign in")),
    })  # fmt: skip


def _added(request: HttpRequest, person: Person, email: str) -> HttpResponse:
    require_fresh_sign_in()
    if domain.confirm_address(person=person, email=email) is None:
        messages.warning(
            request, _("This address belongs to another account of yours. You can bring both together.")
        )
        return redirect("merge")
    messages.success(request, _("You can sign in with this address now."))
    return redirect("second-way")


@login_required
@require_POST
def postpone(request: HttpRequest) -> HttpResponse:
    """Not now; it is said again in two weeks."""
    domain.postpone(person=person_of(request))
    messages.success(request, _("We remind you in two weeks."))
    return redirect("wallet")


@login_required
@require_http_methods(["GET", "POST"])
def emergency_codes(request: HttpRequest) -> HttpResponse:
    """New codes are shown once, in the answer to asking for them, and kept by no cache."""
    person = person_of(request)
    made = domain.make_codes(person=person) if request.method == "POST" else []
    response = render(request, "pages/account/emergency-codes.html", {
        "codes": made, "left": domain.unused_codes(person), "person": person,
        "crumbs": _crumbs(_("Emergency codes")),
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


class AppCodeForm(forms.Form):
    """The second factor of the other account."""

    code = forms.CharField(
        label=gettext_lazy("Code from the app of the other account"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class MergeForm(forms.Form):
    """The last word."""

    sure = forms.BooleanField(
        label=gettext_lazy("Both accounts are mine. I know that this cannot be undone.")
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """An address of the other account, a code sent there, its second factor if it has one; then what moves, and the last word."""
    person = person_of(request)
    require_fresh_sign_in()
    if request.POST.get("action") == "other":
        request.session.pop(MERGE, None)
        return redirect("merge")
    step = CodeStep(request, MERGE)
    if step.moved:
        return redirect("merge")
    if step.email:
        return _shown_to_be_theirs(request, person, step.email)
    if other := _other(request, person):
        return _last_word(request, person, other)
    form = AddressForm(request.POST if request.POST.get("action") == "send" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if email in domain.verified_addresses(person):
            form.add_error("email", _("This is the account you are in. Enter an address of the other one."))
        elif send(request, MERGE, form, email):
            return redirect("merge")
    return _merge_page(request, form=step.form if step.waiting else form, waiting=step.waiting)


def _shown_to_be_theirs(request: HttpRequest, person: Person, email: str) -> HttpResponse:
    other = domain.account_at(email)
    if other is None:
        domain.confirm_address(person=person, email=email)
        messages.success(
            request, _("There was no account with this address. You can sign in to this one with it now.")
        )
        return redirect("ways")
    request.session[MERGE] = {"other": other.pk, "at": timezone.now().timestamp(), "factor": False}
    return redirect("merge")


def _other(request: HttpRequest, person: Person) -> Person | None:
    """The account that was shown to be theirs a short while ago."""
    state = request.session.get(MERGE)
    if not state or timezone.now().timestamp() - state["at"] > PROVED_S:
        return None
    return Person.objects.filter(pk=state["other"], is_active=True).exclude(pk=person.pk).first()


def _last_word(request: HttpRequest, person: Person, other: Person) -> HttpResponse:
    factors = {one.type: one for one in Authenticator.objects.filter(user=other)}
    if factors and not request.session[MERGE]["factor"]:
        return _second_factor(request, factors)
    form = MergeForm(request.POST if request.POST.get("action") == "merge" else None)
    try:
        found = merging.preview(into=person, other=other)
        if form.is_bound and form.is_valid():
            merging.merge_own(into=person, other=other)
            request.session.pop(MERGE, None)
            messages.success(request, _("Both accounts are one now."))
            return redirect("ways")
    except RefusedError as error:
        return _merge_page(request, refusal=error)
    moves = [MOVES[label] % {"n": count} for label, count in found.counts.items() if label in MOVES]
    return _merge_page(request, form=form, other=other, moves=moves, clashes=found.clashes)


def _second_factor(request: HttpRequest, factors: dict[str, Any]) -> HttpResponse:
    """The other account has one: it is asked for as when signing in there. Passkeys can only be shown by signing in."""
    app = factors.get(Authenticator.Type.TOTP)
    if app is None:
        return _merge_page(request, only_passkey=True)
    form = AppCodeForm(request.POST if request.POST.get("action") == "factor" else None)
    if form.is_bound and form.is_valid():
        if _is_code_of(request, app, form.cleaned_data["code"]):
            request.session[MERGE] = {**request.session[MERGE], "factor": True}
            return redirect("merge")
        form.add_error("code", _("This did not work. Try again, or use another way."))
    return _merge_page(request, form=form, factor=True)


def _is_code_of(request: HttpRequest, app: Authenticator, code: str) -> bool:
    if not ratelimit.consume(request, action="login_failed", key=f"merge:{app.user_id}"):
        return False
    return bool(app.wrap().validate_code("".join(code.split())))


def _merge_page(request: HttpRequest, **context: Any) -> HttpResponse:
    return render(request, "pages/account/merge.html", {
        **context, "crumbs": [*_crumbs(_("How you sign in"))[:1], (_("How you sign in"), reverse("ways")), (_("Another account of yours"), "")],
    })  # fmt: skip


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("My account"), reverse("me")), (last, "")]
