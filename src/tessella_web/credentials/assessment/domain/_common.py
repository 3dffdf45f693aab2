"""What the verbs about enrolments and records share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.assessment.models import Enrolment, State

__all__ = ["is_own", "locked", "require_state", "tell"]


def locked(enrolment: Enrolment) -> Enrolment:
    """The enrolment as it is now, kept from other writers until the transaction ends."""
    return (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("organisation", "offer__version__organisation", "row__batch", "row__award")
        .get(pk=enrolment.pk)
    )


def is_own(person: Person, enrolment: Enrolment) -> bool:
    """Whether it is the person's own: by account, or by the address with which the person signs in."""
    return enrolment.person_id == person.id or enrolment.email.casefold() == person.email.casefold()


def require_state(enrolment: Enrolment, *states: State) -> None:
    """Go on only from one of these.

    Raises:
        RefusedError: ``enrolment.state``.
    """
    if enrolment.state not in states or enrolment.award or enrolment.is_being_awarded:
        raise RefusedError(
            _("This is not possible any more: %(state)s.") % {"state": enrolment.standing.label},
            code="enrolment.state",
            hint=_("Load the page again."),
        )


def tell(verb: str, enrolment: Enrolment, by: Person, **facts: object) -> None:
    """An entry of the audit trail: about the enrolment's id, never about its person."""
    audit.record(
        verb,
        f"enrolment:{enrolment.id}",
        actor_id=by.id,
        organisation=enrolment.organisation_id,
        facts={"offer": enrolment.offer_id, **facts},
    )
