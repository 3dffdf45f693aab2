"""Somebody from outside approves one batch or reviews one description, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.assurance import SecondFactorError, acting
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.peers import domain, queries
from tessella_web.accounts.peers.models import Peer
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.models import QualityReview
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.activities import domain as activities
from tessella_web.credentials.activities.models import Activity, Way
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import AwardingRules, Batch, Stage
from tests.web.catalogue.samples import COMPLETE, answer_all
from tests.web.mails import posted
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def big(event: Activity, ines: Person, club: Organisation) -> Batch:
    """A batch above the threshold of the club, which has nobody else."""
    AwardingRules.objects.create(organisation=club, approval_threshold=0)
    activities.join(activity=event, name="Ada Lima", email="ada@example.org", language="en", way=Way.SCREEN)
    activities.confirm(by=ines, activity=event)
    batch = activities.award(by=ines, activity=event)
    assert batch is not None and batch.stage == Stage.APPROVAL
    return batch


def asked(by: Person, organisation: Organisation, about: str, email: str) -> Peer:
    return domain.ask(by=by, organisation=organisation, about=about, email=email, what="Something")


def test_a_peer_approves_what_nobody_inside_can(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with pytest.raises(NotAllowedError) as refused:
        batches.approve(by=ines, batch=big)
    assert refused.value.code == "batch.own"
    with django_capture_on_commit_callbacks(execute=True):
        peer = asked(ines, club, f"batch:{big.id}", "ALICE@example.org")
    posted()
    assert [message.to for message in mail.outbox] == [["alice@example.org"]]
    assert "Ada" not in mail.outbox[0].body
    with pytest.raises(NotAllowedError):
        batches.approve(by=alice, batch=big)
    domain.accept(by=alice, peer=peer, works_at=organisation)
    assert batches.approve(by=alice, batch=big).stage == Stage.SEALING
    assert queries.organisation_from_outside(f"batch:{big.id}") == organisation


def test_a_peer_approves_with_a_second_factor_like_anybody(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    peer = asked(ines, club, f"batch:{big.id}", alice.email)
    domain.accept(by=alice, peer=peer, works_at=organisation)
    with pytest.raises(SecondFactorError) as refused, acting(lambda: None):
        batches.approve(by=alice, batch=big)
    assert (refused.value.code, Batch.objects.get(pk=big.pk).stage) == (
        "accounts.second-factor",
        Stage.APPROVAL,
    )
    with acting(timezone.now):
        assert batches.approve(by=alice, batch=big).stage == Stage.SEALING


def test_a_peer_approves_nothing_for_an_organisation_that_may_not_award(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    peer = asked(ines, club, f"batch:{big.id}", alice.email)
    domain.accept(by=alice, peer=peer, works_at=organisation)
    Organisation.objects.filter(pk=club.pk).update(is_held=True)
    with pytest.raises(RefusedError) as refused:
        batches.approve(by=alice, batch=Batch.objects.get(pk=big.pk))
    assert refused.value.code == "accounts.held"


def test_a_peer_without_a_second_factor_is_led_to_one(
    client: CheckingClient, big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation, settings: Any
) -> None:  # fmt: skip
    settings.SECOND_FACTOR_REQUIRED = True
    peer = asked(ines, club, f"batch:{big.id}", alice.email)
    domain.accept(by=alice, peer=peer, works_at=organisation)
    client.force_login(alice)
    answer = client.post(f"/peer/{peer.id}", {"do": "approve"})
    assert answer["Location"] == "/me/second-factor"
    assert Batch.objects.get(pk=big.pk).stage == Stage.APPROVAL


def test_a_peer_may_nothing_else(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    domain.accept(by=alice, peer=asked(ines, club, f"batch:{big.id}", alice.email), works_at=organisation)
    client = CheckingClient()
    client.force_login(alice)
    for address in (f"/o/lake/batches/{big.id}", "/o/lake/", "/o/lake/activities/"):
        assert client.get(address).status_code == 404
    assert not queries.is_peer(alice, "batch:another")


def test_who_is_asked_must_be_somebody_else_from_elsewhere(
    big: Batch,
    ines: Person,
    club: Organisation,
    alice: Person,
    organisation: Organisation,
    charlie: Person,
    bob: Person,
) -> None:
    about = f"batch:{big.id}"
    with pytest.raises(RefusedError) as refused:
        asked(ines, club, about, ines.email)
    assert refused.value.code == "peers.colleague"
    peer = asked(ines, club, about, charlie.email)
    with pytest.raises(NotAllowedError) as no:
        domain.accept(by=charlie, peer=peer, works_at=organisation)
    assert no.value.code == "peers.no-organisation"
    with pytest.raises(NotAllowedError) as no:
        domain.accept(by=alice, peer=peer, works_at=organisation)
    assert no.value.code == "peers.not-you"
    with pytest.raises(RefusedError) as refused:
        asked(ines, club, about, charlie.email)
    assert refused.value.code == "peers.asked"
    for number in range(4):
        asked(ines, club, about, f"p{number}@example.org")
    with pytest.raises(RefusedError) as refused:
        asked(ines, club, about, "p5@example.org")
    assert refused.value.code == "peers.many"
    with pytest.raises(NotAllowedError):
        asked(alice, club, about, "somebody@example.org")


def test_a_peer_who_joins_the_organisation_is_no_outside_view_any_more(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    domain.accept(by=alice, peer=asked(ines, club, f"batch:{big.id}", alice.email), works_at=organisation)
    accounts.give_role(by=ines, organisation=club, person=alice, role=Role.GUEST)
    with pytest.raises(NotAllowedError):
        batches.approve(by=alice, batch=big)


def test_established_organisations_ask_established_ones(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    Organisation.objects.filter(pk=club.pk).update(established_by="domain")
    peer = asked(ines, club, f"batch:{big.id}", alice.email)
    with pytest.raises(NotAllowedError):
        domain.accept(by=alice, peer=peer, works_at=organisation)
    Organisation.objects.filter(pk=organisation.pk).update(established_by="domain")
    domain.accept(by=alice, peer=peer, works_at=organisation)


def test_a_peer_who_is_not_asked_any_more_may_nothing(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    peer = asked(ines, club, f"batch:{big.id}", alice.email)
    domain.accept(by=alice, peer=peer, works_at=organisation)
    domain.withdraw(by=ines, peer=peer)
    with pytest.raises(NotAllowedError):
        batches.approve(by=alice, batch=big)
    assert queries.peer_for(peer.id, alice) is None


def test_a_peer_reviews_and_the_public_page_names_the_organisation(
    ines: Person, club: Organisation, alice: Person, organisation: Organisation
) -> None:
    draft = catalogue.start_description(by=ines, organisation=club, content=COMPLETE)
    review = catalogue.submit_for_review(description=draft, by=ines)
    with pytest.raises(NotAllowedError):
        catalogue.comment(review=review, by=alice, text="Not asked.")
    domain.accept(by=alice, peer=asked(ines, club, f"review:{review.id}", alice.email), works_at=organisation)
    client = CheckingClient()
    client.force_login(alice)
    assert "Work through the checklist" in client.get(f"/reviews/{review.id}/").page.text
    answer_all(review, alice)
    catalogue.comment(review=review, by=alice, text="Good.")
    catalogue.decide(
        review=review, by=alice, approve=True, evidence="Read and tried.", without_learner="A club of one."
    )
    decided = QualityReview.objects.get()
    assert (decided.is_self_review, decided.decided_by_roles) == (False, ["outside-peer"])
    version = catalogue.publish(description=draft, by=ines)
    page = CheckingClient().get(f"/m/{draft.id}/v{version.number}").page
    assert "Somebody from another organisation, University of Twickel, approved" in page.text


def test_the_pages_of_an_outside_view(
    big: Batch, ines: Person, club: Organisation, alice: Person, organisation: Organisation, charlie: Person
) -> None:
    own = CheckingClient()
    own.force_login(ines)
    assert "Ask for an outside view" in own.get(f"/o/lake/batches/{big.id}").page.text
    own.post(f"/o/lake/batches/{big.id}/outside", {"email": alice.email})
    peer = Peer.objects.get()
    assert "alice@example.org" in own.get(f"/o/lake/batches/{big.id}/outside").page.text
    other = CheckingClient()
    other.force_login(charlie)
    assert (
        other.get(f"/peer/{peer.id}").status_code,
        other.get(f"/o/lake/batches/{big.id}/outside").status_code,
    ) == (404, 404)
    client = CheckingClient()
    assert client.get(f"/peer/{peer.id}").status_code == 302
    client.force_login(alice)
    client.post(f"/peer/{peer.id}", {"do": "accept", "works_at": organisation.id})
    page = client.get(f"/peer/{peer.id}").page
    assert "1 person" in page.text and "Raft day" in page.text and "Ada" not in page.text
    client.post(f"/peer/{peer.id}", {"do": "approve"})
    assert Batch.objects.get(pk=big.pk).stage == Stage.SEALING
