"""The live list of what is missing agrees with the standard and with what each format's writer accepts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import translation
from tools.translations import pack_words

from tessella.errors import TessellaError
from tessella.formats import attestation, elm, openbadges3
from tessella.model import Award, Identifier, Image, Learner, MicroCredential, Organisation
from tessella.rendering import certificate, tile_facts, tile_png
from tessella_web.accounts.models import Organisation as Workspace
from tessella_web.accounts.models import Person
from tessella_web.catalogue import domain
from tessella_web.catalogue.content import loaded
from tessella_web.catalogue.missing import FORMATS, Missing, missing_of
from tessella_web.ui.middleware import library_language
from tests.web.catalogue.samples import COMPLETE
from tests.web.pages import CheckingClient

PLACEHOLDER = re.compile(r"%\(\w+\)s")

DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def record_without(*elements: str, **changes: Any) -> MicroCredential:
    found = {"id": "https://platform.example/m/1", **COMPLETE, **changes}
    return loaded({k: v for k, v in found.items() if k not in elements}).record


def missing(*elements: str, **changes: Any) -> Missing:
    return missing_of(record_without(*elements, **changes), on=DAY)


def test_a_complete_description_misses_nothing() -> None:
    found = missing()
    assert found.errors == ()
    assert found.complete
    assert found.ready_formats == tuple(str(one.title) for one in FORMATS)
    assert found.country_name == "Netherlands"


@pytest.mark.parametrize(
    ("element", "fixed_at"),
    [
        ("title", {"title"}),
        ("awarding_bodies", {"awarding_bodies"}),
        ("outcomes", {"outcomes", "assessments"}),
        ("workload", {"workload"}),
        ("assessments", {"assessments", "workload"}),
        ("participation", {"participation"}),
        ("quality", {"quality"}),
    ],
)
def test_what_is_missing_leads_to_the_element(element: str, fixed_at: set[str]) -> None:
    found = missing(element)
    assert {gap.element for gap in found.errors} <= fixed_at
    assert element in {gap.element for gap in found.errors}
    assert not found.complete


def test_a_countrys_rules_are_told_apart() -> None:
    malta = [{"name": "College", "places": ["MT"], "legal_id": "X"}]
    found = missing(
        awarding_bodies=malta, workload={"hours": 62.5, "credits": [{"points": 2.5, "system": "ects"}]}
    )
    assert found.country_name == "Malta"
    assert {gap.element for gap in found.country if gap.is_error} == {"workload"}
    assert all(not gap.rule.startswith("MT") for gap in found.standard)


def award_of(record: MicroCredential) -> Award:
    learner = Learner(full_name="A Learner", identifiers=(Identifier(value="1"),))
    return Award(id="urn:uuid:1", micro_credential=record, learner=learner, awarded_on=DAY)


def made(name: str, record: MicroCredential) -> bool:
    """Whether the writer of the format accepts the record, and the official shapes what it wrote."""
    award = award_of(record)
    body = next(iter(record.awarding_bodies), Organisation(name={}))
    try:
        if name == "edc":
            image = Image(content=tile_png(tile_facts(record)), media_type="image/png")
            document = elm.write(
                award,
                credential_id="urn:uuid:2",
                issued_at=NOW,
                issuer=body,
                image=image,
                seal=None,
                status=None,
            )
            return not elm.validate(document)
        if name == "openbadge":
            badge = openbadges3.write(
                award,
                credential_id="urn:uuid:2",
                issued_at=NOW,
                issuer=body,
                issuer_id="did:web:a.example",
                status=None,
                salt="0123456789abcdef",
            )
            return not openbadges3.validate(badge) and bool(body.name)
        if name == "attestation":
            attestation.write(
                award, issuer=body, issuer_id="did:web:a.example", issued_at=NOW, credential_id="-"
            )
            return True
        return bool(certificate(award, issued_at=NOW)) and bool(record.title and body.name)
    except TessellaError:
        return False


CHANGES: list[dict[str, Any]] = [
    {},
    {"title": None},
    {"awarding_bodies": []},
    {"awarding_bodies": [{"name": "College", "legal_id": "NTRNL-1"}]},
    {"awarding_bodies": [{"name": "College", "places": ["NL"]}]},
    {"participation": {"modes": ["online"]}},
    {"workload": None},
    {"levels": None},
    {"levels": {"not_applicable": "Learning outside frameworks"}},
    {"quality": []},
    {"outcomes": [], "assessments": []},
]  # fmt: skip


@pytest.mark.parametrize("changes", CHANGES, ids=str)
@pytest.mark.parametrize("name", ["edc", "openbadge", "attestation"])
def test_a_format_misses_something_exactly_when_its_writer_refuses(
    name: str, changes: dict[str, Any]
) -> None:
    record = record_without(**changes)
    (index,) = [number for number, one in enumerate(FORMATS) if one.id == name]
    gaps = missing_of(record, on=DAY).formats[index][1]
    assert (not gaps) == made(name, record)


def _told(record: MicroCredential, language: str) -> set[str]:
    """Everything the to-do list says of a record, in a language."""
    with translation.override(language), library_language():
        found = missing_of(record, on=DAY)
        gaps = [*found.standard, *found.country, *(gap for _name, gaps in found.formats for gap in gaps)]
        return {text for gap in gaps for text in (gap.message, gap.remedy)} | {found.country_name} - {""}


def test_everything_a_rule_says_is_said_in_german() -> None:
    with translation.override("de"):
        german = {word: translation.gettext(word) for word in pack_words()}
    assert [word for word, said in german.items() if said == word] == ["Malta"]
    assert [
        word
        for word, said in german.items()
        if set(PLACEHOLDER.findall(said)) != set(PLACEHOLDER.findall(word))
    ] == []


@pytest.mark.django_db
def test_nothing_in_a_german_to_do_list_is_english(
    client: CheckingClient, organisation: Workspace, alice: Person
) -> None:
    wrong = {
        "title": {"en": "n/a"}, "workload": {"hours": 10, "credits": [{"points": 16, "system": "ects"}], "contact_hours": 12},
        "outcomes": ["Understand bread", "The course covers flour", "Bake and sell and mix", "Understand bread"],
        "levels": {"eqf": ["5", "6"], "nqf": ["mt-5"]}, "assessments": [{"type": "written-exam"}, {"type": "portfolio"}],
        "participation": {"modes": ["online"], "location": {"en": "Twickel"}}, "quality": [{"side": "external"}],
        "awarding_bodies": [{"name": {"en": "Bakery of Twickel"}, "places": ["NL"]}], "stackability": {"stackable": True},
    }  # fmt: skip
    for content in ({"title": {"en": "Bread"}}, wrong, {**wrong, "record_type": "participation"}):
        made = domain.start_description(by=alice, organisation=organisation, content=content)
        english, german = _told(made.record(), "en"), _told(made.record(), "de")
        assert len(german) > 4 and german & english == set()
        client.force_login(alice)
        with translation.override("en"):  # the page's language ends with it
            page = client.get(f"/descriptions/{made.id}/", headers={"accept-language": "de"}).page.text
        text = " ".join(page.split())
        assert [one for one in english if f" {one} " in f" {text} "] == []
        assert "Was noch fehlt" in text
