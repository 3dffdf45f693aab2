"""Offers of the samples: invented people who take part, and an assessment that is half recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.assessment.models import Enrolment

__all__ = ["offer"]

_DAYS = ("starts_on", "ends_on", "enrol_from", "enrol_until")
"""Written as days from today, so that the samples do not grow old."""


def offer(facts: Mapping[str, Any], version: Version, owner: Person) -> Offer:
    """An offer with its people and what was recorded of them."""
    values = {name: _day(value) if name in _DAYS else value for name, value in facts["says"].items()}
    made = offers.create_offer(by=owner, version=version, values=values)
    if facts["state"] != State.PLANNED:
        made = offers.set_state(by=owner, offer=made, state=State.OPEN)
    people = {one["given_name"]: _person(one, made, owner) for one in facts.get("people", ())}
    for one in facts.get("records", ()):
        _record(one, people[one["of"]], version)
    if facts["state"] == State.CLOSED:
        made = offers.set_state(by=owner, offer=made, state=State.CLOSED)
    return made


def _day(days: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=days)


def _person(facts: Mapping[str, Any], offer: Offer, owner: Person) -> Enrolment:
    """Listed by staff; or with an account, and then the person has applied."""
    details = {name: facts[name] for name in ("given_name", "family_name", "email") if name in facts}
    if "application" not in facts:
        found = assessment.list_person(by=owner, offer=offer, details=details)
    else:
        name = f"{facts['given_name']} {facts['family_name']}"
        learner = accounts.make_person(email=facts["email"], name=name, language="en")
        found = assessment.enrol(by=learner, offer=offer, details=details, motivation=facts["application"])
        for text in facts.get("evidence", ()):
            assessment.add_evidence(by=learner, enrolment=found, text=text)
        if facts.get("accepted"):
            assessment.accept(by=owner, enrolment=found, reason=facts["accepted"])
    return found


def _record(facts: Mapping[str, Any], enrolment: Enrolment, version: Version) -> None:
    """By default every outcome is achieved; ``but`` says which are not."""
    said = dict.fromkeys((one.id for one in version.record().outcomes), "achieved") | facts.get("but", {})
    finding = assessment.Finding(
        standings=said, grade=facts.get("grade", ""), assessed_on=_day(facts["day"]), supervision=facts["supervision"],
        identity_check=facts["identity_check"], note=facts.get("note", ""),
    )  # fmt: skip
    assessment.record(by=Person.objects.get(email=facts["by"]), enrolment=enrolment, finding=finding)
