"""An outside view: ask somebody of another organisation to approve one batch, or to review one description."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.peers import domain, queries
from tessella_web.accounts.peers.models import Peer, PeerState
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue.models import QualityReview
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials import queries as credentials
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import Batch, Stage
from tessella_web.pages.access import add_refusal, person_of, workspace

__all__ = ["ask_for_batch", "ask_for_review", "show"]


class AskForm(forms.Form):
    """Whom."""

    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy(
            "Of somebody who works in another organisation here. They get a mail with a link."
        ),
    )


class AnswerForm(forms.Form):
    """Which organisation the peer answers for."""

    works_at = forms.ChoiceField(label=gettext_lazy("For which organisation do you look at it?"))

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["works_at"].choices = [(one.id, one.name) for one in organisations]  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def ask_for_batch(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Ask a peer to approve a batch."""
    organisation = workspace(request, slug, "peer.ask")
    batch = get_object_or_404(Batch.objects.select_related("version"), pk=id, organisation=organisation)
    if batch.stage != Stage.APPROVAL:
        messages.info(request, _("This batch does not wait for anybody."))
        return redirect("batch", slug, id)
    return _ask(
        request, organisation, f"batch:{batch.id}", batch.version.title, reverse("batch", args=[slug, id]),
        _("Somebody from outside looks at how many records go out, for what and how it came about. They see no names."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def ask_for_review(request: HttpRequest, id: str) -> HttpResponse:
    """Ask a peer to review a description."""
    review = get_object_or_404(QualityReview.objects.select_related("description__organisation"), pk=id)
    organisation = review.description.organisation
    if not may(request.user, organisation, "description.view"):
        raise Http404
    require(request.user, organisation, "peer.ask")
    if not review.is_open:
        messages.info(request, _("This review is closed."))
        return redirect("review", id)
    return _ask(
        request, organisation, f"review:{review.id}", review.description.title, reverse("review", args=[id]),
        _("Somebody from outside goes through the checklist and decides. The published page says for which organisation."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, id: str) -> HttpResponse:
    """What the peer is asked for; after accepting, the thing itself."""
    person = person_of(request)
    peer = queries.peer_for(id, person)
    if peer is None:
        raise Http404
    organisations = queries.organisations_to_answer_for(person, peer.organisation)
    form = AnswerForm(request.POST or None, organisations=organisations)
    batch = _batch(peer)
    if request.method == "POST":
        done = request.POST.get("do", "")
        if done == "decline":
            domain.decline(by=person, peer=peer)
            messages.success(request, _("Thank you for answering."))
            return redirect("home")
        if done == "approve" and batch is not None:
            try:
                batches.approve(by=person, batch=batch)
                messages.success(request, _("Approved. The records are being made."))
            except RefusedError as error:
                messages.error(request, f"{error.message} {error.hint}")
            return redirect("peer", id)
        if form.is_valid():
            chosen = next(one for one in organisations if one.id == form.cleaned_data["works_at"])
            domain.accept(by=person, peer=peer, works_at=chosen)
            kind, _colon, about = peer.about.partition(":")
            return redirect("review", about) if kind == "review" else redirect("peer", id)
    return render(request, "pages/activities/peer.html", {
        "peer": peer, "form": form, "can": bool(organisations), "batch": batch,
        "accepted": peer.state == PeerState.ACCEPTED,
        "facts": _facts(batch) if batch is not None and peer.state == PeerState.ACCEPTED else [],
        "waits": batch is not None and batch.stage == Stage.APPROVAL,
        "review": peer.about.removeprefix("review:") if peer.about.startswith("review:") else "",
    })  # fmt: skip


def _batch(peer: Peer) -> Batch | None:
    kind, _colon, id = peer.about.partition(":")
    if kind != "batch":
        return None
    return Batch.objects.select_related("version", "organisation").filter(pk=id).first()


def _facts(batch: Batch) -> list[tuple[Any, Any]]:
    """What can be judged without knowing who the people are."""
    counts = credentials.counts(batch)
    ways: dict[str, int] = {}
    for one in batch.participants.all():
        label = str(one.get_way_display())
        ways[label] = ways.get(label, 0) + 1
    people = ngettext("%(count)s person", "%(count)s people", counts["good"]) % {"count": counts["good"]}
    return [
        (_("What is awarded"), batch.version.title),
        (_("To how many"), people),
        (_("For"), batch.source or "–"),
        *((_("On the list by: %(way)s") % {"way": way}, count) for way, count in ways.items()),
    ]


def _ask(
    request: HttpRequest, organisation: Organisation, about: str, what: str, back: str, text: str
) -> HttpResponse:
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.ask(
                by=person_of(request), organisation=organisation, about=about, what=what, **form.cleaned_data
            )
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("They have a mail with a link."))
            return redirect(request.path)
    return render(request, "pages/activities/ask-peer.html", {
        "title": _("Ask for an outside view"), "form": form, "text": text, "what": what, "cancel_url": back,
        "asked": queries.peers_about(about),
        "crumbs": [(organisation.name, reverse("workspace", args=[organisation.slug])), (what, back), (_("Outside view"), "")],
    })  # fmt: skip
