"""Who takes part in an offer: the list, one person, and coming onto it."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.letters.queries import undelivered
from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue.offers.domain import NEXT
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.offers.models import State as OfferState
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, Evidence, State, Upload, UploadKind
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.describe.forms import language_choices
from tessella_web.pages.offers.views import crumbs, offer_of
from tessella_web.pages.offers.words import dates_of, verdict_of

__all__ = [
    "PersonForm", "add", "blank", "decide", "details", "enrolment_of", "evidence", "listing", "need", "show", "upload",
    "uploaded", "way",
]  # fmt: skip

PEOPLE_A_PAGE = 50

_STATE_ACTIONS = {
    OfferState.OPEN: gettext_lazy("Open it"),
    OfferState.PLANNED: gettext_lazy("Back to planning"),
    OfferState.CLOSED: gettext_lazy("Close it"),
    OfferState.CANCELLED: gettext_lazy("Cancel it"),
}


class PersonForm(forms.Form):
    """A person as a certificate names them."""

    given_name = forms.CharField(label=gettext_lazy("Given names"), required=False, max_length=200)
    family_name = forms.CharField(
        label=gettext_lazy("Family name"), required=False, max_length=200,
        help_text=gettext_lazy("People with one name have it in one of the two fields."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), required=False,
        help_text=gettext_lazy("With it the person sees where it stands, and gets the award."),
    )  # fmt: skip
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )  # fmt: skip
    student_id = forms.CharField(label=gettext_lazy("Student number"), required=False, max_length=120)
    language = forms.ChoiceField(label=gettext_lazy("Language of mails"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """A class list."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("An .xlsx or .csv file with one person in each row. You see first what would happen."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=gettext_lazy("The person reads it. Needed when you decline."),
    )  # fmt: skip


class NeedForm(forms.Form):
    """What somebody needs in assessment."""

    accommodations = forms.CharField(
        label=gettext_lazy("What the person needs in assessment"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "short"}),
        help_text=gettext_lazy("Read by the person, coordinators and assessors. It never gets into a credential, a mail or a log."),
    )  # fmt: skip


