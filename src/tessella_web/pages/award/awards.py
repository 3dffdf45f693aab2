"""One award, as staff sees it: its state, its files, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.permissions import may
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.domain import awards as domain
from tessella_web.credentials.models import Award, AwardState
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=gettext_lazy("Kept with the award for your colleagues; never published."),
    )


class CorrectForm(forms.Form):
    """How the name should be."""

    given_name = forms.CharField(label=gettext_lazy("Given names"), required=False, max_length=200)
    family_name = forms.CharField(label=gettext_lazy("Family name"), required=False, max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300,
        help_text=gettext_lazy("Such as: misspelt, or changed by law. Kept for your colleagues; never published."),
    )  # fmt: skip


class AddressForm(forms.Form):
    """Where the mail should go."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))


class _Change(NamedTuple):
    verb: Callable[..., Award]
    title: Any
    text: Any
    consequences: tuple[Any, ...]
    done: Any
    danger: bool


_CHANGES: Mapping[str, _Change] = {
    "revoke": _Change(
        domain.revoke, gettext_lazy("Revoke this award?"), gettext_lazy("It is taken back for good."),
        (
            gettext_lazy("Whoever checks any of its files sees from now on that it is revoked."),
            gettext_lazy("Its public page says so, without the reason."),
            gettext_lazy("It cannot be made valid again; you can award anew."),
        ),
        gettext_lazy("The award is revoked."), True,
    ),
    "suspend": _Change(
        domain.suspend, gettext_lazy("Suspend this award?"), gettext_lazy("It is taken back until you lift the suspension."),
        (gettext_lazy("Whoever checks any of its files sees from now on that it is suspended."),),
        gettext_lazy("The award is suspended."), True,
    ),
    "lift": _Change(
        domain.lift, gettext_lazy("Lift the suspension?"), gettext_lazy("The award is valid again."), (),
        gettext_lazy("The award is valid again."), False,
    ),
}  # fmt: skip


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The award with what only staff may know."""
    organisation = workspace(request, slug, "batch.view")
    award = _award(slug, id)
    may_revoke = may(request.user, organisation, "award.revoke")
    actions = {
        AwardState.VALID: ["revoke", *(["suspend"] if award.is_suspendable else [])],
        AwardState.SUSPENDED: ["lift", "revoke"],
    }.get(AwardState(award.state), [])
    context = {
        "organisation": organisation,
        "award": award,
        "entry": award.read(),
        "files": [(copy, queries.format_facts(copy)) for copy in award.copies.all()],
        "actions": [(name, _CHANGES[name].title) for name in actions] if may_revoke else [],
        "may_correct": may(request.user, organisation, "award.correct")
        and award.state in (AwardState.VALID, AwardState.SUSPENDED),
        "mails": list(award.mails.order_by("round", "number")),
        "may_readdress": may(request.user, organisation, "award.correct")
        and award.claimed_at is None
        and award.state in (AwardState.VALID, AwardState.SUSPENDED),
        "crumbs": crumbs(
            organisation,
            (award.version.title, reverse("batch", args=[slug, award.row.batch_id])),
            (award.learner.display_name, ""),
        ),
    }
    return render(request, "pages/award/award.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, id: str, name: str) -> HttpResponse:
    """Revoke, suspend or lift, after asking."""
    if name not in _CHANGES:
        raise Http404
    workspace(request, slug, "award.revoke")
    award, one = _award(slug, id), _CHANGES[name]
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            one.verb(by=person_of(request), award=award, reason=form.cleaned_data["reason"])
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, one.done)
            return redirect("staff-award", slug, id)
    context = {
        "title": one.title, "text": one.text, "consequences": one.consequences, "action": str(one.title).rstrip("?"),
        "danger": one.danger, "form": form, "cancel_url": reverse("staff-award", args=[slug, id]),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Make the award anew under the right name."""
    organisation = workspace(request, slug, "award.correct")
    award = _award(slug, id)
    learner = award.learner
    initial = {
        "given_name": learner.given_name or learner.full_name, "family_name": learner.family_name, "email": learner.email
    }  # fmt: skip
    form = CorrectForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            batch = domain.correct(
                by=person_of(request), award=award, reason=values.pop("reason"), values=values
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("batch", slug, batch.id)
    context = {
        "title": _("Correct the name"), "form": form, "action": _("Make the award anew"),
        "text": _("A new award takes the place of this one. Neither leads to the other: nobody learns the earlier name from the new files."),
        "cancel_url": reverse("staff-award", args=[slug, id]),
        "crumbs": crumbs(organisation, (_("Correct the name"), "")),
    }  # fmt: skip
    return render(request, "pages/award/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def address(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Correct the address of somebody who has not taken the award."""
    organisation = workspace(request, slug, "award.correct")
    award = _award(slug, id)
    form = AddressForm(request.POST or None, initial={"email": award.learner.email})
    if request.method == "POST" and form.is_valid():
        try:
            batch = domain.readdress(by=person_of(request), award=award, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("A link is on its way to the new address. The earlier one works no more.")
            )
            return redirect("batch", slug, batch.id) if batch else redirect("staff-award", slug, id)
    context = {
        "title": _("Correct the address"), "form": form, "action": _("Send it there"),
        "text": next((mail.why for mail in award.mails.order_by("-round", "-number") if mail.is_undelivered), ""),
        "cancel_url": reverse("staff-award", args=[slug, id]),
        "crumbs": crumbs(organisation, (_("Correct the address"), "")),
    }  # fmt: skip
    return render(request, "pages/award/form.html", context)


@login_required
@require_POST
def resend(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Send a new claim link."""
    workspace(request, slug, "batch.prepare")
    try:
        domain.resend(by=person_of(request), award=_award(slug, id))
        messages.success(request, _("A new link is on its way. The earlier one works no more."))
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("staff-award", slug, id)


def _award(slug: str, id: str) -> Award:
    found = Award.objects.exclude(state=AwardState.PLANNED)
    return get_object_or_404(
        found.select_related("organisation", "version", "row").prefetch_related("copies", "changes__by"),
        pk=id,
        organisation__slug=slug,
    )
