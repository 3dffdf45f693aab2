"""The mails about awards: claim links, reminders, and word to staff of links that have ended."""

from __future__ import annotations

import datetime as dt
import hmac
import itertools
from collections.abc import Iterable, Mapping

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tessella_web.common.mailing import MailState, new_message_id, send_all, take_due
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.domain.letters import message
from tessella_web.credentials.models import Award, AwardingRules, AwardState, Mail, MailKind

__all__ = ["claim_key", "is_claim_key", "is_earlier_key", "queue_claims", "rules_of", "send_due"]

MOST_ROUNDS = 50
"""Links before the newest that are still recognised as such."""

AWARDS_AT_ONCE = 500
"""Awards in one statement: SQLite takes a bounded number of variables."""


def claim_key(award: Award) -> str:
    """The secret of the award's claim link: made from the installation's secret, so that no copy of the database holds it."""
    return _key_of(award, award.claim_round)


def _key_of(award: Award, round: int) -> str:
    return salted_hmac("credentials.claim", f"{award.id} {round}", algorithm="sha256").hexdigest()


def is_claim_key(award: Award, key: str) -> bool:
    """Whether this is the secret of the newest claim link."""
    return hmac.compare_digest(claim_key(award).encode(), key.encode())


def is_earlier_key(award: Award, key: str) -> bool:
    """Whether this was the secret of a claim link before the newest."""
    return any(
        hmac.compare_digest(_key_of(award, earlier).encode(), key.encode())
        for earlier in range(max(1, award.claim_round - MOST_ROUNDS), award.claim_round)
    )


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
    waiting = Mail.objects.select_related(
        "award__organisation", "award__version", "batch__organisation", "batch__version", "batch__prepared_by"
    )  # fmt: skip
    mails = take_due(waiting, is_needless=_is_needless)
    rules = rules_of(mail.award.organisation_id for mail in mails if mail.award)
    return send_all(mails, make=_make, done=lambda mail: _done(mail, rules))


def _make(mail: Mail, connection: BaseEmailBackend) -> EmailMessage | None:
    return message(mail, key=claim_key(mail.award) if mail.award else "", connection=connection)


def _is_needless(mail: Mail) -> bool:
    """Whether the award was claimed, taken back or sent anew meanwhile."""
    award = mail.award
    if award is None:
        return False
    standing = award.state in (AwardState.VALID, AwardState.SUSPENDED)
    return bool(award.claimed_at) or not standing or mail.round != award.claim_round


def _done(mail: Mail, rules: Mapping[str, AwardingRules]) -> None:
    now, remind_at = timezone.now(), None
    if mail.kind != MailKind.UNCLAIMED and mail.award is not None:
        rule = rules[mail.award.organisation_id]
        if mail.number < rule.remind_at_most:
            remind_at = now + dt.timedelta(days=rule.remind_after_days)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=now, remind_at=remind_at)
