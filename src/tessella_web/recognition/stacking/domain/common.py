"""What the verbs share: who may, which case, what is told."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.recognition.stacking.models import OPEN, CascadeState, Case, CaseState

__all__ = [
    "CAPABILITY",
    "TO_LEARNER",
    "TO_STAFF",
    "is_live",
    "locked",
    "locked_live",
    "locked_open",
    "not_open",
    "own",
    "require_decider",
    "tell",
    "told",
]

CAPABILITY = "stack.decide"

TO_LEARNER, TO_STAFF = "stack-learner", "stack-staff"
"""Kinds of letters: what they say, the state of the case tells."""


def require_decider(by: Person, case: Case) -> None:
    """Go on only if the person decides for the organisation, and the case is not their own.

    Raises:
        NotAllowedError: ``accounts.not-allowed``, ``stacking.own``.
    """
    require(by, case.organisation, CAPABILITY)
    if by.id == case.learner_id:
        raise NotAllowedError(
            _("Nobody decides their own case."),
            code="stacking.own",
            hint=_("Ask a colleague who may decide."),
        )


def own(by: Person, case: Case) -> None:
    """Go on only if the case is the person's.

    Raises:
        RefusedError: ``stacking.not-yours``.
    """
    if by.id != case.learner_id:
        raise RefusedError(
            _("This is not your case."), code="stacking.not-yours", hint=_("Look at your own cases.")
        )


def locked(case: Case) -> Case:
    """The case for this transaction alone."""
    found = Case.objects.select_for_update(of=("self",)).select_related(
        "organisation", "pathway__organisation", "version", "learner", "award__version", "award__organisation"
    )  # fmt: skip
    return found.get(pk=case.pk)


def locked_open(case: Case) -> Case:
    """The case for this transaction alone, if it is still open.

    Raises:
        RefusedError: ``stacking.closed-case``.
    """
    found = locked(case)
    if found.state not in OPEN:
        raise not_open(found)
    return found


def locked_live(case: Case) -> Case:
    """The case for this transaction alone, if it is open, or something has fallen that its award stands on.

    Raises:
        RefusedError: ``stacking.closed-case``.
    """
    found = locked(case)
    if not is_live(found):
        raise not_open(found)
    return found


def is_live(case: Case) -> bool:
    """Whether something can be added to it and stated in it."""
    fallen = case.state == CaseState.GRANTED and case.cascades.filter(state=CascadeState.OPEN).exists()
    return case.state in OPEN or fallen


def not_open(case: Case) -> RefusedError:
    """The refusal of what a closed case does not allow any more."""
    return RefusedError(
        _("The case is closed: %(state)s.") % {"state": CaseState(case.state).label}, code="stacking.closed-case",
        hint=_("Load the page again."),
    )  # fmt: skip


def tell(verb: str, case: Case, by: Person | None, **facts: object) -> None:
    """Write into the audit trail what was done with a case."""
    audit.record(
        f"stack.{verb}", f"case:{case.id}", actor_id=by.id if by else "", organisation=case.organisation_id,
        facts={"pathway": case.pathway_id, **facts},
    )  # fmt: skip


def told(case: Case, *, learner: str = "", staff: str = "") -> None:
    """Have letters sent about what happened: to the learner, to those who decide."""
    if learner and case.learner_id:
        letters.queue(TO_LEARNER, about=case.id, facts={"what": learner})
    if staff:
        letters.queue(TO_STAFF, about=case.id, facts={"what": staff})
