"""Batches: choose what is awarded and to whom, look at the dry run, start, watch, take the files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.common.cells import in_csv
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.domain import assessed, awards, batches, scheduling, sealers
from tessella_web.credentials.models import Award, AwardingRules, Batch, RowState, Stage
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import ABOUT_SUSPENSION, crumbs
from tessella_web.ui.forms import MultipleChoiceCards

ROWS_A_PAGE = 100


class SealingForm(forms.Form):
    """How the awards are sealed."""

    formats = forms.MultipleChoiceField(
        label=gettext_lazy("Files for each learner"), widget=MultipleChoiceCards
    )
    is_suspendable = forms.BooleanField(
        label=gettext_lazy("These awards can be suspended"),
        required=False,
        help_text=ABOUT_SUSPENSION,
    )

    def __init__(self, *args: Any, choices: list[sealers.FormatChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["formats"]
        field.choices = [(one.name, one.title) for one in choices if not one.reason]  # type: ignore[attr-defined]
        field.widget.explanations = {one.name: one.explanation for one in choices}
        field.initial = [one.name for one in choices if one.is_usual and not one.reason]


class ListForm(SealingForm):
    """A class list."""

    file = forms.FileField(
        label=gettext_lazy("Class list"),
        help_text=gettext_lazy("An .xlsx or .csv file with one learner in each row, of up to 5,000 rows. Nothing is awarded yet: you see first what would happen."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip
    field_order = ("file", "formats", "is_suspendable")


class LearnerForm(SealingForm):
    """One learner."""

    given_name = forms.CharField(label=gettext_lazy("Given names"), required=False, max_length=200)
    family_name = forms.CharField(
        label=gettext_lazy("Family name"), required=False, max_length=200,
        help_text=gettext_lazy("People with one name have it in one of the two fields."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("The award is sent there."),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    student_id = forms.CharField(label=gettext_lazy("Student number"), required=False, max_length=120)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"), required=False, choices=[("", "–"), ("en", "English"), ("de", "Deutsch")]
    )  # fmt: skip
    grade = forms.CharField(label=gettext_lazy("Grade"), required=False, max_length=60)
    assessed_on = forms.DateField(
        label=gettext_lazy("Date of the assessment"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )  # fmt: skip
    supervision = forms.ChoiceField(label=gettext_lazy("How the assessment was supervised"), required=False)
    assessed_by = forms.ChoiceField(
        label=gettext_lazy("Who assessed this person"), required=False,
        help_text=gettext_lazy("An assessor of your organisation; kept for your colleagues, never printed."),
    )  # fmt: skip
    result = forms.BooleanField(
        label=gettext_lazy("The assessor found that this person achieves every required outcome"), required=False
    )  # fmt: skip
    field_order = (
        "given_name", "family_name", "email", "language", "birth_date", "student_id", "grade", "assessed_on",
        "supervision", "assessed_by", "result", "formats", "is_suspendable",
    )  # fmt: skip

    def __init__(self, *args: Any, version: Version, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assessors = assessed.assessors_of(version.organisation)
        by, how = self.fields["assessed_by"], self.fields["supervision"]
        how.choices = [("", "–"), *assessed.supervision_choices()]  # type: ignore[attr-defined]
        by.choices = [("", "–"), *((email, one.name) for email, one in assessors.items())]  # type: ignore[attr-defined]
        by.initial = person.email if person.email in assessors else ""
        if not assessed.needs_assessment(version):
            del self.fields["assessed_by"], self.fields["result"]

    def clean_result(self) -> str:
        """As a class list says it."""
        return "passed" if self.cleaned_data["result"] else ""


class RulesForm(forms.Form):
    """How an organisation awards, and how long it waits for those who do not answer."""

    approval_threshold = forms.IntegerField(
        label=gettext_lazy("Awards that one person may start alone"), min_value=0, max_value=5000,
        help_text=gettext_lazy("A batch of more awards is approved by somebody who did not prepare it."),
    )  # fmt: skip
    remind_after_days = forms.IntegerField(
        label=gettext_lazy("Days until a learner is reminded"), min_value=1, max_value=365,
        help_text=gettext_lazy("Whoever has not taken the award by then gets another mail with the same link."),
    )  # fmt: skip
    remind_at_most = forms.IntegerField(label=gettext_lazy("Reminders at most"), min_value=0, max_value=10)
    claim_days = forms.IntegerField(
        label=gettext_lazy("Days that a claim link works"), min_value=0, max_value=3650,
        help_text=gettext_lazy("Then you are told who has not taken the award, and can send new links. 0: for ever."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be awarded, and what was."""
    organisation = workspace(request, slug, "organisation.view")
    rules = AwardingRules.of(organisation)
    form = RulesForm(request.POST or None, initial=model_to_dict(rules))
    if request.method == "POST" and form.is_valid():
        batches.set_rules(by=person_of(request), organisation=organisation, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("awarding", slug)
    context = {
        "organisation": organisation,
        "versions": queries.awardable(organisation),
        "page": Paginator(queries.batches_of(organisation), 25).get_page(request.GET.get("page")),
        "may_prepare": may(request.user, organisation, "batch.prepare"),
        "may_keys": may(request.user, organisation, "key.manage"),
        "form": form if may(request.user, organisation, "organisation.manage") else None,
        "crumbs": [*crumbs(organisation)[:1], (_("Awards"), "")],
    }
    return render(request, "pages/award/overview.html", context)


@login_required
@require_safe
def blank_list(request: HttpRequest, slug: str) -> HttpResponse:
    """An empty class list with the headings that are understood."""
    workspace(request, slug, "batch.prepare")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="class-list.csv"'
    response.write("\ufeff")
    csv.writer(response).writerow(
        ["Given name", "Family name", "E-mail", "Date of birth", "Language", "Student identifier", "Grade", "Result", "Assessed on", "Assessed by", "Supervision"]
    )  # fmt: skip
    return response


@login_required
@require_http_methods(["GET", "POST"])
def from_list(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Upload a class list; the answer is its dry run."""

    def prepare(form: forms.Form, person: Person, found: Version) -> Batch:
        file = form.cleaned_data["file"]
        return batches.prepare_list(
            by=person, version=found, file_name=file.name, data=file.read(batches.MAX_UPLOAD_BYTES + 1),
            formats=form.cleaned_data["formats"], is_suspendable=form.cleaned_data["is_suspendable"],
        )  # fmt: skip

    return _prepared(request, slug, version, _list_form, _("Award to a class"), prepare)


@login_required
@require_http_methods(["GET", "POST"])
def for_learner(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Award to one person."""

    def prepare(form: forms.Form, person: Person, found: Version) -> Batch:
        values = dict(form.cleaned_data)
        formats, is_suspendable = values.pop("formats"), values.pop("is_suspendable")
        return batches.prepare_learner(
            by=person, version=found, values=values, formats=formats, is_suspendable=is_suspendable
        )

    return _prepared(request, slug, version, LearnerForm, _("Award to one person"), prepare)


def _list_form(*args: Any, version: Version, person: Person, **kwargs: Any) -> ListForm:
    return ListForm(*args, **kwargs)


def _prepared(
    request: HttpRequest,
    slug: str,
    version: str,
    form_class: Callable[..., SealingForm],
    title: str,
    prepare: Callable[[forms.Form, Person, Version], Batch],
) -> HttpResponse:
    organisation = workspace(request, slug, "batch.prepare")
    found = get_object_or_404(
        Version.objects.select_related("organisation"), pk=version, organisation=organisation
    )
    choices = sealers.choices(found)
    form = form_class(
        request.POST or None, request.FILES or None, choices=choices, version=found, person=person_of(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("batch", slug, prepare(form, person_of(request), found).id)
        except RefusedError as error:
            add_refusal(form, error)
    context = {
        "organisation": organisation, "version": found, "form": form, "title": title,
        "is_list": form_class is _list_form, "needs_assessment": assessed.needs_assessment(found), "left_out": [one for one in choices if one.reason],
        "may_keys": may(request.user, organisation, "key.manage"),
        "crumbs": crumbs(organisation, (title, "")),
    }  # fmt: skip
    return render(request, "pages/award/prepare.html", context)


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The dry run, the progress or the result: one page, by where the batch is."""
    organisation = workspace(request, slug, "batch.view")
    batch = _batch(slug, id)
    counts = queries.counts(batch)
    done, total = queries.progress(batch)
    may_approve = may(request.user, organisation, "batch.approve")
    title = {
        Stage.CHECKED: _("What would be awarded"),
        Stage.APPROVAL: _("Waiting for a second person"),
        Stage.SCHEDULED: _("These awards are planned"),
        Stage.SEALING: _("Awards are being sealed"),
        Stage.STOPPED: _("Sealing has stopped"),
        Stage.DONE: _("The awards are made"),
        Stage.CANCELLED: _("Cancelled"),
    }[Stage(batch.stage)]
    shown = queries.awards_of(batch) if batch.stage == Stage.DONE else Award.objects.none()
    problems = queries.rows_in(batch, RowState.PROBLEM, RowState.FAILED)
    context = {
        "organisation": organisation, "batch": batch, "counts": counts, "title": title,
        "done": done, "total": total, "percent": done * 100 // total if total else 0,
        "problems": Paginator(problems, ROWS_A_PAGE).get_page(request.GET.get("problems")),
        "page": Paginator(shown, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "is_running": batch.stage == Stage.SEALING,
        "pace": queries.pace(batch, timezone.now()) if batch.stage == Stage.SEALING else None,
        "follow_up": queries.follow_up(batch) if batch.stage == Stage.DONE else None,
        "may_approve": may_approve and batch.prepared_by_id != person_of(request).id,
        "is_own": batch.prepared_by_id == person_of(request).id,
        "may_ask_outside": may(request.user, organisation, "peer.ask"),
        "assessors": queries.assessors_in(batch),
        "size": queries.size_of(batch) if batch.stage == Stage.DONE else 0,
        "crumbs": crumbs(organisation, (batch.version.title, "")),
    }  # fmt: skip
    response = render(request, "pages/award/batch.html", context)
    if request.htmx and batch.stage != Stage.SEALING:  # type: ignore[attr-defined] # django-htmx
        response["HX-Refresh"] = "true"
    return response


_VERBS: dict[str, Callable[..., object]] = {
    "start": batches.start,
    "approve": batches.approve,
    "cancel": batches.cancel,
    "unschedule": scheduling.unschedule,
    "resend": awards.resend_ended,
}


@login_required
@require_POST
def act(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Start, approve or cancel; take its time back; send new links."""
    workspace(request, slug, "batch.view")
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        verb(by=person_of(request), batch=_batch(slug, id))
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("batch", slug, id)


@login_required
@require_safe
def files(request: HttpRequest, slug: str, id: str) -> StreamingHttpResponse:
    """All files of a batch as a ZIP."""
    workspace(request, slug, "batch.prepare")
    response = StreamingHttpResponse(queries.archive(_batch(slug, id)), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="awards.zip"'
    return response


@login_required
@require_safe
def problems(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Every problem cell as a table to work through."""
    workspace(request, slug, "batch.view")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("Row"), _("Column"), _("Problem"), _("What to do")])
    for row in queries.rows_in(_batch(slug, id), RowState.PROBLEM, RowState.FAILED):
        for one in row.problems:
            cells = [one["column"], one["message"], one["hint"]]
            writer.writerow([row.number, *(in_csv(cell) for cell in cells)])
    return response


def _batch(slug: str, id: str) -> Batch:
    return get_object_or_404(
        Batch.objects.select_related("organisation", "version", "prepared_by", "approved_by"),
        pk=id,
        organisation__slug=slug,
    )
