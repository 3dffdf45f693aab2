"""Reading what was shared: by its address, or in the inbox of the organisation it was handed in to."""

from __future__ import annotations

import hashlib

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.models import Share, View

__all__ = ["MOST_WRONG_PINS", "digest_of", "note_reading", "open_share", "standing_share"]

MOST_WRONG_PINS = 10
"""Then the share ends: a PIN of six digits is not to be tried out."""

_MAX_NAME = 200


def open_share(*, secret: str, pin: str, name: str = "") -> Share:
    """Open what is shown under an address, which is written into the holder's log.

    Args:
        name: what whoever opens it says of themselves, if they want.

    Raises:
        RefusedError: ``wallet.share``, as for `standing_share`; ``wallet.pin``, another PIN is needed.
    """
    with transaction.atomic():
        found = standing_share(secret=secret, lock=True)
        right = not found.pin or check_password(pin, found.pin)
        if right:
            View.objects.create(share=found, name=name.strip()[:_MAX_NAME])
        else:
            found.wrong_pins += 1
            if found.wrong_pins >= MOST_WRONG_PINS:
                found.withdrawn_at = timezone.now()
            found.save(update_fields=["wrong_pins", "withdrawn_at"])
    if not right:
        raise RefusedError(
            _("This PIN is not right."), code="wallet.pin", field="pin",
            hint=_("The person who sent you the link has it."),
        )  # fmt: skip
    return found


def standing_share(*, secret: str, is_open: bool = False, lock: bool = False) -> Share:
    """What is shown under an address, without a look being counted.

    Args:
        is_open: the asker opened it before: then it does not matter how often it was opened since.

    Raises:
        RefusedError: ``wallet.share``: withdrawn, ended, used up or never there, not told apart.
    """
    shares = Share.objects.select_for_update() if lock else Share.objects.select_related("holder")
    found = shares.filter(digest=digest_of(secret)).first()
    if found is None or not found.is_open(timezone.now(), 0 if is_open else found.views.count()):
        raise RefusedError(
            _("Nothing is shown here any more."),
            code="wallet.share",
            hint=_("Ask the person for a new link."),
        )
    return found


@transaction.atomic
def note_reading(*, by: Person, share: Share) -> None:
    """Write into the holder's log that the organisation it was handed in to reads it now; who of its people, its own trail says.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    organisation: Organisation | None = share.organisation
    if organisation is None:
        raise RefusedError(_("It was not handed in."), code="wallet.share", hint=_("Open it by its link."))
    require(by, organisation, "shared.read")
    View.objects.create(share=share, organisation=organisation)
    audit.record("shared.read", f"share:{share.id}", actor_id=by.id, organisation=organisation.id)


def digest_of(secret: str) -> str:
    """What is kept of the secret of an address."""
    return hashlib.sha256(secret.encode()).hexdigest()
