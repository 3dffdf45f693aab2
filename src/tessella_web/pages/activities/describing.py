"""Describe a record of taking part, contributing, achieving, belonging or encouragement: one page of plain questions, then publish."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tessella.model import RecordType
from tessella.text import pick
from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.activities.common import crumbs
from tessella_web.ui.forms import ChoiceCards

__all__ = ["change", "describe", "publish"]

KINDS = {
    RecordType.PARTICIPATION: (gettext_lazy("They took part"), gettext_lazy("A workshop, an event, an exchange.")),
    RecordType.CONTRIBUTION: (gettext_lazy("They gave something"), gettext_lazy("Time or skill: helped, wrote, coached, built.")),
    RecordType.ACHIEVEMENT: (gettext_lazy("They achieved something"), gettext_lazy("A task done, a goal reached, with something to show for it.")),
    RecordType.MEMBERSHIP: (gettext_lazy("They belong"), gettext_lazy("To a team, a council, a network.")),
    RecordType.MOTIVATION: (gettext_lazy("They deserve encouragement"), gettext_lazy("It cheers on, and claims nothing beyond that.")),
}  # fmt: skip


class RecordForm(forms.Form):
    """The whole description."""

    record_type = forms.ChoiceField(
        label=gettext_lazy("What is it for?"),
        choices=[(kind.value, words[0]) for kind, words in KINDS.items()],
        widget=ChoiceCards(explanations={kind.value: words[1] for kind, words in KINDS.items()}),
    )
    title = forms.CharField(
        label=gettext_lazy("What should it be called?"), max_length=150,
        help_text=gettext_lazy("As people would say it: “A week of building together”."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("What did people do?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Two or three sentences for somebody who was not there."),
    )  # fmt: skip
    outcomes = forms.CharField(
        label=gettext_lazy("What does it show about them?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One thing on each line, such as: planned something with people from other countries."),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=gettext_lazy("From which day?"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave both days out if it happens again and again."),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=gettext_lazy("To which day?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    location = forms.CharField(label=gettext_lazy("Where?"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("It ends before it begins."))
        return data

    def values(self, language: str) -> dict[str, Any]:
        """The elements of the description."""
        data = self.cleaned_data
        where = {
            "location": {language: data["location"]} if data["location"] else None,
            "starts_on": data["starts_on"].isoformat() if data["starts_on"] else None,
            "ends_on": data["ends_on"].isoformat() if data["ends_on"] else None,
            "setting": "non-formal",
        }
        lines = [" ".join(line.split()) for line in data["outcomes"].splitlines() if line.strip()]
        return {
            "record_type": data["record_type"],
            "title": {language: data["title"]},
            "description": {language: data["description"]},
            "outcomes": [{"title": {language: line}} for line in lines] or None,
            "participation": {name: value for name, value in where.items() if value},
        }


@login_required
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """A new one."""
    organisation = workspace(request, slug, "organisation.view")
    require(request.user, organisation, "description.edit")
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {
            name: value for name, value in form.values(organisation.language).items() if value is not None
        }
        try:
            made = domain.start_description(by=person_of(request), organisation=organisation, content=values)
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity-describe-publish", slug, made.id)
    return _form(request, organisation, form)


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Change one before it is published."""
    organisation, description = _own(request, slug, id)
    require(request.user, organisation, "description.edit")
    form = RecordForm(request.POST or None, initial=_initial(description))
    if request.method == "POST" and form.is_valid():
        values = form.values(description.record().language)
        try:
            domain.save_elements(description=description, by=person_of(request), values=values)
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity-describe-publish", slug, id)
    return _form(request, organisation, form)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """How it will read; the button publishes it and leads to the first event."""
    organisation, description = _own(request, slug, id)
    if request.method == "POST":
        try:
            version = domain.publish(description=description, by=person_of(request))
        except NotAllowedError:
            raise
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("activity-describe-publish", slug, id)
        messages.success(request, _("Published. Now say when and where people get it."))
        return redirect(f"{reverse('activity-new', args=[slug])}?version={version.id}")
    record = description.record()
    kind, _explanation = KINDS[record.record_type]
    where = record.participation
    return render(request, "pages/activities/publish.html", {
        "organisation": organisation, "description": description, "record": record, "kind": kind,
        "text": pick(record.description, (record.language,)),
        "outcomes": [pick(one.title, (record.language,)) for one in record.outcomes],
        "where": where, "location": pick(where.location, (record.language,)) if where else "",
        "may_publish": may(request.user, organisation, "version.publish"),
        "crumbs": crumbs(organisation, (_("Describe"), "")),
    })  # fmt: skip


def _own(request: HttpRequest, slug: str, id: str) -> tuple[Organisation, Description]:
    organisation = workspace(request, slug, "organisation.view")
    found = (
        Description.objects.select_related("organisation").filter(pk=id, organisation=organisation).first()
    )
    if found is None or found.record().record_type not in KINDS:
        raise Http404
    return organisation, found


def _form(request: HttpRequest, organisation: Organisation, form: RecordForm) -> HttpResponse:
    return render(request, "pages/activities/form.html", {
        "title": _("Describe what people did"), "form": form, "action": _("See how it reads"),
        "text": _("Plain words are right here. Nobody reviews this kind of record; it says what happened, not what was assessed."),
        "cancel_url": reverse("activities", args=[organisation.slug]),
        "crumbs": crumbs(organisation, (_("Describe"), "")),
    })  # fmt: skip


def _initial(description: Description) -> dict[str, Any]:
    record = description.record()
    languages, where = (record.language,), record.participation
    return {
        "record_type": str(record.record_type),
        "title": pick(record.title, languages),
        "description": pick(record.description, languages),
        "outcomes": "\n".join(pick(one.title, languages) for one in record.outcomes),
        "starts_on": where.starts_on if where else None,
        "ends_on": where.ends_on if where else None,
        "location": pick(where.location, languages) if where else "",
    }
