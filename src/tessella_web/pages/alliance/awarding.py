"""Awarding together: hand a list to the members, see who has sealed, seal one's own part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.alliances import domain, queries
from tessella_web.credentials.alliances.models import JointBatch, Part, PartState
from tessella_web.credentials.domain import sealers
from tessella_web.credentials.domain.lists import MAX_UPLOAD_BYTES
from tessella_web.credentials.models import RowState, Stage
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import ABOUT_SUSPENSION, crumbs
from tessella_web.ui.forms import MultipleChoiceCards


class HandOutForm(forms.Form):
    """A class list for all members."""

    file = forms.FileField(
        label=gettext_lazy("Class list"),
        help_text=gettext_lazy("An .xlsx or .csv file with one learner in each row. Every member gets it, with the learners’ details, for its own approval and seal."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("Files for each learner, from each member"), widget=MultipleChoiceCards
    )
    is_suspendable = forms.BooleanField(
        label=gettext_lazy("These awards can be suspended"), required=False, help_text=ABOUT_SUSPENSION
    )

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = domain.possible_formats(version)
        titles = {one.name: one.title for one in sealers.general_choices(version.organisation)}
        field = self.fields["formats"]
        field.choices = [(name, titles.get(name, name)) for name in possible]  # type: ignore[attr-defined]
        field.widget.explanations = {
            name: _("Today: %(names)s") % {"names": ", ".join(members)}
            if members
            else _("No member has a key for it today.")
            for name, members in possible.items()
        }
        field.initial = [name for name in sealers.USUAL if possible.get(name)]


@login_required
@require_http_methods(["GET", "POST"])
def hand_out(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Give a class list to all members."""
    organisation = workspace(request, slug, "batch.prepare")
    found = get_object_or_404(
        Version.objects.select_related("organisation"), pk=version, organisation=organisation
    )
    form = HandOutForm(request.POST or None, request.FILES or None, version=found)
    problems: Any = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            joint = domain.hand_out(
                by=person_of(request), version=found, file_name=file.name,
                data=file.read(MAX_UPLOAD_BYTES + 1), formats=form.cleaned_data["formats"],
                is_suspendable=form.cleaned_data["is_suspendable"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
            problems = getattr(error, "rows", ())
        else:
            messages.success(
                request, _("The members have it. Each approves and seals its own part, in any order.")
            )
            return redirect("alliance-joint", slug, joint.id)
    back = reverse("alliances", args=[slug])
    context = {
        "organisation": organisation, "version": found, "form": form, "problems": problems,
        "members": queries.active_members(organisation),
        "crumbs": [*crumbs(organisation)[:1], (_("Alliances"), back), (_("Award together"), "")],
    }  # fmt: skip
    return render(request, "pages/alliance/hand-out.html", context)


@login_required
@require_safe
def joint(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Who has sealed, who is late, who declined: for the alliance."""
    organisation = workspace(request, slug, "batch.view")
    found = get_object_or_404(
        JointBatch.objects.select_related("version", "prepared_by"), pk=id, alliance=organisation
    )
    parts = list(queries.parts_of(found))
    context = {
        "organisation": organisation, "joint": found, "parts": [(one, *_stand(one)) for one in parts],
        "done": sum(one.batch.stage == Stage.DONE for one in parts),
        "crumbs": [*crumbs(organisation)[:1], (_("Alliances"), reverse("alliances", args=[slug])), (found.version.title, "")],
    }  # fmt: skip
    return render(request, "pages/alliance/joint.html", context)


def _stand(part: Part) -> tuple[str, str]:
    """Where a part is, as a verdict and in words."""
    if part.batch.stage == Stage.DONE:
        return "passed", _("Sealed")
    if part.batch.stage in (Stage.SEALING, Stage.SCHEDULED):
        return "indeterminate", _("Being sealed")
    if part.batch.stage == Stage.STOPPED:
        return "indeterminate", _("Stopped: the member has to look")
    if part.state == PartState.WAITING:
        return "indeterminate", _("Waiting for its seal")
    return "not_applicable", str(part.get_state_display())


class DeclineForm(forms.Form):
    """Why a member does not seal."""

    reason = forms.CharField(
        label=gettext_lazy("Why not"), required=False, max_length=300,
        help_text=gettext_lazy("Only if you decline. The alliance reads it."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A member's own part: look at it, approve it, or decline."""
    organisation = workspace(request, slug, "batch.approve" if request.method == "POST" else "batch.view")
    found = get_object_or_404(
        Part.objects.select_related("joint__alliance", "joint__version__organisation", "batch", "member", "decided_by"),
        pk=id, member=organisation,
    )  # fmt: skip
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") == "decline":
                domain.decline(by=person_of(request), part=found, reason=form.cleaned_data["reason"])
                messages.success(request, _("Declined. The other members are not held up."))
                return redirect("alliances", slug)
            domain.seal(by=person_of(request), part=found)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("batch", slug, found.batch_id)
    is_open = found.state == PartState.WAITING and found.batch.stage == Stage.APPROVAL
    choices = {one.name: one for one in sealers.choices(found.joint.version, organisation)}
    context = {
        "organisation": organisation, "part": found, "form": form, "is_open": is_open,
        "is_own": found.batch.prepared_by_id == person_of(request).id,
        "may_seal": is_open and may(request.user, organisation, "batch.approve"),
        "formats": [choices[name] for name in found.joint.formats if name in choices],
        "rows": found.batch.rows.filter(state=RowState.GOOD)[:500] if is_open else (),
        "others": [(one, *_stand(one)) for one in queries.parts_of(found.joint) if one.pk != found.pk],
        "crumbs": [*crumbs(organisation)[:1], (_("Alliances"), reverse("alliances", args=[slug])), (found.joint.version.title, "")],
    }  # fmt: skip
    return render(request, "pages/alliance/part.html", context)
