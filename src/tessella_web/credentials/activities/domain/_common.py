"""What the verbs about activities share."""

from __future__ import annotations

import unicodedata

from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities.models import Activity

__all__ = ["clean_name", "locked", "note", "require_open", "words"]

NAME_LENGTH = 200


def locked(activity: Activity) -> Activity:
    """The activity as it is now, kept from other writers: places are counted under this lock."""
    return (
        Activity.objects.select_for_update(of=("self",))
        .select_related("organisation", "version__organisation")
        .get(pk=activity.pk)
    )


def locked_for(by: Person, activity: Activity) -> Activity:
    """The same, for those who run activities.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, activity.organisation, "activity.run")
    return locked(activity)


def require_open(activity: Activity) -> None:
    """Go on only while people may come onto the list.

    Raises:
        RefusedError: ``activity.closed`` or ``activity.not-open-yet``.
    """
    now = timezone.now()
    if activity.closed_at or now >= activity.closes_at:
        raise RefusedError(
            _("The list is closed."),
            code="activity.closed", hint=_("If you were there, tell the people who ran it: they can write you in."),
        )  # fmt: skip
    if now < activity.opens_at:
        raise RefusedError(
            _("The list is not open yet."), code="activity.not-open-yet", hint=_("Come back when it begins.")
        )


def clean_name(name: str) -> str:
    """A name as one line of visible signs.

    Raises:
        RefusedError: ``activity.name``.
    """
    found = " ".join(name.split())
    hidden = any(unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs") for sign in found)
    if not found or len(found) > NAME_LENGTH or hidden or "://" in found:
        raise RefusedError(
            _("This cannot be a name."),
            code="activity.name", hint=_("Write it as it should stand on the certificate."), field="name",
        )  # fmt: skip
    return found


def words(text: str, *, field: str) -> str:
    """A few words that somebody needs.

    Raises:
        RefusedError: ``activity.no-words``.
    """
    found = text.strip()
    if not found:
        raise RefusedError(
            _("Say it in a few words."),
            code="activity.no-words", hint=_("The person reads it and needs to know what to do."), field=field,
        )  # fmt: skip
    return found


def note(verb: str, activity: Activity, by: Person | None, **facts: object) -> None:
    """An entry of the audit trail."""
    audit.record(
        verb, f"activity:{activity.id}", actor_id=by.id if by else "", organisation=activity.organisation_id, facts=facts
    )  # fmt: skip
