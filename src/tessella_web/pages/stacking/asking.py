"""The learner asks an organisation for its decision, and follows what becomes of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Person
from tessella_web.catalogue.pathways import queries as pathways
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving.queries import open_policy
from tessella_web.credentials.wallet.counting import Known, Towards, countable, part_of, towards
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.credentials.wallet.models import Share
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.stacking.common import proof_file, wallet_crumbs
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.shown import body, private
from tessella_web.recognition.stacking import domain, queries
from tessella_web.recognition.stacking.evaluating import read_kept
from tessella_web.recognition.stacking.helping import ways_out
from tessella_web.recognition.stacking.models import Case
from tessella_web.ui.forms import MultipleChoiceCards

USUAL_DAYS = 180
"""How long evidence is kept when nobody says otherwise: a board meets twice a year."""


class ChooseForm(forms.Form):
    """What is asked on, and how long it is kept."""

    keys = forms.MultipleChoiceField(
        label=gettext_lazy("What you hand in"), widget=MultipleChoiceCards,
        help_text=gettext_lazy("What the rule counts is ticked. More does no harm, but they need no more than counts."),
    )  # fmt: skip
    keep_days = forms.IntegerField(
        label=gettext_lazy("Days they keep it"), min_value=1,
        help_text=gettext_lazy("Then it is deleted here by itself. What an award stands on they keep for as long as they keep the award."),
    )  # fmt: skip

    def offer(self, entries: list[Entry], answer: Towards | None) -> None:
        """Have the entries chosen from, each with what it does for the rule."""
        _offer(self, entries, answer)


class AskForm(forms.Form):
    """In whose name, and what else they should know."""

    name = forms.CharField(
        label=gettext_lazy("Your name, as it shall stand on the award"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    message = forms.CharField(
        label=gettext_lazy("Anything they should know"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class AddForm(forms.Form):
    """An answer, further credentials, or both."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    keys = forms.MultipleChoiceField(
        label=gettext_lazy("Further credentials"), required=False, widget=MultipleChoiceCards,
        help_text=gettext_lazy("They see each as it is, without your address, numbers and date of birth where its form can leave those out."),
    )  # fmt: skip


def _offer(form: forms.Form, entries: list[Entry], answer: Towards | None) -> None:
    field = form.fields["keys"]
    field.choices = [(one.key, one.title) for one in entries]  # type: ignore[attr-defined]
    field.widget.explanations = {one.key: _does(one, answer) for one in entries}


def _does(entry: Entry, answer: Towards | None) -> str:
    """What an entry does for the rule, in a sentence."""
    part = part_of(entry, answer) if answer else None
    words = {
        "counts": _("Counts."),
        "kept-out": part.why if part else "",
        "asked": part.why if part else "",
        "spare": _("Would count, and is not needed."),
    }
    said = words.get(part.does, "") if part else ""
    return " · ".join(filter(None, [entry.issuer, said or _("Makes no difference to this rule.")]))


