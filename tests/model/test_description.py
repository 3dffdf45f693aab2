"""Descriptions load leniently, name what is unusable, lose nothing and come back equal."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import SchemaError
from tessella.model import (
    Award,
    Learner,
    MicroCredential,
    OutcomeKind,
    RecordType,
    describe,
    load,
    unknown_fields,
)
from tessella.vocabulary import code_list

FULL = {
    "id": "urn:uuid:0d4e2f3a-6f5c-4a57-9d0a-0a4c6a3e9a11",
    "language": "nl",
    "title": {"nl": "Data-ethiek in de praktijk", "en": "Data ethics in practice"},
    "awarding_bodies": [{"name": "Universiteit Voorbeeld", "places": "NL", "legal_id": "NTRNL-00000000"}],
    "fields": "0613",
    "outcomes": [{"id": "lo-1", "title": "Weegt belangen", "kind": "skill", "reusability": "cross-sector"}],
    "workload": {"hours": 84, "credits": {"points": 3, "system": "ects"}},
    "levels": {"eqf": 6},
    "participation": {"modes": ["online", "on-site"], "languages": ["nl"], "starts_on": dt.date(2026, 9, 1)},
    "assessments": [{"id": "a1", "type": "project-work", "covers": "lo-1"}],
    "quality": [{"side": "internal", "decided_on": "2026-02-01"}],
}


def test_load_expands_shorthands_to_full_structs() -> None:
    record = load(FULL).require()
    assert record.record_type is RecordType.MICRO_CREDENTIAL
    assert record.awarding_bodies[0].name == {"nl": "Universiteit Voorbeeld"}
    assert record.awarding_bodies[0].countries == (code_list("country").require("NL"),)
    assert record.outcomes[0].kind is OutcomeKind.SKILL
    assert record.workload is not None
    assert record.workload.hours_per_credit() == Decimal(28)
    assert [mode.code for mode in record.participation.modes] == ["online", "on-site"]  # type: ignore[union-attr]
    assert record.assessments[0].covers == ("lo-1",)
    assert record.quality[0].decided_on == dt.date(2026, 2, 1)


def test_describe_gives_what_load_reads() -> None:
    record = load(FULL).require()
    assert load(describe(record)).require() == record


def test_unknown_fields_survive_and_are_named() -> None:
    data = {**FULL, "colour": "blue", "workload": {"hours": 84, "weeks": 6}}
    record = load(data).require()
    assert sorted(unknown_fields(record)) == ["colour", "workload.weeks"]
    assert describe(record)["colour"] == "blue"
    assert load(describe(record)).require() == record


def test_load_names_every_unusable_field_and_keeps_the_rest() -> None:
    data = {
        **FULL,
        "participation": {"modes": "onlin"},
        "workload": {"hours": "many", "credits": {"points": 3, "system": "ects"}},
        "leads_to_degree": "perhaps",
    }
    loaded = load(data)
    assert {problem.place for problem in loaded.problems} == {
        "participation.modes[0]",
        "workload.hours",
        "leads_to_degree",
    }
    assert loaded.record.workload is not None
    assert loaded.record.workload.credits[0].points == Decimal(3)
    with pytest.raises(SchemaError, match="2 more problems"):
        loaded.require()


def test_load_refuses_what_is_not_a_mapping() -> None:
    with pytest.raises(SchemaError):
        load(["a", "list"])


def test_outcome_ids_are_stable_while_the_text_stands() -> None:
    first = load({"outcomes": ["Reads a plan", "Draws a plan"]}).require()
    second = load({"outcomes": ["Draws a plan", "Reads a plan"]}).require()
    assert {o.id for o in first.outcomes} == {o.id for o in second.outcomes}
    assert len({o.id for o in first.outcomes}) == 2


def test_deep_nesting_is_a_clear_error() -> None:
    data: dict[str, object] = {}
    for _ in range(5000):
        data = {"extra_field": data}
    assert load({"title": "x", "note": data}).record.title == {"en": "x"}


texts = st.dictionaries(st.sampled_from(["en", "nl", "lt"]), st.text(min_size=1), min_size=1, max_size=2)


@given(title=texts, names=st.lists(texts, max_size=3), hours=st.decimals(0, 2000, places=1) | st.none())
def test_round_trip_of_any_description(
    title: dict[str, str], names: list[dict[str, str]], hours: Decimal
) -> None:
    data = {"title": title, "outcomes": [{"title": t} for t in names], "workload": {"hours": hours}}
    record = load(data).require()
    assert load(describe(record)).require() == record


def test_learner_with_one_name_has_a_display_name() -> None:
    assert Learner(given_name="Suharto").display_name == "Suharto"
    award = Award(micro_credential=MicroCredential(), learner=Learner(full_name="Li Wei"))
    assert load(describe(award), Award).require() == award


def test_texts_of_an_award_are_in_the_language_of_its_description() -> None:
    data = {"learner": "Ada", "micro_credential": {"language": "it", "title": "Benessere"}}
    award = load(data, Award).require()
    assert award.micro_credential.title == {"it": "Benessere"}
    assert load(describe(award), Award).require() == award
