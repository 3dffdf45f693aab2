"""The guided form: a list, a way of screens, a to-do list that is always there."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tessella_web.accounts.branding.queries import style_of
from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may, only_of
from tessella_web.catalogue import domain, preview, queries
from tessella_web.catalogue.changes import changes_of_edit
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.merging import ChangedMeanwhileError
from tessella_web.catalogue.missing import Gap, missing_of
from tessella_web.catalogue.models import Description, Stage
from tessella_web.common.errors import DomainError, NotAllowedError
from tessella_web.pages.access import person_of, workspace
from tessella_web.pages.describe.access import may_edit, place_of, require_edit, visible_description
from tessella_web.pages.describe.forms import ScreenForm, items_of
from tessella_web.pages.describe.outcomes import skill_choices
from tessella_web.pages.describe.screens import BY_ID, SCREENS, Screen, screen_of
from tessella_web.pages.describe.starting import FileForm, PartnerForm, TextForm

__all__ = [
    "badge",
    "certificate",
    "history",
    "listing",
    "overview",
    "partners",
    "publish",
    "screen",
    "skills",
    "start",
    "start_file",
    "start_text",
    "submit",
]

MAX_ITEMS = 12
"""Bodies, assessments or reviews that one description may have on screens."""


@login_required
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The organisation's descriptions."""
    organisation = workspace(request, slug, "description.view")
    return render(request, "pages/describe/listing.html", {
        "organisation": organisation,
        "descriptions": queries.descriptions_of(organisation, only_of(request.user, organisation)),
        "may_start": may(request.user, organisation, "description.edit", ""),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """From nothing, or the ways from something."""
    organisation = workspace(request, slug, "description.view")
    if request.method == "POST":
        made = domain.start_description(by=person_of(request), organisation=organisation)
        return redirect("description-screen", made.id, SCREENS[0].id)
    _require_to_start(request, slug)
    return render(request, "pages/describe/start.html", {"organisation": organisation, "count": len(SCREENS)})


@login_required
@require_http_methods(["GET", "POST"])
def start_text(request: HttpRequest, slug: str) -> HttpResponse:
    """From a pasted text."""
    organisation = workspace(request, slug, "description.view")
    _require_to_start(request, slug)
    form = TextForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.start_from_text(
                by=person_of(request), organisation=organisation, text=form.cleaned_data["text"]
            )
            return redirect("description", made.id)
        except DomainError as error:
            form.add_error("text", f"{error.message} {error.hint}")
    return render(request, "pages/describe/start-text.html", {"organisation": organisation, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def start_file(request: HttpRequest, slug: str) -> HttpResponse:
    """From a file."""
    organisation = workspace(request, slug, "description.view")
    _require_to_start(request, slug)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = domain.start_from_file(
                by=person_of(request),
                organisation=organisation,
                data=file.read(domain.MAX_FILE_BYTES + 1),
                name=file.name,
            )
            return redirect("description", made.id)
        except DomainError as error:
            form.add_error("file", f"{error.message} {error.hint}")
    return render(request, "pages/describe/start-file.html", {"organisation": organisation, "form": form})


@login_required
@require_GET
def overview(request: HttpRequest, id: str) -> HttpResponse:
    """The to-do list: where the description is, what is missing, what comes next."""
    description = visible_description(request, id)
    organisation = description.organisation
    return render(request, "pages/describe/overview.html", {
        **_around(description, edits=may_edit(request, description)),
        "place": place_of(request, description),
        "reviews": queries.reviews_of(description),
        "versions": queries.versions_of(description),
        "may_submit": may(request.user, organisation, "description.submit"),
        "may_publish": may(request.user, organisation, "version.publish"),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, id: str, name: str) -> HttpResponse:
    """One thought: shown, saved, on to the next. A saving in the background answers with the to-do list alone."""
    description = visible_description(request, id)
    shown = BY_ID.get(name)
    item = _item(request, shown, description) if shown else None
    if shown is None or item is None:
        raise Http404
    require_edit(request, description)
    if description.stage == Stage.IN_REVIEW:
        return redirect("description", description.id)
    seen = _seen(request, description, shown)
    form = shown.form(
        request.POST if request.method == "POST" else None,
        content={**_elements(description), **(seen or {})}, workings=description.workings, item=item,
    )  # fmt: skip
    quietly = "X-Autosave" in request.headers
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        try:
            saved = _save(request, description, shown, form, seen)
        except ChangedMeanwhileError as error:
            return _conflict(request, description, shown, error, quietly=quietly)
        if saved and quietly:
            return _quiet_answer(request, shown, item)
        if saved:
            return redirect(_next(request, description, shown, item))
    if quietly:
        return HttpResponse(status=422)
    return render(request, "pages/describe/screen.html", {
        **_around(description, edits=True, current=shown),
        "place": place_of(request, description),
        "form": form,
        "explained": form.explained(),
        "screen": shown,
        "seen": json.dumps(seen if seen is not None else _on_screen(description, shown)),
        "number": SCREENS.index(shown) + 1,
        "item": item,
        "items": _items(description, shown, item),
        "removable": shown.many and item < len(items_of(_elements(description), shown.many)),
        "before": SCREENS[SCREENS.index(shown) - 1] if shown is not SCREENS[0] else None,
    })  # fmt: skip


@login_required
@require_GET
def skills(request: HttpRequest, id: str) -> HttpResponse:
    """Skills to tick, for a script that shows them while somebody types: found by words, or suggested by a whole outcome."""
    description = visible_description(request, id)
    require_edit(request, description)
    languages = [get_language() or "en", str(description.content.get("language") or "en"), "en"]
    text, outcome = request.GET.get("text", "")[:600], request.GET.get("outcome", "")[:80]
    found = (
        esco.suggest([text], languages=languages)[0]
        if request.GET.get("whole")
        else esco.search(text, languages=languages)
    )
    return render(
        request, "pages/describe/skill-choices.html", {"choices": skill_choices(found), "outcome": outcome}
    )


@login_required
@require_GET
def history(request: HttpRequest, id: str) -> HttpResponse:
    """Who changed what, when."""
    description = visible_description(request, id)
    return render(request, "pages/describe/history.html", {
        "description": description,
        "place": place_of(request, description),
        "edits": [
            (edit, screen_of(edit.element), changes_of_edit(edit.element, edit.before, edit.after, description.content))
            for edit in queries.edits_of(description)
        ],
    })  # fmt: skip


@login_required
@require_GET
def badge(request: HttpRequest, id: str) -> HttpResponse:
    """The badge as it will look."""
    description = visible_description(request, id)
    return HttpResponse(preview.badge_picture(description.record()), content_type="image/svg+xml")


@login_required
@require_GET
def certificate(request: HttpRequest, id: str) -> HttpResponse:
    """The certificate as it will look, marked as a preview."""
    description = visible_description(request, id)
    pdf = preview.certificate_preview(
        description.record(), at=timezone.now(), style=style_of(description.organisation)
    )
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="preview.pdf"'}
    )


@login_required
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest, id: str) -> HttpResponse:
    """Which other organisations write on it, and inviting one."""
    description = visible_description(request, id)
    domain.require_to_submit(by=person_of(request), description=description)
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        partner = Organisation.objects.filter(slug=form.cleaned_data["partner"]).first()
        if partner is None:
            form.add_error("partner", _("There is no organisation of this short name here."))
        else:
            try:
                domain.invite_partner(description=description, by=person_of(request), partner=partner)
                messages.success(request, _("%(name)s can write on it now.") % {"name": partner.name})
                return redirect("description-partners", description.id)
            except DomainError as error:
                form.add_error("partner", f"{error.message} {error.hint}")
    return render(request, "pages/describe/partners.html", {"description": description, "form": form})


@login_required
@require_POST
def submit(request: HttpRequest, id: str) -> HttpResponse:
    """Hand in for quality review."""
    description = visible_description(request, id)
    review = domain.submit_for_review(description=description, by=person_of(request))
    messages.success(request, _("Handed in for quality review."))
    return redirect("review", review.id)


@login_required
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, id: str) -> HttpResponse:
    """Ask once more, then publish."""
    description = visible_description(request, id)
    if request.method == "POST":
        try:
            version = domain.publish(description=description, by=person_of(request))
        except NotAllowedError:
            raise
        except DomainError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("description", description.id)
        messages.success(request, _("Published as version %(number)s.") % {"number": version.number})
        return redirect("version", description.id, version.number)
    domain.require_to_publish(by=person_of(request), description=description)
    return render(request, "ui/confirm.html", {
        "title": _("Publish “%(title)s”?") % {"title": description},
        "text": _("Everybody will see it, under an address that stays."),
        "consequences": [
            _("This version cannot be changed any more. Changes become the next version."),
            _("The quality decision is shown with it."),
            _("You can withdraw it later; the page then says so."),
        ],
        "action": _("Publish"),
        "cancel_url": reverse("description", args=[description.id]),
    })  # fmt: skip


def _require_to_start(request: HttpRequest, slug: str) -> None:
    domain.require_to_start(by=person_of(request), organisation=workspace(request, slug, "description.view"))


def _item(request: HttpRequest, shown: Screen, description: Description) -> int | None:
    """Which part of a list; the one after the last is a new one."""
    text = request.GET.get("item", "0")
    found = int(text) if shown.many and text.isascii() and text.isdigit() and len(text) < 4 else 0
    last = min(len(items_of(_elements(description), shown.many)), MAX_ITEMS - 1) if shown.many else 0
    return found if found <= last else None


def _items(description: Description, shown: Screen, item: int) -> list[dict[str, Any]]:
    """Links to the parts of a list, and to a new one."""
    if not shown.many:
        return []
    count = len(items_of(_elements(description), shown.many))
    return [
        {"number": n + 1, "item": n, "current": n == item, "new": n == count}
        for n in range(min(count + 1, MAX_ITEMS))
    ]


def _elements(description: Description) -> dict[str, Any]:
    """The elements of the record and the particulars, as screens read them."""
    return {**description.content, **description.particulars}


def _on_screen(description: Description, shown: Screen) -> dict[str, Any]:
    """The elements that a screen is about, as they are."""
    every = _elements(description)
    return {name: every.get(name) for name in shown.elements}


def _seen(request: HttpRequest, description: Description, shown: Screen) -> dict[str, Any] | None:
    """The elements as they were when the person began to write; None when the form does not say it in a usable way."""
    try:
        found = json.loads(request.POST.get("seen", ""))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    before = {**_elements(description), **{name: found.get(name) for name in shown.elements}}
    try:
        stored = domain.as_stored(description=description, elements=before)
    except DomainError:
        return None
    return {name: stored.get(name) for name in shown.elements}


def _save(
    request: HttpRequest,
    description: Description,
    shown: Screen,
    form: ScreenForm,
    seen: dict[str, Any] | None,
) -> bool:
    """Whether it was saved; a refusal is shown at its field."""
    removing = "remove" in request.POST and shown.many
    try:
        values = {shown.many: form.replaced(shown.many, {})} if removing else form.values()
        domain.save_elements(
            description=description, by=person_of(request), values=values, notes=form.notes(), seen=seen,
            confirmed=() if removing else form.confirmed(),
        )  # fmt: skip
    except (NotAllowedError, ChangedMeanwhileError):
        raise
    except DomainError as error:
        form.add_refusal(f"{error.message} {error.hint}".strip(), error.field)
        return False
    return True


def _quiet_answer(request: HttpRequest, shown: Screen, item: int) -> HttpResponse:
    """What a saving in the background renews on the page: what is missing, what the values mean, what was seen last."""
    fresh = visible_description(
        request, request.resolver_match.kwargs["id"] if request.resolver_match else ""
    )
    form = shown.form(content=_elements(fresh), workings=fresh.workings, item=item)
    return render(request, "pages/describe/saved.html", {
        **_around(fresh, edits=True), "explained": form.explained(), "seen": json.dumps(_on_screen(fresh, shown)),
    })  # fmt: skip


def _conflict(
    request: HttpRequest,
    description: Description,
    shown: Screen,
    error: ChangedMeanwhileError,
    *,
    quietly: bool,
) -> HttpResponse:
    """Both texts side by side, and a choice; in the background only that there is one."""
    if quietly:
        return HttpResponse(status=409)
    fresh = visible_description(request, description.id)
    last = fresh.edits.filter(element__in=error.elements).select_related("person").first()
    return render(request, "pages/describe/conflict.html", {
        "description": fresh, "place": place_of(request, fresh), "screen": shown, "last": last,
        "pairs": [
            change
            for name in error.elements
            for change in changes_of_edit(name, error.theirs.get(name), error.mine.get(name), fresh.content)
        ],
        "sent": [
            (name, value) for name in request.POST if name not in ("csrfmiddlewaretoken", "seen") for value in request.POST.getlist(name)
        ],
        "seen": json.dumps(_on_screen(fresh, shown)),
    }, status=409)  # fmt: skip


def _next(request: HttpRequest, description: Description, shown: Screen, item: int) -> str:
    """Where the button leads: on, to one more of the kind, or to the list."""
    if "remove" in request.POST and shown.many:
        return reverse("description-screen", args=[description.id, shown.id])
    if "again" in request.POST and shown.many:
        fresh = Description.objects.get(pk=description.pk)
        count = min(len(items_of(_elements(fresh), shown.many)), MAX_ITEMS - 1)
        return reverse("description-screen", args=[description.id, shown.id]) + f"?item={count}"
    place = SCREENS.index(shown) + 1
    if "list" in request.POST or place == len(SCREENS):
        return reverse("description", args=[description.id])
    return reverse("description-screen", args=[description.id, SCREENS[place].id])


def _around(description: Description, *, edits: bool, current: Screen | None = None) -> dict[str, Any]:
    """What every page about a description shows: the steps, and what is missing with the way to each."""
    record = description.record()
    today = timezone.now().date()
    missing = missing_of(domain.as_if_reviewed(record, on=today), on=today)
    edits = edits and description.stage != Stage.IN_REVIEW
    wrong = {gap.element for gap in missing.errors}
    proposed = set(description.workings.get("proposed", ()))
    steps = []
    for one in SCREENS:
        filled = one.is_filled(_elements(description))
        waits = filled and bool(proposed & set(one.elements))
        looked_at = filled and not waits
        state = "wrong" if wrong & set(one.elements) else "done" if looked_at or one.id == "kind" else "open"
        steps.append({
            "label": one.name,
            "state": "current" if one is current else state,
            "url": reverse("description-screen", args=[description.id, one.id]) if edits else "",
            "note": _("Please check what we found") if waits else "",
        })  # fmt: skip
    return {
        "description": description,
        "record": record,
        "steps": steps,
        "edits": edits,
        "missing": missing,
        "standard": _linked(description, missing.standard, edits),
        "country": _linked(description, missing.country, edits),
        "formats": [(name, _linked(description, gaps, edits)) for name, gaps in missing.formats],
        "waiting": bool(proposed),
        "done": sum(step["state"] == "done" for step in steps),
    }


def _linked(description: Description, gaps: tuple[Gap, ...], edits: bool) -> list[tuple[Gap, str]]:
    """Each gap with the address of the screen that fixes it."""
    screens = [screen_of(gap.element) if edits else None for gap in gaps]
    return [
        (gap, reverse("description-screen", args=[description.id, one.id]) if one else "")
        for gap, one in zip(gaps, screens, strict=True)
    ]
