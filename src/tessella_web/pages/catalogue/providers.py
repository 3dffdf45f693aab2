"""A provider's public page, and where its owner writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.pathways.queries import search as search_pathways
from tessella_web.catalogue.providers import domain, queries
from tessella_web.catalogue.providers.models import MEANINGS, Subject
from tessella_web.catalogue.search.queries import PAGE, Asked, search
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.pages.access import person_of, workspace
from tessella_web.pages.catalogue.results import results_of
from tessella_web.pages.describe.forms import language_choices
from tessella_web.pages.registers.words import evidence_rows, state_words
from tessella_web.registers.models import ClaimState
from tessella_web.registers.quality import Scope, quality_assured

__all__ = ["policies", "provider"]

MOST_PATHWAYS = 20
"""Rules shown on a provider's page; the list of pathways has all of them."""


@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Who it is and how that was shown, who assures its quality, its rules, and what it publishes. For everybody; an organisation that
    never published anything and says nothing has no page.
    """
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        raise Http404
    today = timezone.now().date()
    page = request.GET.get("page", "")
    asked = Asked(
        chosen={"provider": (slug,)},
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
    )
    found = search(asked, on=today)
    languages = [get_language() or "en", organisation.language, "en"]
    said = queries.policies_of(organisation, languages)
    pathways = list(search_pathways(on=today, receiver=slug)[:MOST_PATHWAYS])
    if not found.total and not said and not pathways and not organisation.versions.exists():
        raise Http404
    claim = organisation.claims.filter(state=ClaimState.ESTABLISHED).select_related("body").first()
    body = claim.body if claim else None
    answer = quality_assured(body, Scope(), today) if body else None
    return render(request, "pages/catalogue/provider.html", {
        "organisation": organisation,
        "body": body,
        "claim": claim,
        "about": next((one for one in said if one.subject == Subject.ABOUT), None),
        "policies": [one for one in said if one.subject != Subject.ABOUT],
        "unsaid": [subject.label for subject in Subject if subject not in {one.subject for one in said} and subject != Subject.ABOUT],
        "state": state_words(answer) if answer else None,
        "rows": evidence_rows(answer) if answer else [],
        "results": results_of(found.numbers, on=today),
        "pathways": pathways,
        "total": found.total,
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
    })  # fmt: skip


class PoliciesForm(forms.Form):
    """A text and an address for each subject."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for subject in Subject:
            self.fields[subject.value] = forms.CharField(
                label=subject.label, required=False, max_length=domain.MAX_TEXT, help_text=MEANINGS[subject],
                widget=forms.Textarea(attrs={"rows": 4, "class": "short"}),
            )  # fmt: skip
            self.fields[f"{subject.value}-url"] = forms.URLField(
                label=_("%(subject)s: the page where it stands at length") % {"subject": subject.label},
                required=False, max_length=domain.MAX_URL, assume_scheme="https",
            )  # fmt: skip

    def written(self) -> dict[Subject, domain.Written]:
        """By subject what was written."""
        data = self.cleaned_data
        return {
            one: domain.Written(data.get(one.value, ""), data.get(f"{one.value}-url", "")) for one in Subject
        }


class LanguageForm(forms.Form):
    """In which language one writes."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))

    def __init__(self, *args: Any, present: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [one for one in language_choices(*present) if one[0]]


@login_required
@require_http_methods(["GET", "POST"])
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """Write what everybody reads on the provider's page; one language at a time."""
    organisation = workspace(request, slug, "description.view")
    domain.require_to_write(by=person_of(request), organisation=organisation)
    present = queries.languages_of(organisation)
    chooser = LanguageForm(
        {"language": request.GET.get("language") or organisation.language}, present=present
    )
    language = chooser.cleaned_data["language"] if chooser.is_valid() else organisation.language
    known = queries.written_in(organisation, language)
    initial = {name: one.text for name, one in known.items()} | {
        f"{name}-url": one.url for name, one in known.items()
    }
    form = PoliciesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            domain.write_policies(
                by=person_of(request), organisation=organisation, language=language, policies=form.written()
            )
            messages.success(request, _("Saved. Everybody can read it now."))
            return redirect(f"{request.path}?language={language}")
        except NotAllowedError:
            raise
        except RefusedError as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error.message} {error.hint}"
            )
    return render(request, "pages/catalogue/policies.html", {
        "organisation": organisation, "form": form, "chooser": chooser, "language": language,
        "has_page": bool(present) or organisation.versions.exists(),
        "languages": [(one, name) for one, name in language_choices(*present) if one in present],
    })  # fmt: skip
