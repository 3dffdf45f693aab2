"""What people see who scanned a code: the form, and their own page with tasks and the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.text import pick
from tessella_web.accounts.models import Person
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.limits import client_address, is_over
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.domain.listing import award_of
from tessella_web.credentials.activities.domain.writing import ticket_address
from tessella_web.credentials.activities.models import (
    Activity,
    Evidence,
    Kind,
    Participant,
    State,
    SubmissionState,
    Task,
    Way,
)
from tessella_web.pages.access import add_refusal
from tessella_web.pages.activities.common import qr_picture
from tessella_web.pages.award.public import HELD

__all__ = ["hand_in", "join", "scanned", "ticket"]

PASSES = "activity-passes"
"""In the session: by activity when its code was shown, and which code."""

JOINED = "activity-joined"
"""In the session: by activity the person's page; empty where everything comes by mail."""

TICKETS = "activity-tickets"
"""In the session: pages that were opened with their key."""

MAX_TICKETS = 20
"""Pages that one browser keeps open: a family, or a helper with a few slips."""

WRONG_CODES = 20
"""Within ten minutes from one address: more than mistyping, far too few to find a code."""

QR_TICKET = 220  # pixels


class JoinForm(forms.Form):
    """Who is there."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("As it should stand on the certificate."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Your record is sent there. Without one you get a page of your own to keep."),
    )  # fmt: skip


class SlipForm(forms.Form):
    """Whose slip it is."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("As it should stand on the certificate."),
    )  # fmt: skip


