"""Guidance in the samples: invented figures on vacancies, and options that a counsellor put together for the learner."""

from __future__ import annotations

import datetime as dt
from importlib import resources

from django.utils import timezone

from tessella.adapters.descriptions import parse_description
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.guidance.demand import domain as demand
from tessella_web.guidance.options import domain as options

__all__ = ["fill"]

_FILE = "guidance.yaml"


def fill() -> None:
    """What the file says; its client has the wallet of the samples."""
    facts = parse_description((resources.files(__package__) / _FILE).read_bytes(), _FILE)
    demand.load(name=_FILE, data=facts["demand"].encode())
    organisation = Organisation.objects.get(slug=facts["organisation"])
    counsellor = accounts.make_person(**facts["counsellor"])
    owner = Person.objects.filter(memberships__organisation=organisation, memberships__role=Role.OWNER)[0]
    accounts.give_role(by=owner, organisation=organisation, person=counsellor, role=Role.COUNSELLOR)
    client = Person.objects.get(email=facts["client"])
    made = options.start(
        by=counsellor, organisation=organisation, client_name=client.name, title=facts["title"], message=facts["message"],
        ends_at=timezone.now() + dt.timedelta(days=facts["days"]), tells_opening=True,
    )  # fmt: skip
    for values in facts["options"]:
        options.put_option(by=counsellor, option_list=made, values=values)
    options.send_link(by=counsellor, option_list=made)
    options.keep(by=client, option_list=made)
