"""The checklist of an organisation: what is asked, and making an own edition of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.catalogue import domain, queries
from tessella_web.catalogue.checklist import Checklist, Question, checklist, edition_for, read_own
from tessella_web.catalogue.models import OwnChecklist
from tessella_web.common.errors import DomainError, NotAllowedError
from tessella_web.pages.access import person_of, workspace
from tessella_web.pages.quality.forms import LeaveOutForm, QuestionForm

__all__ = [
    "add",
    "adopt",
    "ask",
    "draft",
    "drop",
    "edition",
    "leave_out",
    "overview",
    "shipped",
    "start",
    "words",
]


@login_required
@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What is asked now, and the organisation's own editions."""
    organisation = workspace(request, slug, "description.view")
    return _edition_page(request, organisation, checklist(edition_for(organisation)), is_current=True)


@login_required
@require_GET
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """An own edition that is or was in use."""
    organisation = workspace(request, slug, "description.view")
    found = next(
        (one for one in queries.checklists_of(organisation) if one.number == number and number), None
    )
    if found is None:
        raise Http404
    return _edition_page(request, organisation, read_own(found), is_current=found.used_until is None)


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an own edition, or go on with the one that was begun."""
    domain.draft_checklist(by=person_of(request), organisation=workspace(request, slug, "description.view"))
    return redirect("checklist-draft", slug)


@login_required
@require_GET
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft with what can be done about each question."""
    organisation, found = _draft(request, slug)
    return render(
        request,
        "pages/quality/checklist-draft.html",
        {"organisation": organisation, "checklist": read_own(found)},
    )


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """One more question."""
    organisation, found = _draft(request, slug)
    part = next((one for one in read_own(found).sections if one.id == section), None)
    if part is None:
        raise Http404
    form = QuestionForm(request.POST or None)
    return _form(request, organisation, form, title=_("Add a question"), about=_(part.title), action=_("Add it"),
                 verb=lambda: domain.add_question(draft=found, by=person_of(request), section=section, **form.cleaned_data))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, slug: str, question: str) -> HttpResponse:
    """Other words for a question."""
    organisation, found = _draft(request, slug)
    one = _question(read_own(found), question)
    form = QuestionForm(
        request.POST or None, initial={"asks": _(one.asks), "look": _(one.look) if one.look else ""}
    )
    return _form(request, organisation, form, title=_("Word a question anew"), about=_(one.shipped or one.asks), action=_("Use these words"),
                 verb=lambda: domain.reword_question(draft=found, by=person_of(request), question=question, **form.cleaned_data))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def leave_out(request: HttpRequest, slug: str, question: str) -> HttpResponse:
    """Do not ask a question."""
    organisation, found = _draft(request, slug)
    one = _question(read_own(found), question)
    form = LeaveOutForm(request.POST or None)
    return _form(request, organisation, form, title=_("Leave a question out"), about=_(one.asks), action=_("Leave it out"),
                 verb=lambda: domain.do_not_ask(draft=found, by=person_of(request), question=question, **form.cleaned_data))  # fmt: skip


@login_required
@require_POST
def ask(request: HttpRequest, slug: str, question: str) -> HttpResponse:
    """Ask it again."""
    organisation, found = _draft(request, slug)
    _question(read_own(found), question)
    domain.ask_again(draft=found, by=person_of(request), question=question)
    return redirect("checklist-draft", organisation.slug)


@login_required
@require_POST
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the draft into use."""
    organisation, found = _draft(request, slug)
    domain.adopt_checklist(draft=found, by=person_of(request))
    messages.success(
        request, _("In use for reviews that begin from now on. Reviews that are open keep theirs.")
    )
    return redirect("checklist", organisation.slug)


@login_required
@require_POST
def drop(request: HttpRequest, slug: str) -> HttpResponse:
    """Forget the draft."""
    organisation, found = _draft(request, slug)
    domain.drop_draft(draft=found, by=person_of(request))
    messages.success(request, _("The draft is gone."))
    return redirect("checklist", organisation.slug)


@login_required
@require_POST
def shipped(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the shipped edition."""
    organisation = workspace(request, slug, "description.view")
    domain.return_to_shipped(by=person_of(request), organisation=organisation)
    messages.success(
        request, _("Reviews that begin from now on use the edition that comes with this software.")
    )
    return redirect("checklist", organisation.slug)


def _draft(request: HttpRequest, slug: str) -> tuple[Organisation, OwnChecklist]:
    organisation = workspace(request, slug, "description.view")
    domain.require_to_edit_checklist(by=person_of(request), organisation=organisation)
    found = next((one for one in queries.checklists_of(organisation) if one.is_draft), None)
    if found is None:
        raise Http404
    return organisation, found


def _question(found: Checklist, id: str) -> Question:
    one = next((one for section in found.sections for one in section.questions if one.id == id), None)
    if one is None:
        raise Http404
    return one


def _edition_page(
    request: HttpRequest, organisation: Organisation, found: Checklist, *, is_current: bool
) -> HttpResponse:
    return render(request, "pages/quality/checklist.html", {
        "organisation": organisation, "checklist": found, "is_current": is_current, "own": queries.checklists_of(organisation),
        "may_edit": may(request.user, organisation, "checklist.edit"),
    })  # fmt: skip


def _form(
    request: HttpRequest,
    organisation: Organisation,
    form: forms.Form,
    *,
    verb: Callable[[], Any],
    **shown: Any,
) -> HttpResponse:
    """A form about one question; a refusal is shown at its field or on top."""
    if request.method == "POST" and form.is_valid():
        try:
            verb()
            return redirect("checklist-draft", organisation.slug)
        except NotAllowedError:
            raise
        except DomainError as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip()
            )
    return render(
        request, "pages/quality/checklist-form.html", {"organisation": organisation, "form": form, **shown}
    )
