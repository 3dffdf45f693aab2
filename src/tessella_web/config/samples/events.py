"""Events of the samples: lists that are open now, with people on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.activities import domain
from tessella_web.credentials.activities.models import Kind, Way

__all__ = ["hold"]

OPEN = dt.timedelta(hours=10)
"""So long after the first start somebody can scan the code of a sample."""


def hold(facts: Mapping[str, Any], version: Version, owner: Person) -> None:
    """The list; who ``waits`` scanned and is not confirmed, the others have the record. Nobody has an address, so nobody is mailed."""
    now = timezone.now()
    tasks = facts.get("tasks", ())
    activity = domain.make_activity(
        by=owner, version=version, kind=Kind.TASKS if tasks else Kind.EVENT, name=facts["name"], place=facts["place"],
        starts_on=now.date(), opens_at=now, closes_at=now + OPEN, cap=facts["cap"], is_paper_allowed=facts.get("paper", False),
    )  # fmt: skip
    made = [
        domain.add_task(by=owner, activity=activity, title=one["title"], text=one["text"], kinds=one["kinds"], is_required=True)
        for one in tasks
    ]  # fmt: skip
    for one in facts["people"]:
        if one.get("waits"):
            domain.join(activity=activity, name=one["name"], email="", language="en", way=Way(one["waits"]))
            continue
        person = domain.add(by=owner, activity=activity, name=one["name"])
        if "work" in one:
            domain.hand_in(participant=person, task=made[0], text=one["work"])
    if not tasks:
        domain.award(by=owner, activity=activity)
