"""Run an activity: make it, show its code, look at the list, confirm, hand the records out, close it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may
from tessella_web.catalogue.models import Version
from tessella_web.common import clocks
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.domain.writing import ticket_address
from tessella_web.credentials.activities.models import Activity, Kind, Participant, State
from tessella_web.credentials.models import Stage
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.activities.common import activity_for, crumbs, qr_picture
from tessella_web.ui.forms import ChoiceCards

__all__ = ["act", "listing", "new", "paper", "person", "rename", "reopen", "screen", "show", "slips"]

QR_SCREEN = 420  # pixels
QR_PAPER = 320
QR_SLIP = 140

_LOCAL = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ActivityForm(forms.Form):
    """When, where, how many."""

    version = forms.ChoiceField(label=gettext_lazy("What do people get?"))
    kind = forms.ChoiceField(
        label=gettext_lazy("How do they earn it?"), choices=Kind.choices, initial=Kind.EVENT,
        widget=ChoiceCards(explanations={
            Kind.EVENT: gettext_lazy("They scan a code at your event, and you confirm that they were there."),
            Kind.TASKS: gettext_lazy("They hand in what you ask for, and you say whether it is good."),
        }),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name of the event"), max_length=200)
    place = forms.CharField(label=gettext_lazy("Place"), required=False, max_length=200)
    starts_on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    opens_at = forms.DateTimeField(
        label=gettext_lazy("People can come onto the list from"),
        widget=_LOCAL,
    )
    closes_at = forms.DateTimeField(label=gettext_lazy("Until"), widget=_LOCAL)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("On the clocks of"),
        help_text=gettext_lazy("The times are those that people there read on the wall, summer time or not."),
    )
    cap = forms.IntegerField(
        label=gettext_lazy("How many people at most?"), min_value=1, max_value=2000, initial=40,
        help_text=gettext_lazy("So many places has the list: a code that gets about gives away no more than that."),
    )  # fmt: skip
    is_paper_allowed = forms.BooleanField(
        label=gettext_lazy("A printed code works too"), required=False,
        help_text=gettext_lazy("Where there is no screen. A printed code stays the same, so look closely whom you confirm."),
    )  # fmt: skip

    def __init__(self, *args: Any, versions: list[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [(one.id, one.title) for one in versions]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = clocks.time_zones()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The times as instants."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for field in ("opens_at", "closes_at"):
            _to_instant(self, field, data.get("time_zone", ""))
        return data


class PersonForm(forms.Form):
    """Somebody who was there."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As it should stand on the certificate."),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("The award is sent there."),
    )


class NameForm(forms.Form):
    """How the name should be."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)


class SlipsForm(forms.Form):
    """How many slips."""

    count = forms.IntegerField(label=gettext_lazy("How many slips?"), min_value=1, max_value=200, initial=10)


class ReopenForm(forms.Form):
    """Until when."""

    closes_at = forms.DateTimeField(label=gettext_lazy("Until"), widget=_LOCAL)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._time_zone = activity.time_zone
        self.fields["closes_at"].help_text = _("On the clocks of %(zone)s.") % {"zone": activity.zone}

    def clean(self) -> dict[str, Any]:
        """The time as an instant."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        _to_instant(self, "closes_at", self._time_zone)
        return data


def _to_instant(form: forms.Form, field: str, time_zone: str) -> None:
    """What was typed is what the clocks there show; an hour that they skip is an error at the field."""
    typed = form.cleaned_data.get(field)
    if typed is None or not time_zone:
        return
    try:
        form.cleaned_data[field] = clocks.moment(timezone.make_naive(typed), time_zone, field=field)
    except RefusedError as error:
        form.add_error(field, f"{error.message} {error.hint}")