@login_required
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, id: str) -> HttpResponse:
    """Choose what is handed in; then it is looked at before it is sent."""
    person, version = person_of(request), _version(id)
    entries = [one for one in entries_of(person, languages()) if countable(one) is not None]
    answer = next(
        iter(towards(entries, on=timezone.localdate(), among=[Known(version.id, version.rule, version)])),
        None,
    )
    policy = open_policy(version.pathway.organisation.slug)
    form = ChooseForm(
        request.POST or None, initial=_first(answer, policy.most_days if policy else USUAL_DAYS)
    )
    form.offer(entries, answer)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.prepare(by=person, version=version, languages=languages(), **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("stacking-look", version.id, made.id)
    return render(request, "pages/stacking/choose.html", {
        "version": version, "organisation": version.pathway.organisation, "form": form, "entries": entries, "policy": policy, "answer": answer,
        "sentences": Known(version.id, version.rule, version).sentences, "also": version.rule.also,
        "open_case": queries.has_open_case(person, version.pathway_id),
        "is_in_force": _is_in_force(version),
        "crumbs": wallet_crumbs((_("Ask for a decision"), "")),
    })  # fmt: skip


def _first(answer: Towards | None, most_days: int) -> dict[str, Any]:
    counted = [one.item for one in answer.answer.counted] if answer else []
    return {"keys": counted, "keep_days": min(USUAL_DAYS, most_days)}


@login_required
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, id: str, share: str) -> HttpResponse:
    """This is what they will see; sending it makes the case."""
    person, version = person_of(request), _version(id)
    found = get_object_or_404(
        Share.objects.select_related("organisation"), pk=share, holder=person, sent_at=None
    )
    if found.organisation_id != version.pathway.organisation_id:
        raise Http404
    form = AskForm(request.POST or None, initial={"name": person.name})
    if request.method == "POST" and form.is_valid():
        try:
            case = domain.ask(
                by=person, version=version, share=found, languages=languages(), **form.cleaned_data
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _("%(name)s has it. You are told by mail when they ask something or have decided.")
                % {"name": found.recipient},
            )
            return redirect("stacking-mine", case.id)
    context = body(found, lambda number: reverse("wallet-share-file", args=[found.id, number]))
    context |= {
        "form": form, "version": version, "organisation": found.organisation,
        "crumbs": wallet_crumbs((_("Ask for a decision"), reverse("stacking-ask", args=[id])), (_("This is what they will see"), "")),
    }  # fmt: skip
    return private(render(request, "pages/stacking/look.html", context))


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What was asked, and what became of it."""
    return render(request, "pages/stacking/mine.html", {
        "cases": list(queries.cases_of(person_of(request))),
        "crumbs": [(_("Wallet"), reverse("wallet")), (_("Your cases"), "")],
    })  # fmt: skip


@login_required
@require_safe
def one(request: HttpRequest, id: str) -> HttpResponse:
    """One case, as its learner sees it."""
    person, case = person_of(request), _own(request, id)
    fallen = list(case.cascades.select_related("part").order_by("-due_at"))
    open_ones = [found for found in fallen if found.state == "open"]
    return private(render(request, "pages/stacking/one.html", {
        "case": case,
        "answer": read_kept(case.decided or case.asked),
        "parts": list(case.parts.all()),
        "requests": list(case.requests.all()),
        "fallen": fallen,
        "help": ways_out(case, person, languages()) if open_ones else None,
        "may_add": case.is_open or bool(open_ones),
        "crumbs": wallet_crumbs((case.version.award, "")),
    }))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, id: str) -> HttpResponse:
    """Answer, and hand in something more."""
    person, case = person_of(request), _own(request, id)
    entries = _others(case, person)
    form = AddForm(request.POST or None, initial={"keys": request.GET.getlist("key")})
    answer = next(
        iter(
            towards(
                entries,
                on=timezone.localdate(),
                among=[Known(case.version.id, case.version.rule, case.version)],
            )
        ),
        None,
    )
    _offer(form, entries, answer)
    if request.method == "POST" and form.is_valid():
        try:
            domain.add(by=person, case=case, languages=languages(), **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s has it.") % {"name": case.organisation.name})
            return redirect("stacking-mine", id)
    return render(request, "pages/stacking/add.html", {
        "case": case, "form": form, "waiting": case.requests.filter(answered_at=None),
        "crumbs": wallet_crumbs((case.version.award, reverse("stacking-mine", args=[id])), (_("Answer or add something"), "")),
    })  # fmt: skip


def _others(case: Case, person: Person) -> list[Entry]:
    """What the wallet holds beside what the case has already."""
    there = set(case.parts.filter(shared__isnull=False).values_list("shared__key", flat=True))
    return [
        found
        for found in entries_of(person, languages())
        if countable(found) is not None and found.key not in there
    ]


@login_required
@require_POST
def withdraw(request: HttpRequest, id: str) -> HttpResponse:
    """Ask no more."""
    case = _own(request, id)
    try:
        domain.withdraw(by=person_of(request), case=case)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("You ask no more. What you handed in for it is deleted."))
    return redirect("stacking-mine", id)


@login_required
@require_safe
def proof(request: HttpRequest, id: str) -> HttpResponse:
    """The proof, for whoever has the award."""
    return proof_file(_own(request, id))


def _version(id: str) -> PathwayVersion:
    found = pathways.version(id)
    if found is None:
        raise Http404
    return found


def _is_in_force(version: PathwayVersion) -> bool:
    found = pathways.in_force(version.pathway, on=timezone.localdate())
    return found is not None and found.pk == version.pk


def _own(request: HttpRequest, id: str) -> Case:
    found = Case.objects.select_related(
        "organisation", "pathway", "version", "decided_version", "award", "batch"
    )
    return get_object_or_404(found, pk=id, learner=person_of(request))
