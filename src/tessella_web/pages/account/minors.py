"""One's age, said once; a guardian's page; and the page where an account waits until somebody has agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tessella.vocabulary import code_list
from tessella_web.accounts.guardians import domain
from tessella_web.accounts.guardians.ages import ages_in, countries
from tessella_web.accounts.guardians.models import Guardian
from tessella_web.accounts.models import Person
from tessella_web.accounts.signin.adapters import AGE_UNASKED
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of

__all__ = ["WaitingMiddleware", "age", "guardian"]

OPEN = frozenset(
    {
        "me-age", "sign-out", "set_language", "leave", "left", "left-report", "guardian", "sheet", "sheet-check", "home", "accessibility",
        "account_email_verification_sent", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "again",
        "sign-in", "verify", "award",
    }
)  # fmt: skip
"""What somebody under age may open before it is clear who agrees: what everybody sees, and leaving."""


class WaitingMiddleware:
    """Leads accounts that wait for a guardian to the page that says so, and accounts that an institution has just made to the question. Nobody
    else is asked anything: it is known without a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view answer."""
        person = getattr(request, "user", None)
        if not isinstance(person, Person) or request.resolver_match is None:
            return None
        name = request.resolver_match.url_name
        if person.is_minor:
            return None if name in OPEN or not domain.is_waiting(person) else redirect("me-age")
        if AGE_UNASKED not in request.session or name in OPEN - {"home"}:
            return None
        if request.method == "GET":
            request.session[AGE_UNASKED] = request.get_full_path()
        return redirect("me-age")


class BirthForm(forms.Form):
    """Looked at once."""

    country = forms.ChoiceField(label=gettext_lazy("Country you live in"))
    born_on = forms.DateField(
        label=gettext_lazy("Day of birth"), widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
        help_text=gettext_lazy("We look at it now and keep only the month in which you turn 18."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = code_list("country")
        language = get_language() or "en"
        known = [(one, concept.label(language, "en")) for one in countries() if (concept := names.get(one))]
        choices = [("", "–"), *sorted(known, key=lambda one: one[1]), ("other", _("Another country"))]
        self.fields["country"].choices = choices  # type: ignore[attr-defined]


class GuardianForm(forms.Form):
    """Who is asked."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of a parent or guardian"), max_length=254,
        help_text=gettext_lazy("We write to them and ask. They need no account."),
    )  # fmt: skip


class ShowForm(forms.Form):
    """What is decided about showing."""

    may_show = forms.BooleanField(
        label=gettext_lazy("Links that open without a PIN are allowed"), required=False
    )


@login_required
@require_http_methods(["GET", "POST"])
def age(request: HttpRequest) -> HttpResponse:
    """Where somebody stands: say the day of birth, name a guardian, wait, or decide about showing."""
    person = person_of(request)
    if not person.is_minor:
        return _of_age(request, person)
    minority = domain.minority_of(person)
    asked = domain.guardian_of(minority) if minority else None
    form: forms.Form
    if minority is None:
        step, form = "birth", BirthForm(request.POST or None)
    elif minority.needs_guardian and (asked is None or asked.agreed_at is None):
        step, form = "guardian", GuardianForm(request.POST or None)
    else:
        step, form = "minor", ShowForm(request.POST or None, initial={"may_show": minority.may_show})
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, person, step, form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
    context = {
        "step": step, "form": form, "minority": minority, "guardian": asked, "days": domain.ANSWER_DAYS,
        "ages": ages_in(minority.country) if minority else None, "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "pages/account/age.html", context)


def _of_age(request: HttpRequest, person: Person) -> HttpResponse:
    """Who is of age, as far as is known, can say otherwise; whom an institution brought is asked, once."""
    is_asked = AGE_UNASKED in request.session
    if request.method == "POST":
        wanted = request.session.pop(AGE_UNASKED, "")
        if is_asked and request.POST.get("answer") == "of-age":
            return redirect(wanted or "home")
        domain.say_minor(person=person)
        return redirect("me-age")
    step = "first" if is_asked else "adult"
    return render(request, "pages/account/age.html", {"step": step, "crumbs": _crumbs()})


def _done(request: HttpRequest, person: Person, step: str, values: dict[str, Any]) -> HttpResponse:
    if step == "birth":
        found = domain.say_birth(by=person, country=values["country"][:3], born_on=values["born_on"])
        if found is None:
            messages.success(request, _("You are of age: nothing else is needed."))
            return redirect("me")
    elif step == "guardian":
        domain.ask(by=person, email=values["email"])
        messages.success(request, _("We have written to them."))
    else:
        minority = domain.minority_of(person)
        if minority is not None:
            domain.allow_showing(minority=minority, is_allowed=values["may_show"], by=person)
            messages.success(request, _("That is changed."))
    return redirect("me-age")


@require_http_methods(["GET", "POST"])
def guardian(request: HttpRequest, id: str, key: str) -> HttpResponse:
    """What a guardian is asked, and may change as long as it is theirs to decide."""
    found = Guardian.objects.select_related("minority__person").filter(pk=id).first()
    if found is None or not domain.is_key(found, key):
        raise Http404
    if request.method == "POST":
        try:
            _decided(request, found)
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect("guardian", id, key)
    context = {
        "guardian": found, "minority": found.minority, "person": found.minority.person,
        "ages": ages_in(found.minority.country), "days": domain.ANSWER_DAYS,
    }  # fmt: skip
    response = render(request, "pages/account/guardian.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _decided(request: HttpRequest, found: Guardian) -> None:
    what = request.POST.get("do", "")
    if what == "agree":
        domain.agree(guardian=found)
        messages.success(request, _("Thank you. The account can be used now."))
    elif what == "refuse":
        domain.refuse(guardian=found)
        messages.success(request, _("The account will be erased."))
    elif what in ("show", "hide") and found.agreed_at and not found.ended_at:
        domain.allow_showing(minority=found.minority, is_allowed=what == "show")
        messages.success(request, _("That is changed."))


def _crumbs() -> list[tuple[str, str]]:
    return [(_("My account"), reverse("me")), (_("Your age"), "")]
