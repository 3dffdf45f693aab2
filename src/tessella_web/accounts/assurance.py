"""Whether somebody has just shown a second factor: what sealing, withdrawing and managing keys ask for.

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

__all__ = ["FRESH_MINUTES", "SecondFactorError", "acting", "is_fresh", "is_required", "require_fresh"]

FRESH_MINUTES = 15
"""How long a second factor counts: long enough for a batch and its approval, short enough for a desk somebody has left."""

Shown = Callable[[], dt.datetime | None]

_acting: ContextVar[Shown | None] = ContextVar("acting", default=None)


class SecondFactorError(NotAllowedError):
    """The person may, but has to show the second factor first; pages lead there and back."""


@contextmanager
def acting(shown: Shown) -> Iterator[None]:
    """Within the block somebody acts from outside; ``shown`` says when they last showed a second factor, None: never."""
    token = _acting.set(shown)
    try:
        yield
    finally:
        _acting.reset(token)


def is_required() -> bool:
    """Whether this installation asks for a second factor at all (``TESSELLA_SECOND_FACTOR``)."""
    return bool(settings.SECOND_FACTOR_REQUIRED)


def is_fresh() -> bool:
    """Whether whoever acts has shown a second factor in the last `FRESH_MINUTES`."""
    shown = _acting.get()
    if shown is None:
        return True
    at = shown()
    return at is not None and timezone.now() - at < dt.timedelta(minutes=FRESH_MINUTES)


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
