"""Showing what a wallet holds to somebody, and ending it."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.contrib.auth.hashers import check_password, make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.verdicts import Verdict
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.wallet.domain.holding import read_file
from tessella_web.credentials.wallet.domain.rights import not_yours, own
from tessella_web.credentials.wallet.entries import Entry, entry_of
from tessella_web.credentials.wallet.models import Share, SharedFile, View

__all__ = ["MOST_WRONG_PINS", "digest_of", "open_share", "share", "standing_share", "withdraw"]

MOST_SHARED = 50
"""Things shown at once: an application has a dozen."""

TOKEN_BYTES = 32
"""256 random bits: an address that nobody guesses."""

MOST_WRONG_PINS = 10
"""Then the share ends: a PIN of six digits is not to be tried out."""

LONGEST_SHARE = dt.timedelta(days=366)
"""A share that is forgotten ends by itself."""


def share(
    *,
    by: Person,
    keys: Sequence[str],
    recipient: str,
    ends_at: dt.datetime,
    languages: tuple[str, ...],
    purpose: str = "",
    most_views: int | None = None,
    pin: str = "",
    formats: Mapping[str, str] | None = None,
) -> tuple[Share, str]:
    """Show entries of the wallet to somebody: the share, and the secret of its address, which is not kept.

    Bytes and reports are frozen as they are now; each later revocation of an award made here is told all the same.

    Args:
        keys: of `Entry`.
        formats: by key the form in which an award made here is shown; its first where it is not said.

    Raises:
        RefusedError: ``wallet.nothing-chosen``, ``wallet.too-many``, ``wallet.recipient``, ``wallet.end``, ``wallet.not-yours``.
    """
    if not keys:
        raise RefusedError(_("Nothing is chosen."), code="wallet.nothing-chosen", field="keys", hint=_("Choose what to show."))  # fmt: skip
    if len(keys) > MOST_SHARED:
        raise RefusedError(
            _("Too much at once."), code="wallet.too-many", field="keys",
            hint=_("Choose up to %(most)s things.") % {"most": MOST_SHARED},
        )  # fmt: skip
    if not recipient.strip():
        raise RefusedError(
            _("It does not say for whom."), code="wallet.recipient", field="recipient",
            hint=_("Name the person or the organisation: you will find it in your log."),
        )  # fmt: skip
    if not timezone.now() < ends_at <= timezone.now() + LONGEST_SHARE:
        raise RefusedError(
            _("It ends too late, or has ended."), code="wallet.end", field="ends_on",
            hint=_("Choose a day within the next year."),
        )  # fmt: skip
    entries = [entry_of(by, key, languages) for key in dict.fromkeys(keys)]
    if None in entries:
        raise not_yours()
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    frozen = [_frozen(one, languages, (formats or {}).get(one.key, "")) for one in entries if one]
    try:
        with transaction.atomic():
            made = Share.objects.create(
                holder=by, digest=digest_of(secret), recipient=recipient.strip(), purpose=purpose.strip(),
                ends_at=ends_at, most_views=most_views, pin=make_password(pin) if pin else "",
            )  # fmt: skip
            for one in frozen:
                one.share = made
                one.save()
            audit.record("wallet.shared", f"share:{made.id}", actor_id=by.id, facts={"entries": len(frozen)})
    except BaseException:
        for one in frozen:
            if one.file:
                default_storage.delete(one.file)
        raise
    return made, secret


@transaction.atomic
def withdraw(*, by: Person, share: Share) -> None:
    """Show it no more, at once; what was frozen for it is deleted.

    Raises:
        RefusedError: ``wallet.not-yours``.
    """
    own(by, share.holder_id)
    if share.withdrawn_at is None:
        share.withdrawn_at = timezone.now()
        share.save(update_fields=["withdrawn_at"])
        files = [one.file for one in share.files.all() if one.file]
        share.files.update(file="", report=None)
        audit.record("wallet.withdrawn", f"share:{share.id}", actor_id=by.id)
        for one in files:
            transaction.on_commit(functools.partial(default_storage.delete, one))


def open_share(*, secret: str, pin: str) -> Share:
    """Open what is shown under an address, which is written into the holder's log.

    Raises:
        RefusedError: ``wallet.share``, as for `standing_share`; ``wallet.pin``, another PIN is needed.
    """
    with transaction.atomic():
        found = standing_share(secret=secret, lock=True)
        right = not found.pin or check_password(pin, found.pin)
        if right:
            View.objects.create(share=found)
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


def digest_of(secret: str) -> str:
    """What is kept of the secret of an address."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _frozen(entry: Entry, languages: tuple[str, ...], format: str) -> SharedFile:
    data, name, _format = read_file(entry, format)
    facts: dict[str, Any] = {
        "title": entry.title, "issuer": entry.issuer, "source": str(entry.source), "learning": str(entry.learning),
        "day": entry.day.isoformat() if entry.day else "",
        **({"tile": msgspec.to_builtins(entry.tile)} if entry.tile else {}),
        **({"text": entry.item.facts.get("text", "")} if entry.item and entry.is_declared else {}),
    }  # fmt: skip
    shown = SharedFile(award=entry.award, name=name or entry.title[:200], facts=facts)
    if data:
        report = answer(data, name=name, languages=languages).report
        shown.report, shown.verdict = msgspec.to_builtins(report), str(report.verdict)
        shown.sha256 = hashlib.sha256(data).hexdigest()
        shown.file = default_storage.save(f"shared/{new_id()}", ContentFile(data))
    else:
        shown.verdict = str(Verdict.NOT_APPLICABLE)
    return shown
