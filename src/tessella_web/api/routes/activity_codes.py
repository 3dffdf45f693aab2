"""The codes of an activity: on the screen, on paper, on slips."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from tessella_web.api.operations import Id, Shape
from tessella_web.api.routes.activities import operation, own_activity
from tessella_web.credentials.activities import domain, queries
from tessella_web.credentials.activities.domain.writing import ticket_address
from tessella_web.credentials.activities.models import Activity


class CodeShape(Shape):
    """An address that lets whoever comes to it onto the list: show it as a QR code."""

    address: str
    code: str = Field(description="Its last part, to be typed by hand.")
    at: dt.datetime


class ScreenCode(CodeShape):
    """The code for a screen, which is another one soon."""

    refresh_s: int = Field(
        description="Ask again after so many seconds; an earlier code works for two minutes."
    )


class SlipShape(Shape):
    """A slip that nobody has used: whoever has it is on the list."""

    id: str
    address: str


class Slips(Shape):
    """Slips that nobody has used."""

    items: list[SlipShape]


@operation("GET", "/activities/{id}/code", {200: ScreenCode}, capability="activity.run")
def screen_code(request: HttpRequest, id: Id) -> ScreenCode:
    """The code that a screen at the event shows now."""
    activity, now = own_activity(request, id), timezone.now()
    code = domain.screen_code(activity, at=now)
    return ScreenCode(address=_address(activity, code), code=code, at=now, refresh_s=domain.REFRESH_S)


@operation("GET", "/activities/{id}/paper-code", {200: CodeShape}, capability="activity.run")
def paper_code(request: HttpRequest, id: Id) -> CodeShape:
    """The code to print, where the activity allows one; it stays the same until it is replaced."""
    activity = own_activity(request, id)
    if not activity.is_paper_allowed:
        raise Http404
    code = domain.paper_code(activity)
    return CodeShape(address=_address(activity, code), code=code, at=timezone.now())


@operation("GET", "/activities/{id}/slips", {200: Slips}, capability="activity.run")
def list_slips(request: HttpRequest, id: Id) -> Slips:
    """The slips to print that nobody has used yet."""
    found = queries.unused_slips(own_activity(request, id))
    return Slips(items=[SlipShape(id=one.id, address=ticket_address(one)) for one in found])


def _address(activity: Activity, code: str) -> str:
    return settings.BASE_URL + reverse("join-code", args=[activity.id, code])
