"""What the verbs of the catalogue share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.models import Membership, Person
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue.models import Description
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["cut", "is_one_person", "locked", "note", "require_text", "require_to_edit"]

TITLE_LENGTH = 300
"""Characters of a title kept for lists; the record has it whole."""


def locked(description: Description) -> Description:
    """The description as it is now, kept from other writers until the transaction ends."""
    return (
        Description.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=description.pk)
    )


def note(verb: str, about: str, *, by: Person, description: Description, **facts: object) -> None:
    """An entry of the audit trail."""
    audit.record(verb, about, actor_id=by.id, organisation=description.organisation_id, facts=facts)


def require_to_edit(by: Person, description: Description) -> None:
    """People of the organisation and of its partners in this description edit it, each with the role for it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    if any(may(by, one, "description.edit", description.id) for one in description.partners.all()):
        return
    require(by, description.organisation, "description.edit", description.id)


def is_one_person(description: Description) -> bool:
    """Whether the organisation is a single person: nobody else could review."""
    people = Membership.objects.filter(Membership.standing(), organisation=description.organisation_id)
    return people.values("person").distinct().count() == 1


def require_text(text: str, *, field: str, code: str) -> str:
    """The text without surrounding space.

    Raises:
        RefusedError: there is none.
    """
    text = text.strip()
    if not text:
        raise RefusedError(
            _("This needs a few words."), code=code, hint=_("They stay readable."), field=field
        )
    return text


def cut(title: str) -> str:
    """A title as lists keep it."""
    return title[:TITLE_LENGTH]
