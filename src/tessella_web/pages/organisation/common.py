"""What the pages about an organisation share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tessella_web.accounts.models import Organisation, Role
from tessella_web.pages.access import add_refusal, person_of, workspace

__all__ = ["ROLE_WORDS", "add_refusal", "crumbs", "person_of", "workspace"]

from django.utils.translation import gettext_lazy as _

ROLE_WORDS = {
    Role.OWNER: _(
        "Invites people, gives roles, changes settings and keys, and may do most of what others do."
    ),
    Role.COORDINATOR: _("Describes courses, hands them in for review, publishes them, prepares awards."),
    Role.ASSESSOR: _("Records what learners achieved, and prepares awards."),
    Role.REVIEWER: _("Goes through the quality checklist, comments, decides."),
    Role.LEARNER: _("Speaks for learners in quality reviews."),
    Role.SEALER: _("Approves batches, revokes awards, manages keys and seals. Needs a second factor."),
    Role.ASSOCIATE: _("Helps to describe: all courses, or only those you name."),
    Role.COUNSELLOR: _("Makes lists of options for clients; nobody else in the organisation sees them."),
    Role.GUEST: _("Sees what is in work, and changes nothing."),
}
"""By role what it lets somebody do, in plain words."""


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [(organisation.name, reverse("workspace", args=[organisation.slug])), *others]
