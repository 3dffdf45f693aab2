"""A learner with an empty wallet, an award made here, and files from elsewhere made by the library."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Person
from tests.web.conftest import person
from tests.web.credentials.conftest import *  # noqa: F403 -- the fixtures that make awards


@pytest.fixture
def dana(db: None) -> Person:
    """A learner."""
    return person("Dana")
