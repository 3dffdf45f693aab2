"""Who may do what: a table of capabilities by role, and the one question that everything asks."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.common.errors import NotAllowedError

__all__ = ["CAPABILITIES", "may", "require", "roles_of"]

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "organisation.view": frozenset(Role),
    "organisation.manage": frozenset({Role.OWNER}),
    "description.view": frozenset(Role),
    "description.edit": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSOCIATE}),
    "description.submit": frozenset({Role.OWNER, Role.COORDINATOR}),
    "quality.comment": frozenset({Role.OWNER, Role.COORDINATOR, Role.REVIEWER, Role.LEARNER}),
    "quality.decide": frozenset({Role.REVIEWER, Role.LEARNER}),
    "version.publish": frozenset({Role.OWNER, Role.COORDINATOR}),
    "offer.edit": frozenset({Role.OWNER, Role.COORDINATOR}),
    "outcome.record": frozenset({Role.ASSESSOR}),
    "participant.view": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "participant.manage": frozenset({Role.OWNER, Role.COORDINATOR}),
    "accommodation.view": frozenset({Role.COORDINATOR, Role.ASSESSOR}),
    "batch.prepare": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "batch.approve": frozenset({Role.OWNER, Role.SEALER}),
    "activity.run": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "peer.ask": frozenset({Role.OWNER, Role.COORDINATOR}),
    "audit.view": frozenset({Role.OWNER, Role.REVIEWER}),
    "award.correct": frozenset({Role.OWNER, Role.COORDINATOR}),
    "award.revoke": frozenset({Role.OWNER, Role.SEALER}),
    "key.manage": frozenset({Role.OWNER, Role.SEALER}),
    "identity.claim": frozenset({Role.OWNER}),
    "register.manage": frozenset({Role.OWNER}),
    "register.import": frozenset({Role.OWNER, Role.COORDINATOR}),
    "token.make": frozenset(Role),
    "webhook.manage": frozenset({Role.OWNER}),
    "audit.read": frozenset({Role.OWNER}),
}
"""By capability the roles that have it. A capability that is not here is nobody's."""


def roles_of(person: Person | AnonymousUser, organisation: Organisation) -> frozenset[Role]:
    """The roles of a person in an organisation; nobody has none."""
    if isinstance(person, AnonymousUser):
        return frozenset()
    found = Membership.objects.filter(person=person, organisation=organisation).values_list("role", flat=True)
    return frozenset(Role(one) for one in found)


def may(person: Person | AnonymousUser, organisation: Organisation, capability: str) -> bool:
    """Whether the person has the capability there."""
    return bool(roles_of(person, organisation) & CAPABILITIES.get(capability, frozenset()))


def require(person: Person | AnonymousUser, organisation: Organisation, capability: str) -> None:
    """Go on only if the person may.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    if may(person, organisation, capability):
        return
    names = ", ".join(str(role.label) for role in sorted(CAPABILITIES.get(capability, ()), key=str))
    raise NotAllowedError(
        _("Your role in %(organisation)s does not include this.") % {"organisation": organisation.name},
        code="accounts.not-allowed",
        hint=_("Ask somebody who may: %(roles)s.") % {"roles": names} if names else "",
    )
