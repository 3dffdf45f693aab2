"""Starting from text and files: only what stands there, nothing about the learner, everything to be confirmed."""

from __future__ import annotations

import datetime as dt
import json

import msgspec
import pytest

from tessella.formats import elm, openbadges3
from tessella.model import Award, Identifier, Image, Learner
from tessella.rendering import tile_facts, tile_png
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.content import loaded
from tessella_web.catalogue.domain.starting import MAX_FILE_BYTES, MAX_TEXT, read_text
from tessella_web.catalogue.models import Description
from tessella_web.catalogue.preview import badge_picture, certificate_preview
from tessella_web.common.errors import NotAllowedError, RefusedError
from tests.web.catalogue.samples import COMPLETE

pytestmark = pytest.mark.django_db

TEXT = """Soil health for growers

A short course for people who grow food and want to look after the soil under it, in the field and in the greenhouse.

After the course you will be able to:
- Take soil samples and read the results;
- Plan a rotation that keeps carbon in the ground.

Practical matters
- Coffee is free
84 hours of study, 3 ECTS. EQF level 5. Blended. You hand in a portfolio and pass a written exam.
"""

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def test_text_is_read_for_what_stands_there() -> None:
    assert read_text(TEXT) == {
        "title": "Soil health for growers",
        "description": "A short course for people who grow food and want to look after the soil under it, in the field and in the greenhouse.",
        "outcomes": ["Take soil samples and read the results", "Plan a rotation that keeps carbon in the ground"],
        "workload": {"hours": "84", "credits": [{"points": "3", "system": "ects"}]},
        "levels": {"eqf": ["5"]},
        "participation": {"modes": ["blended"]},
        "assessments": [{"id": "assessment-1", "type": "written-exam"}, {"id": "assessment-2", "type": "portfolio"}],
    }  # fmt: skip


def test_nothing_is_made_up() -> None:
    assert read_text("Photography") == {"title": "Photography"}
    assert read_text("Wat je leert\nWe meet every week.") == {"title": "Wat je leert"}


def test_what_was_read_waits_for_somebody_to_look(organisation: Organisation, alice: Person) -> None:
    made = domain.start_from_text(by=alice, organisation=organisation, text=TEXT)
    assert (made.started_from, made.source) == ("text", TEXT.strip())
    assert "workload" in made.workings["proposed"]
    domain.confirm(description=made, by=alice, element="workload")
    after = domain.save_element(description=made, by=alice, element="title", value="Soil")
    assert not {"workload", "title"} & set(after.workings["proposed"])
    assert "outcomes" in after.workings["proposed"]


@pytest.mark.parametrize(
    ("text", "code"), [("  ", "catalogue.no-text"), ("x" * (MAX_TEXT + 1), "catalogue.text-too-long")]
)
def test_no_text_and_too_much(organisation: Organisation, alice: Person, text: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.start_from_text(by=alice, organisation=organisation, text=text)
    assert (caught.value.code, caught.value.field) == (code, "text")


def award() -> Award:
    record = loaded({**COMPLETE, "id": "https://elsewhere.example/m/1",
                     "awarding_bodies": [{"name": "College of Harbour", "places": ["BE"], "legal_id": "NTRBE-1"}]}).record  # fmt: skip
    learner = Learner(
        full_name="Zoë Verbruggen", email="zoe@learner.example", identifiers=(Identifier(value="77"),)
    )
    return Award(id="urn:uuid:1", micro_credential=record, learner=learner, awarded_on=NOW.date())


def as_edc() -> bytes:
    one = award()
    image = Image(content=tile_png(tile_facts(one.micro_credential)), media_type="image/png")
    body = one.micro_credential.awarding_bodies[0]
    return msgspec.json.encode(
        elm.write(
            one, credential_id="urn:uuid:2", issued_at=NOW, issuer=body, image=image, seal=None, status=None
        )
    )


def as_badge() -> bytes:
    one = award()
    body = one.micro_credential.awarding_bodies[0]
    return json.dumps(
        openbadges3.write(one, credential_id="urn:uuid:2", issued_at=NOW, issuer=body, issuer_id="did:web:a.example",
                          status=None, salt="0123456789abcdef"),
        default=str,
    ).encode()  # fmt: skip


@pytest.mark.parametrize("make", [as_edc, as_badge])
def test_a_foreign_credential_is_a_start_without_its_learner(
    organisation: Organisation, alice: Person, make: object
) -> None:
    data = make()  # type: ignore[operator]
    made = domain.start_from_file(by=alice, organisation=organisation, data=data, name="theirs.json")
    record = made.record()
    assert record.title["en"] == "Data ethics in practice"
    assert [one.title["en"] for one in record.outcomes] == [one["title"] for one in COMPLETE["outcomes"]]
    assert [one.name["en"] for one in record.awarding_bodies] == ["University of Twickel"]
    assert record.id.endswith(made.id)
    assert "College of Harbour" in made.source
    assert "outcomes" in made.workings["proposed"]
    everything = json.dumps(made.content) + made.source
    for personal in ("Zoë", "Verbruggen", "zoe@", '"77"'):
        assert personal not in everything


def test_a_description_file_is_a_start(organisation: Organisation, alice: Person) -> None:
    data = b"title: Bread\nworkload: {hours: 20}\nsomething_else: 3\n"
    made = domain.start_from_file(by=alice, organisation=organisation, data=data)
    assert (made.title, made.started_from, made.record().workload.hours) == ("Bread", "description", 20)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"\x00\xff\x00",
        b"{}",
        b"[1, 2]",
        b"a: &b [*b]",
        b"x" * (MAX_FILE_BYTES + 1),
    ],
)
def test_a_file_with_nothing_in_it_is_refused_at_the_field(
    organisation: Organisation, alice: Person, data: bytes
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.start_from_file(by=alice, organisation=organisation, data=data)
    assert caught.value.field == "file"
    assert Description.objects.count() == 0


def test_those_who_may_not_edit_start_nothing(organisation: Organisation, bob: Person) -> None:
    with pytest.raises(NotAllowedError):
        domain.start_from_text(by=bob, organisation=organisation, text=TEXT)


def test_previews_are_marked(draft: Description) -> None:
    assert badge_picture(draft.record()).startswith("<svg")
    pdf = certificate_preview(draft.record(), at=NOW)
    assert pdf.startswith(b"%PDF")
