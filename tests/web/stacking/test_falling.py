"""When a part falls: everything that stands on it is found at once, nothing stays valid or falls by itself, a person decides."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tessella.stacking.language import Amount
from tessella_web.accounts.assurance import acting
from tessella_web.accounts.leaving.parts import Leaver
from tessella_web.accounts.letters.domain import send_due
from tessella_web.accounts.merging.domain import merge
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.pathways.models import PathwayVersion
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import awards
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.noticing.models import Kind, Notice
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.forgetting import PART
from tessella_web.recognition.stacking.models import Cascade, CascadeState, Case, CaseState, Cause
from tests.web.conftest import person
from tests.web.credentials.conftest import published
from tests.web.pages import CheckingClient
from tests.web.stacking.conftest import EN, asked, certificate, granted, pathway_of, rule_of, sealed
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db


def issuer_of(award: Award) -> Person:
    found = award.organisation.memberships.first()
    assert found is not None
    return found.person


def own_part(case: Case, title: str = "Beekeeping") -> Award:
    found = case.parts.get(title=title, counts=True).own
    assert found is not None
    return found


def revoked(award: Award) -> None:
    with acting(timezone.now):
        awards.revoke(by=issuer_of(award), award=award, reason="Given by mistake.")


@pytest.fixture
def diploma(marla: Person, dana: Person, marl: Organisation, won: Case) -> Case:
    """A still larger award that stands on the certificate."""
    some = Amount(id="some", at_least=10)  # type: ignore[arg-type]
    version = pathway_of(marl, rule_of(groups=(), amounts=(some,)))
    domain.set_award(
        by=marla, pathway=version.pathway, description=published(marl, certificate("Diploma")).description
    )
    assert won.award is not None
    return granted(marla, asked(dana, version, [won.award]))


def test_everything_above_is_found_at_once_and_stays_as_it_is(won: Case, diploma: Case) -> None:
    revoked(own_part(won))
    found = {one.case_id: one.cause for one in Cascade.objects.filter(state=CascadeState.OPEN)}
    assert found == {won.id: Cause.REVOKED, diploma.id: Cause.BELOW}
    assert {one.award.state for one in Case.objects.select_related("award") if one.award} == {
        AwardState.VALID
    }
    mail.outbox.clear()
    send_due()
    assert sorted(one.subject for one in mail.outbox if "stands" in one.subject) == [
        *["Something that an award stands on has changed"] * 2, *["Something that your award stands on has changed"] * 2,
    ]  # fmt: skip


def test_what_is_kept_holds_what_stands_on_it(marla: Person, won: Case, diploma: Case) -> None:
    revoked(own_part(won))
    cascade = won.cascades.get()
    with pytest.raises(RefusedError):
        domain.decide_cascade(by=marla, cascade=cascade, action="keep", reason=" ", languages=EN)
    domain.decide_cascade(
        by=marla, cascade=cascade, action="keep", reason="She showed it in the lab.", languages=EN
    )
    assert diploma.cascades.get().state == CascadeState.PASSED
    assert own_part(won).state == AwardState.REVOKED
    with pytest.raises(RefusedError) as error:
        domain.decide_cascade(by=marla, cascade=cascade, action="keep", reason="Once more.", languages=EN)
    assert error.value.code == "stacking.decided"


def test_what_is_taken_back_falls_upwards(marla: Person, won: Case, diploma: Case) -> None:
    revoked(own_part(won))
    with acting(timezone.now):
        domain.decide_cascade(
            by=marla, cascade=won.cascades.get(), action="revoke", reason="It does not hold.", languages=EN
        )
    won.refresh_from_db()
    assert won.award is not None
    assert (won.award.state, diploma.cascades.get().cause) == (AwardState.REVOKED, Cause.REVOKED)


def test_who_takes_the_award_back_by_itself_has_decided(marla: Person, won: Case) -> None:
    revoked(own_part(won))
    won.refresh_from_db()
    assert won.award is not None
    revoked(won.award)
    assert won.cascades.get().state == CascadeState.REVOKED


def test_it_is_not_made_anew_when_the_rule_is_not_met_without_it(marla: Person, won: Case) -> None:
    revoked(own_part(won))
    with pytest.raises(RefusedError) as error:
        domain.decide_cascade(
            by=marla, cascade=won.cascades.get(), action="replace", reason="Try.", languages=EN
        )
    assert error.value.code == "stacking.not-met"
    assert won.cascades.get().state == CascadeState.OPEN


def test_another_credential_takes_its_place(
    client: CheckingClient, marla: Person, dana: Person, won: Case
) -> None:
    """Found by the engine in the learner's wallet, handed in, evaluated, proved anew."""
    item = wallet.bring(
        by=dana, data=badge(course(hours=150, issuer="Old Hive")), name="bees.json", languages=EN
    )
    revoked(own_part(won))
    client.force_login(dana)
    page = client.get(reverse("stacking-mine", args=[won.id])).page
    assert "With these from your wallet the rule would be met again:" in page.text
    client.post(reverse("stacking-add", args=[won.id]), {"keys": [f"i-{item.id}"], "text": ""})
    page = client.get(reverse("stacking-mine", args=[won.id])).page
    domain.request(by=marla, case=won, text="Who taught it?")
    won.refresh_from_db()
    assert won.state == CaseState.GRANTED
    added = won.parts.get(title="Beekeeping", counts=False)
    domain.state(by=marla, case=won, part=added, field="provider", value="Old Hive", source="Its website.")
    client.force_login(marla)
    page = client.get(reverse("stacking-case", args=["marl", won.id])).page
    assert "What the rule says today" in page.text
    domain.decide_cascade(
        by=marla, cascade=won.cascades.get(), action="replace", reason="The older badge counts.", languages=EN
    )
    sealed()
    domain.finish_due()
    found = Case.objects.get(pk=won.pk)
    assert found.award is not None
    assert found.award.replaces_id == won.award_id
    assert found.award.holder == dana
    assert found.parts.get(title="Beekeeping", replaced_at=None).own is None
    assert domain.finish_due() == 0


