"""Mails that leave at least once, each under one Message-ID for ever: a receiver that gets it twice sees one mail."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import smtplib
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tessella.text import pick
from tessella_web.common.ids import new_id
from tessella_web.credentials.models import Award, Mail, MailState

__all__ = ["claim_key", "is_claim_key", "queue_claims", "send_due"]

BATCH_MAILS = 50
"""Mails sent over one connection."""

RETRY_MINUTES = (5, 15, 60, 240, 720, 1440)
"""When a mail is tried again; for the last time after a day, when a mail server would give up too. Whoever sends also holds the
mail for the first of these: killed after the mail had left, it leaves once more."""

_log = logging.getLogger(__name__)


def claim_key(award: Award) -> str:
    """The secret of the award's claim link: made from the installation's secret, so that no copy of the database holds it."""
    return salted_hmac("credentials.claim", f"{award.id} {award.claim_round}", algorithm="sha256").hexdigest()


def is_claim_key(award: Award, key: str) -> bool:
    """Whether this is the secret of the newest claim link."""
    return hmac.compare_digest(claim_key(award).encode(), key.encode())


def queue_claims(awards: Iterable[Award]) -> int:
    """Have claim links sent to everybody with an address; within the transaction that makes the awards."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    now = timezone.now()
    mails = [
        Mail(award=award, round=award.claim_round, message_id=f"<{new_id()}@{host}>", due_at=now)
        for award in awards
        if award.learner.email
    ]
    Mail.objects.bulk_create(mails, batch_size=500, ignore_conflicts=True)
    return len(mails)


def send_due() -> int:
    """Send what is due; how many left. What the server refuses for good is marked, what fails otherwise is tried again."""
    mails = _taken()
    if not mails:
        return 0
    sent = 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are such
        _log.warning("the mail server cannot be reached: %s", type(error).__name__)
        return 0
    try:
        for mail in mails:
            sent += _send(mail, connection)
    finally:
        connection.close()
    return sent


@transaction.atomic
def _taken() -> Sequence[Mail]:
    """The next mails, put off for everybody else."""
    now = timezone.now()
    mails = list(
        Mail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=MailState.WAITING, due_at__lte=now)
        .select_related("award__organisation", "award__version")
        .order_by("due_at")[:BATCH_MAILS]
    )
    for mail in mails:
        step = RETRY_MINUTES[min(mail.attempts, len(RETRY_MINUTES) - 1)]
        mail.attempts, mail.due_at = mail.attempts + 1, now + dt.timedelta(minutes=step)
    Mail.objects.bulk_update(mails, ["attempts", "due_at"])
    return mails


def _send(mail: Mail, connection: BaseEmailBackend) -> bool:
    try:
        _message(mail, connection).send()
    except (
        OSError,
        ValueError,
    ) as error:  # smtplib's errors are OSErrors; a header that cannot be is a ValueError
        refused = _is_final(error) or mail.attempts >= len(RETRY_MINUTES)
        if refused:
            Mail.objects.filter(pk=mail.pk).update(state=MailState.REFUSED)
        _log.warning("mail %s was not taken: %s", mail.pk, type(error).__name__)
        return False
    _done(mail)
    return True


def _done(mail: Mail) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=timezone.now())


def _is_final(error: Exception) -> bool:
    """Whether the server said no for good (5xx, RFC 5321 §4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return bool(codes) and all(code >= 500 for code in codes)
    return isinstance(error, ValueError) or (
        isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
    )


def _message(mail: Mail, connection: BaseEmailBackend) -> EmailMessage:
    award = mail.award
    learner = award.learner
    language = learner.language or award.organisation.language
    address = f"{settings.BASE_URL}{reverse('award-claim', args=[award.id])}?key={claim_key(award)}"
    record = award.version.record()
    with translation.override(
        language if translation.check_for_language(language) else settings.LANGUAGE_CODE
    ):
        what = " ".join(pick(record.title, (language,)).split())
        mark = _("TEST: ") if award.is_test else ""
        return EmailMessage(
            subject=mark + _("Your award: %(what)s") % {"what": what},
            body=_(
                "Hello %(name)s,\n\n%(who)s has awarded you:\n%(what)s\n\nThis link gives it to you. It works once:\n%(address)s\n\n"
                "You can keep the files, and show them to anybody who can check them: at\n%(public)s\nor with any program that "
                "reads European micro-credentials.\n\nIf this is not for you, ignore this mail."
            )
            % {
                "name": learner.display_name,
                "who": award.organisation.name,
                "what": what,
                "address": address,
                "public": settings.BASE_URL + reverse("award", args=[award.id]),
            },
            to=[learner.email],
            headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
            connection=connection,
        )
