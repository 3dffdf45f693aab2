"""Who works in an organisation: roles, invitations, delegation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts import domain, queries
from tessella_web.accounts.letters.queries import undelivered
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.accounts.permissions import may, roles_of
from tessella_web.accounts.signin.adapters import INVITED
from tessella_web.catalogue.queries import descriptions_of
from tessella_web.common.errors import RefusedError
from tessella_web.pages.organisation.common import ROLE_WORDS, add_refusal, crumbs, person_of, workspace
from tessella_web.ui.forms import MultipleChoiceCards

__all__ = ["delegate", "end_role", "invitation", "invite", "overview", "roles", "withdraw"]

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RolesForm(forms.Form):
    """What somebody does, until when, and an associate's descriptions."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("What they do"), choices=Role.choices, required=False,
        widget=MultipleChoiceCards(explanations={str(role): words for role, words in ROLE_WORDS.items()}),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=DATE,
        help_text=gettext_lazy("The roles end by themselves after this day. Empty: they do not end."),
    )  # fmt: skip
    only = forms.MultipleChoiceField(
        label=gettext_lazy("An associate helps with"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose the courses. With none chosen, an associate sees and changes all of them."),
    )  # fmt: skip

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [
            (one.id, one.title or _("Without a title yet"))
            for one in descriptions_of(organisation)
            if one.organisation_id == organisation.id
        ]
        if found:
            self.fields["only"].choices = found  # type: ignore[attr-defined]
        else:
            del self.fields["only"]

    def clean_roles(self) -> list[Role]:
        """In the order in which they are listed."""
        chosen = set(self.cleaned_data["roles"])
        return [role for role in Role if role in chosen]

    @property
    def values(self) -> dict[str, Any]:
        """As the domain takes them."""
        return {
            "roles": self.cleaned_data["roles"],
            "until": self.cleaned_data["until"],
            "only": self.cleaned_data.get("only", []),
        }


class InviteForm(RolesForm):
    """Whom."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("They can sign in with this address or with another of theirs."),
    )  # fmt: skip
    field_order = ["email", "roles", "until", "only"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].required = True
        self.fields["roles"].error_messages["required"] = _("Choose what they will do. One role is enough.")


class DelegationForm(forms.Form):
    """Who does it meanwhile, until when, and why."""

    role = forms.ChoiceField(label=gettext_lazy("Which role"))
    to = forms.ChoiceField(label=gettext_lazy("Who does it meanwhile"))
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=DATE,
        help_text=gettext_lazy("The last day. It ends by itself; a year is the longest."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Your colleagues see it. No health data: “leave” is enough."),
    )


@login_required
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Who works here, as what, and who is invited."""
    organisation = workspace(request, slug, "organisation.view")
    person = person_of(request)
    manages = may(person, organisation, "organisation.manage")
    invitations = queries.open_invitations(organisation) if manages else []
    came_back = undelivered("invitation", [one.id for one in invitations])
    return render(request, "pages/organisation/people.html", {
        "organisation": organisation,
        "people": queries.people_of(organisation),
        "invitations": [(one, came_back.get(one.id, "")) for one in invitations],
        "manages": manages,
        "may_delegate": may(person, organisation, "role.delegate"),
        "me": person,
        "words": [(role.label, words) for role, words in ROLE_WORDS.items()],
        "crumbs": crumbs(organisation, (_("People and roles"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask somebody by mail."""
    organisation = workspace(request, slug, "organisation.manage")
    form = InviteForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            domain.invite(
                by=person_of(request), organisation=organisation, email=form.cleaned_data["email"],
                language=get_language() or "", **form.values,
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request,
                _("An invitation is on its way to %(email)s.") % {"email": form.cleaned_data["email"]},
            )
            return redirect("people", slug)
    return _form(request, organisation, form, _("Invite somebody"), _("Send the invitation"))


@login_required
@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """What somebody does here; with no role left they do not work here any more."""
    organisation = workspace(request, slug, "organisation.manage")
    person = Person.objects.filter(pk=id).first()
    held = queries.memberships_of(person, organisation) if person else []
    if person is None or not held:
        raise Http404
    own = [one for one in held if not one.is_delegated]
    initial = {
        "roles": [one.role for one in own],
        "until": next((one.until for one in own if one.until), None),
        "only": next((one.only for one in own if one.only), []),
    }
    form = RolesForm(request.POST or None, organisation=organisation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_roles(by=person_of(request), organisation=organisation, person=person, **form.values)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The roles of %(name)s are changed.") % {"name": person.name})
            return redirect("people", slug)
    return _form(
        request,
        organisation,
        form,
        _("Roles of %(name)s") % {"name": person.name},
        _("Save"),
        note=_("Without any role, %(name)s does not work here any more. What they did stays.")
        % {"name": person.name},
    )


@login_required
@require_http_methods(["GET", "POST"])
def delegate(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand on a role for a time."""
    organisation = workspace(request, slug, "role.delegate")
    person = person_of(request)
    own = roles_of(person, organisation)
    choices = [(role.value, role.label) for role in Role if Role.OWNER in own or role in own]
    others = [one for one in queries.people_of(organisation) if one.person != person]
    form = DelegationForm(
        request.POST or None, initial={"until": timezone.localdate() + dt.timedelta(days=28)}
    )
    form.fields["role"].choices = choices  # type: ignore[attr-defined]
    form.fields["to"].choices = [  # type: ignore[attr-defined]
        ("", _("Choose somebody")), *((one.person.id, one.person.name) for one in others)
    ]  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        to = Person.objects.get(pk=data["to"])
        try:
            domain.delegate(
                by=person, organisation=organisation, to=to, role=Role(data["role"]), until=data["until"],
                reason=data["reason"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s does this until then.") % {"name": to.name})
            return redirect("people", slug)
    return _form(
        request, organisation, form, _("Hand on a role for a time"), _("Hand it on"),
        note=_("You keep the role. It ends for them after the last day, or when you end it."),
    )  # fmt: skip


@login_required
@require_POST
def end_role(request: HttpRequest, slug: str, id: str, role: str) -> HttpResponse:
    """End a delegation, or leave a role of one's own."""
    organisation = workspace(request, slug, "organisation.view")
    person = Person.objects.filter(pk=id).first()
    found = Membership.objects.filter(person=person, organisation=organisation, role=role).first()
    if person is None or found is None:
        raise Http404
    try:
        domain.take_role(by=person_of(request), organisation=organisation, person=person, role=Role(role))
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("That role has ended."))
    if not roles_of(person_of(request), organisation):
        return redirect("home")
    return redirect("people", slug)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """An invitation opens nothing any more."""
    organisation = workspace(request, slug, "organisation.manage")
    found = organisation.invitations.filter(pk=id).first()
    if found is None:
        raise Http404
    domain.withdraw_invitation(by=person_of(request), invitation=found)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("people", slug)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """What the link in the mail asks; whoever is signed in says yes, with whatever address."""
    key = request.POST.get("key", "") or request.GET.get("key", "")
    try:
        found = domain.open_invitation(secret=key)
        if request.method == "POST" and request.user.is_authenticated:
            organisation = domain.accept(person=person_of(request), secret=key)
            messages.success(request, _("Welcome. You work here now."))
            return redirect("workspace", organisation.slug)
    except RefusedError as error:
        return render(
            request,
            "pages/refused.html",
            {"title": _("This does not work any more"), "error": error},
            status=409,
        )
    request.session[INVITED] = True
    return render(request, "pages/organisation/invitation.html", {
        "invitation": found,
        "key": key,
        "roles": [(Role(one).label, ROLE_WORDS[Role(one)]) for one in found.roles],
        "back": f"{reverse('invitation')}?key={key}",
    })  # fmt: skip


def _form(
    request: HttpRequest,
    organisation: Organisation,
    form: forms.Form,
    title: str,
    action: str,
    note: str = "",
) -> HttpResponse:
    return render(request, "pages/organisation/form.html", {
        "organisation": organisation, "form": form, "title": title, "action": action, "note": note,
        "cancel_url": reverse("people", args=[organisation.slug]),
        "crumbs": crumbs(
            organisation, (_("People and roles"), reverse("people", args=[organisation.slug])), (title, "")
        ),
    })  # fmt: skip
