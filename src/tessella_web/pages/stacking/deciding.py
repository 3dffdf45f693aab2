"""The organisation's inbox of cases: what the rule says today, what is not known, the decision."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.pathways.queries import in_force, of_organisation
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain.assessed import assessors_of, needs_assessment
from tessella_web.credentials.domain.sealers import choices
from tessella_web.credentials.receiving.queries import open_policy
from tessella_web.credentials.wallet.models import Share
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.stacking.common import proof_file, staff_crumbs
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.shown import body, file_of, private
from tessella_web.recognition.stacking import domain, queries
from tessella_web.recognition.stacking.domain.common import CAPABILITY, is_live, require_decider
from tessella_web.recognition.stacking.domain.deciding import Awarding, award_of, usual_formats
from tessella_web.recognition.stacking.evaluating import Assessment, PartNow, assess, read_kept
from tessella_web.recognition.stacking.models import Case, CaseState
from tessella_web.recognition.stacking.stated import FIELDS, SAME, VERIFIED, YES
from tessella_web.ui.forms import ChoiceCards, MultipleChoiceCards

PER_PAGE = 50

OPENED = "cases-opened"
"""The session's list of cases whose evidence was opened in it: turning a page is not another look."""


class RequestForm(forms.Form):
    """What the learner is asked for."""

    text = forms.CharField(
        label=gettext_lazy("What you need from the learner"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("They get a mail, and can answer in words or hand in further credentials."),
    )  # fmt: skip


class StateForm(forms.Form):
    """What the decider establishes about a credential."""

    field = forms.ChoiceField(
        label=gettext_lazy("What is stated"), choices=[(name, one.title) for name, one in FIELDS.items()]
    )
    value = forms.CharField(
        label=gettext_lazy("What it is"), max_length=300,
        help_text=gettext_lazy("Numbers as numbers, days as 2026-05-04, yes or no; several things with a semicolon between them."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("How you know"), max_length=500,
        help_text=gettext_lazy("The document, the page or the person. It is kept with the case."),
    )  # fmt: skip


class ConditionForm(forms.Form):
    """Whether a condition in words is met."""

    value = forms.ChoiceField(
        label=gettext_lazy("Is it met?"),
        choices=[(YES, gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(label=gettext_lazy("How you know"), max_length=500)


class DecideForm(forms.Form):
    """The decision, its reasons, and how the award is made."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=[
            ("granted", gettext_lazy("Granted: the rule is met")),
            ("discretion", gettext_lazy("Granted by discretion")),
            ("declined", gettext_lazy("Not granted")),
        ],
        widget=ChoiceCards(
            explanations={
                "granted": gettext_lazy("Every requirement is met on this day, and every condition in words."),
                "discretion": gettext_lazy("You grant it although the rule is not met. It is recorded and shown as your discretion, never as met."),
                "declined": gettext_lazy("The learner reads the reasons, and can ask again later."),
            }
        ),
    )  # fmt: skip
    reasons = forms.CharField(
        label=gettext_lazy("Your reasons"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The learner reads them: in plain words, with what they rest on."),
    )  # fmt: skip
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("With discretion: what the award stands on"),
        required=False,
        widget=MultipleChoiceCards,
    )
    assessed_by = forms.ChoiceField(
        label=gettext_lazy("Assessor who found that the outcomes are achieved"), required=False,
        help_text=gettext_lazy("A micro-credential is awarded on the word of an assessor."),
    )  # fmt: skip
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("How it is sealed"), required=False, widget=MultipleChoiceCards
    )


@login_required
@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    organisation = workspace(request, slug, CAPABILITY)
    state = request.GET.get("state", "")
    page = Paginator(queries.inbox(organisation, state), PER_PAGE).get_page(request.GET.get("page"))
    return private(render(request, "pages/stacking/inbox.html", {
        "organisation": organisation, "page": page, "state": state, "states": CaseState.choices,
        "fallen": list(queries.fallen(organisation)[:PER_PAGE]), "now": timezone.now(),
        "has_pathways": of_organisation(organisation).exists(),
        "takes": open_policy(slug) is not None, "may_set": may(request.user, organisation, "organisation.manage"),
        "crumbs": [*staff_crumbs(organisation)[:1], (_("Decisions on stacks"), "")],
    }))  # fmt: skip


@login_required
@require_safe
def one(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One case: while it is open with the answer of today, afterwards with that of the decision."""
    organisation, case = _case(request, slug, id)
    error, found = None, None
    if is_live(case):
        try:
            found = assess(case, languages=languages())
        except RefusedError as refused:
            error = refused
    return private(render(request, "pages/stacking/case.html", {
        "organisation": organisation, "case": case, "found": found, "error": error,
        "answer": found.answer if found else read_kept(case.decided),
        "asked": read_kept(case.asked),
        "rows": [_row(one, found) for one in found.parts] if found else [],
        "parts": [] if found else list(case.parts.all()),
        "questions": [(one, SAME.get(one.data, one.data)) for one in found.answer.questions] if found else [],
        "conditions": [(f"condition-{number}", one) for number, one in enumerate(found.conditions, 1)] if found else [],
        "statements": list(case.statements.select_related("part", "by")),
        "requests": list(case.requests.select_related("by")),
        "fallen": list(case.cascades.select_related("part", "decided_by")),
        "is_own": case.learner_id == person_of(request).id,
        "crumbs": staff_crumbs(organisation, (case.version.award, "")),
    }))  # fmt: skip


def _row(one: PartNow, found: Assessment) -> dict[str, Any]:
    """What a part does in the answer of today."""
    counted = next((c for c in found.answer.counted if c.item == one.part.id), None)
    groups = {group.id: group for group in found.version.rule.all_groups}
    places = [
        (slot.title or slot.id, groups[filled.group].title or filled.group)
        for filled in found.answer.filled
        for slot in groups[filled.group].slots
        if filled.item == one.item.name and slot.id == filled.place
    ]
    return {
        "one": one,
        "counted": counted,
        "places": places,
        "kept_out": [out for out in found.answer.cannot_count if out.item == one.part.id],
        "is_spare": counted is None and one.item.name in found.answer.left_over,
    }


@login_required
@require_safe
def evidence(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """What was handed in, as its learner saw it before sending it; the learner's log says that it was read."""
    organisation, case = _case(request, slug, id)
    shares = _shares(case)
    if id not in request.session.get(OPENED, []):
        domain.note_reading(by=person_of(request), case=case)
        request.session[OPENED] = [*request.session.get(OPENED, []), id]
    several: list[dict[str, Any]] = []
    number = 0
    for share in shares:
        several.append(body(share, functools.partial(_file_address, slug, id, number)))
        number += len(several[-1]["pieces"])
    return private(render(request, "pages/stacking/evidence.html", {
        "organisation": organisation, "case": case, "several": several,
        "crumbs": staff_crumbs(organisation, (case.version.award, reverse("stacking-case", args=[slug, id])), (_("What was handed in"), "")),
    }))  # fmt: skip


def _file_address(slug: str, id: str, before: int, number: int) -> str:
    """Of a file of one share, counted through all of them."""
    return reverse("stacking-file", args=[slug, id, before + number])


def _shares(case: Case) -> Sequence[Share]:
    return list(Share.objects.filter(files__stacked__case=case).distinct().order_by("sent_at"))


@login_required
@require_safe
def file(request: HttpRequest, slug: str, id: str, number: int) -> HttpResponse:
    """A file of what was handed in, counted through."""
    _organisation, case = _case(request, slug, id)
    for share in _shares(case):
        files = share.files.count()
        if number <= files:
            return private(file_of(share, number))
        number -= files
    raise Http404


@login_required
@require_http_methods(["GET", "POST"])
def request_(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask the learner for something."""
    organisation, case = _deciders_case(request, slug, id)
    form = RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.request(by=person_of(request), case=case, text=form.cleaned_data["text"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The learner is asked. The case waits for the answer."))
            return redirect("stacking-case", slug, id)
    return _form(request, organisation, case, form, _("Ask the learner"), _("Ask"))


@login_required
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, slug: str, id: str, about: str) -> HttpResponse:
    """Establish what a credential does not say, or whether a condition in words is met."""
    organisation, case = _deciders_case(request, slug, id)
    part = case.parts.filter(pk=about).first()
    condition = dict(_conditions(case)).get(about, "")
    if part is None and not condition:
        raise Http404
    asked = SAME.get(request.GET.get("field", ""), request.GET.get("field", ""))
    form: forms.Form = (
        StateForm(request.POST or None, initial={"field": asked or VERIFIED})
        if part
        else ConditionForm(request.POST or None)
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            domain.state(
                by=person_of(request), case=case, part=part, field=values.get("field", condition), value=values["value"],
                source=values["source"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("It is kept with the case, with your name and the source."))
            return redirect("stacking-case", slug, id)
    title = (
        _("State what you know about “%(title)s”") % {"title": part.title}
        if part
        else _("Is this condition met?")
    )
    return _form(request, organisation, case, form, title, _("Keep it"), text="" if part else condition)


def _conditions(case: Case) -> Sequence[tuple[str, str]]:
    """Of the rule by which it is decided today, as addresses name them."""
    version = in_force(case.pathway, on=timezone.localdate()) or case.version
    return [(f"condition-{number}", text) for number, text in enumerate(version.rule.also, 1)]


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Decide, with what follows from it."""
    organisation, case = _deciders_case(request, slug, id)
    version, lacking = _larger(case)
    form = DecideForm(request.POST or None, initial={"formats": usual_formats(version) if version else []})
    _fill(form, case, version)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            domain.decide(
                by=person_of(request), case=case, decision=values["decision"], reasons=values["reasons"], languages=languages(),
                parts=values.get("parts", ()),
                awarding=Awarding(formats=values.get("formats", ()), assessed_by=values.get("assessed_by", "")),
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("It is decided, and the learner is told."))
            return redirect("stacking-case", slug, id)
    found = None
    try:
        found = assess(case, languages=languages())
    except RefusedError as error:
        lacking = lacking or error
    return private(render(request, "pages/stacking/decide.html", {
        "organisation": organisation, "case": case, "form": form, "found": found, "larger": version, "lacking": lacking,
        "crumbs": staff_crumbs(organisation, (case.version.award, reverse("stacking-case", args=[slug, id])), (_("Decide"), "")),
    }))  # fmt: skip


def _larger(case: Case) -> tuple[Version | None, RefusedError | None]:
    try:
        return award_of(case), None
    except RefusedError as error:
        return None, error


def _fill(form: DecideForm, case: Case, version: Version | None) -> None:
    """Offer what there is to choose; what does not matter is not asked."""
    form.fields["parts"].choices = [(one.id, one.title) for one in case.parts.filter(replaced_at=None)]  # type: ignore[attr-defined]
    if version is None or not needs_assessment(version):
        del form.fields["assessed_by"]
    else:
        people = [(one.email, one.name) for one in assessors_of(version.organisation).values()]
        form.fields["assessed_by"].choices = [("", _("I am the assessor")), *people]  # type: ignore[attr-defined]
    if version is None:
        del form.fields["formats"]
    else:
        possible = [one for one in choices(version) if not one.reason]
        form.fields["formats"].choices = [(one.name, one.title) for one in possible]  # type: ignore[attr-defined]
        form.fields["formats"].widget.explanations = {one.name: one.explanation for one in possible}


@login_required
@require_safe
def proof(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The sealed proof of a decision."""
    return proof_file(_case(request, slug, id)[1])


def _case(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, Case]:
    organisation = workspace(request, slug, CAPABILITY)
    found = queries.case_of(organisation, id)
    if found is None:
        raise Http404
    return organisation, found


def _deciders_case(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, Case]:
    """A case that the person may change: not their own."""
    organisation, case = _case(request, slug, id)
    require_decider(person_of(request), case)
    return organisation, case


def _form(
    request: HttpRequest,
    organisation: Organisation,
    case: Case,
    form: forms.Form,
    title: str,
    action: str,
    **more: Any,
) -> HttpResponse:
    return private(render(request, "pages/stacking/form.html", {
        "organisation": organisation, "case": case, "form": form, "title": title, "action": action,
        "crumbs": staff_crumbs(organisation, (case.version.award, reverse("stacking-case", args=[organisation.slug, case.id])), (title, "")),
        **more,
    }))  # fmt: skip
