"""What learners handed in to an organisation: the inbox, one thing in it, and what the organisation promises."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.receiving.queries import policy_of
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.models import Share
from tessella_web.credentials.wallet.queries import received_by
from tessella_web.pages.organisation.common import add_refusal, crumbs, person_of, workspace
from tessella_web.pages.wallet.shown import as_pdf, body, file_of, private

OPENED = "received-opened"
"""The session's list of what was opened in it: turning a page is not another look."""

PER_PAGE = 50


class PolicyForm(forms.Form):
    """What learners read before they hand something in."""

    is_open = forms.BooleanField(
        label=gettext_lazy("Take certificates here"), required=False,
        help_text=gettext_lazy("Then learners find you when they want to hand something in."),
    )  # fmt: skip
    purposes = forms.CharField(
        label=gettext_lazy("What for"), max_length=300,
        help_text=gettext_lazy("Such as: recognition of prior learning, admission, applications for a job."),
    )  # fmt: skip
    most_days = forms.IntegerField(
        label=gettext_lazy("Days you keep them at most"), min_value=1, max_value=receiving.MOST_DAYS,
        help_text=gettext_lazy("Learners choose as many or fewer. Then it is deleted here by itself."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("What you do with them"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Who reads them, on what legal ground, what you keep of them and why."),
    )  # fmt: skip
    contact = forms.CharField(label=gettext_lazy("Whom to ask"), max_length=200)


@login_required
@require_safe
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """What was handed in and is still kept, the latest first."""
    organisation = workspace(request, slug, "shared.read")
    page = Paginator(received_by(organisation, timezone.now()), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "pages/organisation/received.html", {
        "organisation": organisation,
        "page": page,
        "policy": policy_of(organisation),
        "may_manage": may(request.user, organisation, "shared.manage"),
        "crumbs": crumbs(organisation, (_("Handed in"), "")),
    })  # fmt: skip


@login_required
@require_safe
def one(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """One thing that was handed in: as its holder saw it before sending it, and what was frozen with it."""
    organisation, found = _received(request, slug, id)
    if id not in request.session.get(OPENED, []):
        domain.note_reading(by=person_of(request), share=found)
        request.session[OPENED] = [*request.session.get(OPENED, []), id]
    context = body(found, lambda number: reverse("received-file", args=[slug, id, number]))
    context |= {
        "organisation": organisation,
        "frozen": [_frozen(piece["one"]) for piece in context["pieces"] if piece["one"].quality],
        "pdf": reverse("received-pdf", args=[slug, id]) if found.may_keep else "",
        "crumbs": crumbs(organisation, (_("Handed in"), reverse("received", args=[slug])), (_title(found), "")),
        "title": _title(found),
    }  # fmt: skip
    return private(render(request, "pages/organisation/received-one.html", context))


def _title(share: Share) -> str:
    return _("Handed in by %(name)s") % {"name": share.shown_as} if share.shown_as else _("Handed in")


_STATES = {
    "yes": gettext_lazy("quality-assured on the day of the award"),
    "no": gettext_lazy("not quality-assured on the day of the award"),
    "no-data": gettext_lazy("no data"),
}


def _frozen(shown: Any) -> dict[str, Any]:
    """What registers said when it was handed in."""
    answer = shown.quality.get("answer") or {}
    return {
        "title": shown.facts.get("title", ""),
        "sha256": shown.sha256,
        "body": shown.quality.get("body", ""),
        "state": _STATES.get(answer.get("state", ""), _("No register here knows who awarded it.")),
        "evidence": answer.get("evidence", []),
        "snapshots": shown.quality.get("snapshots", []),
    }


@login_required
@require_safe
def file(request: HttpRequest, slug: str, id: str, number: int) -> HttpResponse:
    """A file of it, where its holder allows that it is kept."""
    _organisation, found = _received(request, slug, id)
    if not found.may_keep:
        raise Http404
    return private(file_of(found, number))


@login_required
@require_safe
def document(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """All of it as one document, where its holder allows that it is kept."""
    _organisation, found = _received(request, slug, id)
    if not found.may_keep:
        raise Http404
    return private(as_pdf(found))


def _received(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, Share]:
    organisation = workspace(request, slug, "shared.read")
    return organisation, get_object_or_404(received_by(organisation, timezone.now()), pk=id)


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """What learners read before they hand something in."""
    organisation = workspace(request, slug, "shared.manage")
    known = policy_of(organisation)
    initial = {name: getattr(known, name) for name in PolicyForm.base_fields} if known else {"most_days": 180}
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            receiving.publish_policy(
                by=person_of(request), organisation=organisation, values=form.cleaned_data
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _(
                    "Learners read this from now on. What was handed in before stays under what stood there then."
                ),
            )
            return redirect("received", slug)
    return render(request, "pages/organisation/receiving-policy.html", {
        "organisation": organisation, "form": form,
        "crumbs": crumbs(organisation, (_("Handed in"), reverse("received", args=[slug])), (_("What you promise"), "")),
    })  # fmt: skip
