"""A learner, an invented classification, and a catalogue whose outcomes name skills of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.esco.domain import load_excerpt
from tessella_web.catalogue.models import Version
from tests.web.catalogue.samples import COMPLETE, colleague, published
from tests.web.conftest import person

SKILL = "https://example.org/fictitious-esco/skill/"
STEWARD = "https://example.org/fictitious-esco/occupation/data-steward"


@pytest.fixture
def esco(db: None) -> None:
    """The invented excerpt of the samples: a data steward needs data ethics, data protection law and spreadsheets."""
    load_excerpt()


@pytest.fixture
def dana(db: None) -> Person:
    """A learner."""
    return person("Dana")


@pytest.fixture
def publish(alice: Person, organisation: Organisation) -> Callable[..., Version]:
    """Publishes a micro-credential of the university with a title, skills by the end of their URI, and other elements."""
    reviewer = colleague("Rita", organisation, Role.REVIEWER)

    def make(title: str, *skills: str, **more: Any) -> Version:
        outcome = {"id": "lo-1", "title": f"Can do {title.lower()}", "kind": "skill"}
        if skills:
            outcome["esco"] = [
                {"uri": SKILL + one, "labels": {"en": one.replace("-", " ")}} for one in skills
            ]  # type: ignore[assignment]
        assessments = [{**one, "covers": ["lo-1"]} for one in COMPLETE["assessments"]]
        return published(
            organisation,
            by=alice,
            reviewer=reviewer,
            title=title,
            outcomes=[outcome],
            assessments=assessments,
            **more,
        )

    return make
