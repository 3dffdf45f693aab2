"""Public comment: what everybody sees, and what the authors do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tessella_web.catalogue.changes import sections_of
from tessella_web.catalogue.consultation import domain, queries
from tessella_web.catalogue.consultation.models import Audience, Consultation, PublicComment
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import DomainError, NotAllowedError
from tessella_web.pages.access import person_of
from tessella_web.pages.consultation.forms import (
    TRAP,
    AnswerForm,
    CloseForm,
    HideForm,
    OpenForm,
    PublicCommentForm,
)
from tessella_web.pages.describe.access import place_of, visible_description

__all__ = ["answer", "close", "hide", "manage", "public", "public_list", "rounds"]


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Drafts that everybody is asked about."""
    found = queries.open_to_everybody(timezone.now().date())
    return render(request, "pages/consultation/list.html", {"rounds": found})


@require_http_methods(["GET", "POST"])
def public(request: HttpRequest, id: str) -> HttpResponse:
    """The draft, the question, what was said and answered; a form as long as it is open."""
    found = queries.consultation_with_comments(id)
    if found is None:
        raise Http404
    consultation, comments = found
    takes = consultation.takes_comments(timezone.now().date())
    form = PublicCommentForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _done(form, lambda: _commented(request, consultation, form))
    ):
        messages.success(request, _("Thank you. Your comment is there; the authors will answer it here."))
        return redirect("consultation", consultation.id)
    answer = render(request, "pages/consultation/public.html", {
        "consultation": consultation,
        "sections": [one for one in sections_of(consultation.content) if any(row.stated for row in one.rows)],
        "comments": comments,
        "takes": takes,
        "form": form if takes else None,
        "trap": TRAP,
    })  # fmt: skip
    if consultation.audience == Audience.LINK:
        answer["X-Robots-Tag"] = "noindex"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def rounds(request: HttpRequest, id: str) -> HttpResponse:
    """The rounds of a description, and opening one."""
    description = visible_description(request, id)
    domain.require_to_manage(by=person_of(request), description=description)
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened: list[Consultation] = []
        if _done(form, lambda: opened.append(domain.open_consultation(
            description=description, by=person_of(request), **form.cleaned_data))):  # fmt: skip
            messages.success(request, _("Open for comment. Send people the address below."))
            return redirect("consultation-manage", description.id, opened[0].id)
    found = queries.consultations_of(description)
    return render(request, "pages/consultation/rounds.html", {
        "description": description, "place": place_of(request, description), "rounds": found, "form": form,
        "is_open": any(one.closed_at is None for one in found),
    })  # fmt: skip


@login_required
@require_GET
def manage(request: HttpRequest, id: str, round_id: str) -> HttpResponse:
    """What was said in a round, with what the authors can do about each comment."""
    description, consultation, comments = _round(request, id, round_id)
    return render(request, "pages/consultation/manage.html", {
        "description": description, "place": place_of(request, description), "consultation": consultation, "comments": comments,
        "open_ones": sum(not one.answer and one.hidden_at is None for one in comments),
        "differs": consultation.digest != description.digest,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, id: str, round_id: str, comment_id: str) -> HttpResponse:
    """Answer a comment."""
    description, consultation, comments = _round(request, id, round_id)
    about = _comment(comments, comment_id)
    form = AnswerForm(request.POST or None, initial={"answer": about.answer})
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.answer(
        comment=about, by=person_of(request), text=form.cleaned_data["answer"])):  # fmt: skip
        messages.success(request, _("Answered."))
        return redirect("consultation-manage", description.id, consultation.id)
    return _form_page(
        request, description, consultation, form, title=_("Answer a comment"), action=_("Answer"), about=about
    )


@login_required
@require_http_methods(["GET", "POST"])
def hide(request: HttpRequest, id: str, round_id: str, comment_id: str) -> HttpResponse:
    """Take the words of a comment out of view."""
    description, consultation, comments = _round(request, id, round_id)
    about = _comment(comments, comment_id)
    form = HideForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.hide(
        comment=about, by=person_of(request), because=form.cleaned_data["because"])):  # fmt: skip
        messages.success(request, _("Hidden. In its place stands why."))
        return redirect("consultation-manage", description.id, consultation.id)
    return _form_page(
        request, description, consultation, form, title=_("Hide a comment"), action=_("Hide it"), about=about
    )


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, id: str, round_id: str) -> HttpResponse:
    """End a round."""
    description, consultation, _comments = _round(request, id, round_id)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.close(
        consultation=consultation, by=person_of(request), summary=form.cleaned_data["summary"])):  # fmt: skip
        messages.success(request, _("Closed. Reviewers see what was said."))
        return redirect("consultation-manage", description.id, consultation.id)
    return _form_page(
        request, description, consultation, form, title=_("Close the round"), action=_("Close it")
    )


def _commented(request: HttpRequest, consultation: Consultation, form: forms.Form) -> None:
    data = form.cleaned_data
    domain.comment(
        consultation=consultation, text=data["text"], element=data["element"], name=data["name"],
        may_show_name=data["may_show_name"], trap=data[TRAP], place=_place(request),
    )  # fmt: skip


def _place(request: HttpRequest) -> str:
    """Where a request comes from; a proxy on this machine says for whom it asks."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    passed_on = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    return passed_on if passed_on and direct in ("127.0.0.1", "::1", "") else direct


def _round(
    request: HttpRequest, id: str, round_id: str
) -> tuple[Description, Consultation, list[PublicComment]]:
    """A round of a description, for those who answer for it."""
    description = visible_description(request, id)
    domain.require_to_manage(by=person_of(request), description=description)
    found = queries.consultation_with_comments(round_id)
    if found is None or found[0].description_id != description.id:
        raise Http404
    return description, *found


def _comment(comments: Sequence[PublicComment], id: str) -> PublicComment:
    found = next((one for one in comments if one.id == id), None)
    if found is None:
        raise Http404
    return found


def _done(form: forms.Form, verb: Callable[[], Any]) -> bool:
    """Whether the verb was carried out; a refusal is shown at its field or on top."""
    try:
        verb()
    except NotAllowedError:
        raise
    except DomainError as error:
        form.add_error(
            error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip()
        )
        return False
    return True


def _form_page(
    request: HttpRequest, description: Description, consultation: Consultation, form: forms.Form, **words: Any
) -> HttpResponse:
    return render(request, "pages/consultation/form.html", {
        "description": description, "place": place_of(request, description), "consultation": consultation, "form": form, **words,
    })  # fmt: skip
