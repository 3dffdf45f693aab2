"""Who may do what: a table of capabilities by role, and the one question that everything asks."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from tessella_web.accounts import terms
from tessella_web.accounts.assurance import require_fresh
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = [
    "CAPABILITIES",
    "COMMITTING",
    "SENSITIVE",
    "may",
    "only_of",
    "require",
    "require_committing",
    "roles_of",
]

CAPABILITIES: Mapping[str, frozenset[Role]] = {
    "organisation.view": frozenset(Role),
    "organisation.manage": frozenset({Role.OWNER}),
    "role.delegate": frozenset(set(Role) - {Role.ASSOCIATE, Role.GUEST}),
    "statistics.view": frozenset({Role.OWNER, Role.COORDINATOR, Role.REVIEWER}),
    "description.view": frozenset(Role),
    "description.edit": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSOCIATE}),
    "description.submit": frozenset({Role.OWNER, Role.COORDINATOR}),
    "quality.comment": frozenset({Role.OWNER, Role.COORDINATOR, Role.REVIEWER, Role.LEARNER}),
    "quality.decide": frozenset({Role.REVIEWER, Role.LEARNER}),
    "checklist.edit": frozenset({Role.OWNER, Role.REVIEWER}),
    "version.publish": frozenset({Role.OWNER, Role.COORDINATOR}),
    "offer.edit": frozenset({Role.OWNER, Role.COORDINATOR}),
    "advise": frozenset({Role.COUNSELLOR}),
    "rule.edit": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSOCIATE}),
    "rule.publish": frozenset({Role.OWNER, Role.COORDINATOR}),
    "outcome.record": frozenset({Role.ASSESSOR}),
    "participant.view": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "participant.manage": frozenset({Role.OWNER, Role.COORDINATOR}),
    "accommodation.view": frozenset({Role.COORDINATOR, Role.ASSESSOR}),
    "batch.view": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR, Role.SEALER}),
    "batch.prepare": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "batch.approve": frozenset({Role.OWNER, Role.SEALER}),
    "activity.run": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "peer.ask": frozenset({Role.OWNER, Role.COORDINATOR}),
    "audit.view": frozenset({Role.OWNER, Role.REVIEWER}),
    "award.correct": frozenset({Role.OWNER, Role.COORDINATOR}),
    "award.revoke": frozenset({Role.OWNER, Role.SEALER}),
    "key.manage": frozenset({Role.OWNER, Role.SEALER}),
    "identity.claim": frozenset({Role.OWNER}),
    "recovery.view": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "recovery.check": frozenset({Role.OWNER, Role.COORDINATOR}),
    "register.manage": frozenset({Role.OWNER}),
    "register.import": frozenset({Role.OWNER, Role.COORDINATOR}),
    "shared.read": frozenset({Role.OWNER, Role.COORDINATOR}),
    "shared.manage": frozenset({Role.OWNER}),
    "stack.decide": frozenset({Role.OWNER, Role.COORDINATOR, Role.ASSESSOR}),
    "token.make": frozenset(Role),
    "webhook.manage": frozenset({Role.OWNER}),
}
"""By capability the roles that have it. A capability that is not here is nobody's."""

SENSITIVE = frozenset({"batch.approve", "award.revoke", "key.manage", "recovery.check"})
"""What seals or takes back in the organisation's name, or says who somebody is: besides the role it takes a fresh second factor."""

COMMITTING = frozenset({"version.publish", "rule.publish", "batch.prepare", "batch.approve"})
"""What publishes or awards: the organisation must have accepted the terms, and its name must not be held."""


def roles_of(
    person: Person | AnonymousUser, organisation: Organisation, about: str | None = None
) -> frozenset[Role]:
    """The roles of a person in an organisation today; nobody has none.

    Args:
        about: the id of a description: then without the roles that are limited to others.
    """
    if isinstance(person, AnonymousUser):
        return frozenset()
    found = Membership.objects.filter(Membership.standing(), person=person, organisation=organisation)
    return frozenset(
        Role(role)
        for role, only in found.values_list("role", "only")
        if about is None or not only or about in only
    )


def only_of(person: Person | AnonymousUser, organisation: Organisation) -> frozenset[str] | None:
    """The descriptions that everything somebody may do there is limited to; None when some role is not limited."""
    if isinstance(person, AnonymousUser):
        return frozenset()
    found = Membership.objects.filter(Membership.standing(), person=person, organisation=organisation)
    limits = list(found.values_list("only", flat=True))
    return None if not all(limits) else frozenset(one for only in limits for one in only)


def may(
    person: Person | AnonymousUser, organisation: Organisation, capability: str, about: str | None = None
) -> bool:
    """Whether the person has the capability there; ``about`` as in `roles_of`."""
    return bool(roles_of(person, organisation, about) & CAPABILITIES.get(capability, frozenset()))


def require(
    person: Person | AnonymousUser, organisation: Organisation, capability: str, about: str | None = None
) -> None:
    """Go on only if the person may.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``accounts.second-factor`` (`SecondFactorError`).
        RefusedError: ``accounts.terms``, ``accounts.held``: the organisation may not publish or award yet.
    """
    if not may(person, organisation, capability, about):
        names = ", ".join(
            str(role.label) for role in sorted(CAPABILITIES.get(capability, ()), key=list(Role).index)
        )
        raise NotAllowedError(
            _("Your role in %(organisation)s does not include this.") % {"organisation": organisation.name},
            code="accounts.not-allowed",
            hint=_("Ask somebody who may: %(roles)s.") % {"roles": names} if names else "",
        )
    if capability in COMMITTING:
        require_committing(organisation)
    if capability in SENSITIVE:
        require_fresh()


def require_committing(organisation: Organisation) -> None:
    """Go on only if the organisation may publish and award.

    Raises:
        RefusedError: ``accounts.terms``, ``accounts.held``.
    """
    if organisation.is_held:
        raise RefusedError(
            _("The name %(name)s could be taken for another's. Until a reviewer has looked, nothing is published or awarded.")
            % {"name": organisation.name},
            code="accounts.held",
            hint=_("An owner can choose another name under “Settings”. Everything else works meanwhile."),
        )  # fmt: skip
    if not terms.has_accepted(organisation):
        raise RefusedError(
            _("%(name)s has not accepted the terms yet.") % {"name": organisation.name},
            code="accounts.terms",
            hint=_("An owner reads and accepts them under “Settings”, “Terms”. Until then nothing is published or awarded."),
        )  # fmt: skip
