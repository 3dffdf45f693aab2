"""More people of the University of Twickel: Rita reviews, Lena represents learners."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain
from tessella_web.catalogue.models import Description, Version
from tests.web.catalogue.samples import COMPLETE, colleague, published


@pytest.fixture
def rita(organisation: Organisation) -> Person:
    return colleague("Rita", organisation, Role.REVIEWER)


@pytest.fixture
def lena(organisation: Organisation) -> Person:
    return colleague("Lena", organisation, Role.LEARNER)


@pytest.fixture
def draft(organisation: Organisation, alice: Person) -> Description:
    """A complete description that Alice started."""
    return domain.start_description(by=alice, organisation=organisation, content=COMPLETE)


@pytest.fixture
def version(organisation: Organisation, alice: Person, rita: Person) -> Version:
    """The first published version."""
    return published(organisation, by=alice, reviewer=rita)
