"""Codes that show that an address is somebody's, for pages that django-allauth has none for.

A code is asked for in one session and works only there. The session keeps a keyed digest of it, not the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from tessella_web.common.errors import RefusedError

__all__ = ["CODE_MINUTES", "PendingCode", "check_code", "drop_code", "give_time", "pending_code", "send_code"]

CODE_MINUTES = 15
"""How long a code works, as those for signing in."""

MOST_ATTEMPTS = 5
"""Then the code is dropped: eight letters of twenty are not guessed in five attempts."""

MORE_TIME = 12
"""How often the time can be extended (WCAG 2.2, success criterion 2.2.1: at least ten times)."""

KEY = "code:%s"


class PendingCode(NamedTuple):
    """A code that was sent and not used yet."""

    email: str
    minutes: int


def send_code(
    request: HttpRequest,
    purpose: str,
    email: str,
    *,
    template: str = "account/email/confirm_code",
    words: Mapping[str, Any] | None = None,
) -> None:
    """Send a code to an address; an earlier one for the same purpose works no more.

    Raises:
        RefusedError: ``accounts.too-many-codes``.
    """
    email = email.strip().lower()
    if not ratelimit.consume(request, action="request_login_code", key=email):
        raise RefusedError(
            _("That were many codes."), code="accounts.too-many-codes", hint=_("Wait a few minutes and ask again."),
        )  # fmt: skip
    adapter = get_adapter()
    code = adapter.generate_login_code()
    request.session[KEY % purpose] = {
        "email": email, "digest": _digest(purpose, email, code), "at": timezone.now().timestamp(), "failed": 0, "more": 0,
    }  # fmt: skip
    adapter.send_mail(template, email, {"code": code, "minutes": CODE_MINUTES, **(words or {})})


def pending_code(request: HttpRequest, purpose: str) -> PendingCode | None:
    """The code that is waited for; None when there is none, or its time is over."""
    state = request.session.get(KEY % purpose)
    if not state:
        return None
    left = state["at"] + CODE_MINUTES * 60 - timezone.now().timestamp()
    if left <= 0:
        drop_code(request, purpose)
        return None
    return PendingCode(state["email"], max(1, round(left / 60)))


def give_time(request: HttpRequest, purpose: str) -> None:
    """The full time again, for whoever needs it."""
    state = request.session.get(KEY % purpose)
    if state and state["more"] < MORE_TIME:
        request.session[KEY % purpose] = {
            **state,
            "at": timezone.now().timestamp(),
            "more": state["more"] + 1,
        }


def check_code(request: HttpRequest, purpose: str, code: str) -> str:
    """The address that the code was sent to; it works once.

    Raises:
        RefusedError: ``accounts.code``, another than was sent; ``accounts.code-over``, there is none (any more).
    """
    found = pending_code(request, purpose)
    if found is None:
        raise RefusedError(
            _("There is no code to wait for any more."), code="accounts.code-over", hint=_("Ask for a new one."),
        )  # fmt: skip
    state = request.session[KEY % purpose]
    if constant_time_compare(_digest(purpose, found.email, code), state["digest"]):
        drop_code(request, purpose)
        return found.email
    if state["failed"] + 1 >= MOST_ATTEMPTS:
        drop_code(request, purpose)
    else:
        request.session[KEY % purpose] = {**state, "failed": state["failed"] + 1}
    raise RefusedError(
        _("This is not the code we sent."), code="accounts.code", field="code",
        hint=_("Copy the newest one, or ask for another."),
    )  # fmt: skip


def drop_code(request: HttpRequest, purpose: str) -> None:
    """Wait for it no more."""
    request.session.pop(KEY % purpose, None)


def _digest(purpose: str, email: str, code: str) -> str:
    said = f"{purpose} {email} {normalize_user_code(code)}"
    return salted_hmac("tessella.code", said, algorithm="sha256").hexdigest()
