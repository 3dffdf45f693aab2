"""A credential in plain words: every element, in order, with its meaning."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tessella.model import (
    Achieved,
    Assessment,
    Award,
    Credits,
    Learner,
    Levels,
    LevelStatus,
    MicroCredential,
    Outcome,
    RecordType,
    Result,
    Route,
    Stackability,
    StackEffect,
    StackTarget,
    Workload,
)
from tessella.rendering import Row, plain_words
from tessella.rendering._wording import date_words, number
from tessella.vocabulary import Concept
from tests.rendering.samples import AWARD, MICRO_CREDENTIAL, UNIVERSITY, changed, concept

MANDATORY = [
    "learner",
    "title",
    "country",
    "awarding-body",
    "issued",
    "outcomes",
    "workload",
    "level",
    "assessment",
    "participation",
    "quality",
]
OPTIONAL = ["prerequisites", "supervision", "grade", "stackability", "further-information"]


def rows(award: Award, *languages: str, **options: Any) -> dict[str, Row]:
    sections = plain_words(award, languages or ("en",), **options)
    return {row.element: row for section in sections for row in section.rows}


def of(**values: Any) -> dict[str, Row]:
    """The rows of the sample with another description."""
    return rows(changed(AWARD, micro_credential=changed(MICRO_CREDENTIAL, **values)))


def test_elements_in_the_order_of_the_standard() -> None:
    mandatory, optional, about = plain_words(AWARD)
    assert [row.element for row in mandatory.rows] == MANDATORY
    assert [row.element for row in optional.rows] == OPTIONAL
    assert [section.id for section in (mandatory, optional, about)] == ["mandatory", "optional", "about"]


def test_nothing_stated() -> None:
    mandatory, optional, about = plain_words(Award(micro_credential=MicroCredential(), learner=Learner()))
    assert {row.value for row in (*mandatory.rows, *optional.rows)} == {"not stated"}
    assert not any(row.stated for row in (*mandatory.rows, *optional.rows))
    assert [row.element for row in about.rows] == ["type"]


@pytest.mark.parametrize(
    ("element", "value", "note"),
    [
        (
            "learner",
            "Aoife Ní Bhriain",
            "Born 5 March 1994; the credential also holds a national identifier and an e-mail address, not shown here",
        ),
        ("title", "Sustainable Water Management", "In other languages: Bainistíocht Inbhuanaithe Uisce"),
        ("country", "Eastern and Midland, Ireland", ""),
        ("awarding-body", "Westhaven University of Technology", ""),
        ("issued", "21 November 2026", "Assessed on 4 November 2026; awarded on 12 November 2026"),
        (
            "workload",
            "125 hours\n5 ECTS credits",
            "Of these 40 contact hours; 25 hours for one credit; all learning time: classes, own work and assessment",
        ),
        (
            "level",
            "EQF level 7: as the second cycle, for example a master’s degree\nIE NQF Level 9\n"
            "QF-EHEA: second cycle of higher education",
            "Level of the learning, as claimed by Westhaven University of Technology",
        ),
        (
            "assessment",
            "Project work: Catchment study\nOral examination (online)",
            "Criteria: The study answers a real question with data, method and limits stated.",
        ),
        (
            "participation",
            "Blended: partly on site, partly online",
            "In English; 7 September 2026 – 6 November 2026",
        ),
        (
            "quality",
            "External: quality assurance of the institution by Agency for Quality in Learning; ESG 2015; decision positive;"
            " valid until 30 June 2029\nInternal; reviewed every year by the academic council",
            "",
        ),
        ("prerequisites", "A first degree in science or engineering", ""),
        ("supervision", "Supervised, with verification of identity", ""),
        ("grade", "Catchment study: 78 (Irish percentage scale; 0–100; passed with 40)", ""),
        (
            "stackability",
            "May count towards “Postgraduate Diploma in Environmental Engineering”, decided by Westhaven University of"
            " Technology",
            "Whether it counts is for the receiving organisation to decide",
        ),
        ("further-information", "Course page: https://westhaven.example/water", ""),
        ("field", "Environmental sciences", "ISCED-F 0732"),
        ("number", "WH-2026-0417", ""),
    ],
)
def test_element_in_words(element: str, value: str, note: str) -> None:
    row = rows(AWARD)[element]
    if element == "field":
        value = concept("isced-f", "0732").label().capitalize()
    assert (row.value, row.note, row.stated) == (value, note, True)


def test_other_languages_are_used_when_wanted() -> None:
    assert rows(AWARD, "ga", "en")["title"].value == "Bainistíocht Inbhuanaithe Uisce"
    assert rows(AWARD, "fi")["title"].value == "Sustainable Water Management"


def test_learner_with_two_scripts_and_one_known_by_identifiers() -> None:
    two = Learner(full_name="Ελένη Παππά", latin_name="Eleni Pappa")
    assert rows(changed(AWARD, learner=two))["learner"].value == "Ελένη Παππά (Eleni Pappa)"
    hashed = rows(changed(AWARD, learner=Learner(email="x@example.org")))["learner"]
    assert hashed.value == "a person known by identifiers only"


def test_only_the_outcomes_reached_are_listed() -> None:
    row = rows(changed(AWARD, achieved=(Achieved(outcome="lo2"), Achieved(outcome="lo4"))))["outcomes"]
    assert len(row.values) == 2
    assert row.note == "2 of the 5 outcomes described"


def test_optional_outcomes_count_only_when_reached() -> None:
    outcomes = (Outcome(id="a", title={"en": "A"}), Outcome(id="b", title={"en": "B"}, required=False))
    assert of(outcomes=outcomes)["outcomes"].values == ("A",)


def test_summary_stands_for_outcomes() -> None:
    assert of(outcomes=(), outcome_summary={"en": "Keeps bees"})["outcomes"].values == ("Keeps bees",)


def test_workload_in_credits_alone_says_what_a_credit_is() -> None:
    ects = (Credits(points=Decimal("2.50"), system=concept("credit-system", "ects")),)
    row = of(workload=Workload(credits=ects))["workload"]
    assert (row.value, row.note) == (
        "2.5 ECTS credits",
        "One ECTS credit stands for 25 to 30 hours of learning",
    )


def test_points_without_system_and_durations_as_stated() -> None:
    assert of(workload=Workload(credits=(Credits(points=Decimal(3)),)))["workload"].value == (
        "3 points of a credit system that is not stated"
    )
    assert of(workload=Workload(stated=("P60M",)))["workload"].value == "P60M, as stated elsewhere"


def test_level_that_does_not_apply() -> None:
    row = of(levels=Levels(not_applicable={"en": "non-formal learning"}))["level"]
    assert (row.value, row.note) == ("not applicable: non-formal learning", "")


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        (LevelStatus.CLAIMED, "Technology"),
        (LevelStatus.REFERENCED, "the national framework is referenced to the EQF"),
        (LevelStatus.SELF_CERTIFIED, "the national framework is self-certified against the QF-EHEA"),
    ],
)
def test_level_status_is_said(status: LevelStatus, ending: str) -> None:
    note = rows(AWARD, level_status=status)["level"].note
    assert note.startswith("Level of the learning, as claimed by Westhaven University of")
    assert note.endswith(ending)


def test_stated_status_of_the_issuer_is_only_a_claim() -> None:
    levels = changed(MICRO_CREDENTIAL.levels, stated_status=LevelStatus.REFERENCED)
    assert "referenced" not in of(levels=levels)["level"].note


def test_foreign_code_is_explained() -> None:
    kind = Concept(uri="urn:example:juggling")
    assert of(assessments=(Assessment(type=kind),))["assessment"].value == (
        "A value of an unknown list (urn:example:juggling)"
    )


def test_known_code_without_label_gets_its_meaning() -> None:
    bare = Concept(uri=concept("assessment", "portfolio").uri)
    assert of(assessments=(Assessment(type=bare),))["assessment"].value == "Portfolio"


def test_no_grade_when_none_is_given() -> None:
    assert not rows(changed(AWARD, results=(Result(assessment="a1"),)))["grade"].stated


def test_stacking_never_promises() -> None:
    target = StackTarget(title={"en": "Master of Water"}, effect=StackEffect.ACCESS)
    row = of(stackability=Stackability(stackable=True, targets=(target,)))["stackability"]
    assert row.value == "May give access to “Master of Water”, decided by the receiving organisation"
    assert of(stackability=Stackability(stackable=False))["stackability"].value == "Stands alone"


def test_technical_issuer_and_provider_are_named() -> None:
    other = changed(UNIVERSITY, name={"en": "Harbour College"})
    row = of(providers=(other,), technical_issuer=changed(UNIVERSITY, name={"en": "Seal Service"}))[
        "awarding-body"
    ]
    assert row.note == "Provided by Harbour College; issued on its behalf by Seal Service"


def test_validation_is_named() -> None:
    row = rows(changed(AWARD, route=Route.VALIDATION))["route"]
    assert row.value == "validation of learning gained elsewhere, without a course"


def test_validity_is_a_technical_limit() -> None:
    until = dt.datetime(2031, 1, 31, tzinfo=dt.UTC)
    row = rows(changed(AWARD, valid_until=until))["valid-until"]
    assert (row.value, row.note) == ("31 January 2031", "A technical limit; what was learned does not expire")


@pytest.mark.parametrize("record_type", list(RecordType))
def test_kind_of_record(record_type: RecordType) -> None:
    sections = plain_words(changed(AWARD, micro_credential=changed(record_type=record_type)))
    everything = " ".join(f"{s.title} {r.label} {r.value} {r.note}" for s in sections for r in s.rows).lower()
    is_one = record_type is RecordType.MICRO_CREDENTIAL
    assert ("micro-credential" in everything, "european standard" in everything) == (is_one, is_one)


def test_control_characters_are_left_out() -> None:
    row = rows(changed(AWARD, learner=Learner(full_name="Ann\x1b[31m\u202e\r\nLee")))["learner"]
    assert row.value == "Ann[31m Lee"


def test_dates_and_numbers() -> None:
    assert date_words(dt.date(2026, 11, 21)) == "21 November 2026"
    assert (
        date_words(dt.datetime(2026, 11, 21, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=5))))
        == "21 November 2026"
    )
    assert [number(Decimal(n)) for n in ("125", "2.50", "1E+2", "0.10", "100")] == [
        "125",
        "2.5",
        "100",
        "0.1",
        "100",
    ]
