"""Quality review: what waits, the checklist, comments, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tessella_web.accounts.peers.queries import is_peer
from tessella_web.accounts.permissions import may
from tessella_web.catalogue import domain, queries
from tessella_web.catalogue.changes import compare, sections_of
from tessella_web.catalogue.checklist import checklist, edition_for
from tessella_web.catalogue.consultation.queries import consultations_of
from tessella_web.catalogue.models import Comment, QualityReview
from tessella_web.common.errors import DomainError, NotAllowedError
from tessella_web.pages.access import person_of, workspace
from tessella_web.pages.describe.access import place_of
from tessella_web.pages.quality.forms import ChangesForm, ChecklistForm, CommentForm, DecisionForm, ReplyForm

__all__ = ["changes", "comment", "decide", "listing", "reply", "review", "section", "take_back"]


@login_required
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for a decision, then what was decided."""
    organisation = workspace(request, slug, "description.view")
    return render(request, "pages/quality/listing.html", {
        "organisation": organisation,
        "reviews": queries.reviews_waiting(organisation),
        "questions": len(checklist(edition_for(organisation)).questions),
    })  # fmt: skip


@login_required
@require_GET
def review(request: HttpRequest, id: str) -> HttpResponse:
    """What is reviewed in plain words, what was answered, what was said, how it was decided."""
    return _page(request, _visible(request, id))


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, id: str, name: str) -> HttpResponse:
    """One section of the checklist."""
    found = _visible(request, id)
    sections = checklist(found.checklist).asked_sections
    place = next((n for n, one in enumerate(sections) if one.id == name), None)
    if place is None:
        raise Http404
    domain.require_to_review(by=person_of(request), review=found)
    own = {one.question: one for one in found.answers.filter(person=person_of(request))}
    initial = {f"answer-{key}": one.standing for key, one in own.items()}
    initial |= {f"remark-{key}": one.remark for key, one in own.items()}
    form = ChecklistForm(request.POST or None, section=sections[place], initial=initial)
    if request.method == "POST" and form.is_valid():
        domain.answer_section(review=found, by=person_of(request), answers=form.answers())
        if place + 1 < len(sections):
            return redirect("review-section", found.id, sections[place + 1].id)
        return redirect("review", found.id)
    return render(request, "pages/quality/section.html", {
        "review": found, "place": found.description.organisation, "section": sections[place], "number": place + 1, "sections": sections, "form": form,
        "about": _about(found, sections[place].asked),
    })  # fmt: skip


@login_required
@require_POST
def comment(request: HttpRequest, id: str) -> HttpResponse:
    """Say something."""
    found = _visible(request, id)
    form = CommentForm(request.POST)
    if form.is_valid() and _done(form, lambda: domain.comment(
        review=found, by=person_of(request), text=form.cleaned_data["text"], element=form.cleaned_data["element"])):  # fmt: skip
        messages.success(request, _("Your comment is there."))
        return redirect("review", found.id)
    return _page(request, found, comment_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, id: str, comment_id: str) -> HttpResponse:
    """Answer a comment."""
    found = _visible(request, id)
    about = Comment.objects.filter(review=found, pk=comment_id).select_related("person").first()
    if about is None:
        raise Http404
    domain.require_to_submit(by=person_of(request), description=found.description)
    form = ReplyForm(request.POST or None, initial={"reply": about.reply})
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.reply(
        comment=about, by=person_of(request), text=form.cleaned_data["reply"])):  # fmt: skip
        messages.success(request, _("Answered."))
        return redirect("review", found.id)
    return render(
        request,
        "pages/quality/reply.html",
        {"review": found, "comment": about, "form": form, "place": found.description.organisation},
    )


@login_required
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, id: str) -> HttpResponse:
    """Ask the authors for changes."""
    found = _visible(request, id)
    domain.require_to_review(by=person_of(request), review=found)
    form = ChangesForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.ask_for_changes(
        review=found, by=person_of(request), text=form.cleaned_data["evidence"])):  # fmt: skip
        messages.success(request, _("The authors see what you ask for."))
        return redirect("review", found.id)
    context = {"review": found, "place": found.description.organisation, "form": form, "title": _("Ask for changes"), "action": _("Ask for these changes"),
               "text": _("This round ends. The authors work on it and hand it in again.")}  # fmt: skip
    return render(request, "pages/quality/decide.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, id: str) -> HttpResponse:
    """Approve or not."""
    found = _visible(request, id)
    domain.require_to_review(by=person_of(request), review=found)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, lambda: domain.decide(
        review=found, by=person_of(request), approve=form.cleaned_data["decision"] == "approve",
        evidence=form.cleaned_data["evidence"], without_learner=form.cleaned_data["without_learner"])):  # fmt: skip
        messages.success(request, _("Your decision is recorded."))
        return redirect("review", found.id)
    context = {"review": found, "place": found.description.organisation, "form": form, "title": _("Decide"), "action": _("Record the decision"),
               "text": _("Your name and role stay with the decision inside the organisation; in public only the role is shown.")}  # fmt: skip
    return render(request, "pages/quality/decide.html", context)


@login_required
@require_POST
def take_back(request: HttpRequest, id: str) -> HttpResponse:
    """The authors want it back."""
    found = _visible(request, id)
    domain.take_back(review=found, by=person_of(request))
    messages.success(request, _("Taken back. You can change it again."))
    return redirect("description", found.description_id)


def _visible(request: HttpRequest, id: str) -> QualityReview:
    """The review, for people of the organisation and of partners in the description, and for a peer who was asked."""
    found = queries.review_with_everything(id)
    if found is None:
        raise Http404
    places = (found.description.organisation, *found.description.partners.all())
    inside = any(may(request.user, one, "description.view", found.description.id) for one in places)
    if not inside and not is_peer(request.user, f"review:{found.id}"):
        raise Http404
    return found


def _done(form: forms.Form, verb: Any) -> bool:
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


def _page(
    request: HttpRequest, found: QualityReview, *, comment_form: CommentForm | None = None
) -> HttpResponse:
    organisation = found.description.organisation
    answers = queries.answers_by_question(found)
    last = queries.current_version(found.description_id)
    person, asked = person_of(request), checklist(found.checklist)
    return render(request, "pages/quality/review.html", {
        "review": found,
        "place": place_of(request, found.description),
        "content": sections_of(found.content),
        "consultations": consultations_of(found.description),
        "changes": compare(last.whole, found.content) if last and found.is_open else (),
        "sections": [
            (one, [(question, answers.get(question.id, [])) for question in one.asked]) for one in asked.asked_sections
        ],
        "answered": len(answers),
        "total": len(asked.questions),
        "checklist": asked,
        "comment_form": comment_form or CommentForm(),
        "may_comment": found.is_open
        and (may(person, organisation, "quality.comment") or is_peer(person, f"review:{found.id}")),
        "may_ask_outside": found.is_open and may(person, organisation, "peer.ask"),
        "may_review": found.is_open and domain.may_review(by=person, review=found),
        "may_reply": may(person, organisation, "description.submit"),
    })  # fmt: skip


def _about(found: QualityReview, questions: Any) -> list[Any]:
    """The rows of the content that the questions of a section are about."""
    wanted = {name for question in questions for name in question.elements}
    rows = {row.element: row for section in sections_of(found.content) for row in section.rows}
    return [rows[name] for element in sorted(wanted) if (name := _ROWS.get(element, element)) in rows]


_ROWS = {"levels": "level", "assessments": "assessment"}
"""By field of the record the row of the plain words, where they differ."""
