"""Asking somebody by mail to work in an organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import acting
from tessella_web.accounts.domain.links import digest_of
from tessella_web.accounts.domain.roles import give_role, require_future, require_to_give
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Invitation, Organisation, Person, Role
from tessella_web.accounts.permissions import require, roles_of
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["INVITATION_DAYS", "accept", "invite", "open_invitation", "secret_of", "withdraw_invitation"]

INVITATION_DAYS = 14
"""Two weeks: long enough for a holiday, short enough that a forgotten one opens nothing."""

MAX_OPEN = 200
"""Open invitations of an organisation: more is a mailing, which this is not."""


@transaction.atomic
def invite(
    *,
    by: Person,
    organisation: Organisation,
    email: str,
    roles: Sequence[Role],
    until: dt.date | None = None,
    only: Sequence[str] = (),
    language: str = "",
) -> Invitation:
    """Mail a link with which somebody takes up these roles; asking the same address again replaces the link.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``accounts.second-factor``, ``accounts.only-for-a-time``.
        RefusedError: ``accounts.no-role``, ``accounts.past``, ``accounts.too-many-invitations``.
    """
    require_to_give(by, organisation, roles)
    if not roles:
        raise RefusedError(
            _("Choose what they will do."),
            code="accounts.no-role",
            field="roles",
            hint=_("One role is enough."),
        )
    require_future(until)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    email, now = email.strip().lower(), timezone.now()
    waiting = organisation.invitations.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)
    waiting.filter(email=email).update(withdrawn_at=now)
    if waiting.count() >= MAX_OPEN:
        raise RefusedError(
            _("Too many invitations are open."),
            code="accounts.too-many-invitations",
            hint=_("Withdraw some that nobody took up."),
        )
    made = Invitation(
        organisation=organisation, email=email, roles=[str(one) for one in roles], until=until, only=list(only),
        invited_by=by, expires_at=_end(now, until),
    )  # fmt: skip
    made.digest = digest_of(secret_of(made))
    made.save(force_insert=True)
    _tell("person.invited", made, by, roles=made.roles)
    letters.queue("invitation", about=made.id, language=language)
    return made


def _end(now: dt.datetime, until: dt.date | None) -> dt.datetime:
    """When the link ends: after two weeks, or with the roles."""
    two_weeks = now + dt.timedelta(days=INVITATION_DAYS)
    if until is None:
        return two_weeks
    over = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone())
    return min(two_weeks, over)


def secret_of(invitation: Invitation) -> str:
    """What opens it, made from the installation's secret: no copy of the database holds it."""
    return salted_hmac("accounts.invitation", invitation.id, algorithm="sha256").hexdigest()


def open_invitation(*, secret: str) -> Invitation:
    """What a link asks for.

    Raises:
        RefusedError: ``accounts.invitation``: used, withdrawn, too old or never made: not told apart.
    """
    found = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(digest=digest_of(secret))
        .first()
    )
    if found is None or not found.is_open:
        raise RefusedError(
            _("This invitation does not work any more."),
            code="accounts.invitation",
            hint=_("Ask who invited you for a new one: each works once, for two weeks."),
        )
    return found


@transaction.atomic
def accept(*, person: Person, secret: str) -> Organisation:
    """Take up the roles of an invitation; whoever has the link may, signed in with whatever address. It works once.

    Raises:
        RefusedError: ``accounts.invitation``; ``accounts.inviter``: who invited may not give these roles any more.
    """
    Invitation.objects.select_for_update().filter(digest=digest_of(secret)).first()
    found = open_invitation(secret=secret)
    inviter = found.invited_by
    if inviter is None or Role.OWNER not in roles_of(inviter, found.organisation):
        raise RefusedError(
            _("Whoever invited you may not do that any more."),
            code="accounts.inviter",
            hint=_("Ask an owner of %(name)s for a new invitation.") % {"name": found.organisation.name},
        )
    already = roles_of(person, found.organisation)
    for role in map(Role, found.roles):
        if role not in already:
            _give(found, inviter, person, role)
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    _tell("invitation.accepted", found, person)
    return found.organisation


def _give(invitation: Invitation, inviter: Person, person: Person, role: Role) -> None:
    """The second factor was shown when the invitation was made: it is not asked of the guest who accepts."""
    with acting(timezone.now):
        give_role(
            by=inviter, organisation=invitation.organisation, person=person, role=role,
            until=invitation.until, only=invitation.only,
        )  # fmt: skip


@transaction.atomic
def withdraw_invitation(*, by: Person, invitation: Invitation) -> None:
    """The link works no more."""
    require(by, invitation.organisation, "organisation.manage")
    if invitation.is_open:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        _tell("invitation.withdrawn", invitation, by)


def _tell(verb: str, invitation: Invitation, by: Person, **facts: object) -> None:
    audit.record(
        verb, f"invitation:{invitation.id}", actor_id=by.id, organisation=invitation.organisation_id, facts=facts
    )  # fmt: skip
