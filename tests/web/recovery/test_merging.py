"""Two accounts of one person become one: everything moves, both are shown to be theirs, and it is gone for good."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import models
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.assurance import FreshSignInError, acting
from tessella_web.accounts.guardians.models import Minority
from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.merging import domain
from tessella_web.accounts.merging.models import Merged
from tessella_web.accounts.merging.moving import belongings, rules
from tessella_web.accounts.models import AttestedIdentity, Device, Membership, Organisation, Person, Role
from tessella_web.accounts.recovery import ways
from tessella_web.accounts.signin.attesting import attest
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.models import AuditEntry, PersonKey
from tessella_web.credentials.domain import claiming
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Item, Share
from tests.web.pages import CheckingClient
from tests.web.recovery.conftest import Awarded, account, sign_in
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(university: Organisation) -> Person:
    return account("Mia L.", "mia@home.example")


@pytest.fixture
def other(awarded: Awarded, alice: Person, university: Organisation) -> Person:
    """The account of the student: an award, something of her own, a share, a role, a passkey, two addresses."""
    found = account("Mia", "mia@twickel.example", "mia@club.example")
    award = awarded("mia@twickel.example")
    claiming.claim(award=award, key=claim_key(award), person=found)
    item = wallet.declare(by=found, values={"title": "Ran the youth choir"})
    wallet.share(
        by=found, keys=[f"i-{item.id}"], recipient="Hospital", languages=("en",),
        ends_at=timezone.now() + dt.timedelta(days=5),
    )  # fmt: skip
    accounts.give_role(by=alice, organisation=university, person=found, role=Role.ASSESSOR)
    Authenticator.objects.create(user=found, type="webauthn", data={"name": "Phone"})
    ways.make_codes(person=found)
    return found


def merge(into: Person, gone: Person) -> Merged:
    return domain.merge_own(into=into, other=gone)


def test_everything_moves_and_the_other_account_is_gone(own: Person, other: Person) -> None:
    Device.objects.create(person=other, session="elsewhere", browser="Firefox")
    merge(own, other)
    assert not Person.objects.filter(pk=other.pk).exists()
    assert Award.objects.get().holder == Item.objects.get().holder == Share.objects.get().holder == own
    assert Membership.objects.filter(role=Role.ASSESSOR, person=own).count() == 1
    assert Authenticator.objects.get().user == own
    assert ways.verified_addresses(own) == ["mia@home.example", "mia@club.example", "mia@twickel.example"]
    assert EmailAddress.objects.filter(user=own, primary=True).count() == 1
    assert (own.emergency_codes.count(), Device.objects.count()) == (0, 0)


def test_looking_changes_nothing_and_counts_what_moves(own: Person, other: Person) -> None:
    found = domain.preview(into=own, other=other)
    assert {name: found.counts[name] for name in ("credentials.Award", "wallet.Item", "wallet.Share", "mfa.Authenticator")} == {
        "credentials.Award": 1, "wallet.Item": 1, "wallet.Share": 1, "mfa.Authenticator": 1,
    }  # fmt: skip
    assert Award.objects.get().holder == other and ways.unused_codes(other) == 8


def test_what_both_have_is_settled_and_told(
    own: Person, other: Person, alice: Person, university: Organisation
) -> None:
    accounts.give_role(
        by=alice, organisation=university, person=own, role=Role.ASSESSOR, until=timezone.localdate()
    )
    for person in (own, other):
        Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
        Item.objects.create(holder=person, source="brought", sha256="a" * 64)
        attest(person=person, provider="hill", claims={"family_name": f"Lind of {person.name}"})
    assert len(domain.preview(into=own, other=other).clashes) == 4
    merge(own, other)
    assert Membership.objects.get(role=Role.ASSESSOR, person=own).until is None
    assert Authenticator.objects.filter(type="totp").count() == 1
    assert Item.objects.filter(sha256="a" * 64).count() == 1
    assert AttestedIdentity.objects.get().family_name == "Lind of Mia"


def test_two_owners_of_one_organisation_are_one(own: Person, alice: Person, university: Organisation) -> None:
    accounts.give_role(by=alice, organisation=university, person=own, role=Role.OWNER)
    merge(own, alice)
    assert [one.person for one in Membership.objects.filter(role=Role.OWNER)] == [own]


def test_every_thing_of_which_an_account_has_one_has_a_rule_or_is_refused() -> None:
    """A new model with something a person has only once says what becomes of a second, or is listed here."""
    refused = {"assessment.Enrolment"}
    asked_first = {"leaving.Departure"}
    single = {
        field.model._meta.label
        for field in belongings()
        if field.unique or _in_constraint(field)
    }  # fmt: skip
    left_behind = {"recovery.Postponement"}
    assert single - rules().keys() - left_behind - asked_first == refused


def _in_constraint(field: models.Field[Any, Any]) -> bool:
    meta = field.model._meta
    several = [one.fields for one in meta.constraints if isinstance(one, models.UniqueConstraint)]
    return any(field.name in fields for fields in [*several, *meta.unique_together])


def test_what_has_no_rule_is_refused_and_nothing_is_changed(
    own: Person, other: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "rules", dict)
    with pytest.raises(RefusedError) as told:
        merge(own, other)
    assert told.value.code == "merging.conflict"
    assert Award.objects.get().holder == other and Person.objects.filter(pk=other.pk).exists()


def test_the_trail_knows_both_as_one_and_forgets_both(own: Person, other: Person) -> None:
    before = audit.reference_of(other.pk)
    merge(own, other)
    entry = AuditEntry.objects.get(verb="person.merged")
    assert entry.facts == {"former": before, "because": "own"}
    assert PersonKey.objects.filter(person_id=other.pk).exists()
    Merged.objects.get().delete()
    assert not PersonKey.objects.filter(person_id=other.pk).exists()


def test_an_account_that_took_one_in_goes_into_a_third(own: Person, other: Person) -> None:
    merge(own, other)
    third = account("Mia", "mia@third.example")
    merge(third, own)
    assert {one.person for one in Merged.objects.all()} == {third}
    assert Award.objects.get().holder == third


def test_nobody_grows_up_or_stays_away_from_leaving_by_merging(own: Person, other: Person) -> None:
    minor = Minority.objects.create(
        person=other,
        country="NLD",
        needs_guardian=True,
        of_age_in=timezone.localdate() + dt.timedelta(days=400),
    )
    with pytest.raises(RefusedError) as told:
        merge(own, other)
    assert told.value.code == "minors.no-merging"
    minor.delete()
    Departure.objects.create(person=own, due_at=timezone.now())
    with pytest.raises(RefusedError) as told:
        merge(own, other)
    assert told.value.code == "merging.leaving"
    assert Award.objects.get().holder == other


def test_it_takes_a_fresh_sign_in_and_two_accounts(own: Person, other: Person) -> None:
    with acting(lambda: None), pytest.raises(FreshSignInError):
        merge(own, other)
    with pytest.raises(RefusedError):
        merge(own, own)


def test_both_are_shown_to_be_theirs_and_the_last_word_is_asked_for(
    own: Person, other: Person, client: CheckingClient
) -> None:
    Authenticator.objects.all().delete()
    sign_in(client, "mia@home.example")
    client.post("/me/merge", {"action": "merge", "sure": "on"})
    client.post("/me/merge", {"action": "send", "email": "mia@club.example"})
    client.post("/me/merge", {"action": "merge", "sure": "on"})
    assert Person.objects.filter(pk=other.pk).exists()
    client.post("/me/merge", {"action": "check", "code": code_in_mail()})
    page = client.get("/me/merge").page
    assert "1 award" in page.text and "1 role in an organisation" in page.text
    assert "cannot be undone" in client.post("/me/merge", {"action": "merge"}).page.text
    assert Person.objects.filter(pk=other.pk).exists()
    client.post("/me/merge", {"action": "merge", "sure": "on"})
    assert Award.objects.get().holder == own and not Person.objects.filter(pk=other.pk).exists()


def test_a_second_factor_of_the_other_account_is_asked_for(
    own: Person, other: Person, client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "mia@home.example")
    client.post("/me/merge", {"action": "send", "email": "mia@club.example"})
    client.post("/me/merge", {"action": "check", "code": code_in_mail()})
    assert "which can only be shown by signing in there" in client.get("/me/merge").page.text
    client.post("/me/merge", {"action": "merge", "sure": "on"})
    assert Person.objects.filter(pk=other.pk).exists()
    from allauth.mfa.totp.internal.auth import TOTP

    monkeypatch.setattr(TOTP, "validate_code", lambda _self, code: code == "123456")
    Authenticator.objects.create(user=other, type="totp", data={"secret": "x"})
    wrong = client.post("/me/merge", {"action": "factor", "code": "000000"})
    assert "This did not work." in wrong.page.text
    client.post("/me/merge", {"action": "factor", "code": "123 456"})
    client.post("/me/merge", {"action": "merge", "sure": "on"})
    assert not Person.objects.filter(pk=other.pk).exists()


def test_an_address_without_an_account_is_simply_added(own: Person, client: CheckingClient) -> None:
    sign_in(client, "mia@home.example")
    client.post("/me/merge", {"action": "send", "email": "mia@new.example"})
    answer = client.post("/me/merge", {"action": "check", "code": code_in_mail()}, follow=True)
    assert "There was no account with this address." in answer.page.text
    assert ways.account_at("mia@new.example") == own
