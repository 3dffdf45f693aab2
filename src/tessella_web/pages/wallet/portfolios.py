"""Pages that a person puts together: what was certified, and what they bring and say beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.portfolio import domain
from tessella_web.credentials.portfolio.models import Piece, Portfolio
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.credentials.wallet.models import ShownKind
from tessella_web.pages.access import add_refusal, person_of
from tessella_web.pages.wallet.common import languages
from tessella_web.pages.wallet.sharing import RecipientForm, crumbs, first_values


class TitleForm(forms.Form):
    """What a page is called."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200,
        help_text=gettext_lazy("For yourself, such as: Applications in spring."),
    )  # fmt: skip


class EntryForm(forms.Form):
    """An entry of the wallet, with words beside it."""

    key = forms.ChoiceField(label=gettext_lazy("From your wallet"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("What you want to say about it"), required=False, max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("It stands there as your own words."),
    )  # fmt: skip


class HeadingForm(forms.Form):
    """Words above what follows."""

    title = forms.CharField(label=gettext_lazy("Heading"), max_length=200)


class TextForm(forms.Form):
    """Words between things."""

    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=domain.MAX_TEXT_CHARS, widget=forms.Textarea(attrs={"rows": 6})
    )


class LinkForm(forms.Form):
    """Something that stands elsewhere."""

    title = forms.CharField(label=gettext_lazy("What it is"), max_length=200)
    url = forms.CharField(
        label=gettext_lazy("Address"), max_length=domain.MAX_URL_CHARS, widget=forms.URLInput(),
        help_text=gettext_lazy("Such as a web page you made, or an article about your work."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("A few words about it"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip


class EvidenceForm(forms.Form):
    """A file of one's own."""

    title = forms.CharField(label=gettext_lazy("What it is"), max_length=200)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Something you made, a letter, a photo; up to 8 MB."),
    )
    text = forms.CharField(
        label=gettext_lazy("A few words about it"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip


_FORMS: Mapping[str, tuple[type[forms.Form], ShownKind, Any]] = {
    "entry": (EntryForm, ShownKind.CREDENTIAL, gettext_lazy("Add from your wallet")),
    "heading": (HeadingForm, ShownKind.HEADING, gettext_lazy("Add a heading")),
    "text": (TextForm, ShownKind.TEXT, gettext_lazy("Add a text")),
    "link": (LinkForm, ShownKind.LINK, gettext_lazy("Add an address")),
    "evidence": (EvidenceForm, ShownKind.EVIDENCE, gettext_lazy("Add a file of your own")),
}


class PageShareForm(RecipientForm):
    """For whom the page is."""

    shown_as = forms.CharField(label=gettext_lazy("Your name on the page"), max_length=200, required=False)


@login_required
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The pages of a person, and a new one."""
    form = TitleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.make(by=person_of(request), **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("portfolio", made.id)
    return render(request, "pages/wallet/portfolios.html", {
        "form": form,
        "portfolios": Portfolio.objects.filter(holder=person_of(request)),
        "crumbs": crumbs((_("Your pages"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET"])
def page(request: HttpRequest, id: str) -> HttpResponse:
    """What is on a page, in its order, and what can be put on it."""
    found = _own(request, id)
    entries = {one.key: one for one in entries_of(person_of(request), languages())}
    return render(request, "pages/wallet/portfolio.html", {
        "portfolio": found,
        "pieces": [_line(one, entries) for one in found.pieces.all()],
        "ways": [(kind, title) for kind, (_form, _kind, title) in _FORMS.items()],
        "crumbs": crumbs((_("Your pages"), reverse("portfolios")), (found.title, "")),
    })  # fmt: skip


def _line(one: Piece, entries: Mapping[str, Entry]) -> dict[str, Any]:
    entry = entries.get(one.key) if one.key else None
    is_gone = bool(one.key) and entry is None
    title = entry.title if entry else one.title or Truncator(one.text).words(14)
    return {
        "piece": one,
        "title": _("No longer in your wallet") if is_gone else title,
        "is_gone": is_gone,
        "tile": entry.tile if entry else None,
        "kind": one.get_kind_display(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, id: str, kind: str) -> HttpResponse:
    """Put something on a page."""
    found = _own(request, id)
    if kind not in _FORMS:
        raise Http404
    form_class, shown_kind, title = _FORMS[kind]
    form = form_class(request.POST, request.FILES) if request.method == "POST" else form_class()
    if kind == "entry":
        form.fields["key"].choices = [  # type: ignore[attr-defined]
            (
                one.key,
                _("%(title)s (said by yourself)") % {"title": one.title} if one.is_declared else one.title,
            )
            for one in entries_of(person_of(request), languages())
        ]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        file = values.pop("file", None)
        data = file.read(domain.MAX_FILE_BYTES + 1) if file else b""
        try:
            domain.add(
                by=person_of(request), portfolio=found, kind=shown_kind, data=data, languages=languages(),
                values={**values, **({"name": str(file.name)} if file else {})},
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("portfolio", id)
    return render(request, "pages/wallet/portfolio-add.html", {
        "form": form, "title": title, "portfolio": found,
        "crumbs": crumbs((_("Your pages"), reverse("portfolios")), (found.title, reverse("portfolio", args=[id])), (title, "")),
    })  # fmt: skip


@login_required
@require_POST
def change(request: HttpRequest, id: str, piece_id: str, how: str) -> HttpResponse:
    """Move something up or down, or take it off."""
    piece = get_object_or_404(Piece, pk=piece_id, portfolio=_own(request, id))
    if how in ("up", "down"):
        domain.move(by=person_of(request), piece=piece, up=how == "up")
    elif how == "remove":
        domain.remove_piece(by=person_of(request), piece=piece)
    else:
        raise Http404
    return redirect("portfolio", id)


@login_required
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, id: str) -> HttpResponse:
    """Say for whom; then it is looked at before the link is made."""
    found = _own(request, id)
    person = person_of(request)
    form = PageShareForm(request.POST or None, initial=first_values(request, person))
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.show(
                by=person, portfolio=found, languages=languages(), shown_as=form.cleaned_data["shown_as"], **form.details()
            )  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("wallet-share-draft", made.id)
    return render(request, "pages/wallet/portfolio-share.html", {
        "form": form, "portfolio": found,
        "crumbs": crumbs((_("Your pages"), reverse("portfolios")), (found.title, reverse("portfolio", args=[id])), (_("Show this page"), "")),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, id: str) -> HttpResponse:
    """Delete a page, after asking once more."""
    found = _own(request, id)
    if request.method == "POST":
        domain.remove(by=person_of(request), portfolio=found)
        messages.success(request, _("The page is deleted."))
        return redirect("portfolios")
    return render(request, "ui/confirm.html", {
        "title": _("Delete this page?"),
        "text": found.title,
        "consequences": [
            _("Files that are only on this page are deleted. What comes from your wallet stays there."),
            _("What you have shown of it before is shown until it ends or you withdraw it."),
        ],
        "action": _("Delete it"), "danger": True, "cancel_url": reverse("portfolio", args=[id]),
    })  # fmt: skip


def _own(request: HttpRequest, id: str) -> Portfolio:
    found: Portfolio = get_object_or_404(Portfolio, pk=id, holder=person_of(request))
    return found
