"""Dana has badges of three schools; the university has published a rule and offers what is missing."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.catalogue.pathways.models import PathwayVersion
from tests.web.conftest import person
from tests.web.credentials.conftest import own_places
from tests.web.planning.making import fill_wallet, offers_of, publish

__all__ = ["own_places"]


@pytest.fixture
def dana(db: None) -> Person:
    """A learner with four badges from three providers."""
    found = person("Dana")
    fill_wallet(found)
    return found


@pytest.fixture
def rule(alice: Person, organisation: Organisation) -> PathwayVersion:
    return publish(alice, organisation)


@pytest.fixture
def offered(alice: Person, organisation: Organisation) -> dict[str, Offer]:
    return offers_of(alice, organisation)
