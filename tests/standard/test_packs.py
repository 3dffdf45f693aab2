"""The packs as data: every rule is documented and sound, and a faulty pack is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from tessella.errors import ConfigError, VocabularyError
from tessella.standard import (
    Audience,
    Basis,
    all_definitions,
    country_packs,
    pack,
    principle_questions,
    profiles,
    rules_markdown,
)
from tessella.standard._predicates import OPERATORS, compile_test
from tessella.standard._view import View, all_facts
from tessella.standard.rulepack import Profile, ReadyRule, compiled
from tessella.vocabulary import code_list

from .support import TODAY, complete_award

ALL = [compiled(name) for name in profiles()] + [compiled("eu-2022", (name,)) for name in country_packs()]
RULES: dict[str, ReadyRule] = {rule.rule.id: rule for profile in ALL for rule in profile.rules}
PREFIXES = {
    "eu-2022": "EU",
    "ehea-2022": "EHEA",
    "eciu": "ECIU",
    "other-record": "REC",
    "NL": "NL",
    "ES": "ES",
    "MT": "MT",
}


def view(**options: Any) -> View:
    award = complete_award()
    return View(award.micro_credential, on=TODAY, audience=Audience.CREDENTIAL, award=award, **options)


def test_profiles_and_countries_are_these() -> None:
    assert profiles() == ("eu-2022", "ehea-2022", "eciu", "other-record")
    assert country_packs() == ("ES", "MT", "NL")


def test_pack_unknown_is_refused_with_the_names() -> None:
    with pytest.raises(VocabularyError) as caught:
        pack("FR")
    assert caught.value.code == "standard.no-pack"
    assert caught.value.expected == "eu-2022, ehea-2022, eciu, other-record, ES, MT, NL"


@pytest.mark.parametrize("id", sorted(RULES))
def test_rule_has_id_clause_message_and_remedy(id: str) -> None:
    ready = RULES[id]
    assert re.fullmatch(r"[A-Z]+(-(\d\d|X\d))?-[a-z0-9-]+", id)
    assert ready.clause and ready.element.name
    assert ready.rule.message.endswith(".") and ready.rule.remedy.endswith(".")
    assert ready.rule.basis in Basis


@pytest.mark.parametrize("id", sorted(RULES))
def test_rule_message_uses_exactly_its_values(id: str) -> None:
    rule = RULES[id].rule
    named = set(re.findall(r"%\((\w+)\)s", rule.message))
    assert named == set(rule.values)
    if rule.values:
        assert rule.message % dict.fromkeys(named, "x")
    else:
        assert "%" not in rule.message
    assert "%" not in rule.remedy


@pytest.mark.parametrize("name", [*profiles(), *country_packs()])
def test_pack_rule_ids_begin_with_the_pack_and_are_unique(name: str) -> None:
    p = pack(name)
    ids = [rule.id for rule in p.rules] + [element.missing.id for element in p.elements if element.missing]
    assert len(ids) == len(set(ids))
    assert {id.split("-")[0] for id in ids} == {PREFIXES[name]}


@pytest.mark.parametrize("name", [*profiles(), *country_packs()])
def test_pack_cites_all_of_its_sources_and_only_them(name: str) -> None:
    p = pack(name)
    cited = {rule.source for rule in p.rules if rule.source} | {element.source for element in p.elements}
    assert set(p.sources) == cited


def test_pack_replaces_only_rules_that_exist() -> None:
    for name in (*profiles(), *country_packs()):
        assert set(pack(name).replaces) <= set(RULES)


def test_mandatory_elements_are_the_eleven_of_annex_one() -> None:
    elements = pack("eu-2022").elements
    assert [(e.number, e.kind.value) for e in elements] == [
        *((str(n), "conditional" if n == 8 else "mandatory") for n in range(1, 12)),
        *((f"o{n}", "optional") for n in range(1, 6)),
    ]


def test_country_levels_are_levels_of_the_list() -> None:
    for name in country_packs():
        country = pack(name).country
        assert country is not None and country.nqf is not None and country.code == name
        listed = {concept.code for concept in code_list("nqf")}
        assert {f"{country.nqf.prefix}-{level}" for level in country.nqf.eqf} <= listed
        assert set(country.nqf.eqf.values()) == set(range(1, 9))


def test_every_fact_is_documented_and_used() -> None:
    packs = [pack(name) for name in (*profiles(), *country_packs())]
    used = repr(packs) + repr(principle_questions()) + repr(all_definitions())
    inner = {"higher-education"}  # other facts are made of it
    for name, function in all_facts().items():
        assert (function.__doc__ or "").strip().endswith(".")
        assert (f"'@{name}'" in used) is (name not in inner), name


def test_rules_markdown_documents_every_rule_pack_question_and_fact() -> None:
    page = rules_markdown()
    for id, ready in RULES.items():
        assert page.count(f'<a id="{id.lower()}"></a>`{id}`') == 1
        assert ready.clause.replace("|", "\\|") in page
    for name in (*profiles(), *country_packs()):
        assert f"(`{name}`)" in page
    for principle in principle_questions():
        assert all(f"`{question.id}`" in page for question in principle.questions)
    assert all(f"| `{definition.id}` " in page for definition in all_definitions())
    for name in all_facts():
        assert f"| `@{name}` |" in page
    assert "%(" not in page
    rows = [line for line in page.splitlines() if line.startswith("| <a id=")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}


PREDICATES: list[tuple[dict[str, Any], bool]] = [
    ({"present": "title"}, True),
    ({"present": ["cost.price", "title"]}, True),
    ({"present": "cost.price"}, False),
    ({"absent": "cost.price"}, True),
    ({"absent": "title"}, False),
    ({"true": "credit_bearing"}, True),
    ({"true": "leads_to_degree"}, False),
    ({"false": "leads_to_degree"}, True),
    ({"false": "seal.sealed"}, False),
    ({"all": [{"present": "title"}, {"absent": "cost"}]}, True),
    ({"all": [{"present": "title"}, {"present": "cost"}]}, False),
    ({"any": [{"present": "cost"}, {"present": "title"}]}, True),
    ({"any": [{"present": "cost"}]}, False),
    ({"not": {"present": "cost"}}, True),
    ({"within": {"value": "workload.hours", "min": 80, "max": 80}}, True),
    ({"within": {"value": "workload.hours", "above": 80}}, False),
    ({"within": {"value": "workload.hours", "below": 80}}, False),
    ({"within": {"value": "cost.price", "min": 1}}, True),
    ({"multiple": {"value": "@ects", "of": 1.5}}, True),
    ({"multiple": {"value": "@ects", "of": 2}}, False),
    ({"codes": {"value": "@mode-codes", "of": ["online", "blended"]}}, True),
    ({"codes": {"value": "@mode-codes", "of": ["blended"]}}, False),
    ({"codes": {"value": "levels.stated_status", "of": ["claimed"]}}, True),
    ({"some": {"value": "@mode-codes", "of": ["online"]}}, True),
    ({"some": {"value": "cost.price", "of": [0]}}, False),
    ({"known": {"value": "levels.eqf", "list": "eqf"}}, True),
    ({"known": {"value": "levels.nqf", "list": "eqf"}}, False),
    ({"count": {"value": "outcomes", "min": 2, "max": 2}}, True),
    ({"count": {"value": "outcomes", "max": 1}}, False),
    ({"order": {"first": "award.assessed_on", "then": "award.issued_at"}}, True),
    ({"order": {"first": "award.issued_at", "then": "award.assessed_on"}}, False),
    ({"order": {"first": "award.issued_at", "then": "award.assessed_on", "days": 12}}, True),
    ({"matches": {"value": "assessments.id", "pattern": "a[0-9]"}}, True),
    ({"matches": {"value": "assessments.id", "pattern": "a"}}, False),
]


@pytest.mark.parametrize(("spec", "wanted"), PREDICATES, ids=[repr(spec) for spec, _ in PREDICATES])
def test_predicate_gives_the_expected_answer(spec: dict[str, Any], wanted: bool) -> None:
    assert compile_test(spec)(view()) is wanted


def test_predicate_every_operator_is_tested_and_documented() -> None:
    import tessella.standard._predicates as module

    assert {next(iter(spec)) for spec, _ in PREDICATES} == set(OPERATORS)
    assert all(f"``{name}``" in (module.__doc__ or "") for name in OPERATORS)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({}, "config.rule-operator"),
        ({"present": "title", "absent": "title"}, "config.rule-operator"),
        ({"exists": "title"}, "config.rule-operator"),
        ({"present": "titel"}, "config.rule-path"),
        ({"present": "outcomes.titel"}, "config.rule-path"),
        ({"present": "@no-such-fact"}, "config.rule-fact"),
        ({"within": {"min": 1}}, "config.rule-operand"),
        ({"within": {"value": "workload.hours", "min": "many"}}, "config.rule-operand"),
        ({"known": {"value": "levels.eqf", "list": "no-list"}}, "config.rule-list"),
        ({"matches": {"value": "id", "pattern": "("}}, "config.rule-operand"),
    ],
)
def test_predicate_that_is_not_in_order_is_refused(spec: dict[str, Any], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compile_test(spec)
    assert caught.value.code == code
    assert caught.value.hint or code == "config.rule-list"


def test_profile_elements_of_extended_pack_come_first() -> None:
    ready: Profile = compiled("ehea-2022")
    assert [p.id for p in ready.packs] == ["eu-2022", "ehea-2022"]
    assert [item.element.number for item in ready.elements][-7:] == ["e1", "e2", "e3", "e4", "e5", "e6", "e7"]


def test_view_never_takes_nan_or_infinity_as_workload() -> None:
    for odd in ("NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999"):
        from tessella.standard.facts.volume import usable

        assert usable(Decimal(odd)) is False
