"""Giving, limiting, delegating and taking away roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import require_fresh
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.accounts.permissions import CAPABILITIES, SENSITIVE, require, roles_of
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = ["delegate", "give_role", "require_future", "require_to_give", "set_roles", "take_role"]

MAX_DELEGATION_DAYS = 366
"""A year: longer than any leave that a delegation covers; who stays longer gets the role itself."""

SEALING = frozenset(role for capability in SENSITIVE for role in CAPABILITIES[capability])
"""Roles whose holders seal or take back: giving one takes a fresh second factor, like using it."""


@transaction.atomic
def give_role(
    *,
    by: Person,
    organisation: Organisation,
    person: Person,
    role: Role,
    until: dt.date | None = None,
    only: Sequence[str] = (),
) -> Membership:
    """Give somebody a role; giving it again changes until when and to which descriptions it is limited.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``accounts.second-factor``; ``accounts.only-for-a-time``: who is owner for a
            time makes nobody owner.
        RefusedError: ``accounts.past``; ``accounts.last-owner``: an owner without an end must remain.
    """
    require_to_give(by, organisation, [role])
    require_future(until)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    membership = Membership.objects.filter(person=person, organisation=organisation, role=role).first()
    if membership is None:
        membership = Membership(person=person, organisation=organisation, role=role)
    elif role is Role.OWNER and until is not None:
        _require_another_owner(organisation, person)
    new = (until, list(only) if role is Role.ASSOCIATE else [], False)
    if membership.pk and (membership.until, membership.only, membership.is_delegated) == new:
        return membership
    membership.until, membership.only, membership.is_delegated = new
    membership.given_by, membership.reason = by, ""
    membership.save()
    _tell("role.given", by, organisation, person, role, until=str(until or ""), limited=len(only))
    return membership


@transaction.atomic
def delegate(
    *, by: Person, organisation: Organisation, to: Person, role: Role, until: dt.date, reason: str
) -> Membership:
    """Hand on a role for a period, to somebody who works there; it ends by itself. Owners hand on any, others their own.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``accounts.not-yours``: only an owner, or who has the role without an end,
            hands it on; ``accounts.second-factor``.
        RefusedError: ``accounts.has-role``, ``accounts.not-here``, ``accounts.past``, ``accounts.too-long``,
            ``accounts.no-reason``, each with its field.
    """
    require(by, organisation, "role.delegate")
    if not {Role.OWNER, role} & _lasting(by, organisation):
        raise NotAllowedError(
            _("Only an owner, or somebody who has this role without an end, hands it on."),
            code="accounts.not-yours",
            hint=_("Ask one of them."),
        )
    if role in SEALING:
        require_fresh()
    require_future(until)
    if until > timezone.localdate() + dt.timedelta(days=MAX_DELEGATION_DAYS):
        raise RefusedError(
            _("This is longer than a year."),
            code="accounts.too-long",
            field="until",
            hint=_("For longer, an owner gives the role itself."),
        )
    if not reason.strip():
        raise RefusedError(
            _("Say why."),
            code="accounts.no-reason",
            field="reason",
            hint=_("One sentence, such as “parental leave”."),
        )
    if to == by or not roles_of(to, organisation):
        raise RefusedError(
            _("Choose somebody else who works here."),
            code="accounts.not-here",
            field="to",
            hint=_("Invite them first."),
        )
    if role in _lasting(to, organisation):
        raise RefusedError(
            _("%(name)s has this role already.") % {"name": to.name},
            code="accounts.has-role",
            field="to",
            hint=_("Choose somebody else."),
        )
    membership, _made = Membership.objects.update_or_create(
        person=to,
        organisation=organisation,
        role=role,
        defaults={
            "until": until, "only": [], "is_delegated": True, "given_by": by, "reason": reason.strip(),
        },
    )  # fmt: skip
    _tell("role.delegated", by, organisation, to, role, until=str(until))
    return membership


@transaction.atomic
def set_roles(
    *,
    by: Person,
    organisation: Organisation,
    person: Person,
    roles: Collection[Role],
    until: dt.date | None = None,
    only: Sequence[str] = (),
) -> None:
    """The roles that somebody has from now on, but for delegated ones, which stay; none: they do not work there any more.

    Raises: as `give_role` and `take_role`.
    """
    require(by, organisation, "organisation.manage")
    held = Membership.objects.filter(Membership.standing(), person=person, organisation=organisation)
    for one in held if not roles else held.filter(is_delegated=False):
        if Role(one.role) not in roles:
            take_role(by=by, organisation=organisation, person=person, role=Role(one.role))
    for role in roles:
        give_role(by=by, organisation=organisation, person=person, role=role, until=until, only=only)


@transaction.atomic
def take_role(*, by: Person, organisation: Organisation, person: Person, role: Role) -> None:
    """Take a role away, or leave it oneself; who delegated it may end that too. An organisation keeps an owner without an end.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``accounts.last-owner``.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    found = Membership.objects.filter(person=person, organisation=organisation, role=role).first()
    own = by == person or (found is not None and found.is_delegated and found.given_by_id == by.id)
    if not own:
        require(by, organisation, "organisation.manage")
    if found is None:
        return
    if role is Role.OWNER:
        _require_another_owner(organisation, person)
    found.delete()
    _tell("role.taken", by, organisation, person, role)


def require_to_give(by: Person, organisation: Organisation, roles: Collection[Role]) -> None:
    """Go on only if somebody may give these roles there.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``accounts.second-factor``, ``accounts.only-for-a-time``.
    """
    require(by, organisation, "organisation.manage")
    if Role.OWNER in roles and Role.OWNER not in _lasting(by, organisation):
        raise NotAllowedError(
            _("You are owner for a time, and make nobody owner."),
            code="accounts.only-for-a-time",
            hint=_("Ask an owner without an end."),
        )
    if SEALING & set(roles):
        require_fresh()


def _lasting(person: Person, organisation: Organisation) -> frozenset[Role]:
    """The roles that somebody has without an end."""
    found = Membership.objects.filter(person=person, organisation=organisation, until=None)
    return frozenset(Role(one) for one in found.values_list("role", flat=True))


def _require_another_owner(organisation: Organisation, person: Person) -> None:
    others = Membership.objects.filter(organisation=organisation, role=Role.OWNER, until=None)
    if not others.exclude(person=person).exists():
        raise RefusedError(
            _("An organisation needs an owner."),
            code="accounts.last-owner",
            hint=_("Make somebody else owner first."),
            field="roles",
        )


def require_future(until: dt.date | None) -> None:
    """Go on only with a day that has not passed, or without one.

    Raises:
        RefusedError: ``accounts.past``.
    """
    if until is not None and until < timezone.localdate():
        raise RefusedError(
            _("This day has passed."), code="accounts.past", field="until", hint=_("Choose a later one.")
        )


def _tell(
    verb: str, by: Person, organisation: Organisation, person: Person, role: Role, **facts: object
) -> None:
    audit.record(
        verb, f"person:{audit.reference_of(person.id)}", actor_id=by.id, organisation=organisation.id,
        facts={"role": str(role), **{name: value for name, value in facts.items() if value}},
    )  # fmt: skip
