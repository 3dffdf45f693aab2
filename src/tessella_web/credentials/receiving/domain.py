"""Saying under what rules an organisation takes what learners share with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving.models import Policy

__all__ = ["MOST_DAYS", "publish_policy"]

MOST_DAYS = 3_653
"""Ten years: as long as the files of an admission are kept by law anywhere in Europe; whoever needs more gets a new consent."""

_TEXTS = ("purposes", "text", "contact")


@transaction.atomic
def publish_policy(*, by: Person, organisation: Organisation, values: Mapping[str, Any]) -> Policy:
    """Say what learners read before they share something; what was shared before stays under what stood there then.

    Args:
        values: ``is_open``, ``purposes``, ``most_days``, ``text``, ``contact``.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``receiving.incomplete``, ``receiving.days``.
    """
    require(by, organisation, "shared.manage")
    texts = {name: str(values.get(name, "")).strip() for name in _TEXTS}
    for name, text in texts.items():
        if not text:
            raise RefusedError(
                _("This is missing."), code="receiving.incomplete", field=name,
                hint=_("Learners read it before they share anything with you."),
            )  # fmt: skip
    days = int(values.get("most_days") or 0)
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError(
            _("So long is not possible."), code="receiving.days", field="most_days",
            hint=_("Give a number of days from 1 to %(most)s.") % {"most": MOST_DAYS},
        )  # fmt: skip
    policy, _made = Policy.objects.update_or_create(
        organisation=organisation,
        defaults={"is_open": bool(values.get("is_open")), "most_days": days, **texts},
    )
    audit.record(
        "receiving.policy", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
        facts={"open": policy.is_open, "days": days},
    )  # fmt: skip
    return policy
