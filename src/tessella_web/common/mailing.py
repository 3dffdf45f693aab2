"""Mails that leave at least once, each under one Message-ID for ever: a receiver that gets it twice sees one mail.

What waits is a row that holds neither address nor text; both are made when it leaves. Which rows there are is said by who has them.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import smtplib
from collections.abc import Callable, Mapping, Sequence
from email.utils import parseaddr
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from tessella_web.common.ids import id_to_hex, new_id
from tessella_web.common.models import Identified

__all__ = [
    "MailState",
    "Outgoing",
    "envelope",
    "first_known_language",
    "new_message_id",
    "scrubbed",
    "send_all",
    "take_due",
]

BATCH_MAILS = 50
"""Mails sent over one connection."""

RETRY_MINUTES = (5, 15, 60, 240, 720, 1440)
"""When a mail is tried again; for the last time after a day, when a mail server would give up too. Whoever sends also holds the
mail for the first of these: killed after the mail had left, it leaves once more."""

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"\S*@\S+")

_log = logging.getLogger(__name__)


class MailState(models.TextChoices):
    """Where a mail is."""

    WAITING = "waiting", _("To be sent")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused by the mail server")
    BOUNCED = "bounced", _("Came back")
    NEEDLESS = "needless", _("Not needed any more")


def new_message_id() -> str:
    """A Message-ID that nobody can guess."""
    return f"<{new_id()}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


class Outgoing(Identified):
    """A mail that has to leave at least once.

    ``status`` is the enhanced status code (RFC 3463) of one that did not arrive, ``answer`` what the other server said, without addresses.
    """

    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=12, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=12, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def is_undelivered(self) -> bool:
        """Whether it did not reach anybody."""
        return self.state in (MailState.REFUSED, MailState.BOUNCED)

    @property
    def why(self) -> str:
        """Why it did not arrive, in words for people; empty when nothing is known."""
        if not self.is_undelivered:
            return ""
        fitting = (words for start, words in _WHY.items() if self.status.startswith(start))
        return str(next(fitting, _("The other mail server gave no reason that we know.")))


_WHY: Mapping[str, Any] = {
    "5.1.10": _("This domain takes no mail."),
    "5.1.1": _("There is no such address."),
    "5.1.2": _("There is no such mail domain; it may be misspelt."),
    "5.1": _("The address is wrong."),
    "4.2.2": _("The mailbox is full."),
    "5.2.2": _("The mailbox is full."),
    "5.2.1": _("The mailbox is closed."),
    "5.2.3": _("The mail is too large for this mailbox."),
    "5.2": _("The mailbox takes no mail."),
    "4.4": _("The other mail server could not be reached for days."),
    "5.4": _("The way to the other mail server is unknown."),
    "5.7": _("The other mail server refuses mail from here. Tell who runs this platform."),
}
"""By the beginning of an enhanced status code (RFC 3463), the longer first."""

Some = TypeVar("Some", bound=Outgoing)


def never(mail: Outgoing) -> bool:
    """Whether a mail that waits is needless: it is not."""
    return False


@transaction.atomic
def take_due(mails: models.QuerySet[Some], *, is_needless: Callable[[Some], bool] = never) -> Sequence[Some]:
    """Of ``mails`` the next that are due, put off for everybody else; those that nobody needs any more are marked and left out."""
    now = timezone.now()
    found = list(
        mails.select_for_update(skip_locked=True, of=("self",))
        .filter(state=MailState.WAITING, due_at__lte=now)
        .order_by("due_at")[:BATCH_MAILS]
    )
    for mail in found:
        step = RETRY_MINUTES[min(mail.attempts, len(RETRY_MINUTES) - 1)]
        mail.attempts, mail.due_at = mail.attempts + 1, now + dt.timedelta(minutes=step)
        if is_needless(mail):
            mail.state = MailState.NEEDLESS
    mails.model._default_manager.bulk_update(found, ["attempts", "due_at", "state"])
    return [mail for mail in found if mail.state == MailState.WAITING]


def send_all(
    mails: Sequence[Some],
    *,
    make: Callable[[Some, BaseEmailBackend], EmailMessage | None],
    done: Callable[[Some], None],
) -> int:
    """Send these over one connection; how many left. What the server refuses for good is marked, what fails otherwise is tried again.

    Args:
        mails: of one kind, from `take_due`.
        make: the mail as it leaves; None when there is nobody to send it to any more.
        done: called with each that has left, to say so where it is stored.
    """
    if not mails:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are such
        _log.warning("the mail server cannot be reached: %s", type(error).__name__)
        return 0
    try:
        return sum(_send(mail, connection, make, done) for mail in mails)
    finally:
        connection.close()


def _send(mail: Some, connection: BaseEmailBackend, make: Any, done: Callable[[Some], None]) -> bool:
    stored = type(mail)._default_manager.filter(pk=mail.pk)
    try:
        made = make(mail, connection)
        if made is None:
            stored.update(state=MailState.NEEDLESS)
            return False
        made.send()
    except (OSError, ValueError) as error:  # smtplib's are OSErrors; a header that cannot be is a ValueError
        _log.warning("mail %s was not taken: %s", mail.pk, type(error).__name__)
        if isinstance(error, smtplib.SMTPServerDisconnected):
            connection.close()  # the next mail opens it again
        if _is_final(error) or mail.attempts >= len(RETRY_MINUTES):
            status, answer = _answer(error)
            stored.update(state=MailState.REFUSED, status=status, answer=answer)
        return False
    done(mail)
    return True


def envelope(mail: Outgoing, connection: BaseEmailBackend, to: str, subject: str, body: str) -> EmailMessage:
    """A mail of the platform, under the Message-ID that it has for ever."""
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=_return_path(mail) or settings.DEFAULT_FROM_EMAIL,
        to=[to],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )


def first_known_language(*wanted: str) -> str:
    """The first language that the platform speaks."""
    return next(
        (one for one in wanted if one and translation.check_for_language(one)), settings.LANGUAGE_CODE
    )


def _return_path(mail: Outgoing) -> str:
    """Where a mail that does not arrive comes back to: an address of its own for each, so that even a report that quotes nothing
    tells which mail it is about. Hexadecimal, for servers that change the case."""
    name, _at, domain = parseaddr(settings.BOUNCE_ADDRESS)[1].partition("@")
    return f"{name}+{id_to_hex(mail.id)}@{domain}" if domain else ""


def _is_final(error: Exception) -> bool:
    """Whether the server said no to this mail for good (5xx, RFC 5321 §4.2.1); a no to us as its sender is not about the mail."""
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError):
        return False
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return bool(codes) and all(code >= 500 for code in codes)
    return isinstance(error, ValueError) or (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
    )


def _answer(error: Exception) -> tuple[str, str]:
    """The enhanced status code and the words of a refusal."""
    said: object = getattr(error, "smtp_error", b"")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = next((text for _code, text in error.recipients.values()), b"")
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    status = _STATUS.search(text)
    return status[1] if status else "", scrubbed(text)


def scrubbed(text: str) -> str:
    """What another mail server said, on one line and without addresses."""
    return _ADDRESS.sub("…", " ".join(text.split()))[:300]
