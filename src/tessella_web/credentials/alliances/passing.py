"""What a member's finished part means for learners who have claimed another member's copies."""

from __future__ import annotations

from tessella_web.credentials.alliances.models import Part
from tessella_web.credentials.models import Award, Batch

__all__ = ["pass_on"]


def pass_on(batch: Batch) -> None:
    """Learners who have claimed what another member sealed hold this member's copies, too; within the transaction that ends it."""
    part = Part.objects.filter(batch=batch).first()
    if part is None:
        return
    claimed = Award.objects.filter(
        row__batch__alliance_part__joint=part.joint_id, claimed_at__isnull=False
    ).exclude(row__batch=batch)
    for number, holder, at in claimed.values_list("row__number", "holder", "claimed_at"):
        Award.objects.filter(row__batch=batch, row__number=number, claimed_at__isnull=True).update(
            holder=holder, claimed_at=at
        )
