"""Tasks of an activity, and the works that were handed in for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.models import Activity, Evidence, Kind, Submission, SubmissionState
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.activities.common import activity_for, crumbs
from tessella_web.ui.forms import ChoiceCards, MultipleChoiceCards

__all__ = ["file", "new", "remove", "work"]


class TaskForm(forms.Form):
    """One task."""

    title = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What makes it good?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("So that people know before they begin, and you decide the same for everybody."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What can people hand in?"), choices=Evidence.choices, initial=[Evidence.TEXT],
        widget=MultipleChoiceCards,
    )  # fmt: skip
    is_required = forms.BooleanField(
        label=gettext_lazy("Everybody has to do it"), required=False, initial=True,
        help_text=gettext_lazy("The record is handed out when all such tasks are accepted."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What is said about a work."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What do you say?"), widget=ChoiceCards,
        choices=[
            (SubmissionState.ACCEPTED.value, gettext_lazy("It is good")),
            (SubmissionState.MORE.value, gettext_lazy("Something is missing")),
            (SubmissionState.DECLINED.value, gettext_lazy("It does not count")),
        ],
    )  # fmt: skip
    reply = forms.CharField(
        label=gettext_lazy("In your words"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The person reads it. Say what is missing, or why it does not count."),
    )  # fmt: skip


_VERBS = {
    SubmissionState.ACCEPTED.value: domain.accept,
    SubmissionState.MORE.value: domain.ask_for_more,
    SubmissionState.DECLINED.value: domain.not_accept,
}


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One more task."""
    organisation, activity = activity_for(request, slug, id)
    if activity.kind != Kind.TASKS:
        raise Http404
    form = TaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.add_task(by=person_of(request), activity=activity, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity", slug, id)
    return _form(request, organisation, activity, form, _("A task"), _("Add the task"))


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, id: str, task: str) -> HttpResponse:
    """Take a task away."""
    _organisation, activity = activity_for(request, slug, id)
    found = activity.tasks.filter(pk=task).select_related("activity__organisation").first()
    if found is None:
        raise Http404
    try:
        domain.remove_task(by=person_of(request), task=found)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("activity", slug, id)


@login_required
@require_http_methods(["GET", "POST"])
def work(request: HttpRequest, slug: str, id: str, work: str) -> HttpResponse:
    """What was handed in, and the answer to it."""
    organisation, activity = activity_for(request, slug, id)
    found = _work(activity, work)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb: Any = _VERBS[form.cleaned_data["answer"]]
            verb(by=person_of(request), submission=found, reply=form.cleaned_data["reply"])
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Said. Whoever gave an address has a mail."))
            return redirect("activity", slug, id)
    return render(request, "pages/activities/work.html", {
        "organisation": organisation, "activity": activity, "work": found, "task": found.task,
        "form": None if found.state == SubmissionState.ACCEPTED else form,
        "crumbs": crumbs(organisation, (activity.name, reverse("activity", args=[slug, id])), (found.task.title, "")),
    })  # fmt: skip


@login_required
@require_safe
def file(request: HttpRequest, slug: str, id: str, work: str) -> FileResponse:
    """The file that was handed in, to be saved and not shown: it is somebody else's."""
    _organisation, activity = activity_for(request, slug, id)
    found = _work(activity, work)
    if not found.file:
        raise Http404
    ending = found.file_type.rpartition("/")[2]
    response = FileResponse(default_storage.open(found.file), content_type=found.file_type)
    response["Content-Disposition"] = f'attachment; filename="work.{ending}"'
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _work(activity: Activity, id: str) -> Submission:
    found = queries.submission_at(id, activity)
    if found is None:
        raise Http404
    return found


def _form(
    request: HttpRequest,
    organisation: Organisation,
    activity: Activity,
    form: forms.Form,
    title: str,
    action: str,
) -> HttpResponse:
    back = reverse("activity", args=[organisation.slug, activity.id])
    return render(request, "pages/activities/form.html", {
        "title": title, "form": form, "action": action, "cancel_url": back,
        "crumbs": crumbs(organisation, (activity.name, back), (title, "")),
    })  # fmt: skip
