"""Courses of catalogues as a start: what is taken, what is not and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.domain.courses import read_course
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import RefusedError
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

OOAPI: dict[str, Any] = {
    "courseId": "3f0a1c52-0000-4000-8000-000000000000",
    "primaryCode": {"codeType": "identifier", "code": "TWK-SOIL-1"},
    "name": [{"language": "nl-NL", "value": "Bodem in de praktijk"}, {"language": "en-GB", "value": "Soil in practice"}],
    "abbreviation": "SOIL",
    "description": [{"language": "nl-NL", "value": "<p>Leer de bodem <b>lezen</b>.</p>"}],
    "studyLoad": {"studyLoadUnit": "ects", "value": 3.0},
    "modesOfDelivery": ["hybrid", "situated"],
    "teachingLanguage": "nld",
    "fieldsOfStudy": "081101",
    "learningOutcomes": [
        [{"language": "nl-NL", "value": "Neemt bodemmonsters"}, {"language": "en-GB", "value": "Takes soil samples"}],
        [{"language": "nl-NL", "value": "Plant een vruchtwisseling"}],
    ],
    "level": "associate degree",
    "assessment": [{"language": "nl-NL", "value": "Portfolio met gesprek"}],
    "admissionRequirements": [{"language": "nl-NL", "value": "Geen"}],
    "duration": "P8W",
    "resources": ["A book"],
    "coordinators": [{"personId": "x", "givenName": "Invented"}],
    "link": "https://twickel.example/soil",
    "somethingElse": 1,
}  # fmt: skip

SCHEMA: dict[str, Any] = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebPage", "name": "A page"},
        {
            "@type": ["Course", "LearningResource"],
            "name": "Mending clothes",
            "description": "Give clothes a second life.",
            "inLanguage": "en",
            "teaches": ["Sew on a button", {"@type": "DefinedTerm", "name": "Darn a hole"}],
            "timeRequired": "PT12H30M",
            "numberOfCredits": {"@type": "StructuredValue", "value": 1, "unitText": "ECTS"},
            "educationalLevel": {"@type": "DefinedTerm", "name": "EQF 3"},
            "coursePrerequisites": "A needle and thread",
            "hasCourseInstance": [{"@type": "CourseInstance", "courseMode": "onsite"}],
            "provider": {"@type": "Organization", "name": "Somebody else"},
            "url": "javascript:alert(1)",
        },
    ],
}  # fmt: skip


def test_a_course_of_ooapi_is_read() -> None:
    found = read_course(json.dumps(OOAPI))
    assert found is not None
    assert found.kind == "OOAPI"
    assert found.content == {
        "language": "nl",
        "title": {"nl": "Bodem in de praktijk", "en": "Soil in practice"},
        "description": {"nl": "Leer de bodem  lezen ."},
        "outcomes": [
            {"title": {"nl": "Neemt bodemmonsters", "en": "Takes soil samples"}},
            {"title": {"nl": "Plant een vruchtwisseling"}},
        ],
        "prerequisites": {"text": {"nl": "Geen"}},
        "workload": {"credits": [{"points": "3.0", "system": "ects"}]},
        "levels": {"eqf": ["5"]},
        "fields": ["0811"],
        "participation": {"modes": ["blended", "work-based"], "languages": ["nl"]},
        "assessments": [{"id": "assessment-1", "criteria": {"nl": "Portfolio met gesprek"}}],
        "identifiers": [{"value": "TWK-SOIL-1", "scheme": "identifier"}],
        "homepage": "https://twickel.example/soil",
    }
    left = dict(found.left)
    assert sorted(left) == [
        "abbreviation",
        "coordinators",
        "courseId",
        "duration",
        "resources",
        "somethingElse",
    ]
    assert "people" in left["coordinators"]


def test_older_and_newer_spellings_of_ooapi_are_read() -> None:
    older = {"courseId": "1", "name": "Soil", "description": "About soil", "learningOutcomes": ["Take samples"],
             "ects": 2.5, "modeOfDelivery": ["online"], "requirements": "None", "level": "bachelor"}  # fmt: skip
    found = read_course(json.dumps(older))
    assert found is not None
    assert found.content["title"] == {"en": "Soil"}
    assert found.content["workload"] == {"credits": [{"points": "2.5", "system": "ects"}]}
    assert found.content["participation"] == {"modes": ["online"]}
    newer = {"primaryCode": {"code": "1"}, "name": [{"language": "en", "value": "Soil"}],
             "studyLoad": [{"studyLoadUnit": "sbu", "value": 84}, {"studyLoadUnit": "contacttime", "value": 20}, {"studyLoadUnit": "owls", "value": 1}],
             "level": "secondary vocational education"}  # fmt: skip
    found = read_course(json.dumps(newer))
    assert found is not None
    assert found.content["workload"] == {"hours": "84", "contact_hours": "20"}
    assert {name for name, _why in found.left} == {"studyLoad", "level"}


def test_a_course_of_a_web_page_is_read() -> None:
    found = read_course(json.dumps(SCHEMA))
    assert found is not None
    assert found.content == {
        "language": "en",
        "title": {"en": "Mending clothes"},
        "description": {"en": "Give clothes a second life."},
        "outcomes": [{"title": {"en": "Sew on a button"}}, {"title": {"en": "Darn a hole"}}],
        "prerequisites": {"text": {"en": "A needle and thread"}},
        "workload": {"hours": "12.5", "credits": [{"points": "1", "system": "ects"}]},
        "levels": {"eqf": ["3"]},
        "participation": {"modes": ["on-site"], "languages": ["en"]},
    }
    assert {name for name, _why in found.left} == {"provider", "url"}


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "{}", "3", '{"name": "A"}', '{"@type": "Person", "name": "A"}', "[" * 100_000],
)
def test_what_is_no_course_is_not_read_as_one(text: str) -> None:
    assert read_course(text) is None


def test_several_courses_are_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        read_course(json.dumps({"pageSize": 10, "items": [OOAPI, OOAPI]}))
    assert caught.value.code == "catalogue.courses"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*OOAPI, *SCHEMA["@graph"][1], "value", "language", "code"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("types", [1, True, {"a": 1}, [None, 2], [["Course"]]])
def test_a_type_that_is_no_text_does_not_stop_the_reading(types: Any) -> None:
    found = read_course(json.dumps({"courseId": "1", "name": "A", "@type": types}))
    assert found is not None


@given(st.dictionaries(st.sampled_from([*OOAPI, *SCHEMA["@graph"][1]]), _JSON, max_size=8), st.booleans())
def test_any_course_is_read_or_left(values: dict[str, Any], is_ooapi: bool) -> None:
    course = {
        **values,
        "name": values.get("name") or "A",
        **({"courseId": "1"} if is_ooapi else {"@type": "Course"}),
    }
    found = read_course(json.dumps(course))
    assert found is not None
    assert found.content["language"]


def test_a_course_becomes_a_draft_and_a_to_do_list(organisation: Organisation, alice: Person) -> None:
    client = CheckingClient()
    client.force_login(alice)
    file = SimpleUploadedFile("course.json", json.dumps(OOAPI).encode())
    page = client.post("/o/twickel/descriptions/new/file", {"file": file}, follow=True).page
    made = Description.objects.get()
    assert made.record().title["en"] == "Soil in practice"
    assert (
        made.record().awarding_bodies[0].name == {"en": "University of Twickel"}
        or made.record().awarding_bodies
    )
    for words in (
        "What was taken, and what was not",
        "coordinators",
        "they are not taken over",
        "Please check what we found",
    ):
        assert words in page.text
    assert "Invented" not in json.dumps(made.content)
    pasted = client.post("/o/twickel/descriptions/new/text", {"text": json.dumps(SCHEMA)}, follow=True).page
    assert "Mending clothes" in pasted.title


def test_every_start_says_what_it_took(organisation: Organisation, alice: Person) -> None:
    made = domain.start_from_text(by=alice, organisation=organisation, text="Soil\n\nWorkload: 84 hours")
    assert made.workings["import"] == {"kind": "text", "took": ["title", "workload"], "left": []}
