"""Guidance in the samples: invented figures on vacancies, and options that a counsellor put together for the learner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.utils import timezone

from tessella.adapters.descriptions import parse_description
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.guidance.demand import domain as demand
from tessella_web.guidance.options import domain as options
from tessella_web.guidance.options.models import OptionList

__all__ = ["fill"]

_FILE = "guidance.yaml"


def fill() -> None:
    """What the file says; its client has the wallet of the samples."""
    facts = parse_description((resources.files(__package__) / _FILE).read_bytes(), _FILE)
    demand.load(name=_FILE, data=facts["demand"].encode())
    organisation = Organisation.objects.get(slug=facts["organisation"])
    counsellor, client = (Person.objects.get(email=facts[who]) for who in ("counsellor", "client"))
    accounts.give_role(by=counsellor, organisation=organisation, person=counsellor, role=Role.COUNSELLOR)
    made = _list(
        organisation,
        counsellor,
        facts,
        client_name=client.name,
        title=facts["title"],
        message=facts["message"],
    )
    for values in facts["options"]:
        options.put_option(by=counsellor, option_list=made, values=values)
    options.send_link(by=counsellor, option_list=made)
    options.keep(by=client, option_list=made)
    draft = facts["draft"]
    begun = _list(organisation, counsellor, facts, client_name=draft["client_name"], title=draft["title"])
    for number in draft["options"]:
        options.put_option(by=counsellor, option_list=begun, values=facts["options"][number])


def _list(
    organisation: Organisation, counsellor: Person, facts: Mapping[str, Any], **said: str
) -> OptionList:
    return options.start(
        by=counsellor, organisation=organisation, ends_at=timezone.now() + dt.timedelta(days=facts["days"]), tells_opening=True, **said,
    )  # fmt: skip
