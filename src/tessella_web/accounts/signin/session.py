"""What the session says about how somebody signed in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

__all__ = ["second_factor_at", "signed_in_at", "signed_in_recently"]

RECENT_MINUTES = 15
"""Who adds the first second factor must have signed in this recently: a session that was left open is not enough."""


def second_factor_at(request: HttpRequest) -> dt.datetime | None:
    """When a passkey, an app or a recovery code was last shown in this session, here or at an institution whose word counts."""
    shown = [one["at"] for one in _records(request) if one["method"] == "mfa"]
    return dt.datetime.fromtimestamp(max(shown), dt.UTC) if shown else None


def signed_in_at(request: HttpRequest) -> dt.datetime | None:
    """When it was last shown in this session who this is: for whoever has a second factor by that, for others in any way."""
    if not request.user.is_authenticated:
        return None
    if Authenticator.objects.filter(user=request.user).exists():
        return second_factor_at(request)
    records = _records(request)
    return dt.datetime.fromtimestamp(records[-1]["at"], dt.UTC) if records else None


def signed_in_recently(request: HttpRequest) -> bool:
    """Whether anything was shown in the last `RECENT_MINUTES`."""
    records = _records(request)
    limit = (timezone.now() - dt.timedelta(minutes=RECENT_MINUTES)).timestamp()
    return bool(records) and float(records[-1]["at"]) > limit


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return found
