"""Whether somebody has just shown who they are: what acts ask for that cannot be taken back.

Two questions. `require_fresh` is for what is done in an organisation's name (sealing, withdrawing, managing keys): a second
factor, where the installation asks for it. `require_fresh_sign_in` is for what a person does with what is their own (recovering or
merging accounts, using keys held for them, deleting everything): any way of signing in, shown again just now, and the second
factor of whoever has one.

Domain functions do not see the session. The middleware says here how the request that is being answered was signed in; code
that nobody's request runs (the worker, commands, samples) says nothing, and is not asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.common.errors import NotAllowedError

__all__ = [
    "FRESH_MINUTES",
    "FreshSignInError",
    "SecondFactorError",
    "acting",
    "is_fresh",
    "is_required",
    "require_fresh",
    "require_fresh_sign_in",
]

FRESH_MINUTES = 15
"""How long a second factor counts: long enough for a batch and its approval, short enough for a desk somebody has left."""

_FRESH = dt.timedelta(minutes=FRESH_MINUTES)

Shown = Callable[[], dt.datetime | None]

_acting: ContextVar[Shown | None] = ContextVar("acting", default=None)
_signed_in: ContextVar[Shown | None] = ContextVar("signed in", default=None)


class SecondFactorError(NotAllowedError):
    """The person may, but has to show the second factor first; pages lead there and back."""


class FreshSignInError(NotAllowedError):
    """The person may, but has to show who they are once more; pages lead there and back."""


@contextmanager
def acting(shown: Shown, signed_in: Shown | None = None) -> Iterator[None]:
    """Within the block somebody acts from outside.

    Args:
        shown: says when they last showed a second factor; None: never.
        signed_in: says when they last showed who they are, as well as they can; left out: as ``shown``.
    """
    factor, sign_in = _acting.set(shown), _signed_in.set(signed_in or shown)
    try:
        yield
    finally:
        _signed_in.reset(sign_in)
        _acting.reset(factor)


def is_required() -> bool:
    """Whether this installation asks for a second factor at all (``TESSELLA_SECOND_FACTOR``)."""
    return bool(settings.SECOND_FACTOR_REQUIRED)


def is_fresh() -> bool:
    """Whether whoever acts has shown a second factor in the last `FRESH_MINUTES`."""
    return _is_within(_acting.get(), _FRESH)


def require_fresh() -> None:
    """Go on only with a fresh second factor, where it is asked for.

    Raises:
        SecondFactorError: ``accounts.second-factor``.
    """
    if is_required() and not is_fresh():
        raise SecondFactorError(
            _("This needs your second factor."),
            code="accounts.second-factor",
            hint=_("Confirm with your passkey or your app, and do it again."),
        )


def require_fresh_sign_in(within: dt.timedelta = _FRESH) -> None:
    """Go on only if whoever acts has shown who they are not longer ago than ``within``: an open browser is not enough.

    Raises:
        FreshSignInError: ``accounts.sign-in-again``.
    """
    if not _is_within(_signed_in.get(), within):
        raise FreshSignInError(
            _("This needs you to show once more that it is you."),
            code="accounts.sign-in-again",
            hint=_("Confirm with a code or your passkey, and do it again."),
        )


def _is_within(shown: Shown | None, age: dt.timedelta) -> bool:
    """Whether it was shown lately; whoever nobody asked counts as asked."""
    if shown is None:
        return True
    at = shown()
    return at is not None and timezone.now() - at < age
