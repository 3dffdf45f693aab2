"""Recording what was achieved: one person, a class at once, a spreadsheet; and awarding those who achieved it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.permissions import may
from tessella_web.common.errors import DomainError, NotAllowedError, RefusedError
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, OutcomeRecord, Standing
from tessella_web.credentials.domain import sealers
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.batches import SealingForm
from tessella_web.pages.offers.participants import ListForm, enrolment_of, way
from tessella_web.pages.offers.views import offer_of

__all__ = ["award", "grid", "one_person", "results_sheet", "results_upload"]

PEOPLE_A_PAGE = 25
"""A class on one page of the grid: on a phone each person is a card of its own."""

_STANDINGS = [("", gettext_lazy("not assessed")), *Standing.choices]
_UNSAID = "none"
"""What a choice button sends for nothing: a button without a value is not chosen."""


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), **more
    )


class _HowForm(forms.Form):
    """When and how it was assessed."""

    assessed_on = _day(gettext_lazy("Day of the assessment"))
    supervision = forms.ChoiceField(label=gettext_lazy("How the assessment was supervised"), required=False)
    identity_check = forms.CharField(
        label=gettext_lazy("How identity was checked"), required=False, max_length=200,
        help_text=gettext_lazy("For example: identity card at the door, known for two years, student card on camera."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supervision"].choices = [("", "–"), *domain.supervision_choices()]  # type: ignore[attr-defined]


class RecordForm(_HowForm):
    """What an assessor found of one person; a field for each outcome."""

    grade = forms.CharField(label=gettext_lazy("Grade or result"), required=False, max_length=60)
    note = forms.CharField(
        label=gettext_lazy("On what evidence"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=gettext_lazy("What you saw and where the work is kept. For your colleagues; it gets into no credential."),
    )  # fmt: skip
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        outcomes: dict[str, str],
        required: dict[str, str],
        last: OutcomeRecord | None,
        **kwargs: Any,
    ) -> None:
        initial = {name: getattr(last, name) for name in domain.FIELDS} if last else {}
        initial["after"] = last.number if last else 0
        super().__init__(*args, initial=initial, **kwargs)
        for id, title in outcomes.items():
            self.fields[_name(id)] = forms.ChoiceField(
                label=title, choices=[(_UNSAID, _STANDINGS[0][1]), *Standing.choices], widget=forms.RadioSelect,
                initial=last.standings.get(id, _UNSAID) if last else _UNSAID,
                help_text="" if id in required else _("Nobody needs it for the award."),
            )  # fmt: skip
        self.fields["assessed_on"].required = True
        self._outcomes = outcomes
        self.order_fields([*map(_name, outcomes), *self.base_fields])

    def finding(self) -> domain.Finding:
        """What is found, for the domain."""
        found = self.cleaned_data
        return domain.Finding(
            standings={id: found[_name(id)].replace(_UNSAID, "") for id in self._outcomes},
            **{name: found[name] for name in domain.FIELDS},
        )


def _name(id: str) -> str:
    """The field of an outcome."""
    return f"outcome-{id}"


@login_required
@require_http_methods(["GET", "POST"])
def one_person(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Record what one person achieved."""
    organisation = workspace(request, slug, "outcome.record")
    one = enrolment_of(organisation, id)
    content = one.offer.version.record()
    outcomes, required = domain.outcome_titles(content), domain.required_of(one.offer)
    last = queries.current_records([one]).get(one.id)
    form = RecordForm(request.POST or None, outcomes=outcomes, required=required, last=last)
    if request.method == "POST" and form.is_valid():
        try:
            domain.record(
                by=person_of(request), enrolment=one, finding=form.finding(), after=form.cleaned_data["after"]
            )
        except RefusedError as error:
            if error.field in outcomes:
                error.field = _name(error.field)
            add_refusal(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("participant", slug, id)
    title = _("What %(name)s achieved") % {"name": one.name}
    return render(request, "pages/offers/record.html", {
        "organisation": organisation, "one": one, "offer": one.offer, "form": form, "title": title,
        "is_own": domain.is_own(person_of(request), one),
        "crumbs": way(organisation, one.offer, title),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def grid(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A class at once: what is changed is recorded, all of it or nothing."""
    organisation = workspace(request, slug, "outcome.record")
    offer = offer_of(organisation, id)
    person = person_of(request)
    page = Paginator(queries.to_assess(offer), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    people = list(page)
    said = queries.current_records(people)
    outcomes = domain.outcome_titles(offer.version.record())
    form = _HowForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        findings = [
            (one, found, after)
            for one in people
            if (found := _found(request, one, said.get(one.id), outcomes, form.cleaned_data)) is not None
            for after in [_number(request.POST.get(f"after-{one.id}"))]
        ]
        try:
            changed = domain.record_many(by=person, findings=findings)
        except NotAllowedError as error:
            form.add_error(None, f"{error.message} {error.hint}")
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Recorded of %(count)s people.") % {"count": len(changed)})
            return redirect(f"{reverse('class-grid', args=[slug, id])}?page={page.number}")
        status = 409
    title = _("What the class achieved")
    return render(request, "pages/offers/grid.html", {
        "organisation": organisation, "offer": offer, "title": title, "form": form, "page": page,
        "outcomes": [(id, text, id in domain.required_of(offer)) for id, text in outcomes.items()],
        "rows": [_row(request, one, said.get(one.id), outcomes, person) for one in people],
        "choices": _STANDINGS,
        "crumbs": way(organisation, offer, title),
    }, status=status)  # fmt: skip


def _row(
    request: HttpRequest, one: Enrolment, last: OutcomeRecord | None, outcomes: dict[str, str], person: Any
) -> dict[str, Any]:
    standings = last.standings if last else {}
    sent = request.POST if request.method == "POST" else {}
    is_locked = one.award is not None or one.is_being_awarded or domain.is_own(person, one)
    return {
        "one": one,
        "last": last,
        "after": last.number if last else 0,
        "is_locked": is_locked,
        "is_own": domain.is_own(person, one),
        "cells": [
            {
                "name": f"{one.id}-{id}", "title": title,
                "value": sent.get(f"{one.id}-{id}", standings.get(id, "")),
                "word": Standing(standings[id]).label if id in standings else _("not assessed"),
            }
            for id, title in outcomes.items()
        ],
        "grade": sent.get(f"grade-{one.id}", last.grade if last else ""),
    }  # fmt: skip


def _found(
    request: HttpRequest,
    one: Enrolment,
    last: OutcomeRecord | None,
    outcomes: dict[str, str],
    how: dict[str, Any],
) -> domain.Finding | None:
    """What was changed of one person; how it was assessed goes only to those of whom something was changed."""
    if f"after-{one.id}" not in request.POST:
        return None
    before = last.standings if last else {}
    sent = {id: request.POST.get(f"{one.id}-{id}", "") for id in outcomes}
    grade = request.POST.get(f"grade-{one.id}", "").strip()
    if sent == {id: before.get(id, "") for id in outcomes} and grade == (last.grade if last else ""):
        return None
    return domain.Finding(
        standings=sent,
        grade=grade,
        assessed_on=how["assessed_on"],
        supervision=how["supervision"] or None,
        identity_check=how["identity_check"] or None,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


@login_required
@require_safe
def results_sheet(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The spreadsheet to fill in, with what is recorded."""
    offer = offer_of(workspace(request, slug, "outcome.record"), id)
    response = HttpResponse(
        domain.results_sheet(by=person_of(request), offer=offer),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = 'attachment; filename="results.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def results_upload(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Upload the filled-in spreadsheet; the answer is a dry run."""
    organisation = workspace(request, slug, "outcome.record")
    offer = offer_of(organisation, id)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = domain.check_results(
                by=person_of(request), offer=offer, file_name=file.name, data=file.read(domain.MAX_UPLOAD_BYTES + 1)
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("offer-upload", slug, found.id)
    title = _("Record from a spreadsheet")
    return render(request, "pages/offers/upload.html", {
        "title": title, "form": form, "offer": offer, "organisation": organisation,
        "sheet_url": reverse("results-sheet", args=[slug, id]),
        "sheet": _("Get the spreadsheet with everybody who takes part and every outcome"),
        "crumbs": way(organisation, offer, title),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def award(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Everybody who achieved it: choose the files, look at the dry run."""
    organisation = workspace(request, slug, "batch.prepare")
    offer = offer_of(organisation, id)
    choices = sealers.choices(offer.version)
    form = SealingForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            batch = domain.award_achieved(by=person_of(request), offer=offer, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("batch", slug, batch.id)
    title = _("Award everybody who achieved it")
    return render(request, "pages/offers/award.html", {
        "organisation": organisation, "offer": offer, "form": form, "title": title,
        "people": [one for one, _said in domain.to_award(offer)],
        "can_seal": bool(form.fields["formats"].choices),  # type: ignore[attr-defined]
        "may_keys": may(request.user, organisation, "key.manage"),
        "crumbs": way(organisation, offer, title),
    })  # fmt: skip
