"""The whole way: four badges, one question, one decision, one certificate with a proof; and back when a badge falls."""

from __future__ import annotations

import pytest

from tessella_web.accounts.models import Person
from tessella_web.credentials.models import Award
from tessella_web.recognition.stacking.models import Case

pytestmark = pytest.mark.django_db


def test_way(won: Case, dana: Person, badges: list[Award]) -> None:
    assert won.award is not None
    assert won.award.holder == dana
