"""Who is who: an organisation says whom it acts for and shows it; named reviewers look."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import DomainError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.registers import outside, queries
from tessella_web.registers.domain import identity as domain
from tessella_web.registers.domain import naming
from tessella_web.registers.models import Body, BodyKind, Claim, ClaimState
from tessella_web.registers.names import mixed_letters

__all__ = ["accept", "claim", "overview", "release", "review", "reviews", "show", "withdraw"]


class BodyForm(forms.Form):
    """A body that is not known yet."""

    name = forms.CharField(
        label=gettext_lazy("Official name"), max_length=300, help_text=gettext_lazy("As in the statutes.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=BodyKind.choices)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=60)
    homepage = forms.URLField(
        label=gettext_lazy("Website"), required=False, assume_scheme="https",
        help_text=gettext_lazy("You can show with it that you act for the body."),
    )  # fmt: skip
    legal_id = forms.CharField(
        label=gettext_lazy("Legal identifier"), max_length=80, required=False,
        help_text=gettext_lazy("As in seal certificates, such as NTRNL-12345678."),
    )  # fmt: skip


class ReviewForm(forms.Form):
    """What a reviewer decided, and on what."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Does the organisation act for this body?"),
        choices=[("yes", gettext_lazy("Yes, it was shown")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect,
    )
    review = forms.CharField(
        label=gettext_lazy("What you looked at"),
        widget=forms.Textarea,
        help_text=gettext_lazy("Documents and dates; it stays readable."),
    )


def _way(organisation: Any) -> list[tuple[Any, str]]:
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Who we are"), reverse("identity", args=[organisation.slug])),
    ]


@login_required
@require_GET
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom the organisation acts for, and how that was or can be shown."""
    organisation = workspace(request, slug, "organisation.view")
    claim = queries.live_claim(organisation)
    host = (urlsplit(claim.body.homepage).hostname or "") if claim else ""
    return render(request, "pages/registers/identity.html", {
        "organisation": organisation,
        "crumbs": _way(organisation)[:1],
        "claim": claim,
        "may_claim": may(request.user, organisation, "identity.claim"),
        "proof": domain.proof_line(claim) if claim else "",
        "address": f"https://{host}{domain.WELL_KNOWN}" if host else "",
        "past": organisation.claims.exclude(pk=claim.pk if claim else "").select_related("body"),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, slug: str) -> HttpResponse:
    """Look for the body; if it is not known, describe it."""
    organisation = workspace(request, slug, "identity.claim")
    search = request.GET.get("q", "").strip()
    form = BodyForm(request.POST if request.POST.get("name") is not None else None, initial={"name": search or organisation.name, "homepage": organisation.website})  # fmt: skip
    if request.method == "POST":
        by = person_of(request)
        try:
            if request.POST.get("body"):
                body = Body.objects.filter(pk=request.POST["body"], is_confirmed=True).first()
                if body is None:
                    raise Http404
                domain.claim_body(by=by, organisation=organisation, body=body)
                return redirect("identity", slug)
            if form.is_valid():
                given = {**form.cleaned_data, "kind": BodyKind(form.cleaned_data["kind"])}
                domain.claim_new_body(by=by, organisation=organisation, **given)
                return redirect("identity", slug)
        except DomainError as error:
            if not form.is_bound:
                raise
            add_refusal(form, error)
    return render(request, "pages/registers/claim.html", {
        "organisation": organisation,
        "crumbs": _way(organisation),
        "form": form,
        "search": search,
        "found": queries.bodies_named(search),
    })  # fmt: skip


@login_required
@require_POST
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Check the website, or the seal."""
    organisation = workspace(request, slug, "identity.claim")
    found = queries.live_claim(organisation)
    if found is None:
        raise Http404
    by = person_of(request)
    try:
        if request.POST.get("way") == "seal":
            done = domain.check_seal(claim=found, by=by, anchors=outside.anchors())
        else:
            done = domain.check_website(claim=found, by=by, fetcher=outside.fetcher())
    except DomainError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        if done.state == ClaimState.ESTABLISHED:
            messages.success(request, _("It is established whom you act for."))
        else:
            messages.warning(request, _("That was shown; a reviewer has to look at the name."))
    return redirect("identity", slug)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take it back, asked once more."""
    organisation = workspace(request, slug, "identity.claim")
    found = queries.live_claim(organisation)
    if found is None:
        raise Http404
    if request.method == "POST":
        domain.withdraw(claim=found, by=person_of(request))
        messages.success(request, _("It is withdrawn."))
        return redirect("identity", slug)
    return render(request, "ui/confirm.html", {
        "title": _("Do not act for %(name)s any more?") % {"name": found.body.name},
        "text": _("You can say again later whom you act for, and show it anew."),
        "consequences": [_("From now on everything this organisation issues is marked as a test.")]
        if found.state == ClaimState.ESTABLISHED
        else [],
        "action": _("Withdraw"),
        "cancel_url": reverse("identity", args=[slug]),
        "danger": True,
    })  # fmt: skip


def _require_reviewer(request: HttpRequest) -> None:
    if not queries.is_reviewer(request.user):
        raise Http404


@login_required
@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for the named reviewers."""
    _require_reviewer(request)
    return render(request, "pages/registers/reviews.html", {
        "claims": queries.claims_for_review()[:200],
        "held": [(one, naming.alike_to(one)) for one in queries.held_organisations()],
        "registers": queries.public_registers(),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, id: str) -> HttpResponse:
    """One claim: what was shown, what is odd about it, the decision."""
    _require_reviewer(request)
    found = Claim.objects.select_related("organisation", "body", "asked_by").filter(pk=id).first()
    if found is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.decide(
                claim=found, by=person_of(request), accept=form.cleaned_data["decision"] == "yes", review=form.cleaned_data["review"]
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Your decision is recorded."))
            return redirect("identity-reviews")
    ids = [one for reason in found.reasons for one in reason.get("bodies", ())]
    return render(request, "pages/registers/review.html", {
        "claim": found,
        "form": form,
        "differs": any(one["reason"] == "name-differs" for one in found.reasons),
        "alike": Body.objects.filter(pk__in=ids),
        "letters": mixed_letters(found.organisation.name) or mixed_letters(found.body.name),
        "evidence": [(key, value) for key, value in found.evidence.items() if isinstance(value, str)],
        "crumbs": [(_("Who is who"), reverse("identity-reviews"))],
    })  # fmt: skip


@login_required
@require_POST
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """A held name is nobody else's."""
    _require_reviewer(request)
    found = Organisation.objects.filter(slug=slug, is_held=True).first()
    if found is None:
        raise Http404
    naming.release_name(by=person_of(request), organisation=found)
    messages.success(request, _("%(name)s may publish and award.") % {"name": found.name})
    return redirect("identity-reviews")


@login_required
@require_POST
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept a register's word on who is who, or not any more."""
    _require_reviewer(request)
    found = queries.public_registers().filter(slug=slug).first()
    if found is None:
        raise Http404
    try:
        domain.accept_register(
            register=found, by=person_of(request), accept=request.POST.get("accept") == "yes"
        )
    except DomainError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("That is recorded."))
    return redirect("identity-reviews")