class WorkForm(forms.Form):
    """What is handed in for a task: what the task takes."""

    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    link = forms.URLField(
        label=gettext_lazy("A link"), required=False, max_length=500, assume_scheme="https",
        help_text=gettext_lazy("To a film, a page, a post. It has to be open to the people who look at it."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("A picture or a PDF file"), required=False, help_text=gettext_lazy("Up to 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )  # fmt: skip

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Evidence:
            if kind.value not in task.kinds:
                del self.fields[kind.value]


@require_safe
def scanned(request: HttpRequest, id: str, code: str) -> HttpResponse:
    """The code was shown: the session remembers it, and the address bar does not."""
    activity = _activity(id)
    if is_over("activity-code-asked", client_address(request), most=600, per_s=600):
        return _refused(
            request, activity, _("Very many people are scanning here."), _("Wait a minute and try again.")
        )
    way = domain.is_usable(activity, code, at=timezone.now())
    if way is None:
        if is_over("activity-code", client_address(request), most=WRONG_CODES, per_s=600):
            return _refused(
                request, activity, _("Too many wrong codes."), _("Try again in ten minutes."), status=429
            )
        return _refused(
            request, activity, _("This code is too old."), _("Scan the code that is on the screen now.")
        )
    passes = request.session.get(PASSES, {})
    request.session[PASSES] = {**passes, activity.id: [int(timezone.now().timestamp()), way.value]}
    return redirect("join", activity.id)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, id: str) -> HttpResponse:
    """Name and address; then what happens next."""
    activity = _activity(id)
    joined = request.session.get(JOINED, {}).get(activity.id)
    if joined is not None:
        return redirect("ticket", joined) if joined else _on_the_list(request, activity)
    way = _way(request, activity)
    if way is None:
        return _refused(
            request, activity, _("Scan the code first."), _("It is on the screen or on the wall.")
        )
    form = JoinForm(request.POST or None)
    if activity.kind == Kind.TASKS:
        form.fields["email"].required = True
    if request.method == "POST" and form.is_valid():
        try:
            made = domain.join(
                activity=activity, language=get_language() or "en", way=way, **form.cleaned_data
            )
        except RefusedError as error:
            add_refusal(form, error)
        else:
            page = made.id if made is not None and not made.email else ""
            request.session[JOINED] = {**request.session.get(JOINED, {}), activity.id: page}
            if page:
                _open(request, page)
            return redirect("join", activity.id)
    return render(request, "pages/activities/join.html", {
        "activity": activity, "form": form, "what": _title(activity), "is_tasks": activity.kind == Kind.TASKS,
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def ticket(request: HttpRequest, id: str) -> HttpResponse:
    """The page of one person on the list: where things stand, the tasks, and the record to take."""
    entry = _own_entry(request, id)
    if entry is None:
        return redirect("ticket", id)
    form = SlipForm(request.POST or None) if entry.state == State.SLIP else None
    if request.method == "POST":
        if form is None:
            return _claimed(request, entry)
        if form.is_valid():
            try:
                domain.use_slip(
                    participant=entry, language=get_language() or "en", name=form.cleaned_data["name"]
                )
                return redirect("ticket", id)
            except RefusedError as error:
                add_refusal(form, error)
    award = award_of(entry)
    address = ticket_address(entry)
    response = render(request, "pages/activities/ticket.html", {
        "entry": entry, "activity": entry.activity, "what": _title(entry.activity), "form": form, "award": award,
        "tasks": queries.tasks_for(entry) if entry.activity.kind == Kind.TASKS and form is None else [],
        "may_take": award is not None and not entry.email and not award.claimed_at,
        "address": address, "picture": qr_picture(address, size=QR_TICKET, alt=_("QR code of this page")),
        "accepted": SubmissionState.ACCEPTED,
    })  # fmt: skip
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, id: str, task: str) -> HttpResponse:
    """Hand something in for a task."""
    entry = _own_entry(request, id)
    found = entry.activity.tasks.filter(pk=task).first() if entry else None
    if entry is None or found is None:
        raise Http404
    form = WorkForm(request.POST or None, request.FILES or None, task=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data.get("file")
        try:
            domain.hand_in(
                participant=entry, task=found, text=data.get("text", ""), link=data.get("link", ""),
                data=file.read(domain.MAX_FILE_BYTES + 1) if file else b"",
            )  # fmt: skip
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Handed in. You hear when somebody has looked at it."))
            return redirect("ticket", id)
    back = reverse("ticket", args=[id])
    return render(request, "pages/activities/form.html", {
        "title": found.title, "text": found.text, "form": form, "action": _("Hand in"), "cancel_url": back,
        "crumbs": [(entry.activity.name, back), (found.title, "")],
    })  # fmt: skip


def _claimed(request: HttpRequest, entry: Participant) -> HttpResponse:
    person = request.user if isinstance(request.user, Person) else None
    try:
        award = domain.claim(participant=entry, key=domain.ticket_key(entry), person=person)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect("ticket", entry.id)
    request.session[HELD] = [*request.session.get(HELD, []), award.id]
    messages.success(request, _("It is yours. Keep the files somewhere safe."))
    return redirect("award-files", award.id)


def _own_entry(request: HttpRequest, id: str) -> Participant | None:
    """The entry for whoever has its key; None where the key came with the address and is kept in the session now."""
    entry = queries.entry_at(id)
    if entry is None:
        raise Http404
    key = request.GET.get("key", "")
    if key and domain.is_ticket_key(entry, key):
        _open(request, entry.id)
        if request.method == "GET":
            return None
    if entry.id not in request.session.get(TICKETS, []):
        raise Http404
    return entry


def _open(request: HttpRequest, id: str) -> None:
    request.session[TICKETS] = [*request.session.get(TICKETS, [])[-MAX_TICKETS:], id]


def _activity(id: str) -> Activity:
    found = queries.activity_at(id)
    if found is None or found.forgotten_at:
        raise Http404
    return found


def _way(request: HttpRequest, activity: Activity) -> Way | None:
    at, way = request.session.get(PASSES, {}).get(activity.id, (0, ""))
    return Way(way) if timezone.now().timestamp() - at < domain.PASS_S and way else None


def _title(activity: Activity) -> str:
    return pick(activity.version.record().title, (get_language() or "en",))


def _on_the_list(request: HttpRequest, activity: Activity) -> HttpResponse:
    return render(request, "pages/activities/joined.html", {
        "activity": activity, "what": _title(activity), "is_tasks": activity.kind == Kind.TASKS,
    })  # fmt: skip


def _refused(
    request: HttpRequest, activity: Activity, message: str, hint: str, status: int = 403
) -> HttpResponse:
    context = {"activity": activity, "message": message, "hint": hint}
    return render(request, "pages/activities/not-yet.html", context, status=status)
