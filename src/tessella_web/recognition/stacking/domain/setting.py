"""How an organisation decides: the grace period, and what is awarded at the end of each pathway."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.models import Description, Version
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.recognition.stacking.models import PathwayAward, StackingRules

__all__ = ["MOST_GRACE_DAYS", "awardable", "set_award", "set_rules"]

MOST_GRACE_DAYS = 365
"""A year: longer, and nobody decides."""


@transaction.atomic
def set_rules(*, by: Person, organisation: Organisation, grace_days: int) -> StackingRules:
    """Say how long it takes at most to decide when a part of an award has fallen; what was found before keeps its day.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``stacking.grace``.
    """
    require(by, organisation, "organisation.manage")
    if not 1 <= grace_days <= MOST_GRACE_DAYS:
        raise RefusedError(
            _("That is no time to decide in."), code="stacking.grace", field="grace_days",
            hint=_("Between 1 and %(most)s days.") % {"most": MOST_GRACE_DAYS},
        )  # fmt: skip
    made, _new = StackingRules.objects.update_or_create(
        organisation=organisation, defaults={"grace_days": grace_days}
    )
    audit.record(
        "stack.rules", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
        facts={"grace_days": grace_days},
    )  # fmt: skip
    return made


@transaction.atomic
def set_award(*, by: Person, pathway: Pathway, description: Description | None) -> None:
    """Say what a pathway leads to: the newest version of one of the organisation's published descriptions; None for nothing.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``stacking.unpublished``, ``stacking.not-ours``.
    """
    require(by, pathway.organisation, "version.publish")
    if description is None:
        PathwayAward.objects.filter(pathway=pathway).delete()
    else:
        if description.organisation_id != pathway.organisation_id:
            raise RefusedError(
                _("It is described by another organisation."), code="stacking.not-ours", field="description",
                hint=_("Choose one of your own."),
            )  # fmt: skip
        if awardable(description) is None:
            raise RefusedError(
                _("Nothing of it is published."), code="stacking.unpublished", field="description",
                hint=_("Publish it first; then choose it here."),
            )  # fmt: skip
        PathwayAward.objects.update_or_create(pathway=pathway, defaults={"description": description})
    audit.record(
        "stack.award-chosen", f"pathway:{pathway.id}", actor_id=by.id, organisation=pathway.organisation_id,
        facts={"description": description.id if description else ""},
    )  # fmt: skip


def awardable(description: Description) -> Version | None:
    """The newest version that was not withdrawn."""
    return Version.objects.filter(description=description, withdrawn_at=None).order_by("-number").first()
