"""Verifying what somebody was sent: for everybody, and nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query
from pydantic import BaseModel, Field, StringConstraints

from tessella_web.api import limits
from tessella_web.api.operations import Table
from tessella_web.api.routes.bodies import Day
from tessella_web.api.routes.wallet import REPORT
from tessella_web.common.limits import client_address
from tessella_web.credentials.verifying.answers import answer
from tessella_web.insight.domain import count_verified

operation = Table("Verification")


class VerificationQuery(BaseModel):
    """What the file is called, and as of when it is asked."""

    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,150}$")] = "credential"
    on: Day | None = Field(
        default=None, description="As of the end of this day; now when left out or to come."
    )


@operation("POST", "/verification", {200: REPORT}, is_public=True, takes_file=True, refuses=False)
def verify_file(request: HttpRequest, query: Query[VerificationQuery]) -> HttpResponse:
    """Verify a file: the body is what somebody was sent. The answer is the report, for anything that comes; nothing is kept.

    A certificate as PDF, a badge picture, a sealed file, or a ZIP or mail with several. The verdict is passed, failed or
    indeterminate; each check says what it looked at and what it found.
    """
    limits.count(request, f"verify:{client_address(request)}", limits.VERIFICATION)
    end = dt.datetime.combine(query.on, dt.time(23, 59, 59), tzinfo=dt.UTC) if query.on else None
    now = timezone.now()
    found = answer(
        request.body,
        name=query.name,
        languages=(get_language() or "en", "en"),
        at=min(end, now) if end else now,
    )
    count_verified(one.own.award_id for one in found.credentials if one.own)
    return HttpResponse(msgspec.json.encode(found.report), content_type="application/json")
