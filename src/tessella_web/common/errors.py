"""What domain functions raise when a rule of the platform says no: one sentence with its remedy, and a stable code."""

from __future__ import annotations

__all__ = ["BusyError", "DomainError", "NotAllowedError", "RefusedError"]


class DomainError(Exception):
    """A verb was not carried out; nothing was changed.

    ``field`` names the form field it is about, when there is one.
    """

    def __init__(self, message: str, *, code: str, hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
        self.field = field


class RefusedError(DomainError):
    """The state of things does not allow it (HTTP 409, or a message at the form)."""


class NotAllowedError(DomainError):
    """This person may not do it (HTTP 403)."""


class BusyError(DomainError):
    """Too much is asked for at this moment (HTTP 503): nothing was done, and in ``retry_after_s`` seconds it may be possible."""

    def __init__(self, message: str, *, code: str, hint: str = "", retry_after_s: int) -> None:
        super().__init__(message, code=code, hint=hint)
        self.retry_after_s = retry_after_s
