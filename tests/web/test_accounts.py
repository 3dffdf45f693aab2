"""Roles: who may give them, and that an organisation keeps an owner."""

from __future__ import annotations

import pytest

from tessella_web.accounts import domain
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.permissions import CAPABILITIES, may, roles_of
from tessella_web.common.errors import NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db


def test_only_an_owner_gives_roles(
    organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    domain.give_role(by=alice, organisation=organisation, person=charlie, role=Role.ASSESSOR)
    assert roles_of(charlie, organisation) == {Role.ASSESSOR}
    with pytest.raises(NotAllowedError):
        domain.give_role(by=bob, organisation=organisation, person=bob, role=Role.OWNER)
    assert roles_of(bob, organisation) == {Role.GUEST}


def test_the_last_owner_stays(organisation: Organisation, alice: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.take_role(by=alice, organisation=organisation, person=alice, role=Role.OWNER)
    assert caught.value.code == "accounts.last-owner"


def test_an_assessor_is_the_only_one_to_record_outcomes() -> None:
    assert CAPABILITIES["outcome.record"] == {Role.ASSESSOR}


def test_an_unknown_capability_is_nobodys(organisation: Organisation, alice: Person) -> None:
    assert not may(alice, organisation, "something.else")


def test_a_short_name_is_given_once(organisation: Organisation, alice: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.found_organisation(founder=alice, name="Another", slug="twickel", country="NLD")
    assert (caught.value.code, caught.value.field) == ("accounts.slug-taken", "slug")
