"""Deciding: what is met is granted, what is not known is never met, discretion is called so, nothing counts twice, nothing stands on itself."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from tessella.stacking.checker import check_proof
from tessella.stacking.language import Amount, Condition, Where
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain import awards, batches
from tessella_web.credentials.models import Award, Stage
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Share
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.domain.deciding import Awarding
from tessella_web.recognition.stacking.evaluating import assess
from tessella_web.recognition.stacking.models import Case, CaseState
from tests.web.conftest import person
from tests.web.credentials.conftest import published
from tests.web.stacking.conftest import (
    EN,
    POLICY,
    asked,
    awarded,
    certificate,
    house,
    pathway_of,
    rule_of,
    sealed,
)
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db


def decided(marla: Person, case: Case, decision: str = "granted", **more: object) -> Case:
    return domain.decide(by=marla, case=case, decision=decision, reasons="So it is.", languages=EN, **more)  # type: ignore[arg-type]


def refused(marla: Person, case: Case, decision: str = "granted", **more: object) -> str:
    with pytest.raises(RefusedError) as error:
        decided(marla, case, decision, **more)
    case.refresh_from_db()
    assert case.state == CaseState.ASKED
    return error.value.code


def test_what_was_revoked_since_the_asking_is_told_and_counts_no_more(
    marla: Person, case: Case, badges: list[Award]
) -> None:
    """The published vector: revoked between simulation and decision."""
    bees = next(one for one in badges if one.version.title == "Beekeeping")
    awards.revoke(by=bees.organisation.memberships.first().person, award=bees, reason="A mistake.")  # type: ignore[union-attr]
    found = assess(case, languages=EN)
    assert found.outcome == "cannot-count"
    assert found.changes[0] == "The answer was “met” and is now “cannot-count”."
    assert "Beekeeping" in found.changes[1]
    assert refused(marla, case) == "stacking.not-met"
    parts = [one.id for one in case.parts.all()]
    assert refused(marla, case, "discretion", parts=parts) == "stacking.fallen"


def test_discretion_is_never_shown_as_met(
    marla: Person, dana: Person, marl: Organisation, larger: Version, badges: list[Award]
) -> None:
    version = pathway_of(marl, rule_of(amounts=(Amount(id="enough", at_least=30),)))  # type: ignore[arg-type]
    domain.set_award(by=marla, pathway=version.pathway, description=larger.description)
    case = asked(dana, version, badges)
    assert refused(marla, case) == "stacking.not-met"
    assert refused(marla, case, "discretion") == "stacking.nothing-counted"
    decided(marla, case, "discretion", parts=[one.id for one in case.parts.all()[:2]])
    sealed()
    domain.finish_due()
    case.refresh_from_db()
    assert case.award is not None
    entry = case.award.read()
    assert (case.by_discretion, len(entry.parts)) == (True, 2)
    assert entry.rule is not None
    assert entry.rule.decided_by.endswith(", by discretion")
    proof = json.loads(case.proof)["credentialSubject"]
    assert proof["proof"]["outcome"] == "missing"
    assert check_proof(proof["proof"], proof["rule"], proof["items"]) == ()


def test_what_is_met_needs_no_discretion(marla: Person, case: Case) -> None:
    assert refused(marla, case, "discretion", parts=[one.id for one in case.parts.all()]) == "stacking.is-met"


def test_unknown_is_not_met_until_somebody_states_it_with_a_source(
    marla: Person, dana: Person, marl: Organisation, larger: Version, badges: list[Award]
) -> None:
    condition = Condition(id="graded", title="a grade", where=Where(grade_at_least="6"))
    version = pathway_of(marl, rule_of(conditions=(condition,), amounts=()))
    domain.set_award(by=marla, pathway=version.pathway, description=larger.description)
    case = asked(dana, version, badges[:1])
    found = assess(case, languages=EN)
    assert (found.outcome, found.answer.questions[0].data) == ("unknown", "grade_at_least")
    assert refused(marla, case) == "stacking.not-met"
    part = case.parts.get()
    with pytest.raises(RefusedError) as error:
        domain.state(by=marla, case=case, part=part, field="grade_at_least", value="8", source=" ")
    assert error.value.code == "stacking.source"
    with pytest.raises(RefusedError) as error:
        domain.state(by=marla, case=case, part=part, field="hours", value="many", source="Her transcript.")
    assert error.value.code == "stacking.statement"
    domain.state(by=marla, case=case, part=part, field="grade_at_least", value="8", source="Her transcript.")
    assert decided(marla, case).state == CaseState.GRANTED


def test_conditions_in_words_are_the_deciders(
    marla: Person, dana: Person, marl: Organisation, larger: Version, badges: list[Award]
) -> None:
    version = pathway_of(marl, rule_of(also=("Admission to the programme",)))
    domain.set_award(by=marla, pathway=version.pathway, description=larger.description)
    case = asked(dana, version, badges)
    assert refused(marla, case) == "stacking.not-met"
    domain.state(
        by=marla,
        case=case,
        field="Admission to the programme",
        value="no",
        source="The register of students.",
    )
    assert refused(marla, case) == "stacking.not-met"
    domain.state(
        by=marla, case=case, field="Admission to the programme", value="yes", source="Admitted on 1 May."
    )
    assert decided(marla, case).state == CaseState.GRANTED


def test_what_cannot_be_verified_counts_when_somebody_answers_for_it(marla: Person, case: Case) -> None:
    """Such as awards of somebody of whom nobody has established who it is."""
    Award.objects.filter(used_as__case=case).update(is_test=True)
    assert refused(marla, case) == "stacking.unverified"
    for part in case.parts.all():
        domain.state(
            by=marla, case=case, part=part, field="verified", value="yes", source="Telephoned the school."
        )
    assert decided(marla, case).state == CaseState.GRANTED


def test_what_comes_from_elsewhere_counts_when_its_seal_holds(
    marla: Person, dana: Person, marl: Organisation, larger: Version
) -> None:
    version = pathway_of(marl, rule_of(amounts=()))
    domain.set_award(by=marla, pathway=version.pathway, description=larger.description)
    item = wallet.bring(by=dana, data=badge(course(hours=150)), name="bees.json", languages=EN)
    share = domain.prepare(by=dana, version=version, keys=[f"i-{item.id}"], keep_days=30, languages=EN)
    case = domain.ask(by=dana, version=version, share=share, name="Dana", languages=EN)
    assert decided(marla, case).state == CaseState.GRANTED


def test_nothing_counts_twice(
    marla: Person, dana: Person, marl: Organisation, won: Case, badges: list[Award]
) -> None:
    """Not for the same organisation, and not for another one, which is not told whose award it is."""
    second = pathway_of(marl, rule_of(groups=(), amounts=(Amount(id="some", at_least=1),)))  # type: ignore[arg-type]
    domain.set_award(
        by=marla, pathway=second.pathway, description=published(marl, certificate("Another")).description
    )
    counted = [one.own for one in won.parts.filter(counts=True)]
    case = asked(dana, second, [one for one in counted if one])
    found = assess(case, languages=EN)
    assert {one.rule for one in found.answer.cannot_count} == {"double-use"}
    assert {one.used_in for one in found.parts} == {("certificate in pollination",)}
    assert refused(marla, case) == "stacking.not-met"
    assert refused(marla, case, "discretion", parts=[one.id for one in case.parts.all()]) == "stacking.used"


def test_another_organisation_is_not_told_whose_award_it_is(
    dana: Person, won: Case, badges: list[Award]
) -> None:
    owner = person("Lawn owner")
    lawn = house("Lawn School", "lawn", owner)
    receiving.publish_policy(by=owner, organisation=lawn, values=POLICY)
    case = asked(
        dana, pathway_of(lawn, rule_of()), [one.own for one in won.parts.filter(counts=True) if one.own]
    )
    assert {one.used_in for one in assess(case, languages=EN).parts} == {
        ("an award of another organisation",)
    }


def test_an_award_does_not_stand_on_itself(
    marla: Person, dana: Person, marl: Organisation, larger: Version, won: Case
) -> None:
    some = Amount(id="some", at_least=1)  # type: ignore[arg-type]
    version = pathway_of(marl, rule_of(groups=(), amounts=(some,)))
    domain.set_award(by=marla, pathway=version.pathway, description=larger.description)
    assert won.award is not None
    case = asked(dana, version, [won.award])
    with pytest.raises(RefusedError) as error:
        decided(marla, case)
    assert error.value.code == "stacking.loop"
    assert (
        "Certificate in pollination → Certificate in pollination → Certificate in pollination"
        in error.value.message
    )


def test_nobody_decides_their_own_case(dana: Person, marla: Person, marl: Organisation, case: Case) -> None:
    accounts.give_role(by=marla, organisation=marl, person=dana, role=Role.COORDINATOR)
    with pytest.raises(NotAllowedError) as error:
        decided(dana, case)
    assert error.value.code == "stacking.own"


def test_who_has_no_such_role_decides_nothing(marla: Person, marl: Organisation, case: Case) -> None:
    guest = person("Guest")
    accounts.give_role(by=marla, organisation=marl, person=guest, role=Role.REVIEWER)
    with pytest.raises(NotAllowedError):
        decided(guest, case)


def test_without_a_published_award_it_is_said_what_to_do(
    marla: Person, dana: Person, marl: Organisation, badges: list[Award]
) -> None:
    case = asked(dana, pathway_of(marl, rule_of()), badges)
    assert refused(marla, case) == "stacking.no-award"


def test_a_second_person_approves_where_the_rules_say_so(
    marla: Person, marl: Organisation, case: Case
) -> None:
    batches.set_rules(by=marla, organisation=marl, approval_threshold=0)
    found = decided(marla, case)
    assert found.batch is not None
    assert found.batch.stage == Stage.APPROVAL
    batches.cancel(by=marla, batch=found.batch)
    domain.finish_due()
    case.refresh_from_db()
    assert (case.state, case.parts.filter(counts=True).count(), case.proof) == (CaseState.ASKED, 0, "")


def test_one_open_case_for_each_pathway(
    dana: Person, version: PathwayVersion, case: Case, badges: list[Award]
) -> None:
    with pytest.raises(RefusedError) as error:
        asked(dana, version, badges)
    assert error.value.code == "stacking.open-case"
    domain.withdraw(by=dana, case=case)
    assert Share.objects.get(files__stacked__case=case, files__key=f"a-{badges[0].id}").erased_at is not None
    assert asked(dana, version, badges).state == CaseState.ASKED


def test_a_newer_version_of_the_rule_decides_and_is_told(
    marla: Person, marl: Organisation, case: Case, version: PathwayVersion
) -> None:
    newer = rule_of(amounts=(Amount(id="enough", at_least=40),))  # type: ignore[arg-type]
    pathway_of(marl, newer, number=2, pathway=version.pathway)
    found = assess(case, languages=EN)
    assert (found.version.number, found.outcome) == (2, "missing")
    assert found.changes != ()


def test_the_trail_names_nobody(marla: Person, won: Case) -> None:
    found = AuditEntry.objects.filter(verb__startswith="stack.")
    assert sorted({one.verb for one in found}) == [
        "stack.asked",
        "stack.award-chosen",
        "stack.awarded",
        "stack.granted",
    ]
    text = json.dumps([[one.about, one.facts] for one in found])
    assert "Dana" not in text
    assert won.learner_id not in text


def test_the_learner_answers_and_adds(marla: Person, dana: Person, case: Case, badges: list[Award]) -> None:
    domain.request(by=marla, case=case, text="Is there more?")
    case.refresh_from_db()
    assert case.state == CaseState.WAITING
    with pytest.raises(RefusedError):
        domain.add(by=marla, case=case, languages=EN, text="I am not Dana.")
    owner = person("Another owner")
    more = awarded(
        owner, published(house("Lawn School", "lawn", owner), course("Mowing", issuer="Lawn School")), dana
    )
    domain.add(by=dana, case=case, languages=EN, keys=[f"a-{more.id}"], text="Here it is.")
    case.refresh_from_db()
    assert (case.state, case.parts.count(), case.requests.get().answer) == (CaseState.ASKED, 5, "Here it is.")


def test_evidence_is_deleted_when_its_time_is_over_but_for_what_an_award_stands_on(won: Case) -> None:
    Case.objects.update(kept_until=timezone.now() - dt.timedelta(days=1))
    assert domain.erase_due() == 2
    assert {(one.counts, bool(one.shared and one.shared.file)) for one in won.parts.select_related("shared")} == {
        (True, True), (False, False),
    }  # fmt: skip
    assert domain.erase_due() == 0


def test_formats_are_chosen(marla: Person, case: Case) -> None:
    decided(marla, case, awarding=Awarding(formats=["openbadge-jwt"]))
    sealed()
    domain.finish_due()
    case.refresh_from_db()
    assert [one.format for one in case.award.copies.all()] == ["openbadge-jwt"] if case.award else False
