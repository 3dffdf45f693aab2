"""Members approve and seal in any order; who is late, leaves, or has no key blocks nobody else."""

from __future__ import annotations

import itertools

import pytest
from django.core import mail

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Role
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.alliances import domain, queries
from tessella_web.credentials.alliances.models import Membership, Part, PartState
from tessella_web.credentials.domain import awards, batches, claiming
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award, AwardState, Batch, Copy, Mail, Row, Stage
from tests.web.alliances.conftest import LIST, MEMBERS, Rivers
from tests.web.conftest import person
from tests.web.credentials.support import verified

pytestmark = pytest.mark.django_db

SLUGS = tuple(slug for _name, slug, _country in MEMBERS)


def sealed(rivers: Rivers, joint: object, slug: str) -> Batch:
    part = rivers.part(joint, slug)  # type: ignore[arg-type]
    domain.seal(by=rivers.owners[slug], part=part)
    while seal_next_chunk():
        pass
    part.batch.refresh_from_db()
    return part.batch


@pytest.mark.parametrize("order", list(itertools.permutations(SLUGS))[::2])
def test_members_seal_in_any_order(rivers: Rivers, order: tuple[str, ...]) -> None:
    rivers.keys(*SLUGS)
    joint = rivers.hand_out()
    for number, slug in enumerate(order, start=1):
        batch = sealed(rivers, joint, slug)
        assert (batch.stage, batch.stopped_because) == (Stage.DONE, "")
        assert Award.objects.filter(state=AwardState.VALID).count() == 2 * number
    ana = Award.objects.filter(row__number=2, organisation=rivers.members[order[0]]).get()
    assert sorted(one.organisation.slug for one in queries.together(ana)) == sorted(order[1:])
    assert Mail.objects.count() == 2  # one claim link for each learner, not one for each member
    assert {one.sealed for one in queries.parts_of(joint)} == {2}


def test_each_copy_is_one_members_own(rivers: Rivers) -> None:
    rivers.keys("seebrueck", "lake")
    joint = rivers.hand_out("openbadge", "edc")
    for slug in ("lake", "seebrueck"):
        sealed(rivers, joint, slug)
    for copy in Copy.objects.select_related("award__organisation", "status_list"):
        report = verified(copy)
        verdicts = {one.id: str(one.verdict) for one in report.checks}
        assert (verdicts["seal"], verdicts["format"]) == ("passed", "passed"), copy.format
        assert copy.status_list is not None
        assert copy.status_list.organisation_id == copy.award.organisation_id
    lists = {copy.status_list_id for copy in Copy.objects.all()}
    assert len(lists) == 2


def test_late_member_blocks_nobody_and_is_added_later(rivers: Rivers) -> None:
    rivers.keys("seebrueck", "lake")
    joint = rivers.hand_out("openbadge")
    sealed(rivers, joint, "seebrueck")
    ana = Award.objects.get(row__number=2)
    claiming.claim(award=ana, key=claim_key(ana))
    assert queries.together(ana) == []
    sealed(rivers, joint, "lake")
    (late,) = queries.together(ana)
    assert (late.organisation.slug, late.claimed_at is not None) == ("lake", True)
    assert Award.objects.filter(row__number=3, claimed_at__isnull=False).count() == 0
    assert rivers.part(joint, "ribeira").state == PartState.WAITING


def test_claim_covers_what_all_members_sealed(rivers: Rivers) -> None:
    rivers.keys("seebrueck", "lake")
    joint = rivers.hand_out("openbadge")
    sealed(rivers, joint, "seebrueck")
    sealed(rivers, joint, "lake")
    holder = person("Ana")
    ana = Award.objects.get(row__number=2, organisation__slug="seebrueck")
    claiming.claim(award=ana, key=claim_key(ana), person=holder)
    assert {one.organisation.slug for one in Award.objects.filter(holder=holder)} == {"seebrueck", "lake"}


def test_member_without_a_key_is_told_and_the_others_go_on(rivers: Rivers) -> None:
    rivers.keys("seebrueck")
    joint = rivers.hand_out("openbadge")
    with pytest.raises(RefusedError) as caught:
        domain.seal(by=rivers.owners["lake"], part=rivers.part(joint, "lake"))
    assert caught.value.code == "alliance.no-key"
    assert sealed(rivers, joint, "seebrueck").stage == Stage.DONE
    rivers.keys("lake")
    assert sealed(rivers, joint, "lake").stage == Stage.DONE


def test_member_seals_in_the_formats_it_has_keys_for(rivers: Rivers) -> None:
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse

    rivers.keys("seebrueck")
    keys.create_key(by=rivers.owners["lake"], organisation=rivers.members["lake"], use=KeyUse.BADGE)
    joint = rivers.hand_out("openbadge", "edc")
    assert (sealed(rivers, joint, "lake").formats, sealed(rivers, joint, "seebrueck").formats) == (
        ["openbadge"],
        ["openbadge", "edc"],
    )


def test_member_that_leaves_takes_only_its_own_part_along(rivers: Rivers) -> None:
    rivers.keys(*SLUGS)
    joint = rivers.hand_out("openbadge")
    sealed(rivers, joint, "seebrueck")
    for slug in ("seebrueck", "lake"):
        domain.leave(by=rivers.owners[slug], membership=Membership.objects.get(member=rivers.members[slug]))
    states = {one.member.slug: one.state for one in queries.parts_of(joint)}
    assert states == {"seebrueck": "taken", "lake": "withdrawn", "ribeira": "waiting"}
    lake = rivers.part(joint, "lake").batch
    assert (lake.stage, Row.objects.filter(batch=lake).count()) == (Stage.CANCELLED, 0)
    assert Award.objects.filter(state=AwardState.VALID).count() == 2
    assert sealed(rivers, joint, "ribeira").stage == Stage.DONE
    later = rivers.hand_out("openbadge")
    assert [one.member.slug for one in queries.parts_of(later)] == ["ribeira"]


