"""A part of an award has fallen: what it means by the rule, and the decision on the award."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award, AwardState
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.stacking.common import staff_crumbs
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.shown import private
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.domain.common import CAPABILITY, require_decider
from tessella_web.recognition.stacking.evaluating import Assessment, assess
from tessella_web.recognition.stacking.models import Cascade, CascadeState, Cause
from tessella_web.ui.forms import ChoiceCards

CHOICES = (
    ("keep", gettext_lazy("The award stays"), gettext_lazy("It rests on something else, or what fell does not matter for it.")),
    ("replace", gettext_lazy("Make the award anew without it"), gettext_lazy("The rule is evaluated again with what else was handed in; a new award with a new proof takes the place of this one.")),
    ("suspend", gettext_lazy("Suspend the award"), gettext_lazy("Until it is clear. Whoever checks it sees that.")),
    ("revoke", gettext_lazy("Take the award back"), gettext_lazy("For good. Whoever checks it sees that.")),
)  # fmt: skip
"""What can be decided, in words; the last three ask for roles of their own."""

NEEDED = {"replace": "award.correct", "suspend": "award.revoke", "revoke": "award.revoke"}


class FallenForm(forms.Form):
    """The decision on the award."""

    action = forms.ChoiceField(label=gettext_lazy("What becomes of the award"), widget=ChoiceCards)
    reason = forms.CharField(
        label=gettext_lazy("Your reasons"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The learner reads them: in plain words, with what they rest on."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """What fell, what the rule says without it, and the decision."""
    organisation = workspace(request, slug, CAPABILITY)
    related = (
        "part__own",
        "case__version",
        "case__award",
        "case__learner",
        "case__organisation",
        "case__pathway",
        "decided_by",
    )
    cascade = get_object_or_404(
        Cascade.objects.select_related(*related), pk=id, case__organisation=organisation
    )
    is_open = cascade.state == CascadeState.OPEN
    person = person_of(request)
    if request.method == "POST":
        require_decider(person, cascade.case)
    form = FallenForm(request.POST or None)
    offered = [one for one in CHOICES if _may(request, cascade.case.award, one[0])]
    form.fields["action"].choices = [(name, title) for name, title, _words in offered]  # type: ignore[attr-defined]
    form.fields["action"].widget.explanations = {name: words for name, _title, words in offered}
    if request.method == "POST" and form.is_valid():
        try:
            domain.decide_cascade(by=person, cascade=cascade, languages=languages(), **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("It is decided, and the learner is told."))
            return redirect("stacking-fallen", slug, id)
    found = _without(cascade) if is_open else None
    return private(render(request, "pages/stacking/fallen.html", {
        "organisation": organisation, "one": cascade, "case": cascade.case, "form": form if is_open else None, "found": found,
        "is_overdue": is_open and cascade.due_at <= timezone.now(),
        "is_own": cascade.case.learner_id == person.id,
        "lacks": [title for name, title, _words in CHOICES if (name, title, _words) not in offered],
        "crumbs": staff_crumbs(organisation, (_("Something has fallen"), "")),
    }))  # fmt: skip


def _may(request: HttpRequest, award: Award | None, action: str) -> bool:
    """Whether the person and the award allow it."""
    if action == "keep":
        return True
    if award is None or not may(request.user, award.organisation, NEEDED[action]):
        return False
    return action != "suspend" or (award.is_suspendable and award.state == AwardState.VALID)


def _without(cascade: Cascade) -> Assessment | None:
    open_ones = cascade.case.cascades.filter(state=CascadeState.OPEN).exclude(cause=Cause.BELOW)
    try:
        return assess(
            cascade.case,
            languages=languages(),
            without={cascade.part_id, *open_ones.values_list("part", flat=True)},
        )
    except RefusedError:
        return None
