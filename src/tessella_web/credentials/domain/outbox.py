"""Mails that leave at least once, each under one Message-ID for ever: a receiver that gets it twice sees one mail."""

from __future__ import annotations

import datetime as dt
import hmac
import itertools
import logging
import re
import smtplib
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tessella_web.common.ids import new_id
from tessella_web.credentials.domain.letters import message
from tessella_web.credentials.domain.waking import Step, wake
from tessella_web.credentials.models import Award, AwardingRules, AwardState, Mail, MailKind, MailState

__all__ = ["claim_key", "is_claim_key", "new_message_id", "queue_claims", "scrubbed", "send_due"]

BATCH_MAILS = 50
"""Mails sent over one connection."""

AWARDS_AT_ONCE = 500
"""Awards in one statement: SQLite takes a bounded number of variables."""

RETRY_MINUTES = (5, 15, 60, 240, 720, 1440)
"""When a mail is tried again; for the last time after a day, when a mail server would give up too. Whoever sends also holds the
mail for the first of these: killed after the mail had left, it leaves once more."""

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"\S*@\S+")

_log = logging.getLogger(__name__)


def claim_key(award: Award) -> str:
    """The secret of the award's claim link: made from the installation's secret, so that no copy of the database holds it."""
    return salted_hmac("credentials.claim", f"{award.id} {award.claim_round}", algorithm="sha256").hexdigest()


def is_claim_key(award: Award, key: str) -> bool:
    """Whether this is the secret of the newest claim link."""
    return hmac.compare_digest(claim_key(award).encode(), key.encode())


def new_message_id() -> str:
    """A Message-ID that nobody can guess."""
    return f"<{new_id()}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def queue_claims(awards: Iterable[Award]) -> int:
    """Have claim links sent to everybody with an address; within the transaction that makes the awards."""
    now, queued = timezone.now(), 0
    by_organisation = itertools.groupby(
        sorted((one for one in awards if one.learner.email), key=lambda one: one.organisation_id),
        key=lambda one: one.organisation_id,
    )
    for organisation, group in by_organisation:
        days = rules_of([organisation])[organisation].claim_days
        until = now + dt.timedelta(days=days) if days else None
        while part := list(itertools.islice(group, AWARDS_AT_ONCE)):
            Mail.objects.bulk_create(
                [
                    Mail(award=one, round=one.claim_round, message_id=new_message_id(), due_at=now)
                    for one in part
                ],
                ignore_conflicts=True,
            )
            Award.objects.filter(pk__in=[one.pk for one in part]).update(
                claim_until=until, is_claim_over=False
            )
            queued += len(part)
    wake(Step.MAIL)
    return queued


def rules_of(organisations: Iterable[str]) -> Mapping[str, AwardingRules]:
    """By id of organisation its rules, or the defaults."""
    wanted = set(organisations)
    found = AwardingRules.objects.in_bulk(wanted)
    return {one: found.get(one) or AwardingRules(organisation_id=one) for one in wanted}


def send_due() -> int:
    """Send what is due; how many left. What the server refuses for good is marked, what fails otherwise is tried again."""
    mails = _taken()
    if not mails:
        return 0
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are such
        _log.warning("the mail server cannot be reached: %s", type(error).__name__)
        return 0
    rules = rules_of(mail.award.organisation_id for mail in mails if mail.award)
    try:
        return sum(_send(mail, connection, rules) for mail in mails)
    finally:
        connection.close()


@transaction.atomic
def _taken() -> Sequence[Mail]:
    """The next mails, put off for everybody else."""
    now = timezone.now()
    mails = list(
        Mail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=MailState.WAITING, due_at__lte=now)
        .select_related(
            "award__organisation", "award__version", "batch__organisation", "batch__version", "batch__prepared_by"
        )
        .order_by("due_at")[:BATCH_MAILS]
    )  # fmt: skip
    for mail in mails:
        step = RETRY_MINUTES[min(mail.attempts, len(RETRY_MINUTES) - 1)]
        mail.attempts, mail.due_at = mail.attempts + 1, now + dt.timedelta(minutes=step)
        if mail.award is not None and _is_needless(mail, mail.award):
            mail.state = MailState.NEEDLESS
    Mail.objects.bulk_update(mails, ["attempts", "due_at", "state"])
    return [mail for mail in mails if mail.state == MailState.WAITING]


def _is_needless(mail: Mail, award: Award) -> bool:
    """Whether the award was claimed, taken back or sent anew meanwhile."""
    standing = award.state in (AwardState.VALID, AwardState.SUSPENDED)
    return bool(award.claimed_at) or not standing or mail.round != award.claim_round


def _send(mail: Mail, connection: BaseEmailBackend, rules: Mapping[str, AwardingRules]) -> bool:
    try:
        made = message(mail, key=claim_key(mail.award) if mail.award else "", connection=connection)
        if made is None:
            Mail.objects.filter(pk=mail.pk).update(state=MailState.NEEDLESS)
            return False
        made.send()
    except (OSError, ValueError) as error:  # smtplib's are OSErrors; a header that cannot be is a ValueError
        _log.warning("mail %s was not taken: %s", mail.pk, type(error).__name__)
        if isinstance(error, smtplib.SMTPServerDisconnected):
            connection.close()  # the next mail opens it again
        if _is_final(error) or mail.attempts >= len(RETRY_MINUTES):
            status, answer = _answer(error)
            Mail.objects.filter(pk=mail.pk).update(state=MailState.REFUSED, status=status, answer=answer)
        return False
    _done(mail, rules)
    return True


def _done(mail: Mail, rules: Mapping[str, AwardingRules]) -> None:
    now, remind_at = timezone.now(), None
    if mail.kind != MailKind.UNCLAIMED and mail.award is not None:
        rule = rules[mail.award.organisation_id]
        if mail.number < rule.remind_at_most:
            remind_at = now + dt.timedelta(days=rule.remind_after_days)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=now, remind_at=remind_at)


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
