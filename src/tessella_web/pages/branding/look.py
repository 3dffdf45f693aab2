"""Logo, colour, languages and signatories of certificates, with a preview."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tessella.model import Image
from tessella.rendering import readable_colour
from tessella.rendering.style import MAX_SIGNATORIES
from tessella.vocabulary import OFFICIAL_LANGUAGES, code_list
from tessella_web.accounts.branding import domain, queries
from tessella_web.accounts.branding.models import Signatory
from tessella_web.accounts.branding.pictures import MAX_UPLOAD_BYTES
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.preview import certificate_preview
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.queries import awardable
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.award.common import crumbs


def language_name(tag: str) -> str:
    """A language by its own name, as its readers look for it."""
    found = code_list("language").get(tag)
    name = found.labels.get(tag) or found.labels.get("en", tag) if found else tag
    return name[:1].upper() + name[1:]


class LookForm(forms.Form):
    """How certificates look."""

    logo = forms.FileField(
        label=gettext_lazy("Logo"), required=False,
        help_text=gettext_lazy("PNG, JPEG or SVG of at most 2 MB. Scripts, styles and links in a drawing are left out; where and with what a picture was made is removed."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg,.svg"}),
    )  # fmt: skip
    colour = forms.CharField(
        label=gettext_lazy("Colour"), required=False, max_length=7,
        help_text=gettext_lazy("Of the kind of record, the numbers and the rule, such as #0b5c66. A colour too light to read is printed darker. Without one, the field of study gives it."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(tag, language_name(tag)) for tag in OFFICIAL_LANGUAGES],
        help_text=gettext_lazy("Each has a first page of its own in the same file. The words around your texts come in English, German, French, Dutch, Spanish and Italian."),
    )  # fmt: skip
    main = forms.ChoiceField(
        label=gettext_lazy("The first one"), required=False,
        choices=[("", "–"), *((tag, language_name(tag)) for tag in OFFICIAL_LANGUAGES)],
        help_text=gettext_lazy("The supplement with every element follows in this language."),
    )  # fmt: skip

    def ordered(self) -> list[str]:
        """The languages, the main one first."""
        found = list(self.cleaned_data["languages"])
        main = self.cleaned_data["main"]
        return [main, *(one for one in found if one != main)] if main else found


class SignatoryForm(forms.Form):
    """Somebody who signs, with the function in each language of the certificates."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    picture = forms.FileField(
        label=gettext_lazy("Drawn signature"), required=False,
        help_text=gettext_lazy("PNG with a clear background, or SVG. It is a picture and proves nothing: the electronic seal does."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg,.svg"}),
    )  # fmt: skip

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tags = languages
        for tag in languages:
            self.fields[f"function_{tag}"] = forms.CharField(
                label=_("Function (%(language)s)") % {"language": language_name(tag)},
                required=False,
                max_length=120,
            )

    def function(self) -> dict[str, str]:
        """The function by language."""
        return {tag: self.cleaned_data[f"function_{tag}"] for tag in self.tags}


def _source(image: Image | None) -> str:
    """A picture as an address that a page shows."""
    if image is None:
        return ""
    return f"data:{image.media_type};base64,{base64.b64encode(image.content).decode()}"


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """The look, and changing it."""
    organisation = workspace(request, slug, "organisation.manage")
    if request.method == "POST" and request.POST.get("do") == "remove-logo":
        domain.remove_logo(by=person_of(request), organisation=organisation)
        return redirect("certificates", slug)
    look = queries.look_of(organisation)
    form = LookForm(
        request.POST or None,
        request.FILES or None,
        initial={
            "colour": look.colour, "languages": look.languages, "main": next(iter(look.languages), ""),
        },
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        logo = form.cleaned_data["logo"]
        try:
            domain.set_look(
                by=person_of(request), organisation=organisation, colour=form.cleaned_data["colour"],
                languages=form.ordered(), logo=logo.read(MAX_UPLOAD_BYTES + 1) if logo else b"",
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. Certificates that are made from now on look like this."))
            return redirect("certificates", slug)
    people = list(Signatory.objects.filter(organisation=organisation))
    context = {
        "organisation": organisation, "form": form, "look": look, "colour": _colour(look.colour),
        "logo": _source(queries.picture_of(look.logo, look.logo_type)),
        "people": [(one, _source(queries.picture_of(one.picture, one.picture_type)), "; ".join(one.function.values())) for one in people],
        "has_room": len(people) < MAX_SIGNATORIES, "preview": bool(awardable(organisation)),
        "crumbs": [*crumbs(organisation)[:1], (_("Certificates"), "")],
    }  # fmt: skip
    return render(request, "pages/branding/look.html", context)


def _colour(text: str) -> dict[str, Any] | None:
    """What becomes of the colour in print, and why."""
    if not text:
        return None
    printed, ratio = readable_colour(text)
    return {"given": text, "printed": printed, "ratio": f"{ratio:.1f}", "is_changed": printed != text}


@login_required
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """A certificate of the newest version, marked as a test."""
    organisation = workspace(request, slug, "organisation.manage")
    found = awardable(organisation)
    if not found:
        raise Http404
    style = queries.style_of(organisation)
    data = certificate_preview(found[0].record(), at=timezone.now(), style=style)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody whose name stands below certificates."""
    organisation = workspace(request, slug, "organisation.manage")
    languages = _languages(organisation)
    form = SignatoryForm(request.POST or None, request.FILES or None, languages=languages)
    if request.method == "POST" and form.is_valid():
        picture = form.cleaned_data["picture"]
        try:
            domain.add_signatory(
                by=person_of(request), organisation=organisation, name=form.cleaned_data["name"],
                function=form.function(), picture=picture.read(MAX_UPLOAD_BYTES + 1) if picture else b"",
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("certificates", slug)
    back = reverse("certificates", args=[slug])
    title = _("Add somebody who signs")
    context = {
        "title": title, "form": form, "action": _("Add"), "cancel_url": back,
        "crumbs": [*crumbs(organisation)[:1], (_("Certificates"), back), (title, "")],
    }  # fmt: skip
    return render(request, "pages/award/form.html", context)


def _languages(organisation: Organisation) -> list[str]:
    return queries.look_of(organisation).languages or [organisation.language or settings.LANGUAGE_CODE]


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Take a name off, after asking."""
    organisation = workspace(request, slug, "organisation.manage")
    signatory = get_object_or_404(
        Signatory.objects.select_related("organisation"), pk=id, organisation=organisation
    )
    if request.method == "POST":
        domain.remove_signatory(by=person_of(request), signatory=signatory)
        return redirect("certificates", slug)
    context = {
        "title": _("Remove %(name)s?") % {"name": signatory.name},
        "text": _("Certificates that are made from now on do not name this person. Those that were made stay as they are."),
        "action": _("Remove"),
        "danger": True,
        "cancel_url": reverse("certificates", args=[slug]),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)
