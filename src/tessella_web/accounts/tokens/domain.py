"""The verbs about access tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import require_fresh
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may, require
from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.tokens.scopes import PERSONAL, SCOPES
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = ["DEFAULT_DAYS", "MAX_DAYS", "PREFIX", "make_token", "revoke_token", "token_of"]

PREFIX = "tessella_"
"""What every token begins with, so that programs that look for leaked secrets recognise it."""

SECRET_BYTES = 32
"""Random bytes: nobody guesses them, so a plain digest is enough."""

SHOWN = len(PREFIX) + 5
"""Characters of the beginning that stay readable."""

DEFAULT_DAYS = 90
MAX_DAYS = 366
"""A token that nobody renews once a year is forgotten, and should end."""

USED_EVERY = dt.timedelta(minutes=5)
"""How exactly the last use is told: not every request writes."""


@transaction.atomic
def make_token(
    *,
    by: Person,
    organisation: Organisation | None,
    name: str,
    scopes: Sequence[str],
    days: int = DEFAULT_DAYS,
) -> tuple[AccessToken, str]:
    """A token for the person's own programs, and the token itself, which is never shown again.

    It never lets anybody do more than the person may at the time of use, and no more than its scopes.

    Args:
        organisation: where it acts; None: for the person alone, with scopes that are about nothing else.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``accounts.second-factor``, for scopes that seal or take back: the token counts
            as the second factor from then on.
        RefusedError: ``tokens.scopes``, ``tokens.name``, ``tokens.days``.
    """
    if organisation is not None:
        require(by, organisation, "token.make")
    if not name.strip():
        raise RefusedError(
            _("The token has no name."), code="tokens.name", field="name",
            hint=_("Name the program that will use it."),
        )  # fmt: skip
    if not scopes or not set(scopes) <= (PERSONAL if organisation is None else set(SCOPES)):
        raise RefusedError(
            _("Choose at least one thing that the token may do."), code="tokens.scopes", field="scopes",
            hint=_("Choose as little as the program needs."),
        )  # fmt: skip
    if not 1 <= days <= MAX_DAYS:
        raise RefusedError(
            _("A token works for one to %(most)s days.") % {"most": MAX_DAYS}, code="tokens.days", field="days",
            hint=_("Make a new one before it ends."),
        )  # fmt: skip
    if any(SCOPES[one].is_sensitive for one in scopes):
        require_fresh()
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = AccessToken.objects.create(
        person=by,
        organisation=organisation,
        name=name.strip()[:80],
        digest=_digest(secret),
        prefix=secret[:SHOWN],
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    _tell("token.made", token, by, scopes=token.scopes, days=days)
    return token, secret


@transaction.atomic
def revoke_token(*, by: Person, token: AccessToken) -> AccessToken:
    """From now on it lets nobody in; revoking it twice changes nothing. Owners revoke anybody's.

    Raises:
        NotAllowedError: ``accounts.not-allowed``; ``tokens.not-yours``.
    """
    token = (
        AccessToken.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=token.pk)
    )
    if token.person_id != by.id:
        _require_owner(by, token)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        _tell("token.revoked", token, by)
    return token


def token_of(secret: str) -> AccessToken | None:
    """The token that lets somebody in now; None for one that is unknown, too old, revoked, or whose person left: not told apart."""
    if not secret.startswith(PREFIX):
        return None
    found = (
        AccessToken.objects.select_related("person", "organisation").filter(digest=_digest(secret)).first()
    )
    now = timezone.now()
    if found is None or not found.is_usable(now):
        return None
    if found.organisation is not None and not may(found.person, found.organisation, "token.make"):
        return None
    if found.used_at is None or now - found.used_at > USED_EVERY:
        AccessToken.objects.filter(pk=found.pk).update(used_at=now)
    return found


def _require_owner(by: Person, token: AccessToken) -> None:
    if token.organisation is None:
        raise NotAllowedError(
            _("This token is not yours."), code="tokens.not-yours", hint=_("Ask the person who made it.")
        )
    require(by, token.organisation, "organisation.manage")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _tell(verb: str, token: AccessToken, by: Person, **facts: object) -> None:
    place = token.organisation_id or ""
    audit.record(verb, f"token:{token.id}", actor_id=by.id, organisation=place, facts=facts)
