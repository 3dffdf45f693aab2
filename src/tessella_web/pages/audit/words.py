"""The verbs of the audit trail in plain words; one that has none is shown as it stands in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

__all__ = ["KINDS", "WORDS", "said"]

WORDS: Mapping[str, Any] = {
    "activity.awarded": _("Records were handed out at an event"),
    "activity.closed": _("The list of an event was closed"),
    "activity.confirmed": _("People at an event were confirmed"),
    "activity.declined": _("People were taken off the list of an event"),
    "activity.forgotten": _("Names on the list of an event were deleted"),
    "activity.handed-in": _("Somebody handed in a task"),
    "activity.joined": _("Somebody came onto the list of an event"),
    "activity.made": _("The list of an event was made"),
    "activity.paper-code-replaced": _("The printed code of an event was replaced"),
    "activity.renamed": _("A name on the list of an event was corrected"),
    "activity.reopened": _("The list of an event was opened again"),
    "activity.slips-made": _("Slips were made for an event"),
    "activity.task-accepted": _("A task was accepted"),
    "activity.task-added": _("A task was added"),
    "activity.task-declined": _("A task was not accepted"),
    "activity.task-more": _("More was asked for in a task"),
    "activity.task-removed": _("A task was taken away"),
    "activity.written-in": _("Somebody was written in at an event"),
    "assessment.recorded": _("An assessment was recorded"),
    "award.asked-again": _("A learner asked for a new claim link"),
    "award.claim-resent": _("A claim link was sent again"),
    "award.claimed": _("An award was claimed"),
    "award.corrected": _("An award was corrected"),
    "award.kept": _("An award was put into a wallet"),
    "award.mail-bounced": _("A mail about an award came back"),
    "award.readdressed": _("The address of an award was corrected"),
    "award.revoked": _("An award was revoked"),
    "award.suspended": _("An award was suspended"),
    "award.valid": _("A suspension was lifted"),
    "awarding.rules": _("The rules of awarding were changed"),
    "batch.approval-asked": _("A second person was asked to approve awards"),
    "batch.approved": _("Awards were approved"),
    "batch.cancelled": _("A batch of awards was given up"),
    "batch.done": _("A batch of awards is done"),
    "batch.prepared": _("A batch of awards was checked"),
    "batch.scheduled": _("A batch of awards was scheduled"),
    "batch.sealed": _("Awards were sealed"),
    "batch.started": _("A batch of awards was started"),
    "batch.stopped": _("A batch of awards stopped"),
    "description.edited": _("A description was changed"),
    "description.shared": _("A description was opened to another organisation"),
    "description.started": _("A description was begun"),
    "identity.claimed": _("It was said whom the organisation acts for"),
    "key.created": _("A key was made"),
    "key.revoked": _("A key was revoked"),
    "key.rotated": _("A key was replaced"),
    "key.uploaded": _("An electronic seal was added"),
    "key.used": _("A key was opened to seal"),
    "keys.rewrapped": _("The key-encryption key was replaced"),
    "organisation.established": _("It was established who stands behind the organisation"),
    "organisation.founded": _("The organisation was founded here"),
    "organisation.mail-domains": _("It was said in which domains people get addresses"),
    "organisation.unestablished": _("It is not established any more who stands behind the organisation"),
    "peer.accepted": _("A person from outside agreed to look at something"),
    "peer.asked": _("A person from outside was asked to look at something"),
    "peer.declined": _("A person from outside had no time"),
    "peer.withdrawn": _("A person from outside is not asked any more"),
    "recovery.asked": _("Somebody asked to get back into an account"),
    "recovery.checked": _("The identity of somebody who lost an account was confirmed"),
    "recovery.declined": _("It could not be confirmed who lost an account"),
    "recovery.done": _("A lost account was opened to its holder"),
    "recovery.over": _("A request about a lost account came to nothing"),
    "recovery.refused": _("The holder of an account refused a new address"),
    "review.approved": _("A quality review ended: approved"),
    "review.changes-asked": _("A quality review ended: changes asked for"),
    "review.commented": _("A quality review was commented"),
    "review.opened": _("A quality review was opened"),
    "review.rejected": _("A quality review ended: not approved"),
    "review.replied": _("A comment was answered"),
    "review.taken-back": _("A quality review was taken back"),
    "role.delegated": _("A role was handed on"),
    "role.given": _("Somebody got a role"),
    "role.taken": _("Somebody lost a role"),
    "terms.accepted": _("The terms were accepted"),
    "version.published": _("A version was published"),
    "version.withdrawn": _("A version was withdrawn"),
}

KINDS: Mapping[str, Any] = {
    "activity": _("Event"),
    "award": _("Award"),
    "batch": _("Batch"),
    "description": _("Description"),
    "key": _("Key"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "recovery": _("Lost account"),
    "review": _("Quality review"),
    "version": _("Version"),
}
"""The kinds of things that entries are about."""


def said(verb: str) -> str:
    """The verb in words."""
    return str(WORDS.get(verb, verb))
