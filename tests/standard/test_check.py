"""What a check promises: completeness, element statuses, level standings, no crash, speed."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import VocabularyError
from tessella.model import Award, Learner, MicroCredential
from tessella.standard import Audience, ElementStatus, SealFacts, Standing, check
from tessella.text import speak
from tessella.verdicts import Severity, Verdict

from .strategies import records
from .support import COMPLETE, TODAY, complete_award, merged, plain, record, run_case

replace = msgspec.structs.replace

PLACEHOLDERS = [
    "n/a",
    "-",
    "tbd",
    "not specified",
    "0",
    "not clear to me",
    "k. A.",
    "néant",
    "no aplica",
    "n.v.t.",
]

REMOVALS: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": {}}, "EU-02-title-missing"),
    "outcomes": ({"outcomes": ()}, "EU-06-outcomes-missing"),
    "workload": ({"workload": None}, "EU-07-workload-missing"),
    "level": ({"levels": None}, "EU-08-level-missing"),
    "assessment": ({"assessments": ()}, "EU-09-assessment-missing"),
    "participation": ({"participation": None}, "EU-10-participation-missing"),
    "quality": ({"quality": ()}, "EU-11-quality-missing"),
}


def statuses(result: Any) -> dict[str, str]:
    return {state.id: str(state.status) for state in result.elements}


def test_check_complete_description_is_complete_without_findings() -> None:
    result = check(complete_award().micro_credential, on=TODAY)
    assert (result.findings, result.complete, result.may_be_called_micro_credential) == ((), True, True)
    assert result.hours_per_credit == Decimal("26.67")
    assert statuses(result) == {
        **dict.fromkeys(["learner", "date", "grade"], "given-at-award"),
        **dict.fromkeys(["title", "country", "awarding-body", "outcomes", "workload", "level"], "present"),
        **dict.fromkeys(
            ["assessment", "participation", "quality", "prerequisites", "supervision"], "present"
        ),
        **dict.fromkeys(["stackability", "further-information"], "present"),
    }


def test_check_complete_award_has_all_sixteen_elements() -> None:
    result = check(complete_award(), on=TODAY)
    assert result.complete
    assert [state.number for state in result.elements] == [
        *map(str, range(1, 12)),
        "o1",
        "o2",
        "o3",
        "o4",
        "o5",
    ]
    assert {state.status for state in result.elements} == {ElementStatus.PRESENT}


@pytest.mark.parametrize("element", REMOVALS)
def test_check_without_a_mandatory_element_gives_exactly_its_rule(element: str) -> None:
    fields, rule = REMOVALS[element]
    result = check(replace(complete_award().micro_credential, **fields), on=TODAY)
    assert (result.complete, result.rules()) == (False, (rule,))
    assert result.element(element).status is ElementStatus.MISSING  # type: ignore[union-attr]


@settings(deadline=None, max_examples=60)
@given(st.sets(st.sampled_from(sorted(REMOVALS))))
def test_check_without_several_elements_gives_exactly_their_rules(removed: set[str]) -> None:
    fields: dict[str, Any] = {}
    for element in removed:
        fields |= REMOVALS[element][0]
    result = check(replace(complete_award().micro_credential, **fields), on=TODAY)
    errors = {finding.rule for finding in result.findings if finding.severity is Severity.ERROR}
    assert errors == {REMOVALS[element][1] for element in removed}
    assert result.complete is not bool(removed)


def test_check_without_bodies_misses_country_and_awarding_body() -> None:
    result = check(replace(complete_award().micro_credential, awarding_bodies=()), on=TODAY)
    assert result.rules() == ("EU-03-country-missing", "EU-04-awarding-body-missing")


def test_check_award_without_learner_and_date_gives_their_rules() -> None:
    award = replace(complete_award(), learner=Learner(), awarded_on=None, issued_at=None)
    assert check(award, on=TODAY).rules() == ("EU-01-learner-missing", "EU-05-date-missing")
    assert check(award, on=TODAY, audience="description").rules() == ()


def test_check_description_as_credential_misses_learner_and_date() -> None:
    result = check(complete_award().micro_credential, on=TODAY, audience=Audience.CREDENTIAL)
    assert result.rules() == ("EU-01-learner-missing", "EU-05-date-missing")


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_check_placeholder_counts_as_missing_and_is_quoted(text: str) -> None:
    data = merged(plain(COMPLETE), {"micro_credential": {"title": {"en": text, "sv": None}}})
    result = check(record(data), on=TODAY)
    assert result.rules() == ("EU-02-title-missing",)
    assert f"“{text}”" in result.findings[0].message


def test_check_sixty_months_are_called_sixty_months() -> None:
    finding = run_case({"set": {"micro_credential": {"workload": {"stated": "P60M"}}}}).findings[0]
    assert finding.message == "“P60M” means 60 months: that is calendar time, not hours of work."
    assert finding.place == "workload.stated"


def test_check_hours_without_credits_give_an_indicative_range() -> None:
    patch = {"credit_bearing": False, "workload": {"hours": 84, "credits": None}}
    (finding,) = run_case({"set": {"micro_credential": patch}}).findings
    assert finding.message == (
        "There are no ECTS credits; 84 hours would be about 2.8–3.4 ECTS credits, which nobody has awarded."
    )


def test_check_ehea_provider_is_the_awarding_body_unless_named() -> None:
    for patch, wanted in (
        ({}, "Linköping University"),
        ({"micro_credential": {"providers": {"name": "Learning centre", "places": "SE"}}}, "Learning centre"),
    ):
        result = run_case({"profile": "ehea-2022", "set": patch})
        assert result.element("provider").summary == wanted  # type: ignore[union-attr]


def test_check_finding_names_element_clause_remedy_and_place() -> None:
    patch = {
        "micro_credential": {
            "outcomes": [{"id": "o1", "title": "Applies frameworks"}, {"id": "o2", "title": "Bias"}]
        }
    }
    finding = run_case({"set": patch}).findings[0]
    assert finding.rule == "EU-06-verb-missing"
    assert finding.element == "Learning outcomes"
    assert finding.place == "outcomes[1]"
    assert finding.message == "These outcomes do not begin with what the learner does: “Bias”."
    assert finding.clause and finding.remedy


def test_check_speaks_the_active_language() -> None:
    translations = {"The micro-credential has no title.": "Die Microcredential hat keinen Titel."}
    with speak(translations):
        result = check(replace(complete_award().micro_credential, title={}), on=TODAY)
    assert result.findings[0].message == "Die Microcredential hat keinen Titel."


def test_check_other_record_is_never_called_micro_credential() -> None:
    data = merged(plain(COMPLETE), {"micro_credential": {"record_type": "participation"}})
    result = check(record(data), on=TODAY, profile="ehea-2022")
    assert (result.profile, result.may_be_called_micro_credential) == ("other-record", False)


def test_check_non_formal_without_level_is_not_applicable() -> None:
    patch = {
        "credit_bearing": None,
        "workload": {"credits": None},
        "levels": None,
        "awarding_bodies": {"degree_awarding": False},
    }
    result = run_case({"set": {"micro_credential": patch}})
    assert result.element("level").status is ElementStatus.NOT_APPLICABLE  # type: ignore[union-attr]
    assert [(row.framework, row.standing) for row in result.levels] == [("EQF", Standing.NOT_APPLICABLE)]
    assert result.rules() == ("EU-07-no-ects",)


def test_check_validation_award_needs_no_participation() -> None:
    result = run_case({"set": {"route": "validation", "micro_credential": {"participation": None}}})
    assert result.complete
    assert result.element("participation").status is ElementStatus.NOT_APPLICABLE  # type: ignore[union-attr]


def test_levels_without_country_pack_are_claimed_whatever_the_issuer_says() -> None:
    result = run_case({"set": {"micro_credential": {"levels": {"stated_status": "referenced"}}}})
    assert {row.standing for row in result.levels} == {Standing.CLAIMED}
    assert [row.framework for row in result.levels] == ["EQF", "NQF", "QF-EHEA", "ISCED"]


def test_levels_with_country_pack_are_referenced_and_self_certified() -> None:
    patch = {
        "levels": {"nqf": "mt-6"},
        "awarding_bodies": {"places": "MT"},
        "workload": {"hours": 75, "contact_hours": 15},
    }
    result = run_case({"set": {"micro_credential": patch}})
    assert [(row.framework, row.standing) for row in result.levels] == [
        ("EQF", Standing.REFERENCED),
        ("NQF", Standing.REFERENCED),
        ("QF-EHEA", Standing.SELF_CERTIFIED),
        ("ISCED", Standing.CLAIMED),
    ]


def test_levels_that_contradict_the_referencing_are_claimed() -> None:
    patch = {
        "levels": {"nqf": "mt-5"},
        "awarding_bodies": {"places": "MT"},
        "workload": {"hours": 75, "contact_hours": 15},
    }
    result = run_case({"set": {"micro_credential": patch}})
    assert result.levels[0].standing is Standing.CLAIMED


def test_check_country_argument_adds_replaces_or_drops_packs() -> None:
    dutch = merged(
        plain(COMPLETE), {"micro_credential": {"levels": {"nqf": None}, "awarding_bodies": {"places": "NL"}}}
    )
    assert check(record(dutch), on=TODAY).packs == ("eu-2022", "NL")
    assert check(record(dutch), on=TODAY, country="MT").packs == ("eu-2022", "MT")
    assert check(record(dutch), on=TODAY, country="ESP").packs == ("eu-2022", "ES")
    assert check(record(dutch), on=TODAY, country="").packs == ("eu-2022",)
    assert check(record(dutch), on=TODAY, country="FR").packs == ("eu-2022",)


def test_check_joint_award_gets_the_packs_of_both_countries() -> None:
    bodies = [{"name": "A", "places": "NL"}, {"name": "B", "places": "MT"}]
    data = merged(plain(COMPLETE), {"micro_credential": {"awarding_bodies": bodies}})
    assert check(record(data), on=TODAY, profile="ehea-2022").packs == ("eu-2022", "ehea-2022", "NL", "MT")


def test_check_ehea_without_seal_facts_is_not_complete_and_not_checked() -> None:
    result = check(complete_award(), on=TODAY, profile="ehea-2022")
    assert not result.complete
    assert (statuses(result)["seal"], statuses(result)["authenticity"]) == ("not-checked", "not-checked")
    verified = SealFacts(sealed=True, verified=Verdict.PASSED, sealed_by="Linköping University")
    result = check(complete_award(), on=TODAY, profile="ehea-2022", facts=verified)
    assert result.complete
    assert result.element("seal").summary == "Linköping University"  # type: ignore[union-attr]


def test_check_indeterminate_verification_is_not_a_verified_seal() -> None:
    facts = SealFacts(sealed=True, verified=Verdict.INDETERMINATE)
    assert check(complete_award(), on=TODAY, profile="ehea-2022", facts=facts).rules() == (
        "EHEA-verification-failed",
    )


@pytest.mark.parametrize("profile", ["eu-2021", "NL", "", "principles"])
def test_check_what_is_no_profile_is_refused(profile: str) -> None:
    other = merged(plain(COMPLETE), {"micro_credential": {"record_type": "participation"}})
    for subject in (complete_award(), record(other)):
        with pytest.raises(VocabularyError) as caught:
            check(subject, on=TODAY, profile=profile)
        assert caught.value.code == "standard.no-pack"
        assert caught.value.expected == "eu-2022, ehea-2022, eciu, other-record"


def test_check_unknown_country_or_audience_is_refused() -> None:
    with pytest.raises(VocabularyError) as caught:
        check(complete_award(), on=TODAY, country="Atlantis")
    assert caught.value.code == "input.vocabulary"
    with pytest.raises(VocabularyError) as caught:
        check(complete_award(), on=TODAY, audience="everybody")
    assert caught.value.code == "standard.no-audience"


def test_check_summary_of_learner_shows_no_personal_data() -> None:
    result = check(complete_award(), on=TODAY)
    assert result.element("learner").summary == "name"  # type: ignore[union-attr]
    assert b"Exempel" not in msgspec.json.encode(result)


def test_check_result_encodes_findings_as_flat_json() -> None:
    result = check(replace(complete_award().micro_credential, title={}), on=TODAY)
    (finding,) = msgspec.json.decode(msgspec.json.encode(result))["findings"]
    assert {"rule", "severity", "element", "message", "remedy", "clause"} <= set(finding)
    assert finding["severity"] == "error"


def test_check_does_not_read_the_clock() -> None:
    assert check(complete_award(), on=dt.date(2031, 1, 1)).rules() == ()
    assert check(complete_award().micro_credential, on=dt.date(2031, 1, 1)).rules() == ("EU-11-not-valid",)


@settings(deadline=None, max_examples=150)
@given(records(MicroCredential), st.dates())
def test_check_of_any_description_gives_a_result(made: MicroCredential, on: dt.date) -> None:
    result = check(made, on=on)
    errors = [finding for finding in result.findings if finding.severity is Severity.ERROR]
    assert result.complete is (not errors)
    assert msgspec.json.encode(result)


@settings(deadline=None, max_examples=100)
@given(
    records(Award),
    st.dates(),
    st.sampled_from(["eu-2022", "ehea-2022", "eciu"]),
    st.sampled_from([None, "NL", "MT", "ES"]),
)
def test_check_of_any_award_gives_a_result(
    made: Award, on: dt.date, profile: str, country: str | None
) -> None:
    result = check(made, on=on, profile=profile, country=country)
    assert len({finding.rule for finding in result.findings}) == len(result.findings)


def test_check_of_very_long_texts_stays_quick() -> None:
    data = merged(
        plain(COMPLETE), {"micro_credential": {"levels": {"nqf": None}, "awarding_bodies": {"places": "MT"}}}
    )
    data["micro_credential"]["outcomes"] = [{"id": f"o{n}", "title": "to " * 40_000} for n in (1, 2)]
    data["micro_credential"]["title"] = {"en": "- certificat " * 40_000}
    begin = time.perf_counter()
    assert "EU-02-title-long" in check(record(data), on=TODAY).rules()
    assert time.perf_counter() - begin < 2
