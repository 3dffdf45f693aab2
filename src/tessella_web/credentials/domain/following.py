"""What becomes due by time alone: reminders of the unclaimed, and links that end."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from tessella_web.common import audit
from tessella_web.common.mailing import new_message_id
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.domain.outbox import rules_of
from tessella_web.credentials.models import Award, AwardState, Batch, Mail, MailKind, MailState

__all__ = ["end_claims", "remind"]

MAILS_AT_ONCE = 200
"""Reminders made by one call; the next call makes the next."""

BATCHES_AT_ONCE = 20


@transaction.atomic
def remind() -> int:
    """Queue the reminders that are due; how many."""
    now = timezone.now()
    last = list(
        Mail.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(remind_at__lte=now, state=MailState.SENT)
        .select_related("award")
        .order_by("remind_at")[:MAILS_AT_ONCE]
    )
    if not last:
        return 0
    rules = rules_of(mail.award.organisation_id for mail in last if mail.award)
    reminders = [
        Mail(
            kind=MailKind.REMINDER, award=mail.award, round=mail.round, number=mail.number + 1,
            message_id=new_message_id(), due_at=now,
        )
        for mail in last
        if mail.award and mail.number < rules[mail.award.organisation_id].remind_at_most and _is_open(mail.award, mail)
    ]  # fmt: skip
    Mail.objects.bulk_create(reminders, ignore_conflicts=True)
    Mail.objects.filter(pk__in=[mail.pk for mail in last]).update(remind_at=None)
    wake(Step.MAIL)
    return len(reminders)


def _is_open(award: Award, mail: Mail) -> bool:
    standing = award.state in (AwardState.VALID, AwardState.SUSPENDED)
    return award.claimed_at is None and standing and award.claim_round == mail.round


@transaction.atomic
def end_claims() -> int:
    """Mark the claim links that have ended and tell the staff, once for each batch; how many."""
    now = timezone.now()
    over = Award.objects.filter(claim_until__lte=now, claimed_at__isnull=True, is_claim_over=False)
    batches = list(
        Batch.objects.filter(pk__in=over.order_by().values("row__batch").distinct()[:BATCHES_AT_ONCE])
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
    )
    ended = 0
    for batch in batches:
        marked = over.filter(row__batch=batch).exclude(state__in=[AwardState.REVOKED, AwardState.SUPERSEDED])
        count = Award.objects.filter(pk__in=marked.values("pk")).update(is_claim_over=True)
        over.filter(row__batch=batch).update(claim_until=None)  # taken back meanwhile: nobody is told
        if count:
            Mail.objects.create(kind=MailKind.UNCLAIMED, batch=batch, message_id=new_message_id(), due_at=now)
            audit.record(
                "batch.claims-ended", f"batch:{batch.id}",
                organisation=batch.organisation_id, facts={"awards": count},
            )  # fmt: skip
            ended += count
    if ended:
        wake(Step.MAIL)
    return ended
