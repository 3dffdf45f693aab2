"""How an organisation decides on stacks: the grace period, and what each pathway leads to."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.pathways.models import Pathway, PathwayState
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.stacking.common import staff_crumbs
from tessella_web.recognition.stacking import domain, queries
from tessella_web.recognition.stacking.domain.setting import MOST_GRACE_DAYS
from tessella_web.recognition.stacking.models import PathwayAward, StackingRules


class RulesForm(forms.Form):
    """The grace period; a field for each pathway is added."""

    grace_days = forms.IntegerField(
        label=gettext_lazy("Days to decide after a part of an award has fallen"), min_value=1, max_value=MOST_GRACE_DAYS,
        help_text=gettext_lazy("Then the decision is overdue, and you are reminded. The award stays as it is until one of you decides."),
    )  # fmt: skip

    def offer(self, pathways: Sequence[Pathway], descriptions: Sequence[tuple[str, str]]) -> None:
        """Ask for each pathway what it leads to."""
        for one in pathways:
            self.fields[f"award-{one.id}"] = forms.ChoiceField(
                label=_("“%(title)s” leads to") % {"title": one}, required=False,
                choices=[("", _("Nothing yet")), *descriptions],
            )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The grace period, and what each published pathway leads to."""
    organisation = workspace(request, slug, "organisation.manage")
    pathways = list(
        Pathway.objects.filter(organisation=organisation, state=PathwayState.PUBLISHED).order_by(
            "title", "pk"
        )
    )
    descriptions = {one.id: one for one in queries.publishable(organisation)}
    chosen = dict(PathwayAward.objects.filter(pathway__in=pathways).values_list("pathway", "description"))
    initial = {f"award-{id}": description for id, description in chosen.items()}
    form = RulesForm(
        request.POST or None, initial={"grace_days": StackingRules.of(organisation).grace_days, **initial}
    )
    form.offer(pathways, [(one.id, str(one)) for one in descriptions.values()])
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_rules(
                by=person_of(request), organisation=organisation, grace_days=form.cleaned_data["grace_days"]
            )
            for one in pathways:
                wanted = form.cleaned_data[f"award-{one.id}"]
                if wanted != chosen.get(one.id, ""):
                    domain.set_award(by=person_of(request), pathway=one, description=descriptions.get(wanted))
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Kept."))
            return redirect("stacking", slug)
    return render(
        request, "pages/stacking/rules.html", _context(organisation, form, bool(pathways), bool(descriptions))
    )


def _context(
    organisation: Organisation, form: forms.Form, has_pathways: bool, has_published: bool
) -> dict[str, object]:
    return {
        "organisation": organisation, "form": form, "has_pathways": has_pathways, "has_published": has_published,
        "crumbs": staff_crumbs(organisation, (_("How we decide on stacks"), "")),
    }  # fmt: skip