def test_member_declines_with_a_reason(rivers: Rivers) -> None:
    rivers.keys(*SLUGS)
    joint = rivers.hand_out("openbadge")
    part = rivers.part(joint, "lake")
    with pytest.raises(RefusedError) as caught:
        domain.decline(by=rivers.owners["lake"], part=part, reason=" ")
    assert caught.value.field == "reason"
    domain.decline(by=rivers.owners["lake"], part=part, reason="Not ours.")
    with pytest.raises(RefusedError) as caught:
        domain.seal(by=rivers.owners["lake"], part=part)
    assert caught.value.code == "alliance.decided"
    assert sealed(rivers, joint, "seebrueck").stage == Stage.DONE


def test_who_prepared_the_list_does_not_approve_it(rivers: Rivers) -> None:
    rivers.keys("lake")
    accounts.give_role(by=rivers.owners["lake"], organisation=rivers.members["lake"], person=rivers.owner, role=Role.SEALER)  # fmt: skip
    joint = rivers.hand_out("openbadge")
    with pytest.raises(NotAllowedError) as caught:
        domain.seal(by=rivers.owner, part=rivers.part(joint, "lake"))
    assert caught.value.code == "batch.own"
    assert rivers.part(joint, "lake").state == PartState.WAITING


def test_only_members_seal_their_part(rivers: Rivers) -> None:
    """The owner of a member, a guest there, and people of the alliance and of other members."""
    rivers.keys("lake")
    joint = rivers.hand_out("openbadge")
    bob = person("Bob")
    accounts.give_role(by=rivers.owners["lake"], organisation=rivers.members["lake"], person=bob, role=Role.GUEST)  # fmt: skip
    for who in (bob, rivers.owner, rivers.owners["seebrueck"], person("Charlie")):
        for verb in (
            lambda who=who: domain.seal(by=who, part=rivers.part(joint, "lake")),
            lambda who=who: domain.decline(by=who, part=rivers.part(joint, "lake"), reason="x"),
            lambda who=who: domain.accept(
                by=who, membership=Membership.objects.get(member=rivers.members["lake"])
            ),
        ):
            with pytest.raises(NotAllowedError):
                verb()
    with pytest.raises(NotAllowedError):
        domain.hand_out(by=rivers.owners["lake"], version=rivers.version, file_name="a.csv", data=LIST, formats=["openbadge"])  # fmt: skip


def test_member_that_does_not_award_gets_nothing(rivers: Rivers) -> None:
    stranger = person("Stranger")
    other = accounts.found_organisation(founder=stranger, name="Other School", slug="other", country="FRA")
    domain.accept(
        by=stranger, membership=domain.invite(by=rivers.owner, alliance=rivers.alliance, member=other)
    )
    with pytest.raises(RefusedError) as caught:
        rivers.hand_out("openbadge")
    assert caught.value.code == "alliance.not-awarding"
    assert not Part.objects.exists()


def test_list_with_problems_is_handed_to_nobody(rivers: Rivers) -> None:
    rivers.keys(*SLUGS)
    wrong = LIST.replace(b"2001-01-02", b"yesterday")
    with pytest.raises(domain.ListProblemsError) as caught:
        domain.hand_out(by=rivers.owner, version=rivers.version, file_name="a.csv", data=wrong, formats=["openbadge"])  # fmt: skip
    assert [row.number for row in caught.value.rows] == [3]
    assert not Batch.objects.exists()


def test_corrected_award_of_a_member_stays_together_with_the_others(rivers: Rivers) -> None:
    rivers.keys("lake", "seebrueck")
    joint = rivers.hand_out("openbadge")
    for slug in ("lake", "seebrueck"):
        sealed(rivers, joint, slug)
    lakes = Award.objects.get(row__number=2, organisation__slug="lake")
    values = {"given_name": "Ana", "family_name": "Alves Sousa"}
    batch = awards.correct(by=rivers.owners["lake"], award=lakes, values=values, reason="married")
    assert (batch.organisation.slug, batch.is_test) == ("lake", True)
    while seal_next_chunk():
        pass
    (shown,) = queries.together(Award.objects.get(row__number=2, organisation__slug="seebrueck"))
    assert (shown.learner.family_name, shown.organisation.slug) == ("Alves Sousa", "lake")
    assert [one.organisation.slug for one in queries.together(shown)] == ["seebrueck"]


def test_invitations_are_checked(rivers: Rivers) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.invite(by=rivers.owner, alliance=rivers.alliance, member=rivers.members["lake"])
    assert caught.value.code == "alliance.known"
    with pytest.raises(RefusedError) as caught:
        domain.invite(by=rivers.owner, alliance=rivers.alliance, member=rivers.alliance)
    assert caught.value.code == "alliance.self"
    membership = Membership.objects.get(member=rivers.members["lake"])
    domain.leave(by=rivers.owner, membership=membership)  # the alliance may end it, too
    with pytest.raises(RefusedError) as caught:
        domain.leave(by=rivers.owner, membership=membership)
    assert caught.value.code == "alliance.state"
    rivers.join("lake")
    assert len(queries.active_members(rivers.alliance)) == 3


def test_part_approved_on_the_page_of_the_batch_is_no_longer_waiting(rivers: Rivers) -> None:
    rivers.keys("lake")
    joint = rivers.hand_out("openbadge")
    batches.approve(by=rivers.owners["lake"], batch=rivers.part(joint, "lake").batch)
    assert not queries.waiting_parts(rivers.members["lake"]).exists()
    assert mail.outbox == []
