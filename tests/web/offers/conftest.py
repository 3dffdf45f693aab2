"""An open offer of a micro-credential: Ada and Aldo assess, Cora coordinates, Lou learns."""

from __future__ import annotations

import datetime as dt

import pytest

from tessella.model import MicroCredential
from tessella_web.accounts.domain import give_role
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.credentials.assessment import domain
from tessella_web.credentials.assessment.models import Enrolment
from tessella_web.credentials.tasks import work_once
from tests.web.conftest import person
from tests.web.credentials.conftest import own_places, published, record

__all__ = ["own_places", "record"]

ON = dt.date(2026, 5, 4)
OUTCOMES = ("lo-bias", "lo-decide", "lo-law", "lo-map")


@pytest.fixture
def version(organisation: Organisation, record: MicroCredential) -> Version:
    return published(organisation, record)


def _with_role(name: str, role: Role, organisation: Organisation, owner: Person) -> Person:
    found = person(name)
    give_role(by=owner, organisation=organisation, person=found, role=role)
    return found


@pytest.fixture
def ada(alice: Person, organisation: Organisation) -> Person:
    return _with_role("Ada", Role.ASSESSOR, organisation, alice)


@pytest.fixture
def aldo(alice: Person, organisation: Organisation) -> Person:
    return _with_role("Aldo", Role.ASSESSOR, organisation, alice)


@pytest.fixture
def cora(alice: Person, organisation: Organisation) -> Person:
    return _with_role("Cora", Role.COORDINATOR, organisation, alice)


@pytest.fixture
def lou(db: None) -> Person:
    """A learner with an account and no role."""
    return person("Lou")


@pytest.fixture
def badge_key(alice: Person, organisation: Organisation) -> None:
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)


def open_offer(by: Person, version: Version, **values: object) -> Offer:
    made = offers.create_offer(by=by, version=version, values={"name": "Spring", **values})
    return offers.set_state(by=by, offer=made, state=State.OPEN)


@pytest.fixture
def offer(alice: Person, version: Version) -> Offer:
    return open_offer(alice, version)


@pytest.fixture
def enrolled(lou: Person, offer: Offer) -> Enrolment:
    return domain.enrol(by=lou, offer=offer, details={"given_name": "Lou", "family_name": "Learner"})


def achieved(**changes: object) -> domain.Finding:
    """Everything achieved."""
    said = {
        "standings": dict.fromkeys(OUTCOMES, "achieved"),
        "assessed_on": ON,
        "grade": "8",
        "supervision": "unsupervised-with-id",
        "identity_check": "Identity card shown to the camera",
        "note": "Portfolio 17",
    }
    return domain.Finding(**{**said, **changes})  # type: ignore[arg-type]


def work() -> None:
    """Whatever waits for a worker."""
    while work_once():
        pass