@login_required
@require_safe
def listing(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The offer as staff sees it, and who takes part."""
    organisation = workspace(request, slug, "participant.view")
    offer = offer_of(organisation, id)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()[:80]
    if state not in State.values:
        state = ""
    people = Paginator(queries.participants(offer, state=state, words=words), PEOPLE_A_PAGE)
    page = people.get_page(request.GET.get("page"))
    said = queries.current_records(list(page))
    required = domain.required_of(offer)
    counts = queries.counts(offer)
    may_edit = may(request.user, organisation, "offer.edit")
    base = reverse("participants", args=[slug, id])
    return render(request, "pages/offers/participants.html", {
        "organisation": organisation, "offer": offer, "when": dates_of(offer), "verdict": verdict_of(offer),
        "page": page,
        "rows": [(one, said.get(one.id), progress(required, said.get(one.id))) for one in page],
        "tabs": [
            {"label": _("Everybody (%(count)s)") % {"count": sum(counts.values())}, "url": base, "current": not state},
            *(
                {"label": f"{State(name).label} ({count})", "url": f"{base}?state={name}", "current": state == name}
                for name, count in counts.items()
            ),
        ],
        "state": state, "words": words, "counts": counts,
        "ways": [(one.value, _STATE_ACTIONS[one]) for one in OfferState if one in NEXT[OfferState(offer.state)]],
        "may_edit": may_edit,
        "may_manage": may(request.user, organisation, "participant.manage"),
        "may_record": may(request.user, organisation, "outcome.record"),
        "may_award": may(request.user, organisation, "batch.prepare"),
        "waiting": len(domain.to_award(offer)),
        "crumbs": crumbs(organisation, (str(offer), "")),
    })  # fmt: skip


def progress(required: dict[str, str], said: Any) -> str:
    """How far somebody's assessment is, in words."""
    if said is None:
        return ""
    reached = sum(said.standings.get(id) == "achieved" for id in required)
    return _("%(reached)s of %(all)s outcomes") % {"reached": reached, "all": len(required)}


def way(organisation: Organisation, offer: Offer, title: Any) -> list[tuple[Any, str]]:
    """The way to a page below the offer."""
    return crumbs(
        organisation, (str(offer), reverse("participants", args=[organisation.slug, offer.id])), (title, "")
    )


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Write down one person."""
    organisation = workspace(request, slug, "participant.manage")
    offer = offer_of(organisation, id)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.list_person(by=person_of(request), offer=offer, details=form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("On the list."))
            return redirect("participants", slug, id)
    title = _("Add a person")
    return render(request, "pages/award/form.html", {
        "title": title, "form": form, "action": _("Add"), "cancel_url": reverse("participants", args=[slug, id]),
        "crumbs": way(organisation, offer, title),
    })  # fmt: skip


@login_required
@require_safe
def blank(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """An empty list with the headings that are understood."""
    offer_of(workspace(request, slug, "participant.manage"), id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="participants.csv"'
    response.write("\ufeff")
    csv.writer(response).writerow(
        ["Given name", "Family name", "E-mail", "Date of birth", "Language", "Student identifier"]
    )
    return response


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Upload who takes part; the answer is a dry run."""
    organisation = workspace(request, slug, "participant.manage")
    offer = offer_of(organisation, id)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = domain.check_people(
                by=person_of(request), offer=offer, file_name=file.name, data=file.read(domain.MAX_UPLOAD_BYTES + 1)
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("offer-upload", slug, found.id)
    title = _("List people from a spreadsheet")
    return render(request, "pages/offers/upload.html", {
        "title": title, "form": form, "offer": offer, "organisation": organisation,
        "sheet_url": reverse("participants-blank", args=[slug, id]), "sheet": _("Get an empty list with the right headings"),
        "crumbs": way(organisation, offer, title),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def uploaded(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The dry run of a spreadsheet of one's own: take it over, or give it up."""
    organisation = workspace(request, slug, "organisation.view")
    found = get_object_or_404(
        Upload.objects.select_related("offer__organisation", "offer__version"),
        pk=id, offer__organisation=organisation, by=person_of(request),
    )  # fmt: skip
    is_people = found.kind == UploadKind.PEOPLE
    require(request.user, organisation, "participant.manage" if is_people else "outcome.record")
    offer = found.offer
    if request.method == "POST":
        if request.POST.get("do") == "take":
            done, problems = domain.take_over(by=person_of(request), upload=found)
            messages.success(request, _("%(count)s rows taken over.") % {"count": done})
            for one in problems[:20]:
                messages.warning(request, _("Row %(row)s: %(message)s") % one)
        else:
            domain.give_up(by=person_of(request), upload=found)
        return redirect("participants" if is_people else "class-grid", slug, offer.id)
    title = _("Who would be listed") if is_people else _("What would be recorded")
    return render(request, "pages/offers/uploaded.html", {
        "title": title, "upload": found, "offer": offer, "organisation": organisation, "is_people": is_people,
        "again_url": reverse("participants-upload" if is_people else "results-upload", args=[slug, offer.id]),
        "page": Paginator(found.rows, PEOPLE_A_PAGE).get_page(request.GET.get("page")),
        "problems": found.problems[:500], "more": max(len(found.problems) - 500, 0),
        "crumbs": way(organisation, offer, title),
    })  # fmt: skip


def enrolment_of(organisation: Organisation, id: str) -> Enrolment:
    """The organisation's enrolment, or nothing is there."""
    found = queries.enrolment_at(organisation, id)
    if found is None:
        raise Http404
    return found


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One person: where they are, what they handed in, what was recorded."""
    organisation = workspace(request, slug, "participant.view")
    one = enrolment_of(organisation, id)
    may_need = may(request.user, organisation, "accommodation.view")
    may_manage = may(request.user, organisation, "participant.manage")
    outcomes = domain.outcome_titles(one.offer.version.record())
    return render(request, "pages/offers/participant.html", {
        "organisation": organisation, "one": one, "offer": one.offer,
        "history": [(said, domain.told(said, outcomes)) for said in queries.history_of(one)],
        "reason": ReasonForm() if may_manage and one.state in (State.APPLIED, State.DECLINED) else None,
        "need": NeedForm(initial={"accommodations": one.accommodations}) if may_need else None,
        "may_manage": may_manage,
        "came_back": undelivered("decision", [one.id]).get(one.id, ""),
        "may_record": may(request.user, organisation, "outcome.record") and one.takes_part and not one.award,
        "crumbs": way(organisation, one.offer, one.name),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Correct a name or an address."""
    organisation = workspace(request, slug, "participant.manage")
    one = enrolment_of(organisation, id)
    form = PersonForm(request.POST or None, initial={name: getattr(one, name) for name in domain.DETAILS})
    if request.method == "POST" and form.is_valid():
        try:
            domain.change_details(by=person_of(request), enrolment=one, details=form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("participant", slug, id)
    title = _("Correct the details")
    return render(request, "pages/award/form.html", {
        "title": title, "form": form, "action": _("Save"), "cancel_url": reverse("participant", args=[slug, id]),
        "crumbs": way(organisation, one.offer, title),
    })  # fmt: skip


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Accept, decline, or take somebody off the list."""
    organisation = workspace(request, slug, "participant.manage")
    one, reason = enrolment_of(organisation, id), request.POST.get("reason", "")
    person = person_of(request)
    try:
        match request.POST.get("do"):
            case "accept":
                domain.accept(by=person, enrolment=one, reason=reason)
            case "decline":
                domain.decline(by=person, enrolment=one, reason=reason)
            case "withdraw":
                domain.withdraw(by=person, enrolment=one)
            case _other:
                raise Http404
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("Done."))
    return redirect("participant", slug, id)


@login_required
@require_POST
def need(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Write down what somebody needs in assessment."""
    organisation = workspace(request, slug, "accommodation.view")
    one = enrolment_of(organisation, id)
    form = NeedForm(request.POST)
    if form.is_valid():
        domain.note_accommodations(
            by=person_of(request), enrolment=one, text=form.cleaned_data["accommodations"]
        )
        messages.success(request, _("Saved."))
    return redirect("participant", slug, id)


@login_required
@require_safe
def evidence(request: HttpRequest, id: str) -> FileResponse:
    """A file that somebody handed in: for the person and for staff of the offer."""
    piece = get_object_or_404(
        Evidence.objects.select_related("enrolment__organisation").exclude(file=""), pk=id
    )
    person = person_of(request)
    if not (
        domain.is_own(person, piece.enrolment)
        or may(person, piece.enrolment.organisation, "participant.view")
    ):
        raise Http404
    response = FileResponse(
        default_storage.open(piece.file),
        content_type=piece.media_type,
        as_attachment=True,
        filename=piece.file_name,
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
