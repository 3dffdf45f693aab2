"""Names of organisations: a name that could be taken for another's is held, and a new name has to be shown anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common.errors import RefusedError
from tessella_web.registers import queries
from tessella_web.registers.domain import identity
from tessella_web.registers.lookalikes import lookalikes
from tessella_web.registers.models import Body, ClaimState

__all__ = ["alike_to", "found", "release_name", "rename"]


@transaction.atomic
def found(*, founder: Person, name: str, **facts: Any) -> Organisation:
    """Found an organisation (`accounts.domain.found_organisation`); a name that looks like a known body's is held.

    Raises:
        RefusedError: ``accounts.slug-taken``, ``accounts.region``, ``accounts.no-name``.
    """
    made = accounts.found_organisation(founder=founder, name=_named(name), **facts)
    if alike_to(made):
        accounts.hold(organisation=made, actor_id=founder.id)
    return made


@transaction.atomic
def rename(*, by: Person, organisation: Organisation, name: str) -> Organisation:
    """Give the organisation another name. What was shown about who stands behind it was shown for the old one: it is withdrawn.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``accounts.no-name``.
    """
    require(by, organisation, "organisation.manage")
    name = _named(name)
    mine = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if name == mine.name:
        return mine
    accounts.rename(organisation=mine, name=name, actor_id=by.id)
    claim = queries.live_claim(mine)
    if claim is not None and claim.state in (ClaimState.ESTABLISHED, ClaimState.HELD):
        identity.withdraw(claim=claim, by=by)
    elif mine.is_established:
        accounts.unestablish(organisation=mine, actor_id=by.id)
    mine = Organisation.objects.get(pk=mine.pk)
    held = bool(alike_to(mine))
    if held and not mine.is_held:
        accounts.hold(organisation=mine, actor_id=by.id)
    elif mine.is_held and not held:
        accounts.release(organisation=mine, actor_id=by.id)
    return mine


@transaction.atomic
def release_name(*, by: Person, organisation: Organisation) -> None:
    """A named reviewer looked at a held name and found nothing wrong with it.

    Raises:
        NotAllowedError: ``registers.no-reviewer``; ``registers.own-claim``: the reviewer works there.
    """
    identity.require_reviewer_of(by, organisation)
    accounts.release(organisation=organisation, actor_id=by.id)


def alike_to(organisation: Organisation) -> Sequence[Body]:
    """The known bodies that the name could be taken for; the one the organisation was shown to act for is not one."""
    own = queries.bodies_of([organisation]).get(organisation.id)
    return lookalikes([organisation.name], besides=own)


def _named(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise RefusedError(
            _("An organisation has a name."), code="accounts.no-name", field="name", hint=_("Write it out.")
        )
    return plain
