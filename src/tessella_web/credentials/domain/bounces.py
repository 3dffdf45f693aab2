"""Mails that come back: reading delivery reports (RFC 3464) and marking the mails they are about."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage, Message
from email.utils import getaddresses
from typing import NamedTuple

from django.db import transaction

from tessella_web.accounts.letters.models import Letter
from tessella_web.common import audit
from tessella_web.common.ids import id_from_hex
from tessella_web.common.mailing import MailState, Outgoing, scrubbed
from tessella_web.credentials.models import Mail

__all__ = ["MAX_REPORT_BYTES", "take_report"]

MAX_REPORT_BYTES = 2 * 1024 * 1024  # bytes
"""A report quotes the mail it is about; ours are a few KB."""

_RETURN_PATH = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
"""How an address that a mail comes back to names the mail."""

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")

_RECIPIENT_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To")


KINDS: Sequence[type[Outgoing]] = (Mail, Letter)
"""What can come back."""


class _Failure(NamedTuple):
    status: str
    answer: str


def take_report(data: bytes, *, recipient: str = "") -> Outgoing | None:
    """Mark the mail that a delivery report says was not delivered.

    Reports of a delay or of success change nothing, and neither does a mail that is no report: an out-of-office answer, say. Which
    mail it is about is told by its Message-ID in what the report quotes, or by the address that the report was sent to.

    Args:
        data: the report as it came, with its headers.
        recipient: the address it was delivered to, where the mail server says so beside the mail.

    Returns:
        The mail; None when it is not about one of ours, or says nothing of a failure.
    """
    report = email.message_from_bytes(data[:MAX_REPORT_BYTES], policy=email.policy.default)
    failure = _failure(report)
    if failure is None:
        return None
    mail = _meant(report, recipient)
    if mail is None:
        return None
    with transaction.atomic():
        locked = type(mail)._default_manager.select_for_update(of=("self",)).get(pk=mail.pk)
        if locked.state not in (MailState.SENT, MailState.WAITING):
            return locked
        locked.state = MailState.BOUNCED
        locked.status, locked.answer = failure
        if isinstance(locked, Mail):
            locked.remind_at = None
        locked.save()
        if isinstance(locked, Mail) and locked.award is not None:
            audit.record(
                "award.mail-bounced", f"award:{locked.award_id}",
                organisation=locked.award.organisation_id, facts={"status": failure.status},
            )  # fmt: skip
    return locked


def _failure(report: Message) -> _Failure | None:
    """What the first failed recipient's fields say (RFC 3464 §2.3)."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            if str(fields.get("Action", "")).strip().lower() == "failed":
                status = _STATUS.match(str(fields.get("Status", "")))
                answer = str(fields.get("Diagnostic-Code", "")).partition(";")[2]
                return _Failure(status[1] if status else "", scrubbed(answer))
    return None


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields: the first about the mail, each other about a recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (one for one in payload if isinstance(one, Message))
    elif isinstance(payload, str):
        yield from (email.message_from_string(block) for block in re.split(r"\r?\n\r?\n", payload))


def _meant(report: EmailMessage, recipient: str) -> Outgoing | None:
    ids = list(_quoted_ids(report))
    headers = (value for name in _RECIPIENT_HEADERS for value in report.get_all(name, []))
    named = list(_named([recipient, *map(str, headers)]))
    for how in ({"message_id__in": ids}, {"pk__in": named}):
        for kind in KINDS:
            if found := kind._default_manager.filter(**how).first():
                return found
    return None


def _quoted_ids(report: EmailMessage) -> Iterator[str]:
    """The Message-ID of the mail that came back, from what the report quotes of it."""
    for part in report.walk():
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            quoted: Message = email.message_from_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
        elif part is not report and part.get("Message-ID"):
            quoted = part
        else:
            continue
        yield str(quoted.get("Message-ID", "")).strip()


def _named(addresses: Iterable[str]) -> Iterator[str]:
    for _name, address in getaddresses(list(addresses)):
        if found := _RETURN_PATH.search(address):
            yield id_from_hex(found[1])
