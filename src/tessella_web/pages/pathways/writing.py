"""Rules as an organisation writes them: begin, answer section by section, take from a file."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from ruamel.yaml import YAML

from tessella.adapters.descriptions import parse_description
from tessella.stacking import load_rule, published_rule, published_rules
from tessella_web.accounts.models import OrganisationKind
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.pathways import domain, drafting, queries
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.common.errors import RefusedError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.pathways.common import Mend, crumbs, mends, own
from tessella_web.pages.pathways.filling import as_draft, as_form, changed_by, inner_parts, read, with_ids
from tessella_web.pages.pathways.language import BY_ID, SECTIONS, Section
from tessella_web.pages.pathways.parts import Field, Part
from tessella_web.pages.pathways.showing import Screen, place_of, problem_list
from tessella_web.pages.pathways.words import sentences, verb_words

__all__ = ["as_json", "as_yaml", "file", "listing", "new", "overview", "section", "upload"]


class NewForm(forms.Form):
    """How one begins."""

    title = forms.CharField(
        label=gettext_lazy("Title of the rule"), max_length=300, required=False,
        help_text=gettext_lazy("For example: Certificate in river care from micro-credentials."),
    )  # fmt: skip
    example = forms.ChoiceField(
        label=gettext_lazy("Begin with an example"), required=False,
        help_text=gettext_lazy("Real rules of others, written down from public accounts. Everything can be changed."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Or with a file"), required=False,
        help_text=gettext_lazy("A rule in YAML or JSON, such as one that you downloaded here or use with the command line."),
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["example"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("Nothing: an empty rule")), *_examples(kind == OrganisationKind.NGO)]


class FileForm(forms.Form):
    """A rule file."""

    file = forms.FileField(
        label=gettext_lazy("The file"), help_text=gettext_lazy("A rule in YAML or JSON. It takes the place of the draft; published versions stay.")
    )  # fmt: skip


@functools.lru_cache(maxsize=2)
def _examples(without_credits: bool) -> list[tuple[str, str]]:
    """Names and titles of the rules that ship; an association is not shown those that count what schools give."""
    found = []
    for name in published_rules():
        rule = load_rule(parse_description(published_rule(name), name))
        if without_credits and rule.without_credits != "zero":
            continue
        found.append((name, f"{rule.title} ({rule.receiver})"))
    return sorted(found, key=lambda one: one[1])


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules of an organisation."""
    organisation = workspace(request, slug, "organisation.view")
    page = Paginator(queries.of_organisation(organisation), 25).get_page(request.GET.get("page"))
    return render(request, "pages/pathways/listing.html", {
        "organisation": organisation, "page": page, "may_edit": may(request.user, organisation, "rule.edit"),
        "crumbs": [*crumbs(organisation)[:1], (_("Rules for larger awards"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin: empty, with an example, with a file."""
    organisation = workspace(request, slug, "rule.edit")
    form = NewForm(request.POST or None, request.FILES or None, kind=organisation.kind)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["file"]:
                read_in = domain.read_file(given["file"].read(domain.MAX_FILE_BYTES + 1))
                made = domain.start(by=person_of(request), organisation=organisation, data=read_in.data, source="file")  # fmt: skip
                _tell(request, read_in)
            elif given["example"]:
                made = domain.start_from_example(by=person_of(request), organisation=organisation, name=given["example"])  # fmt: skip
            else:
                made = domain.start(by=person_of(request), organisation=organisation, data={"title": given["title"]})  # fmt: skip
        except RefusedError as error:
            add_refusal(form, error)
        else:
            if given["title"] and (given["file"] or given["example"]):
                domain.change(by=person_of(request), pathway=made, data={**made.draft, "title": given["title"]}, revision=made.revision)  # fmt: skip
            begin = SECTIONS[0].id
            is_empty = not (given["file"] or given["example"])
            return redirect("pathway-section", slug, made.id, begin) if is_empty else redirect("pathway-draft", slug, made.id)  # fmt: skip
    return render(request, "pages/pathways/new.html", {
        "organisation": organisation, "form": form, "crumbs": crumbs(organisation, (_("New rule"), "")),
    })  # fmt: skip


@login_required
@require_safe
def overview(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The draft: how it reads, what is wrong, the sections, the versions, who changed what."""
    organisation = workspace(request, slug, "organisation.view")
    pathway = own(organisation, id)
    wrong = mends(pathway, drafting.problems_of(pathway.draft))
    versions = list(queries.versions(pathway))
    return render(request, "pages/pathways/draft.html", {
        "organisation": organisation,
        "pathway": pathway,
        "sentences": sentences(pathway),
        "mends": wrong,
        "steps": _steps(pathway, wrong),
        "versions": versions,
        "history": [(step, verb_words(step.verb), [str(BY_NAME[name]) for name in step.fields if name in BY_NAME]) for step in queries.history(pathway)],
        "may_edit": may(request.user, organisation, "rule.edit"),
        "may_publish": may(request.user, organisation, "rule.publish"),
        "is_changed": not versions or not drafting.says_the_same(pathway.draft, versions[0].rule),
        "crumbs": crumbs(organisation, (pathway, "")),
    })  # fmt: skip


BY_NAME = {part.name: section.name for section in SECTIONS for part in section.parts}
"""By field of the rule the name of its section."""


@login_required
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, slug: str, id: str, section: str) -> HttpResponse:
    """One thought: show it, and write what comes back."""
    organisation = workspace(request, slug, "rule.edit")
    pathway, here = own(organisation, id), BY_ID.get(section)
    if here is None:
        raise Http404
    form, errors = as_form(pathway.draft), {}
    if request.method == "POST":
        found = read(here.parts, request.POST, form)
        errors = found.errors
        form = {name: value for name, value in form.items() if name not in {one.name for one in here.parts}}
        form |= found.data
        action = request.POST.get("do", "")
        show = changed_by(action, here.parts, form, request.POST)
        data = with_ids(as_draft(form, errors))
        if not errors:
            seen = request.POST.get("revision", "")
            try:
                domain.change(by=person_of(request), pathway=pathway, data=data, revision=int(seen) if seen.isdigit() else -1)  # fmt: skip
            except RefusedError as error:
                errors = {error.field or here.parts[0].name: f"{error.message} {error.hint}"}
            else:
                return _onward(pathway, here, action, show)
    mended = mends(pathway, drafting.problems_of(pathway.draft))
    return render(request, "pages/pathways/section.html", {
        "organisation": organisation,
        "pathway": pathway,
        "section": here,
        "number": SECTIONS.index(here) + 1,
        "lines": Screen(form, errors=errors, post=request.POST if errors else None, opened=request.GET.get("open", "")).lines(here.parts, form),
        "known": _suggesting(here.parts),
        "wrong": problem_list(here.parts, errors),
        "lists": [one.get("name", "") for one in form.get("categories", ())],
        "sentences": sentences(pathway),
        "mends": mended,
        "steps": _steps(pathway, mended, here),
        "crumbs": crumbs(organisation, (pathway, reverse("pathway-draft", args=[slug, id])), (here.name, "")),
    })  # fmt: skip


def _onward(pathway: Pathway, here: Section, action: str, show: str) -> HttpResponse:
    """After saving: the place that a button was about, the next section, or the whole."""
    slug = pathway.organisation.slug
    if show:
        address = reverse("pathway-section", args=[slug, pathway.id, here.id])
        return redirect(f"{address}?open={show}#{place_of(show)}")
    if action == "list":
        return redirect("pathway-draft", slug, pathway.id)
    if action == "next" and here is not SECTIONS[-1]:
        return redirect("pathway-section", slug, pathway.id, SECTIONS[SECTIONS.index(here) + 1].id)
    return redirect(*(("pathway-draft", slug, pathway.id) if action == "next" else ("pathway-section", slug, pathway.id, here.id)))  # fmt: skip


def _suggesting(parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    """By name the values that are suggested for the fields of these parts and of their groups."""
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        if isinstance(part, Field):
            found |= {part.name: part.known} if part.known else {}
        elif part.name not in ("any_of", "not"):  # they hold the same fields again
            found |= _suggesting(inner_parts(part))
    return found


def _steps(pathway: Pathway, wrong: Sequence[Mend], here: Section | None = None) -> list[dict[str, Any]]:
    """The sections with what is wrong or done in each."""
    missing = {one.section for one in wrong}
    made = []
    for one in SECTIONS:
        is_filled = any(pathway.draft.get(part.name) for part in one.parts)
        state = (
            "current" if one is here else "wrong" if one.name in missing else "done" if is_filled else "open"
        )
        made.append({"state": state, "label": one.name, "url": reverse("pathway-section", args=[pathway.organisation.slug, pathway.id, one.id])})  # fmt: skip
    return made


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Take the draft from a file: what can be used; what cannot is told with its place."""
    organisation = workspace(request, slug, "rule.edit")
    pathway = own(organisation, id)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = domain.read_file(form.cleaned_data["file"].read(domain.MAX_FILE_BYTES + 1))
            kept = {"id": pathway.draft.get("id", ""), **found.data}
            domain.change(by=person_of(request), pathway=pathway, data=kept, revision=pathway.revision)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            _tell(request, found)
            return redirect("pathway-draft", slug, id)
    return render(request, "pages/pathways/upload.html", {
        "organisation": organisation, "pathway": pathway, "form": form,
        "crumbs": crumbs(organisation, (pathway, reverse("pathway-draft", args=[slug, id])), (_("From a file"), "")),
    })  # fmt: skip


def _tell(request: HttpRequest, found: drafting.Draft) -> None:
    for one in found.problems[:10]:
        messages.warning(request, f"{one.place}: {one.message} {one.hint}")
    if not found.problems:
        messages.success(request, _("The whole file was taken over."))


@login_required
@require_safe
def file(request: HttpRequest, slug: str, id: str, format: str) -> HttpResponse:
    """The draft as a file."""
    organisation = workspace(request, slug, "organisation.view")
    pathway = own(organisation, id)
    write = {"yaml": as_yaml, "json": as_json}.get(format)
    if write is None:
        raise Http404
    return write(pathway.draft, f"rule-{pathway.id[:8]}")


def as_yaml(data: Any, name: str) -> HttpResponse:
    """The rule as YAML, in the order of the language."""
    yaml, out = YAML(), io.StringIO()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.dump(domain.file_of(data), out)
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return HttpResponse(out.getvalue(), content_type="application/yaml; charset=utf-8", headers=headers)


def as_json(data: Any, name: str) -> HttpResponse:
    """The rule as JSON, in the order of the language."""
    text = json.dumps(domain.file_of(data), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)
