"""Changing what is known of a body: a new name, an identifier, a relation; and ending one."""

from __future__ import annotations

from typing import Any

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

from tessella_web.accounts.models import Person
from tessella_web.common.errors import DomainError, RefusedError
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.registers import queries
from tessella_web.registers.domain import bodies
from tessella_web.registers.models import Body, RelationKind, Scheme

__all__ = ["change"]

DAY = forms.DateInput(attrs={"type": "date"})


class NameForm(forms.Form):
    """Another name from a day on."""

    name = forms.CharField(label=gettext_lazy("New official name"), max_length=300)
    on = forms.DateField(label=gettext_lazy("From which day"), widget=DAY)

    def carry_out(self, body: Body, by: Person) -> None:
        """Rename."""
        bodies.rename(body=body, by=by, **self.cleaned_data)


class IdentifierForm(forms.Form):
    """One more identifier."""

    scheme = forms.ChoiceField(label=gettext_lazy("Kind of identifier"), choices=Scheme.choices)
    value = forms.CharField(label=gettext_lazy("Identifier"), max_length=200)
    since = forms.DateField(label=gettext_lazy("Since"), widget=DAY, required=False)

    def carry_out(self, body: Body, by: Person) -> None:
        """Add it."""
        given = self.cleaned_data
        bodies.add_identifier(body=body, by=by, scheme=Scheme(given["scheme"]), value=given["value"], since=given["since"])  # fmt: skip


class RelationForm(forms.Form):
    """How the body stands to another."""

    kind = forms.ChoiceField(label=gettext_lazy("This body …"), choices=RelationKind.choices)
    other = forms.CharField(label=gettext_lazy("Name or identifier of the other body"), max_length=300)
    since = forms.DateField(
        label=gettext_lazy("Since"), widget=DAY, required=False,
        help_text=gettext_lazy("A succession needs its day."),
    )  # fmt: skip

    def carry_out(self, body: Body, by: Person) -> None:
        """Relate them, when the other one is certain."""
        given = self.cleaned_data
        found = queries.bodies_named(given["other"], limit=50)
        exact = [one for one in found if one.name.casefold() == given["other"].strip().casefold()] or found
        if len(exact) != 1:
            raise RefusedError(
                _("There is no one body of this name or identifier."), code="registers.ambiguous",
                hint=_("Write an identifier of the body."), field="other",
            )  # fmt: skip
        bodies.add_relation(body=body, by=by, kind=RelationKind(given["kind"]), other=exact[0], since=given["since"])  # fmt: skip


class EndForm(forms.Form):
    """What does not hold any more."""

    what = forms.ChoiceField(label=gettext_lazy("What has ended"))
    on = forms.DateField(label=gettext_lazy("Its last day"), widget=DAY)

    def __init__(self, *args: Any, body: Body, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.things: dict[str, Any] = {}
        for one in body.identifiers.filter(valid_to=None):
            self.things[f"identifier-{one.pk}"] = (f"{one.get_scheme_display()}: {one.value}", one)
        for relation in body.relations.filter(valid_to=None).select_related("other"):
            told = f"{relation.get_kind_display()} {relation.other.name}"
            self.things[f"relation-{relation.pk}"] = (told, relation)
        self.fields["what"].choices = [(key, told) for key, (told, _one) in self.things.items()]  # type: ignore[attr-defined]

    def carry_out(self, body: Body, by: Person) -> None:
        """End it."""
        key, on = self.cleaned_data["what"], self.cleaned_data["on"]
        thing = self.things[key][1]
        if key.startswith("identifier"):
            bodies.end_identifier(identifier=thing, by=by, on=on)
        else:
            bodies.end_relation(relation=thing, by=by, on=on)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, id: str) -> HttpResponse:
    """Four forms on one page, each for one thing."""
    found = queries.visible_body(id, request.user)
    if found is None or not bodies.may_describe(person_of(request), found):
        raise Http404
    sent = request.POST.get("form", "")
    today = {"on": timezone.localdate().isoformat()}
    forms_here: dict[str, Any] = {
        "name": NameForm(request.POST if sent == "name" else None, initial=today, auto_id="id_name_%s"),
        "identifier": IdentifierForm(
            request.POST if sent == "identifier" else None, auto_id="id_identifier_%s"
        ),
        "relation": RelationForm(request.POST if sent == "relation" else None, auto_id="id_relation_%s"),
        "end": EndForm(
            request.POST if sent == "end" else None, initial=today, auto_id="id_end_%s", body=found
        ),
    }
    form = forms_here.get(sent)
    if form is not None and form.is_valid():
        try:
            form.carry_out(found, person_of(request))
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("That is recorded."))
            return redirect("body", id)
    titles = {
        "name": (_("It has another name"), _("Record the name")),
        "identifier": (_("It has an identifier"), _("Record the identifier")),
        "relation": (_("It belongs to another body"), _("Record the relation")),
        "end": (_("Something has ended"), _("Record the end")),
    }
    return render(request, "pages/registers/change.html", {
        "body": found,
        "crumbs": [(_("Registers"), reverse("registers")), (found.name, reverse("body", args=[id]))],
        "forms": [(key, *titles[key], one) for key, one in forms_here.items() if key != "end" or one.things],
    })  # fmt: skip
