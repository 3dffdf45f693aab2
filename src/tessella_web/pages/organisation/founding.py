"""Founding an organisation, its settings, and the terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.vocabulary import code_list
from tessella_web.accounts import domain, terms
from tessella_web.accounts.domain.organisations import free_slug, require_region
from tessella_web.accounts.models import Organisation, OrganisationKind
from tessella_web.accounts.permissions import may
from tessella_web.accounts.regions import REGIONS, framework_of, needs_region
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain.batches import set_rules
from tessella_web.credentials.models import AwardingRules
from tessella_web.pages.describe.forms import country_choices, language_choices
from tessella_web.pages.organisation.common import add_refusal, crumbs, person_of, workspace
from tessella_web.registers.domain import naming
from tessella_web.ui.forms import ChoiceCards

__all__ = ["approval", "details", "name", "new", "settings", "terms_page"]

KINDS = {
    OrganisationKind.HIGHER_EDUCATION: gettext_lazy("It may award degrees and give credits."),
    OrganisationKind.VOCATIONAL: gettext_lazy("It teaches for occupations."),
    OrganisationKind.COMPANY: gettext_lazy("It trains its own people or others."),
    OrganisationKind.NGO: gettext_lazy(
        "It works with learners outside school and university; one person can be enough."
    ),
    OrganisationKind.ALLIANCE: gettext_lazy(
        "Several organisations act together, also without being one legal body."
    ),
    OrganisationKind.AGENCY: gettext_lazy("It looks at the quality of others, or keeps a register."),
    OrganisationKind.OTHER: "",
}


class DetailsForm(forms.Form):
    """Where and what an organisation is, and in which languages it works."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=OrganisationKind.choices,
        widget=ChoiceCards(explanations={str(kind): words for kind, words in KINDS.items()}),
    )  # fmt: skip
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), required=False,
        help_text=gettext_lazy("Only for Belgium and the United Kingdom: the region decides which framework the levels of your courses belong to."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("Main language"),
        help_text=gettext_lazy("Descriptions begin in it, and mails to your learners have it when they chose none."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Other languages"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("In which you also describe what people learn. Others can be added to each description."),
    )  # fmt: skip
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        languages = language_choices(*self._present())
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        self.fields["languages"].choices = languages[1:]  # type: ignore[attr-defined]
        self.fields["region"].choices = [  # type: ignore[attr-defined]
            ("", _("None of these")),
            *(
                (_country(code), [(one.code, one.name) for one in found])
                for code, found in REGIONS.items()
            ),
        ]  # fmt: skip

    def _present(self) -> list[str]:
        return [*filter(None, [self.initial.get("language")]), *self.initial.get("languages", [])]

    def clean(self) -> dict[str, Any]:
        """A region where it is needed, and no other."""
        found = super().clean() or {}
        country, region = found.get("country", ""), found.get("region", "")
        if not needs_region(country):
            found["region"] = ""
        else:
            try:
                require_region(country, region)
            except RefusedError as error:
                self.add_error("region", f"{error.message} {error.hint}")
        return found


class FoundForm(DetailsForm):
    """A name, everything about it, and the terms."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200,
        help_text=gettext_lazy("As people know it. Who stands behind it legally is asked later."),
    )  # fmt: skip
    accepts_terms = forms.BooleanField(
        label=gettext_lazy("I accept the terms for this organisation"), required=False,
        help_text=gettext_lazy("You can do so later; nothing is published or awarded before."),
    )  # fmt: skip
    field_order = ["name", "kind", "country", "region", "language", "languages", "website", "accepts_terms"]


class NameForm(forms.Form):
    """Another name."""

    name = forms.CharField(label=gettext_lazy("New name"), max_length=200)


class AwardingForm(forms.Form):
    """From how many awards on a second person looks, and how learners are reminded."""

    approval_threshold = forms.IntegerField(
        label=gettext_lazy("Awards that one person may start alone"), min_value=0, max_value=5000,
        help_text=gettext_lazy("A batch with more waits until somebody else approves it. 0: every batch waits."),
    )  # fmt: skip
    remind_after_days = forms.IntegerField(
        label=gettext_lazy("Days until a learner is reminded to claim an award"), min_value=1, max_value=90
    )
    remind_at_most = forms.IntegerField(label=gettext_lazy("Reminders at most"), min_value=0, max_value=5)
    claim_days = forms.IntegerField(
        label=gettext_lazy("Days that a claim link works"), min_value=7, max_value=730,
        help_text=gettext_lazy("Afterwards you can send a new one."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An organisation of one's own."""
    initial = {
        "language": (get_language() or "en").partition("-")[0],
        "kind": OrganisationKind.HIGHER_EDUCATION.value,
    }
    form = FoundForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = naming.found(
                founder=person_of(request), slug=free_slug(data["name"]), **_facts(data), name=data["name"],
                accepts_terms=data["accepts_terms"],
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            if made.is_held:
                messages.warning(request, _held_words(made))
            else:
                messages.success(request, _("It is founded, and you own it. Describe your first course."))
            return redirect("workspace", made.slug)
    context = {
        "form": form,
        "terms": terms.binding(),
        "title": _("Found an organisation"),
        "action": _("Found it"),
        "cancel_url": reverse("home"),
        "crumbs": [(_("Where you work"), reverse("home")), (_("Found an organisation"), "")],
        "note": _(
            "A place to work for your university, school, company or association. Until you show who stands behind it, everything it issues is marked as a test."
        ),
    }
    return render(request, "pages/organisation/form.html", context)


@login_required
@require_safe
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that owners set."""
    organisation = workspace(request, slug, "organisation.manage")
    framework = framework_of(organisation.country, organisation.region)
    region = next(
        (one.name for found in REGIONS.values() for one in found if one.code == organisation.region), ""
    )
    codes = organisation.languages or [organisation.language]
    words = dict(language_choices(*codes))
    names = [words.get(code, code) for code in codes]
    facts = [
        (_("What it is"), organisation.get_kind_display()),
        (_("Country"), _country(organisation.country)),
        *([(_("Region"), region)] if region else []),
        (_("Levels belong to"), framework.label(get_language() or "en", "en") if framework else _("Not known")),
        (_("Languages"), ", ".join(names)),
        (_("Website"), organisation.website or _("None")),
    ]  # fmt: skip
    return render(request, "pages/organisation/settings.html", {
        "organisation": organisation,
        "facts": facts,
        "threshold": AwardingRules.of(organisation).approval_threshold,
        "terms": terms.binding(),
        "accepted": terms.has_accepted(organisation),
        "held": _held_words(organisation) if organisation.is_held else "",
        "crumbs": crumbs(organisation, (_("Settings"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, slug: str) -> HttpResponse:
    """Kind, country, languages, website."""
    organisation = workspace(request, slug, "organisation.manage")
    country = code_list("country").get(organisation.country)
    initial = {
        "kind": organisation.kind, "country": country.code if country else "", "region": organisation.region,
        "language": organisation.language, "languages": organisation.languages[1:], "website": organisation.website,
    }  # fmt: skip
    form = DetailsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        domain.change_organisation(
            by=person_of(request), organisation=organisation, **_facts(form.cleaned_data)
        )
        messages.success(request, _("That is changed."))
        return redirect("organisation-settings", slug)
    return _form(request, organisation, form, _("Change the details"))


@login_required
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name, after saying what follows from it."""
    organisation = workspace(request, slug, "organisation.manage")
    form = NameForm(request.POST or None, initial={"name": organisation.name})
    if request.method == "POST" and form.is_valid():
        try:
            renamed = naming.rename(
                by=person_of(request), organisation=organisation, name=form.cleaned_data["name"]
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            if renamed.is_held:
                messages.warning(request, _held_words(renamed))
            else:
                messages.success(request, _("The organisation has its new name."))
            return redirect("organisation-settings", slug)
    note = _("What was awarded before keeps the old name.")
    if organisation.is_established:
        note = _(
            "It was shown who stands behind %(name)s. With another name that has to be shown again: until then everything you issue is marked as a test. What was awarded before keeps the old name."
        ) % {"name": organisation.name}
    return _form(request, organisation, form, _("Change the name"), note=note)


@login_required
@require_http_methods(["GET", "POST"])
def approval(request: HttpRequest, slug: str) -> HttpResponse:
    """When a second person has to look, and how learners are reminded."""
    organisation = workspace(request, slug, "organisation.manage")
    rules = AwardingRules.of(organisation)
    form = AwardingForm(
        request.POST or None, initial={name: getattr(rules, name) for name in AwardingForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        set_rules(by=person_of(request), organisation=organisation, **form.cleaned_data)
        messages.success(request, _("That is changed."))
        return redirect("organisation-settings", slug)
    return _form(request, organisation, form, _("Approval and reminders"))


@login_required
@require_http_methods(["GET", "POST"])
def terms_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What the organisation says yes to; everybody who works there reads it, an owner accepts."""
    organisation = workspace(request, slug, "organisation.view")
    if request.method == "POST":
        version = request.POST.get("version", "")
        domain.accept_terms(by=person_of(request), organisation=organisation, version=version)
        messages.success(request, _("The terms are accepted."))
        return redirect("organisation-terms", slug)
    return render(request, "pages/organisation/terms.html", {
        "organisation": organisation,
        "terms": terms.binding(),
        "accepted": terms.has_accepted(organisation),
        "acceptances": terms.acceptances(organisation),
        "may_accept": may(request.user, organisation, "organisation.manage"),
        "crumbs": crumbs(organisation, (_("Terms"), "")),
    })  # fmt: skip


def _facts(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": OrganisationKind(data["kind"]), "country": data["country"], "region": data["region"],
        "language": data["language"], "languages": data["languages"], "website": data["website"],
    }  # fmt: skip


def _country(code: str) -> str:
    found = code_list("country").get(code)
    return found.label(get_language() or "en", "en") if found else code


def _held_words(organisation: Organisation) -> str:
    alike = naming.alike_to(organisation)
    return _(
        "The name could be taken for %(names)s. Until a reviewer of this installation has looked, nothing is published or awarded; everything else works. If you act for it, show that under “Who we are”."
    ) % {"names": ", ".join(str(one.name) for one in alike) or _("another one")}


def _form(
    request: HttpRequest, organisation: Organisation, form: forms.Form, title: str, note: str = ""
) -> HttpResponse:
    address = reverse("organisation-settings", args=[organisation.slug])
    return render(request, "pages/organisation/form.html", {
        "organisation": organisation, "form": form, "title": title, "action": _("Save"), "note": note,
        "cancel_url": address,
        "crumbs": crumbs(organisation, (_("Settings"), address), (title, "")),
    })  # fmt: skip
