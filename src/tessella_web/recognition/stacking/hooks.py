"""What is heard of: a change of an award made here, what the wallet's looks found, and that time goes by."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from tessella_web.common.waking import by_time
from tessella_web.credentials.models import AwardState, StatusChange
from tessella_web.credentials.noticing.models import Kind, Notice
from tessella_web.recognition.stacking import domain

__all__: list[str] = []


@receiver(post_save, sender=StatusChange)
def award_changed(instance: StatusChange, created: bool, raw: bool, **_rest: Any) -> None:
    """In the transaction of the change: both are there or neither."""
    if created and not raw:
        domain.own_changed(instance.award, AwardState(instance.state))


@receiver(post_save, sender=Notice)
def item_noticed(instance: Notice, created: bool, raw: bool, **_rest: Any) -> None:
    """In the transaction that tells the holder."""
    if created and not raw and instance.item is not None:
        domain.item_changed(instance.item, Kind(instance.kind))


by_time(domain.finish_due)
by_time(domain.look_again)
by_time(domain.end_due)
by_time(domain.tell_overdue)
by_time(domain.erase_due)
