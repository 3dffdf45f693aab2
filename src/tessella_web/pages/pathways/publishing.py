"""Publishing a rule, and ending one: asked once more, with what it says and what changed."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella_web.catalogue.pathways import domain, drafting, queries
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.pathways.common import crumbs, mends, own
from tessella_web.pages.pathways.words import differences, sentences

__all__ = ["discard", "publish", "withdraw"]


class WithdrawForm(forms.Form):
    """From which day, and why."""

    from_day = forms.DateField(
        label=gettext_lazy("From which day is it not in force any more?"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("What was decided before stays as it is."),
    )  # fmt: skip
    because = forms.CharField(
        label=gettext_lazy("Why?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who comes to the page reads it."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Read it once more, with what changed since the last version, and publish."""
    organisation = workspace(request, slug, "rule.publish")
    pathway = own(organisation, id)
    if request.method == "POST":
        seen = request.POST.get("revision", "")
        try:
            made = domain.publish(by=person_of(request), pathway=pathway, revision=int(seen) if seen.isdigit() and len(seen) < 10 else None)  # fmt: skip
        except NotAllowedError:
            raise
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("pathway-draft", slug, id)
        messages.success(request, _("Published. Everybody can read it now."))
        return redirect("pathway-version", id, made.number)
    last = queries.versions(pathway).first()
    return render(request, "pages/pathways/publish.html", {
        "organisation": organisation,
        "pathway": pathway,
        "sentences": sentences(pathway),
        "mends": mends(pathway, drafting.problems_of(pathway.draft)),
        "last": last,
        "number": last.number + 1 if last else 1,
        "changes": differences(last.rule, drafting.as_rule(pathway.draft)) if last else None,
        "crumbs": crumbs(organisation, (pathway, reverse("pathway-draft", args=[slug, id])), (_("Publish"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, slug: str, id: str, number: int) -> HttpResponse:
    """Ask once more, then end a version."""
    organisation = workspace(request, slug, "rule.publish")
    pathway = own(organisation, id)
    found = queries.version_at(pathway, number)
    if found is None:
        raise Http404
    form = WithdrawForm(request.POST or None, initial={"from_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            domain.withdraw(
                by=person_of(request), version=found, from_day=given["from_day"], because=given["because"]
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Withdrawn."))
            return redirect("pathway-draft", slug, id)
    return render(request, "ui/confirm.html", {
        "title": _("Withdraw version %(number)s of “%(title)s”?") % {"number": number, "title": found.title},
        "text": _("From that day on nobody can meet it. An earlier version that has not ended is in force again."),
        "consequences": [_("The page stays, and says since when and why."), _("What was decided before stays.")],
        "action": _("Withdraw"), "cancel_url": reverse("pathway-draft", args=[slug, id]), "danger": True, "form": form,
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask once more, then delete what was never published."""
    organisation = workspace(request, slug, "rule.edit")
    pathway = own(organisation, id)
    if request.method == "POST":
        try:
            domain.discard(by=person_of(request), pathway=pathway)
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("pathway-draft", slug, id)
        messages.success(request, _("Discarded."))
        return redirect("own-pathways", slug)
    return render(request, "ui/confirm.html", {
        "title": _("Discard “%(title)s”?") % {"title": pathway},
        "text": _("It was never published. Nothing of it is kept."),
        "action": _("Discard"), "cancel_url": reverse("pathway-draft", args=[slug, id]), "danger": True,
    })  # fmt: skip
