"""The ten principles: what the record shows, what is stated, what is stale."""

from __future__ import annotations

import datetime as dt

import pytest

from tessella.standard import PrincipleStatus, SealFacts, Statement, principle_questions, principles
from tessella.verdicts import Verdict

from .support import COMPLETE, TODAY, complete_award, merged, plain, record

STATUS = PrincipleStatus


def status_of(standings: object, id: str) -> PrincipleStatus:
    (found,) = [item.status for p in standings for item in p.items if item.id == id]  # type: ignore[attr-defined]
    return PrincipleStatus(found)


def test_principles_are_the_ten_of_annex_two() -> None:
    assert [(p.number, p.title) for p in principle_questions()] == [
        (1, "Quality"),
        (2, "Transparency"),
        (3, "Relevance"),
        (4, "Valid assessment"),
        (5, "Learning pathways"),
        (6, "Recognition"),
        (7, "Portable"),
        (8, "Learner-centred"),
        (9, "Authentic"),
        (10, "Information and guidance"),
    ]


def test_principles_question_ids_are_unique_and_numbered() -> None:
    ids = [(p.number, q.id) for p in principle_questions() for q in p.questions]
    assert len({id for _, id in ids}) == len(ids)
    assert all(id.startswith(f"P{number}-") for number, id in ids)


def test_principles_of_the_complete_award_show_what_the_record_shows() -> None:
    sealed = SealFacts(sealed=True, verified=Verdict.PASSED)
    standings = principles(complete_award(), on=TODAY, facts=sealed)
    assert [p.status for p in standings] == [
        STATUS.TO_BE_DECLARED,
        STATUS.TO_BE_DECLARED,
        STATUS.NOT_MET,
        STATUS.MET_CHECKED,
        STATUS.NOT_MET,
        STATUS.TO_BE_DECLARED,
        STATUS.TO_BE_DECLARED,
        STATUS.NOT_MET,
        STATUS.MET_CHECKED,
        STATUS.TO_BE_DECLARED,
    ]
    assert status_of(standings, "P1-external") is STATUS.MET_CHECKED
    assert status_of(standings, "P4-assessor") is STATUS.NOT_APPLICABLE


def test_principles_of_a_description_leave_the_seal_out() -> None:
    standings = principles(complete_award().micro_credential, on=TODAY)
    assert status_of(standings, "P7-sealed") is STATUS.NOT_APPLICABLE
    assert status_of(standings, "P9-holder") is STATUS.NOT_APPLICABLE


def test_principles_statement_is_declared_until_somebody_accepts_evidence() -> None:
    day = dt.date(2026, 6, 1)
    said = {
        "P7-privacy": Statement(on=day, text="See our page."),
        "P7-exit": Statement(on=day, accepted_by="Eva Register"),
    }
    standings = principles(complete_award(), on=TODAY, statements=said)
    assert status_of(standings, "P7-privacy") is STATUS.DECLARED
    assert status_of(standings, "P7-exit") is STATUS.MET_EVIDENCE


def test_principles_old_statement_is_stale_even_with_evidence() -> None:
    for day, wanted in ((dt.date(2025, 11, 20), STATUS.STALE), (dt.date(2025, 11, 25), STATUS.MET_EVIDENCE)):
        said = {"P1-feedback": Statement(on=day, accepted_by="Eva Register")}
        assert status_of(principles(complete_award(), on=TODAY, statements=said), "P1-feedback") is wanted


def test_principles_record_wins_over_statement_and_statement_over_nothing() -> None:
    said = {id: Statement(on=TODAY) for id in ("P1-internal", "P3-need")}
    standings = principles(complete_award(), on=TODAY, statements=said)
    assert status_of(standings, "P1-internal") is STATUS.MET_CHECKED
    assert status_of(standings, "P3-need") is STATUS.DECLARED


def test_principles_of_an_empty_record_are_never_met() -> None:
    standings = principles(record(plain("06-tartu-cloud-native")), on=TODAY)
    assert {p.status for p in standings} <= {STATUS.NOT_MET, STATUS.TO_BE_DECLARED}


def test_principle_status_has_words() -> None:
    assert [status.words for status in STATUS] == [
        "not met",
        "stale: the evidence is older than its limit",
        "to be declared",
        "declared",
        "met (evidence)",
        "met (checked)",
        "not applicable",
    ]


def changed(**patch: object) -> object:
    return principles(record(merged(plain(COMPLETE), {"micro_credential": patch})), on=TODAY)


@pytest.mark.parametrize(
    ("id", "patch", "wanted"),
    [
        ("P1-external", {"quality": {"side": "external", "title": "Review"}}, STATUS.NOT_MET),
        ("P1-external", {"quality": {"side": "external", "decided_on": dt.date(2019, 1, 1)}}, STATUS.NOT_MET),
        (
            "P1-external",
            {"quality": {"side": "external", "decided_on": dt.date(2026, 1, 1), "decision": "negative"}},
            STATUS.NOT_MET,
        ),
        ("P1-review", {}, STATUS.MET_CHECKED),
        (
            "P1-review",
            {"quality": {"side": "internal", "reviewed_on": dt.date(2025, 11, 20)}},
            STATUS.NOT_MET,
        ),
        ("P1-scope", {"quality": {"side": "internal"}}, STATUS.NOT_APPLICABLE),
        ("P3-skills", {}, STATUS.NOT_MET),
        (
            "P3-skills",
            {"outcomes": {"title": "Plans", "esco": {"uri": "http://data.europa.eu/esco/skill/1"}}},
            STATUS.MET_CHECKED,
        ),
        ("P5-decided-by", {}, STATUS.MET_CHECKED),
        ("P5-decided-by", {"stackability": {"stackable": False, "targets": None}}, STATUS.NOT_APPLICABLE),
        ("P8-learners-in-quality", {}, STATUS.NOT_MET),
        (
            "P8-learners-in-quality",
            {"quality": {"side": "internal", "learners_involved": True}},
            STATUS.MET_CHECKED,
        ),
        ("P8-cost", {}, STATUS.NOT_MET),
        ("P8-cost", {"cost": {"price": 0}}, STATUS.MET_CHECKED),
    ],
)
def test_principles_question_is_answered_from_the_record(
    id: str, patch: dict[str, object], wanted: PrincipleStatus
) -> None:
    assert status_of(changed(**patch), id) is wanted


def test_principles_learner_does_not_assess_alone() -> None:
    for name, wanted in (("Astrid Exempel", STATUS.NOT_MET), ("Per Prov", STATUS.MET_CHECKED)):
        data = merged(plain(COMPLETE), {"results": {"grade": "Pass", "assessed_by": {"name": name}}})
        assert status_of(principles(record(data), on=TODAY), "P4-assessor") is wanted
