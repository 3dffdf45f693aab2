"""The form of a rule: every field of the language has its place, and what is shown gives the same rule back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings

from tessella.adapters.descriptions import parse_description
from tessella.stacking import Rule, load_rule, published_rule, published_rules, rule_data
from tessella.stacking import language as stacking
from tessella_web.catalogue.pathways.drafting import clean_draft
from tessella_web.pages.pathways.filling import as_draft, as_form, changed_by, inner_parts, read, with_ids
from tessella_web.pages.pathways.language import BY_ID, SECTIONS, WHERE
from tessella_web.pages.pathways.parts import Field, Many, Part
from tessella_web.pages.pathways.showing import Screen
from tests.web.pathways.rules import any_rule

STRUCTS = {
    "conversions": stacking.Conversion, "conditions": stacking.Condition, "advice": stacking.Condition, "amounts": stacking.Amount,
    "groups": stacking.Group, "slots": stacking.Slot, "capstone": stacking.Slot, "outcomes": stacking.OutcomeList, "overlap": stacking.Overlap,
    "parts": stacking.Part, "decider": stacking.Decider, "source": stacking.Source, "level": stacking.LevelRange,
    "credits": stacking.Range, "hours": stacking.Range, "where": stacking.Where, "applies_to": stacking.Where,
}  # fmt: skip


class Posted(HTMLParser):
    """What a browser sends when nobody touches anything."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: list[tuple[str, str]] = []
        self._area: list[str] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "input":
            if found.get("type") not in ("radio", "checkbox") or "checked" in found:
                self.fields.append((found["name"], found.get("value", "")))
        elif tag == "textarea":
            self._area = [found["name"]]
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and self._select:
            self.fields.append((self._select, found["value"]))
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            name, *text = self._area
            self.fields.append((name, "".join(text).removeprefix("\n").replace("\n", "\r\n")))
            self._area = None


def post_of(parts: Sequence[Part], form: dict[str, Any]) -> QueryDict:
    html = render_to_string(
        "pages/pathways/lines.html", {"lines": Screen(form, errors={}).lines(parts, form)}
    )
    made = QueryDict(mutable=True)
    for name, value in Posted(html).fields:
        made.appendlist(name, value)
    return made


def through_the_form(draft: dict[str, Any], *, remembers: bool) -> dict[str, Any]:
    """All sections, one after the other; ``remembers`` what stood there, as the pages do."""
    form = as_form(draft)
    made: dict[str, Any] = {}
    for section in SECTIONS:
        found = read(section.parts, post_of(section.parts, form), form if remembers else {})
        assert found.errors == {}
        made |= found.data
    errors: dict[str, str] = {}
    draft = with_ids(as_draft(made, errors))
    assert errors == {}
    return draft


def stored(rule: Rule) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(rule_data(rule)))
    return made


@pytest.mark.parametrize("name", published_rules())
@pytest.mark.parametrize("remembers", [True, False])
def test_shipped_rule_goes_through_the_form_unchanged(name: str, remembers: bool) -> None:
    rule = load_rule(parse_description(published_rule(name), name))
    draft = stored(rule)
    found = clean_draft(through_the_form(draft, remembers=remembers))
    assert found.problems == ()
    assert json.loads(json.dumps(found.data)) == draft
    assert load_rule(found.data) == rule


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_rule)
def test_any_rule_goes_through_the_form_unchanged(data: dict[str, Any]) -> None:
    rule = msgspec.convert(data, Rule, strict=False)
    draft = stored(rule)
    assert json.loads(json.dumps(clean_draft(through_the_form(draft, remembers=True)).data)) == draft
    assert msgspec.convert(through_the_form(draft, remembers=False), Rule, strict=False) == rule


def test_text_that_a_field_would_change_stays_as_it_is() -> None:
    draft = {
        "title": "  two  spaces\n and a line ",
        "grades": [" a ", "b"],
        "unit": "ects",
        "decider": {"name": " x"},
        "source": {"text": "y"},
    }
    assert through_the_form(draft, remembers=True) == draft


def fields_of(parts: Sequence[Part]) -> set[str]:
    return {part.name for part in parts}


def groups(parts: Sequence[Part], seen: set[str]) -> Iterator[Many]:
    for part in parts:
        if isinstance(part, Many) and part.name not in seen:
            yield part
            yield from groups(inner_parts(part), seen | {part.name})


def test_every_field_of_the_language_has_its_place_in_the_form() -> None:
    whole = [part for section in SECTIONS for part in section.parts]
    assert sorted(part.name for part in whole) == sorted(
        one.encode_name for one in msgspec.structs.fields(Rule)
    )
    for group in groups(whole, set()):
        if group.name in STRUCTS:
            names = {one.encode_name for one in msgspec.structs.fields(STRUCTS[group.name])}
            assert fields_of(inner_parts(group)) == names, group.name
    assert fields_of(WHERE) == {one.encode_name for one in msgspec.structs.fields(stacking.Where)}


