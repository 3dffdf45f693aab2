"""The skills gap on the platform: what a wallet says, what its holder says of it, what the catalogue brings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella.guidance.gap import Gap, Match, Standing
from tessella_web.accounts.merging.domain import merge
from tessella_web.accounts.models import Person
from tessella_web.catalogue.esco.occupations import occupation_of
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.guidance.skills import domain
from tessella_web.guidance.skills.models import SkillMapping
from tessella_web.guidance.skills.queries import gap_of, wordy
from tests.web.conftest import person
from tests.web.guidance.conftest import SKILL, STEWARD
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
EN = ("en",)


def bring(by: Person, title: str, *skills: str, says: str = "") -> None:
    outcome: dict[str, Any] = {"title": says or f"Can do {title.lower()}", "kind": "skill"}
    if skills:
        outcome["esco"] = [{"uri": SKILL + one, "labels": {"en": one}} for one in skills]
    wallet.bring(by=by, data=badge(course(title, outcomes=[outcome])), name="a.json", languages=EN)


def found(person: Person, *planned: str) -> Gap:
    steward = occupation_of(STEWARD, EN)
    assert steward is not None
    return gap_of(person, steward, planned=planned, languages=EN, on=ON)


def standings(gap: Gap) -> dict[str, str]:
    return {one.need.skill.removeprefix(SKILL): str(one.standing) for one in (*gap.essential, *gap.optional)}


def test_an_occupation_comes_with_skills_version_and_language(esco: None) -> None:
    steward = occupation_of(STEWARD, ("de", "en"))
    assert steward is not None
    assert (steward.title, steward.version, steward.language, len(steward.needs)) == ("Datenverwalter/Datenverwalterin", "0 (fictitious)", "de", 5)  # fmt: skip
    assert occupation_of("https://example.org/nothing", EN) is None
    assert occupation_of("", EN) is None


def test_what_the_wallet_says_is_held_and_the_catalogue_brings_the_rest(
    esco: None, dana: Person, publish: Callable[..., Version]
) -> None:
    bring(dana, "Ethics", "apply-data-ethics")
    law = publish("Law for data", "data-protection-law", "use-spreadsheets")
    publish("Bees", "assess-data-bias")
    gap = found(dana)
    assert standings(gap)["apply-data-ethics"] == "held"
    assert standings(gap)["data-protection-law"] == "missing"
    assert [one.title for one in gap.offers] == ["Law for data", "Bees"]
    assert gap.offers[0].provider == "University of Twickel"
    planned = found(dana, law.description_id)
    assert standings(planned)["data-protection-law"] == "planned"
    assert planned.missing == ()


def test_words_count_only_after_their_holder_confirmed_them(esco: None, dana: Person) -> None:
    bring(dana, "Sheets", says="Use spreadsheets safely")
    (one,) = wordy(dana, EN)
    assert [(s.skill, s.method) for s in one.suggestions] == [(SKILL + "use-spreadsheets", "lexical")]
    assert standings(found(dana))["use-spreadsheets"] == "missing"
    made = domain.confirm(
        by=dana, text="Use spreadsheets safely", skill=SKILL + "use-spreadsheets", languages=EN
    )
    assert (made.holder, made.method, made.release) == (dana, "lexical", "0 (fictitious)")
    assert domain.confirm(by=dana, text=made.text, skill=made.skill, languages=EN) == made
    held = next(one for one in found(dana).essential if one.need.skill.endswith("use-spreadsheets"))
    assert held.standing is Standing.HELD
    (evidence,) = held.evidence
    assert (evidence.match, evidence.confirmed_by, evidence.suggested) == (Match.CONFIRMED, "Dana", "lexical")
    assert standings(found(person("Other")))["use-spreadsheets"] == "missing"
    assert domain.take_back(by=person("Thief"), id=made.id) is False
    assert domain.take_back(by=dana, id=made.id) is True
    assert standings(found(dana))["use-spreadsheets"] == "missing"


def test_words_of_others_and_skills_of_no_list_are_refused(esco: None, dana: Person) -> None:
    bring(dana, "Sheets", says="Use spreadsheets safely")
    for text, skill, code in (
        ("Fly", SKILL + "use-spreadsheets", "guidance.words"),
        ("Use spreadsheets safely", SKILL + "none", "guidance.skill"),
        ("Use spreadsheets safely", SKILL + "g-data", "guidance.skill"),
    ):
        with pytest.raises(RefusedError) as caught:
            domain.confirm(by=dana, text=text, skill=skill, languages=EN)
        assert caught.value.code == code


def test_meanings_suggest_where_the_operator_supplied_vectors(
    esco: None, dana: Person, settings: Any, tmp_path: Path
) -> None:
    bring(dana, "Tables", says="Tabular calculation")
    assert wordy(dana, EN)[0].suggestions == ()
    path = tmp_path / "small.vec"
    path.write_text("tabular 1 0\ncalculation 0.9 0.1\nspreadsheets 0.95 0.05\nuse 0.7 0.7\n")
    settings.SKILL_VECTORS = path
    (one, *_rest) = wordy(dana, EN)[0].suggestions
    assert (one.skill, one.method) == (SKILL + "use-spreadsheets", "semantic")


def test_the_number_of_queries_does_not_grow(
    esco: None, dana: Person, publish: Callable[..., Version]
) -> None:
    bring(dana, "Ethics", "apply-data-ethics")
    publish("Law", "data-protection-law")
    found(dana)
    with CaptureQueriesContext(connection) as few:
        found(dana)
    for number in range(3):
        bring(dana, f"Course {number}", "explain-statistics")
        publish(f"Law {number}", "data-protection-law")
    found(dana)
    with CaptureQueriesContext(connection) as many:
        found(dana)
    assert len(many) == len(few)


def test_statements_move_with_an_account_that_is_merged_and_go_with_one_that_is_deleted(
    esco: None, dana: Person
) -> None:
    bring(dana, "Sheets", says="Use spreadsheets safely")
    domain.confirm(by=dana, text="Use spreadsheets safely", skill=SKILL + "use-spreadsheets", languages=EN)
    other = person("Dana-two")
    merge(into=other, other=dana, because="own")
    assert SkillMapping.objects.get().holder == other
    assert standings(found(other))["use-spreadsheets"] == "held"
