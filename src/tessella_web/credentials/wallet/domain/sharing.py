"""Showing what a wallet holds to somebody: putting it together, sending it, ending it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.guardians.domain import require_may_show
from tessella_web.accounts.models import Organisation, Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.receiving.models import Policy
from tessella_web.credentials.wallet.disclosure import parts_of
from tessella_web.credentials.wallet.domain.freezing import add_quality, delete_on_commit, drop, frozen
from tessella_web.credentials.wallet.domain.looking import digest_of
from tessella_web.credentials.wallet.domain.rights import not_yours, own
from tessella_web.credentials.wallet.entries import Entry, entry_of
from tessella_web.credentials.wallet.forms import forms_of
from tessella_web.credentials.wallet.models import Share, SharedFile
from tessella_web.credentials.wallet.queries import first_looks

__all__ = [
    "choose",
    "discard",
    "erase_ended",
    "note_told",
    "prepare",
    "put_together",
    "send",
    "share",
    "sparing",
    "withdraw",
]

MOST_SHARED = 50
"""Things shown at once: an application has a dozen."""

TOKEN_BYTES = 32
"""256 random bits: an address that nobody guesses."""

LONGEST_SHARE = dt.timedelta(days=366)
"""A share that is forgotten ends by itself."""

DRAFT_KEPT = dt.timedelta(days=1)
"""What was put together and not sent; whoever comes back later starts anew, with what stands then."""

ERASED_AT_ONCE = 200


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
    parts: Mapping[str, Collection[str]] | None = None,
    shown_as: str | None = None,
    may_keep: bool = True,
) -> tuple[Share, str]:
    """Show entries of the wallet to somebody at once: the share, and the secret of its address, which is not kept.

    Bytes and reports are frozen as they are now; each later revocation of an award made here is told all the same.

    Args:
        keys: of `Entry`.
        formats: by key the form that is shown; its first where it is not said.
        parts: by key the parts that are shown, as `parts_of` names them; everything where it is not said.
        shown_as: the name that stands on the page; the person's own when left out, none when empty.

    Raises:
        RefusedError: as for `prepare`.
    """
    made = prepare(
        by=by, keys=keys, recipient=recipient, ends_at=ends_at, languages=languages, purpose=purpose,
        most_views=most_views, pin=pin, formats=formats, parts=parts or {}, shown_as=shown_as, may_keep=may_keep,
    )  # fmt: skip
    return made, send(by=by, share=made, languages=languages)


def prepare(
    *,
    by: Person,
    keys: Sequence[str],
    languages: tuple[str, ...],
    formats: Mapping[str, str] | None = None,
    parts: Mapping[str, Collection[str]] | None = None,
    **details: Any,
) -> Share:
    """Put together what is shown; nobody else sees it before `send`.

    Args:
        parts: as for `share`; when left out, each entry in the form that can leave things out, without what is private.
        details: as for `put_together`.

    Raises:
        RefusedError: ``wallet.nothing-chosen``, ``wallet.too-many``, ``wallet.not-yours``, ``wallet.form``, ``wallet.parts``, and as
            for `put_together`.
    """
    if not keys:
        raise RefusedError(_("Nothing is chosen."), code="wallet.nothing-chosen", field="keys", hint=_("Choose what to show."))  # fmt: skip
    if len(keys) > MOST_SHARED:
        raise _too_many()
    entries = [entry_of(by, key, languages) for key in dict.fromkeys(keys)]
    if None in entries:
        raise not_yours()
    files: list[SharedFile] = []
    try:
        for entry in entries:
            if entry is None:
                continue
            form = (formats or {}).get(entry.key, "")
            wanted = sparing(entry, form) if parts is None else parts.get(entry.key)
            files.append(frozen(entry, languages=languages, form=form, parts=wanted))
    except BaseException:
        drop(files)
        raise
    return put_together(by=by, files=files, **details)


def put_together(
    *,
    by: Person,
    files: Sequence[SharedFile],
    recipient: str = "",
    purpose: str = "",
    ends_at: dt.datetime | None = None,
    most_views: int | None = None,
    pin: str = "",
    shown_as: str | None = None,
    may_keep: bool = True,
    policy: Policy | None = None,
    keep_days: int | None = None,
) -> Share:
    """A draft of what is frozen already; refused, the files are deleted again.

    Args:
        policy: of the organisation it is handed in to; then ``keep_days`` takes the place of ``ends_at``, and there is no link.

    Raises:
        RefusedError: ``wallet.too-many``, ``wallet.recipient``, ``wallet.purpose``, ``wallet.end``, ``wallet.keep-days``.
    """
    try:
        if len(files) > MOST_SHARED:
            raise _too_many()
        if policy is not None:
            recipient, most_views, pin = policy.organisation.name, None, ""
            ends_at = _kept_until(policy, keep_days, purpose)
        elif not recipient.strip():
            raise RefusedError(
                _("It does not say for whom."), code="wallet.recipient", field="recipient",
                hint=_("Name the person or the organisation: you will find it in your log."),
            )  # fmt: skip
        elif ends_at is None or not timezone.now() < ends_at <= timezone.now() + LONGEST_SHARE:
            raise RefusedError(
                _("It ends too late, or has ended."), code="wallet.end", field="ends_on",
                hint=_("Choose a day within the next year."),
            )  # fmt: skip
        with transaction.atomic():
            made = Share.objects.create(
                holder=by, recipient=recipient.strip()[:200], purpose=purpose.strip()[:300], ends_at=ends_at,
                most_views=most_views, pin=make_password(pin) if pin else "", may_keep=may_keep,
                shown_as=(by.name if shown_as is None else shown_as).strip()[:200],
                organisation=policy.organisation if policy else None,
                policy=policy.as_shown() if policy else None, keep_days=keep_days if policy else None,
            )  # fmt: skip
            for one in files:
                one.share = made
                one.save()
    except BaseException:
        drop(files)
        raise
    return made


def _kept_until(policy: Policy, days: int | None, purpose: str) -> dt.datetime:
    if not purpose.strip():
        raise RefusedError(
            _("It does not say what for."), code="wallet.purpose", field="purpose",
            hint=_("An organisation may use it for nothing else."),
        )  # fmt: skip
    if days is None or not 1 <= days <= policy.most_days:
        raise RefusedError(
            _("It is to be kept for a number of days that they do not offer."), code="wallet.keep-days", field="keep_days",
            hint=_("Choose from 1 to %(most)s.") % {"most": policy.most_days},
        )  # fmt: skip
    return timezone.now() + dt.timedelta(days=days)


def sparing(entry: Entry, form: str = "") -> tuple[str, ...] | None:
    """What is shown unless the person chooses otherwise: everything but what is private."""
    forms = forms_of(entry)
    chosen = next((one for one in forms if not form or one.id == form), None)
    parts = parts_of(chosen.read()) if chosen else ()
    return tuple(one.name for one in parts if one.may_withhold and not one.is_private) if parts else None


def choose(
    *,
    by: Person,
    shown: SharedFile,
    form: str,
    parts: Collection[str] | None,
    languages: tuple[str, ...],
) -> None:
    """Show one thing of a draft in another form, or with other parts.

    Raises:
        RefusedError: ``wallet.not-yours``, ``wallet.sent``, ``wallet.form``, ``wallet.parts``.
    """
    own(by, shown.share.holder_id)
    _draft(shown.share)
    entry = entry_of(by, shown.key, languages)
    if entry is None:
        raise not_yours()
    anew = frozen(entry, languages=languages, form=form, parts=parts)
    before = shown.file
    try:
        with transaction.atomic():
            anew.pk, anew.share = shown.pk, shown.share
            anew.save(force_update=True)
            transaction.on_commit(lambda: drop([SharedFile(file=before)]))
    except BaseException:
        drop([anew])
        raise


def send(*, by: Person, share: Share, languages: tuple[str, ...]) -> str:
    """Show it from now on: the secret of its address, which is not kept; empty when it is handed in to an organisation.

    Raises:
        RefusedError: ``wallet.not-yours``, ``wallet.sent``; ``wallet.closed``, the organisation takes nothing now or promises less; ``minors.no-public``.
    """
    own(by, share.holder_id)
    secret = ""
    with transaction.atomic():
        found = Share.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=share.pk)
        _draft(found)
        found.sent_at = timezone.now()
        files = list(found.files.all())
        if found.organisation is not None:
            _promised(found, found.organisation)
            found.ends_at = found.sent_at + dt.timedelta(days=found.keep_days or 0)
            for one in files:
                add_quality(one, languages)
                one.save()
        else:
            if not found.pin:
                require_may_show(by)
            secret = secrets.token_urlsafe(TOKEN_BYTES)
            found.digest = digest_of(secret)
        found.save()
        audit.record(
            "wallet.handed-in" if found.organisation else "wallet.shared", f"share:{found.id}", actor_id=by.id,
            organisation=found.organisation_id or "", facts={"entries": len(files)},
        )  # fmt: skip
    share.refresh_from_db()
    return secret


def _promised(share: Share, organisation: Organisation) -> None:
    """What was read must still be what is promised."""
    policy = Policy.objects.filter(organisation=organisation, is_open=True).first()
    if policy is None or policy.as_shown() != share.policy or organisation.is_held:
        raise RefusedError(
            _("What %(name)s promises has changed since you read it.") % {"name": organisation.name},
            code="wallet.closed", hint=_("Start again and read it once more."),
        )  # fmt: skip


def _draft(share: Share) -> None:
    if not share.is_draft:
        raise RefusedError(
            _("It was sent already."), code="wallet.sent", hint=_("Withdraw it, and show something else.")
        )


@transaction.atomic
def discard(*, by: Person, share: Share) -> None:
    """Give up what was not sent.

    Raises:
        RefusedError: ``wallet.not-yours``, ``wallet.sent``.
    """
    own(by, share.holder_id)
    _draft(share)
    delete_on_commit(share)
    share.delete()


@transaction.atomic
def withdraw(*, by: Person, share: Share) -> None:
    """Show it no more, at once; what was frozen for it is deleted.

    Raises:
        RefusedError: ``wallet.not-yours``; ``wallet.taken``, something was built on it.
    """
    own(by, share.holder_id)
    if share.taken_at is not None:
        raise RefusedError(
            _("%(name)s works with it already.") % {"name": share.recipient}, code="wallet.taken",
            hint=_("Ask them to close the case; what they must keep by law they keep."),
        )  # fmt: skip
    if share.withdrawn_at is None:
        share.withdrawn_at = timezone.now()
        share.save(update_fields=["withdrawn_at"])
        delete_on_commit(share)
        audit.record(
            "wallet.withdrawn", f"share:{share.id}", actor_id=by.id, organisation=share.organisation_id or ""
        )


@transaction.atomic
def note_told(*, by: Person) -> int:
    """The person has read that something was looked at for the first time."""
    waiting = first_looks(by).values_list("pk", flat=True)
    return Share.objects.filter(pk__in=list(waiting)).update(told_at=timezone.now())


@transaction.atomic
def erase_ended() -> int:
    """Delete what was frozen for shares that have ended, and drafts that nobody sent; how many.

    What was taken is deleted by whoever took it; but where its holder has left, when the time ends that was promised.
    """
    now = timezone.now()
    over = Q(ends_at__lte=now) | Q(withdrawn_at__isnull=False)
    ended = Share.objects.select_for_update(skip_locked=True).filter(
        over, Q(taken_at=None) | Q(holder=None), erased_at=None, sent_at__isnull=False
    )
    drafts = Share.objects.select_for_update(skip_locked=True).filter(
        sent_at=None, made_at__lte=now - DRAFT_KEPT
    )
    found = list(ended[:ERASED_AT_ONCE])
    for one in found:
        delete_on_commit(one)
        audit.record("wallet.erased", f"share:{one.id}", organisation=one.organisation_id or "")
    forgotten = list(drafts[:ERASED_AT_ONCE])
    for one in forgotten:
        delete_on_commit(one)
        one.delete()
    left, _per_model = Share.objects.filter(holder=None, erased_at__isnull=False).delete()  # in nobody's log
    return len(found) + len(forgotten) + left


def _too_many() -> RefusedError:
    return RefusedError(
        _("Too much at once."), code="wallet.too-many", field="keys",
        hint=_("Choose up to %(most)s things.") % {"most": MOST_SHARED},
    )  # fmt: skip
