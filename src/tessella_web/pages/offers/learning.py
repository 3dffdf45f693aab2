"""What learners do themselves: enrol, apply with evidence, see where it stands, withdraw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.catalogue.offers import queries as offers
from tessella_web.catalogue.offers.models import Entry
from tessella_web.common.errors import DomainError, RefusedError
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, State
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.offers.words import dates_of

__all__ = ["add_evidence", "enrol", "mine", "need", "show", "withdraw"]


class EnrolForm(forms.Form):
    """A place, under the name that a certificate would carry."""

    given_name = forms.CharField(label=gettext_lazy("Given names"), required=False, max_length=200)
    family_name = forms.CharField(
        label=gettext_lazy("Family name"), required=False, max_length=200,
        help_text=gettext_lazy("As it should stand on a certificate. People with one name write it in one of the two fields."),
    )  # fmt: skip
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Only if it should stand in the credential: some employers compare it."),
    )  # fmt: skip
    motivation = forms.CharField(
        label=gettext_lazy("Your application"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Why you apply and what you bring. You add papers and links on the next page."),
    )  # fmt: skip
    accommodations = forms.CharField(
        label=gettext_lazy("What do you need in assessment?"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("More time, large print, a quiet room … Read by coordinators and assessors only; it never gets into a credential or a mail."),
    )  # fmt: skip

    def __init__(self, *args: Any, is_application: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_application:
            del self.fields["motivation"]


class EvidenceForm(forms.Form):
    """A piece of evidence."""

    text = forms.CharField(
        label=gettext_lazy("In words"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "class": "short"})
    )  # fmt: skip
    link = forms.CharField(label=gettext_lazy("A link"), required=False, max_length=500)
    file = forms.FileField(
        label=gettext_lazy("A file"), required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, up to 5 MB. Only the provider's staff can open it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )  # fmt: skip


class OwnNeedForm(forms.Form):
    """What I need in assessment."""

    accommodations = forms.CharField(
        label=gettext_lazy("What do you need in assessment?"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("Read by coordinators and assessors only; it never gets into a credential or a mail."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, id: str) -> HttpResponse:
    """Take a place, or apply."""
    offer = offers.offer_at(id)
    if offer is None:
        raise Http404
    person, is_application = person_of(request), offer.entry == Entry.APPLICATION
    if not offer.takes_people(timezone.now().date()):
        messages.error(request, _("Nobody can enrol here now."))
        return redirect("offer", id)
    given, _space, family = person.name.rpartition(" ")
    initial = {"given_name": given or family, "family_name": family if given else ""}
    form = EnrolForm(request.POST or None, initial=initial, is_application=is_application)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        motivation, accommodations = values.pop("motivation", ""), values.pop("accommodations")
        try:
            made = domain.enrol(
                by=person, offer=offer, details=values, motivation=motivation, accommodations=accommodations
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            done = (
                _("Your application has arrived. Add papers and links below.")
                if is_application
                else _("You are enrolled.")
            )
            messages.success(request, done)
            return redirect("my-enrolment", made.id)
    title = (_("Apply for “%(title)s”") if is_application else _("Enrol for “%(title)s”")) % {
        "title": offer.version.title
    }
    return render(request, "pages/offers/enrol.html", {
        "offer": offer, "form": form, "title": title, "is_application": is_application, "when": dates_of(offer),
    })  # fmt: skip


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything somebody takes or took part in."""
    found = queries.own_enrolments(person_of(request))
    return render(request, "pages/offers/mine.html", {"rows": [(one, dates_of(one.offer)) for one in found]})


@login_required
@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    """Where it stands, what I handed in, what was found."""
    one = _own(request, id)
    last = queries.current_records([one]).get(one.id)
    outcomes = domain.outcome_titles(one.offer.version.record())
    return render(request, "pages/offers/my-enrolment.html", {
        "one": one, "offer": one.offer, "when": dates_of(one.offer),
        "evidence_form": EvidenceForm() if one.state == State.APPLIED else None,
        "need": OwnNeedForm(initial={"accommodations": one.accommodations}) if _is_going_on(one) else None,
        "may_withdraw": _is_going_on(one) and not one.is_being_awarded,
        "last": last, "told": domain.told(last, outcomes) if last else [],
    })  # fmt: skip


@login_required
@require_POST
def add_evidence(request: HttpRequest, id: str) -> HttpResponse:
    """Hand in a piece."""
    one = _own(request, id)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            domain.add_evidence(
                by=person_of(request), enrolment=one, text=form.cleaned_data["text"], link=form.cleaned_data["link"],
                file_name=file.name if file else "", data=file.read(domain.MAX_EVIDENCE_BYTES + 1) if file else None,
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Handed in."))
            return redirect("my-enrolment", id)
    return render(request, "pages/offers/my-enrolment.html", {
        "one": one, "offer": one.offer, "when": dates_of(one.offer), "evidence_form": form, "need": None,
    }, status=422)  # fmt: skip


@login_required
@require_POST
def need(request: HttpRequest, id: str) -> HttpResponse:
    """Say what I need in assessment."""
    one, form = _own(request, id), OwnNeedForm(request.POST)
    if form.is_valid():
        domain.note_accommodations(
            by=person_of(request), enrolment=one, text=form.cleaned_data["accommodations"]
        )
        messages.success(request, _("Saved."))
    return redirect("my-enrolment", id)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """Ask once more, then give the place up."""
    one = _own(request, id)
    if request.method == "POST":
        try:
            domain.withdraw(by=person_of(request), enrolment=one)
            messages.success(request, _("You have withdrawn."))
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
        return redirect("my-enrolment", id)
    return render(request, "ui/confirm.html", {
        "title": _("Withdraw from “%(title)s”?") % {"title": one.offer.version.title},
        "text": _("Your place goes to somebody else."), "action": _("Withdraw"), "danger": True,
        "consequences": [_("What was recorded of you stays with the provider."), _("You can come back as long as people can enrol.")],
        "cancel_url": redirect("my-enrolment", id).url,
    })  # fmt: skip


def _is_going_on(one: Enrolment) -> bool:
    return one.award is None and (one.takes_part or one.state == State.APPLIED)


def _own(request: HttpRequest, id: str) -> Enrolment:
    found = queries.own_enrolment(person_of(request), id)
    if found is None:
        raise Http404
    return found
