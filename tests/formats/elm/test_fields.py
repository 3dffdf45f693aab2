"""The field map is complete and tells the truth."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tessella.formats.elm import FIELD_MAP, losses, read, write
from tessella.model import (
    Award,
    Cost,
    Credits,
    Evidence,
    Identifier,
    Learner,
    Link,
    Organisation,
    Result,
    Workload,
)
from tessella.model._shape import field_shapes
from tessella.model.fieldmap import Carried, uncovered
from tests.formats.elm.awards import AWARDS, COMPANY, CREDENTIAL_ID, ISSUED, MINIMAL, PNG, RICH, coded


def with_record(**changes: Any) -> Award:
    return replace(MINIMAL, micro_credential=replace(MINIMAL.micro_credential, **changes))


def test_every_field_of_the_record_has_a_rule() -> None:
    assert uncovered(Award, FIELD_MAP) == ()


def test_rules_speak_of_fields_that_exist_once_each() -> None:
    paths = [rule.record for rule in FIELD_MAP]
    assert len(paths) == len(set(paths))
    for path in paths:
        struct: Any = Award
        for step in path.split("."):
            assert step in struct.__struct_fields__, path
            struct = field_shapes(struct)[step].core


def test_what_is_not_carried_says_why() -> None:
    assert [rule.record for rule in FIELD_MAP if rule.carried is not Carried.FULL and not rule.note] == []
    assert [rule.record for rule in FIELD_MAP if rule.carried is not Carried.NONE and not rule.wire] == []


@pytest.mark.parametrize("name", AWARDS)
def test_awards_carried_in_full_lose_nothing(name: str) -> None:
    assert losses(AWARDS[name]) == []


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        (with_record(cost=Cost(price=Decimal(9))), ["micro_credential.cost"]),
        (with_record(research=(Identifier(value="10.1/x"),)), ["micro_credential.research"]),
        (with_record(workload=Workload(stated=("P60M",))), ["micro_credential.workload.stated"]),
        (
            with_record(workload=Workload(credits=(Credits(points=Decimal(2)),))),
            ["micro_credential.workload.credits"],
        ),
        (with_record(workload=Workload(hours=Decimal("NaN"))), ["micro_credential.workload.hours"]),
        (replace(MINIMAL, credits=(Credits(points=Decimal(2)),)), ["credits"]),
        (
            replace(
                MINIMAL, learner=Learner(full_name="A", latin_name="A", language="en", address={"en": "here"})
            ),
            ["learner.latin_name", "learner.language", "learner.address"],
        ),
        (replace(MINIMAL, learner=Learner(full_name="A", gender="unsaid")), ["learner.gender"]),
        (replace(MINIMAL, learner=Learner(national_id=Identifier(value="1"))), ["learner.national_id"]),
        (replace(MINIMAL, evidence=(Evidence(title={"en": "Poster"}),)), ["evidence"]),
        (replace(MINIMAL, results=(Result(mode=coded("mode", "online")),)), ["results[0].mode"]),
        (replace(MINIMAL, extra={"x": 1}), ["x"]),
        (
            with_record(awarding_bodies=(COMPANY, Organisation(name={"en": "Nowhere"}))),
            ["micro_credential.awarding_bodies"],
        ),
        (
            with_record(further_information=(Link(url="https://a.example", sha256="00"),)),
            ["micro_credential.further_information[0].sha256"],
        ),
    ],
)
def test_losses_are_named_with_their_place(award: Award, expected: list[str]) -> None:
    found = losses(award)
    assert [loss.record for loss in found] == expected
    assert all(loss.reason for loss in found)


def test_a_lost_field_is_really_lost_and_the_rest_is_not() -> None:
    award = replace(RICH, micro_credential=replace(RICH.micro_credential, cost=Cost(price=Decimal(9))))
    document = write(
        award,
        credential_id=CREDENTIAL_ID,
        issued_at=ISSUED,
        issuer=RICH.micro_credential.awarding_bodies[0],
        image=PNG,
    )
    assert read(document).award == RICH


def test_elements_are_those_of_the_european_standard() -> None:
    assert {rule.element for rule in FIELD_MAP} == {
        "", "learner", "title", "awarding body", "date", "learning outcomes", "workload", "level", "assessment", "participation",
        "quality assurance", "prerequisites", "supervision", "grade", "stackability", "further information",
    }  # fmt: skip