@login_required
@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """What was handed out so, and the way to more."""
    organisation = workspace(request, slug, "organisation.view")
    runs = may(request.user, organisation, "activity.run")
    return render(request, "pages/activities/listing.html", {
        "organisation": organisation,
        "activities": list(queries.activities_of(organisation)[:200]) if runs else [],
        "records": queries.records_to_hand_out(organisation),
        "may_run": runs,
        "may_describe": may(request.user, organisation, "description.edit"),
        "now": timezone.now(),
        "crumbs": [*crumbs(organisation)[:1], (_("Events and tasks"), "")],
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new activity."""
    organisation = workspace(request, slug, "activity.run")
    versions = queries.records_to_hand_out(organisation)
    if not versions:
        messages.info(request, _("Describe first what people get."))
        return redirect("activity-describe", slug)
    form = ActivityForm(request.POST or None, versions=versions, initial=_initial(request, organisation))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = next(one for one in versions if one.id == values.pop("version"))
        try:
            made = domain.make_activity(
                by=person_of(request), version=version, kind=Kind(values.pop("kind")), **values
            )
        except NotAllowedError:
            raise
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity-task" if made.kind == Kind.TASKS else "activity", slug, made.id)
    return render(request, "pages/activities/form.html", {
        "title": _("A new event"), "form": form, "action": _("Make the list"),
        "cancel_url": reverse("activities", args=[slug]), "crumbs": crumbs(organisation, (_("New"), "")),
    })  # fmt: skip


@login_required
@require_safe
def show(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The list."""
    organisation, activity = activity_for(request, slug, id)
    people = queries.list_of(activity)
    counts = queries.counts(activity)
    is_tasks = activity.kind == Kind.TASKS
    return render(request, "pages/activities/activity.html", {
        "organisation": organisation, "activity": activity, "people": people, "counts": counts,
        "free": activity.cap - counts["taken"],
        "is_tasks": is_tasks, "is_open": _is_open(activity),
        "is_early": not activity.closed_at and timezone.now() < activity.opens_at,
        "ready": sum(
            one.participant.state == State.CONFIRMED and not one.participant.is_on_the_way for one in people
        ),
        "tasks": list(activity.tasks.all()) if is_tasks else [],
        "works": queries.works_of(activity) if is_tasks else [],
        "batches": queries.waiting_batches(activity),
        "slips": counts[State.SLIP.value],
        "crumbs": crumbs(organisation, (activity.name, "")),
    })  # fmt: skip


@login_required
@require_POST
def act(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Confirm, decline, award, close, replace the printed code, delete the list."""
    _organisation, activity = activity_for(request, slug, id)
    verb = _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    try:
        messages.success(request, verb(person_of(request), activity, request.POST.getlist("who")))
    except NotAllowedError:
        raise
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    return redirect("activity", slug, id)


def _confirm(by: Person, activity: Activity, who: list[str]) -> str:
    domain.confirm(by=by, activity=activity, ids=who)
    return _award(by, activity, who)


def _confirm_all(by: Person, activity: Activity, who: list[str]) -> str:
    domain.confirm(by=by, activity=activity)
    return _award(by, activity, who)


def _award(by: Person, activity: Activity, who: list[str]) -> str:
    batch = domain.award(by=by, activity=activity)
    if batch is None:
        return _("Nobody is left to be awarded.")
    if batch.stage == Stage.APPROVAL:
        return _("So many records need the yes of a second person before they go out.")
    count = batch.participants.count()
    return ngettext(
        "%(count)s record is being made. Mail goes out when it is done.",
        "%(count)s records are being made. Mails go out when they are done.", count,
    ) % {"count": count}  # fmt: skip


def _decline(by: Person, activity: Activity, who: list[str]) -> str:
    count = domain.decline(by=by, activity=activity, ids=who)
    return ngettext("%(count)s person is off the list.", "%(count)s people are off the list.", count) % {
        "count": count
    }


def _close(by: Person, activity: Activity, who: list[str]) -> str:
    domain.close(by=by, activity=activity)
    return _("The list is closed.")


def _replace(by: Person, activity: Activity, who: list[str]) -> str:
    domain.replace_paper_code(by=by, activity=activity)
    return _("There is a new printed code. The earlier one works no more.")


def _forget(by: Person, activity: Activity, who: list[str]) -> str:
    domain.forget(by=by, activity=activity)
    return _("Names, addresses and works are deleted. The records stay with the people who have them.")


_VERBS: dict[str, Callable[[Person, Activity, list[str]], str]] = {
    "confirm": _confirm,
    "confirm-all": _confirm_all,
    "decline": _decline,
    "award": _award,
    "close": _close,
    "replace-code": _replace,
    "forget": _forget,
}


@login_required
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Write somebody in."""
    organisation, activity = activity_for(request, slug, id)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.add(by=person_of(request), activity=activity, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s is on the list.") % {"name": form.cleaned_data["name"]})
            return redirect("activity", slug, id)
    return _simple(request, organisation, activity, form, _("Write somebody in"), _("Put on the list"))


@login_required
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, slug: str, id: str, entry: str) -> HttpResponse:
    """Correct a name before it is awarded."""
    organisation, activity = activity_for(request, slug, id)
    found = activity.participants.filter(pk=entry).exclude(state=State.SLIP).first()
    if found is None:
        raise Http404
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            domain.rename(by=person_of(request), activity=activity, id=entry, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity", slug, id)
    return _simple(
        request, organisation, activity, form, _("Correct the name"), _("Save"), text=found.problem
    )


@login_required
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Let people come onto the list again."""
    organisation, activity = activity_for(request, slug, id)
    form = ReopenForm(request.POST or None, activity=activity)
    if request.method == "POST" and form.is_valid():
        try:
            domain.reopen(by=person_of(request), activity=activity, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity", slug, id)
    return _simple(request, organisation, activity, form, _("Open the list again"), _("Open it"))


@login_required
@require_safe
def screen(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """The code for a screen; a script loads it anew before it is too old."""
    _organisation, activity = activity_for(request, slug, id)
    code = domain.screen_code(activity, at=timezone.now())
    response = render(request, "pages/activities/screen.html", {
        "activity": activity, "is_open": _is_open(activity), "refresh": domain.REFRESH_S,
        "counts": queries.counts(activity), **_shown(activity, code, QR_SCREEN),
    })  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_safe
def paper(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """A poster with the printed code, and a sheet on which people who come in are ticked off."""
    organisation, activity = activity_for(request, slug, id)
    if not activity.is_paper_allowed:
        raise Http404
    return render(request, "pages/activities/paper.html", {
        "organisation": organisation, "activity": activity,
        "people": [one.participant for one in queries.list_of(activity) if one.participant.state != State.DECLINED],
        "lines": range(12),
        **_shown(activity, domain.paper_code(activity), QR_PAPER),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def slips(request: HttpRequest, slug: str, id: str) -> HttpResponse:
    """Slips to print and give away."""
    organisation, activity = activity_for(request, slug, id)
    form = SlipsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            domain.make_slips(by=person_of(request), activity=activity, **form.cleaned_data)
        except RefusedError as error:
            add_refusal(form, error)
        else:
            return redirect("activity-slips", slug, id)
    return render(request, "pages/activities/slips.html", {
        "organisation": organisation, "activity": activity, "form": form, "is_open": _is_open(activity),
        "slips": [_slip(number, one) for number, one in enumerate(queries.unused_slips(activity), 1)],
        "crumbs": crumbs(organisation, (activity.name, reverse("activity", args=[slug, id])), (_("Slips"), "")),
    })  # fmt: skip


def _slip(number: int, participant: Participant) -> dict[str, Any]:
    address = ticket_address(participant)
    return {
        "number": number,
        "address": address,
        "picture": qr_picture(
            address, size=QR_SLIP, alt=_("QR code of slip %(number)s") % {"number": number}
        ),
    }


def _shown(activity: Activity, code: str, size: int) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("join-code", args=[activity.id, code])
    return {
        "address": address,
        "picture": qr_picture(address, size=size, alt=_("QR code to come onto the list")),
    }


def _is_open(activity: Activity) -> bool:
    return not activity.closed_at and activity.opens_at <= timezone.now() < activity.closes_at


def _initial(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    time_zone = domain.usual_time_zone(organisation)
    now = clocks.local(timezone.now(), time_zone).replace(minute=0, second=0, microsecond=0)
    return {
        "time_zone": time_zone,
        "version": request.GET.get("version", ""),
        "starts_on": now.date(),
        "opens_at": now,
        "closes_at": now + dt.timedelta(hours=12),
    }


def _simple(
    request: HttpRequest,
    organisation: Any,
    activity: Activity,
    form: forms.Form,
    title: str,
    action: str,
    text: str = "",
) -> HttpResponse:
    back = reverse("activity", args=[organisation.slug, activity.id])
    return render(request, "pages/activities/form.html", {
        "title": title, "form": form, "action": action, "text": text, "cancel_url": back,
        "crumbs": crumbs(organisation, (activity.name, back), (title, "")),
    })  # fmt: skip
