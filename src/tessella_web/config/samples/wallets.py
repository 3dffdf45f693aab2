"""The wallet of the samples: awards that were made, sealed and taken, something said by its holder, and what she shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.utils import timezone

from tessella.adapters.descriptions import parse_description
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import batches, claiming, engine
from tessella_web.credentials.models import Award, Batch
from tessella_web.credentials.portfolio import domain as portfolios
from tessella_web.credentials.receiving.queries import open_policy
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.models import ShownKind

__all__ = ["fill"]

_FILE = "wallet.yaml"


def fill() -> None:
    """The wallet as its file says. The awards are sealed here and now, with whatever else of the samples waits to be sealed: so there is
    something to see before a worker has started. Nobody is mailed: who takes an award at once needs no link.
    """
    facts = parse_description((resources.files(__package__) / _FILE).read_bytes(), _FILE)
    person = accounts.make_person(**facts["person"])
    languages = (person.language,)
    made = [_award(one, person) for one in facts["awards"]]
    while engine.seal_next_chunk():
        pass
    claiming.take_waiting(
        person=person,
        ids=[one.id for one in Award.objects.filter(row__batch__in=made)],
    )
    said = facts["declared"]
    domain.declare(by=person, values={**said, "day": _day(said["day"])})
    held = [one.key for one in entries_of(person, languages)]
    page = portfolios.make(by=person, title=facts["page"]["title"])
    portfolios.add(by=person, portfolio=page, kind=ShownKind.TEXT, values={"text": facts["page"]["text"]})
    for key in held:
        portfolios.add(by=person, portfolio=page, kind=ShownKind.CREDENTIAL, values={"key": key})
    shown = facts["link"]
    domain.share(
        by=person, keys=held, languages=languages, recipient=shown["recipient"], purpose=shown["purpose"],
        ends_at=timezone.now() + dt.timedelta(days=shown["days"]),
    )  # fmt: skip
    handed = facts["handed_in"]
    draft = domain.prepare(
        by=person, keys=held, languages=languages, policy=open_policy(handed["to"]), purpose=handed["purpose"],
        keep_days=handed["days"],
    )  # fmt: skip
    domain.send(by=person, share=draft, languages=languages)


def _award(facts: Mapping[str, Any], person: Person) -> Batch:
    """A batch of one, handed to the worker; the organisation gets its key for it."""
    version = next(
        one
        for one in Version.objects.filter(organisation__slug=facts["of"]).select_related("organisation")
        if facts["title"] in one.record().title.values()
    )
    organisation = version.organisation
    owner = organisation.memberships.filter(role=Role.OWNER).earliest("made_at").person
    keys.create_key(by=owner, organisation=organisation, use=KeyUse.BADGE, name=facts["key"])
    values = {**facts["learner"], "email": person.email}
    if "assessed" in facts:
        values["assessed_on"] = _day(facts["assessed"]).isoformat()
    batch = batches.prepare_learner(by=owner, version=version, values=values, formats=facts["formats"])
    return batches.start(by=owner, batch=batch)


def _day(days: int) -> dt.date:
    """Days are written as days from today, so that the samples do not grow old."""
    return timezone.now().date() + dt.timedelta(days=days)