@pytest.mark.parametrize(
    ("section", "fields", "path"),
    [
        ("amounts", {"amounts.count": "1", "amounts.0.at_least": "many"}, "amounts.0.at_least"),
        ("amounts", {"amounts.count": "1", "amounts.0.at_least": "NaN"}, "amounts.0.at_least"),
        ("amounts", {"amounts.count": "1", "amounts.0.of": "stones"}, "amounts.0.of"),
        ("period", {"valid_from": "tomorrow"}, "valid_from"),
        ("places", {"groups.count": "1", "groups.0.take": "-1"}, "groups.0.take"),
        ("unit", {"conversions.count": "1", "conversions.0.factor": ""}, "conversions.0.factor"),
        ("award", {"title": "x" * 4001}, "title"),
        ("also", {"also": "x\n" * 201}, "also"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(section: str, fields: dict[str, str], path: str) -> None:
    post = QueryDict(mutable=True)
    post.update(fields)
    assert list(read(BY_ID[section].parts, post, {}).errors) == [path]


def test_numbers_are_read_as_people_write_them() -> None:
    post = QueryDict(mutable=True)
    post.update({"amounts.count": "1", "amounts.0.at_least": " 7,5 ", "amounts.0.at_most_share": "50 %"})
    assert read(BY_ID["amounts"].parts, post, {}).data["amounts"][0] == {
        "at_least": "7.5", "at_most_share": "50",
    }  # fmt: skip


def test_countries_subjects_and_languages_are_read_by_name_or_code() -> None:
    post = QueryDict(mutable=True)
    post.update({
        "amounts.count": "1", "amounts.0.where.country": "netherlands\nDE\nAtlantis",
        "amounts.0.where.field": "052\n0521 Environmental sciences", "amounts.0.where.language": "Dutch\nen",
    })  # fmt: skip
    assert read(BY_ID["amounts"].parts, post, {}).data["amounts"][0]["where"] == {
        "country": ["NL", "DE", "Atlantis"], "field": ["052", "0521"], "language": ["nl", "en"],
    }  # fmt: skip


def test_entries_are_added_opened_and_taken_away_by_buttons() -> None:
    parts, form = BY_ID["places"].parts, {}
    post = QueryDict(mutable=True)
    assert changed_by("add:groups", parts, form, post) == "groups.0"
    assert changed_by("add:groups.0.slots", parts, form, post) == "groups.0.slots.0"
    post["groups.0.slots.0.where.open"] = "level"
    assert changed_by("open:groups.0.slots.0.where", parts, form, post) == "groups.0.slots.0.where.level"
    post["groups.0.slots.0.where.open"] = "any_of"
    changed_by("open:groups.0.slots.0.where", parts, form, post)
    post["groups.0.slots.0.where.any_of.0.open"] = "assessed"
    changed_by("open:groups.0.slots.0.where.any_of.0", parts, form, post)
    assert changed_by("add:capstone", parts, form, post) == "capstone"
    assert form == {
        "groups": [{"slots": [{"where": {"level": {}, "any_of": [{"assessed": True}]}}]}], "capstone": {"where": {}},
    }  # fmt: skip
    assert with_ids(form)["groups"][0]["slots"][0]["id"] == "place"
    assert (
        changed_by("remove:groups.0.slots.0.where.any_of.0", parts, form, post)
        == "groups.0.slots.0.where.any_of"
    )
    assert changed_by("remove:groups.0", parts, form, post) == "groups"
    assert (form["groups"], changed_by("remove:groups.7", parts, form, post)) == ([], "groups")


@pytest.mark.parametrize("action", ["", "add:", "add:nothing", "remove:", "open:groups.9", "bad:groups", "add:groups.0.slots.0.where.any_of.x"])  # fmt: skip
def test_a_button_that_nobody_showed_makes_no_rule(action: str) -> None:
    form: dict[str, Any] = {"groups": [{"id": "g", "slots": []}]}
    changed_by(action, BY_ID["places"].parts, form, QueryDict())
    assert clean_draft(as_draft(form, {})).data.get("groups") == [{"id": "g", "slots": []}]


def test_ids_are_made_from_titles_and_once_in_the_rule() -> None:
    draft = with_ids({
        "amounts": [{"id": "", "title": "Volume"}, {"title": "Volume"}, {}], "capstone": {"title": "Volume", "where": {}},
    })  # fmt: skip
    assert [one["id"] for one in (*draft["amounts"], draft["capstone"])] == ["volume", "volume-2", "amount", "volume-3"]  # fmt: skip


def test_two_lists_of_one_name_are_told() -> None:
    errors: dict[str, str] = {}
    as_draft(
        {"categories": [{"name": "Core", "where": {}}, {"name": "Core", "where": {}}, {"name": ""}]}, errors
    )
    assert list(errors) == ["categories.1.name"]


def test_field_kinds_are_all_in_use() -> None:
    def kinds(parts: Sequence[Part], depth: int = 0) -> set[str]:
        found: set[str] = set()
        for part in parts:
            if isinstance(part, Field):
                found.add(part.kind)
            elif depth < 4:
                found |= kinds(inner_parts(part), depth + 1)
        return found

    from tessella_web.pages.pathways.parts import Kind

    assert kinds([part for section in SECTIONS for part in section.parts]) == set(Kind)
