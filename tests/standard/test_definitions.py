"""The definitions in use: met or short of what."""

from __future__ import annotations

from tessella.standard import all_definitions, definitions

from .support import COMPLETE, TODAY, complete_award, merged, plain, record


def short_of(name: str, id: str) -> tuple[str, ...]:
    (found,) = [standing for standing in definitions(record(plain(name)), on=TODAY) if standing.id == id]
    return found.short_of


def test_definitions_ids_are_unique_and_each_has_conditions() -> None:
    ids = [definition.id for definition in all_definitions()]
    assert len(ids) == len(set(ids)) == 10
    assert all(definition.conditions and definition.clause for definition in all_definitions())


def test_definitions_of_the_complete_award_that_are_met() -> None:
    met = [standing.id for standing in definitions(complete_award(), on=TODAY) if standing.met]
    assert met == ["EU-2022", "EC-2020", "EHEA-2022", "ECIU", "UNESCO-2022", "DEQAR", "AU"]


def test_definitions_postgraduate_course_is_too_long_for_the_common_framework() -> None:
    assert short_of("07-open-university-postgraduate", "CMF") == (
        "It takes 100 to 150 hours.",
        "It has 4 to 6 ECTS credits.",
        "It is at EQF level 4 to 7.",
        "Identity is verified.",
        "The transcript lists the outcomes.",
    )


def test_definitions_common_framework_wants_size_and_identity() -> None:
    size = ("It takes 100 to 150 hours.", "It has 4 to 6 ECTS credits.")
    assert short_of(COMPLETE, "CMF") == size
    patch = {"micro_credential": {"assessments": {"supervision": "supervised-without-id"}}}
    data = merged(plain(COMPLETE), patch)
    (found,) = [standing for standing in definitions(record(data), on=TODAY) if standing.id == "CMF"]
    assert found.short_of == (*size, "Identity is verified.")


def test_definitions_attendance_is_no_assessment() -> None:
    assert short_of("20-badge-nation-organised-project", "UNESCO-2022") == (
        "It includes assessment based on clearly defined standards.",
        "It meets standards of quality assurance.",
    )
    assert short_of("20-badge-nation-organised-project", "AU") == ("It is assessed.",)


def test_definitions_empty_record_meets_none() -> None:
    data = {"title": "Nothing yet", "leads_to_degree": True}
    assert {standing.met for standing in definitions(record(data), on=TODAY)} == {False}
