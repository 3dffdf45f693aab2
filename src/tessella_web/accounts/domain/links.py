"""Links that sign somebody in once: what the operator prints, for a first sign-in or for somebody who gets no mail."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person, SignInLink
from tessella_web.common.errors import RefusedError

__all__ = ["digest_of", "make_sign_in_link", "use_sign_in_link"]

LINK_VALID_MINUTES = 30
"""Long enough to copy it into a browser, short enough that an old one opens nothing."""


@transaction.atomic
def make_sign_in_link(*, person: Person) -> str:
    """The secret of a link that signs this person in once, within `LINK_VALID_MINUTES`."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        digest=digest_of(secret),
        person=person,
        expires_at=timezone.now() + dt.timedelta(minutes=LINK_VALID_MINUTES),
    )
    return secret


@transaction.atomic
def use_sign_in_link(*, secret: str) -> Person:
    """The person whom the link signs in; it works once.

    Raises:
        RefusedError: ``accounts.link``, used, too old or never made: not told apart.
    """
    link = (
        SignInLink.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(digest=digest_of(secret))
        .first()
    )
    if link is None or link.used_at or link.expires_at < timezone.now() or not link.person.is_active:
        raise RefusedError(
            _("This link does not work any more."),
            code="accounts.link",
            hint=_("Ask for a new one: a link works once."),
        )
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link.person


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