def test_a_suspension_that_ends_closes_it(won: Case, diploma: Case) -> None:
    bees = own_part(won)
    with acting(timezone.now):
        awards.suspend(by=issuer_of(bees), award=bees, reason="To be checked.")
        assert Cascade.objects.filter(state=CascadeState.OPEN).count() == 2
        awards.lift(by=issuer_of(bees), award=bees, reason="All is well.")
    assert set(Cascade.objects.values_list("state", flat=True)) == {CascadeState.PASSED}


def test_what_expires_is_found_once(won: Case) -> None:
    won.parts.filter(counts=True).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert domain.end_due() == 2
    assert domain.end_due() == 0
    assert set(won.cascades.values_list("cause", flat=True)) == {Cause.ENDED}


def test_the_grace_period_ends_with_a_mail_and_nothing_else(
    client: CheckingClient, marla: Person, won: Case
) -> None:
    revoked(own_part(won))
    assert (won.cascades.get().due_at - timezone.now()).days == 29
    client.force_login(marla)
    assert "overdue" not in client.get(reverse("workspace", args=["marl"])).page.text
    assert domain.tell_overdue() == 0
    won.cascades.update(due_at=timezone.now() - dt.timedelta(days=1))
    send_due()
    mail.outbox.clear()
    assert (domain.tell_overdue(), domain.tell_overdue()) == (1, 0)
    send_due()
    assert [one.subject for one in mail.outbox] == ["A decision on an award is overdue"]
    assert "overdue" in client.get(reverse("workspace", args=["marl"])).page.text
    won.refresh_from_db()
    assert won.award is not None
    assert won.award.state == AwardState.VALID


def test_what_comes_from_elsewhere_is_looked_at_again(
    marla: Person, dana: Person, version: PathwayVersion, badges: list[Award]
) -> None:
    """By the wallet's looks, and by the case's own while its bytes are kept."""
    item = wallet.bring(by=dana, data=badge(course(hours=250)), name="bees.json", languages=EN)
    share = domain.prepare(by=dana, version=version, keys=[f"i-{item.id}"], keep_days=30, languages=EN)
    case = granted(marla, domain.ask(by=dana, version=version, share=share, name="Dana", languages=EN))
    assert domain.look_again() == 1
    assert domain.look_again() == 0
    Notice.objects.create(holder=dana, kind=Kind.REVOKED, item=item)
    assert case.cascades.get().cause == Cause.REVOKED


def test_what_happens_before_the_seal_is_found_after_it(marla: Person, case: Case) -> None:
    domain.decide(by=marla, case=case, decision="granted", reasons="It counts.", languages=EN)
    revoked(own_part(case))
    sealed()
    domain.finish_due()
    case.refresh_from_db()
    assert (case.award is not None, case.cascades.count()) == (True, 1)


def test_the_grace_period_is_the_organisations(marla: Person, marl: Organisation, won: Case) -> None:
    domain.set_rules(by=marla, organisation=marl, grace_days=7)
    revoked(own_part(won))
    assert (won.cascades.get().due_at - timezone.now()).days == 6
    with pytest.raises(RefusedError) as error:
        domain.set_rules(by=marla, organisation=marl, grace_days=0)
    assert error.value.code == "stacking.grace"


def test_whoever_leaves_is_forgotten_and_the_award_keeps_what_it_stands_on(dana: Person, won: Case) -> None:
    assert PART.forget(Leaver(person=dana, addresses=(dana.email,))) == {"stack-cases": 1}
    won.refresh_from_db()
    assert (won.learner, won.name, won.reasons, won.asked) == (None, "—", "", None)
    assert won.parts.filter(counts=True).count() == won.parts.count() == 2
    revoked(own_part(won))
    assert won.cascades.get().state == CascadeState.OPEN


def test_of_two_accounts_one_case_stays(dana: Person, version: PathwayVersion, case: Case) -> None:
    other = person("Dana Two")
    second = Case.objects.create(
        organisation=case.organisation,
        pathway=case.pathway,
        version=version,
        learner=other,
        name="Dana",
        kept_until=timezone.now(),
    )
    merge(into=dana, other=other, because="test")
    second.refresh_from_db()
    assert (second.learner, second.state, Case.objects.get(pk=case.pk).state) == (
        dana,
        CaseState.WITHDRAWN,
        CaseState.ASKED,
    )


def test_the_inbox_costs_the_same_for_one_and_three(
    client: CheckingClient, marla: Person, case: Case
) -> None:
    client.force_login(marla)
    address = reverse("stacking", args=["marl"])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for number in range(2):
        Case.objects.create(
            organisation=case.organisation, pathway=case.pathway, version=case.version, learner=person(f"L{number}"), name="L",
            kept_until=timezone.now(),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)
