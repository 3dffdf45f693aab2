"""Looking again at what is held, on schedule, and telling the holder what changed: once, in the wallet and by mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from tessella import typed
from tessella.verdicts import Check, Report, Verdict
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.credentials.models import Award, AwardState, Copy, StatusChange
from tessella_web.credentials.noticing.models import Kind, Look, Notice, Standing, Wishes
from tessella_web.credentials.verifying.answers import leaves
from tessella_web.credentials.wallet.domain import report_on
from tessella_web.credentials.wallet.models import Item, Source
from tessella_web.ui.middleware import library_language

__all__ = [
    "ENDS_SOON",
    "look_again",
    "notice_changes",
    "notice_endings",
    "plan_looks",
    "read_all",
    "set_wishes",
    "standing_of",
]

EVERY = dt.timedelta(days=1)
"""Status lists are published anew within a day; a learner should hear of it before the next employer looks."""

ENDS_SOON = dt.timedelta(days=30)
"""A month: long enough to ask for a renewal."""

LOOKS_AT_ONCE = 10
CHANGES_AT_ONCE = 200
PLANNED_AT_ONCE = 500

_CHANGES = {
    AwardState.REVOKED: Kind.REVOKED, AwardState.SUSPENDED: Kind.SUSPENDED, AwardState.VALID: Kind.RESUMED,
    AwardState.SUPERSEDED: Kind.REPLACED,
}  # fmt: skip

_STANDINGS = {
    Standing.REVOKED: Kind.REVOKED, Standing.SUSPENDED: Kind.SUSPENDED, Standing.ACTIVE: Kind.RESUMED,
    Standing.FAILED: Kind.FAILED,
}  # fmt: skip

_STANDING = (AwardState.VALID, AwardState.SUSPENDED)


@transaction.atomic
def notice_changes() -> int:
    """Tell holders what issuers here changed since they hold it; how many notices. Copies of such awards that were brought in are
    looked at again now."""
    changes = list(
        StatusChange.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(notice__isnull=True, award__holder__isnull=False, state__in=_CHANGES, at__gte=F("award__claimed_at"))
        .select_related("award__holder")
        .order_by("at", "pk")[:CHANGES_AT_ONCE]
    )  # fmt: skip
    _look_now([one.award for one in changes])
    return _tell(
        Notice(holder=one.award.holder, kind=_CHANGES[AwardState(one.state)], award=one.award, change=one)
        for one in changes
    )


def _look_now(awards: Iterable[Award]) -> None:
    ids = list(Copy.objects.filter(award__in=list(awards)).values_list("credential_id", flat=True))
    if ids:
        Look.objects.filter(item__facts__credential__in=ids).update(due_at=timezone.now())


@transaction.atomic
def notice_endings() -> int:
    """Tell holders what ends within `ENDS_SOON`; each end once; how many notices."""
    today = timezone.localdate()
    until = today + ENDS_SOON
    now = timezone.now()
    told = Notice.objects.filter(kind=Kind.ENDING)
    awards = (
        Award.objects.filter(holder__isnull=False, state__in=_STANDING, valid_until__gt=now, valid_until__lte=now + ENDS_SOON)
        .select_related("holder")
        .exclude(pk__in=told.filter(award__isnull=False, day__gte=today).values("award"))[:CHANGES_AT_ONCE]
    )  # fmt: skip
    looks = (
        Look.objects.filter(ends_on__range=(today, until))
        .exclude(standing__in=[Standing.REVOKED, Standing.FAILED])
        .exclude(item__in=told.filter(item__isnull=False, day__gte=today).values("item"))
        .select_related("item")[:CHANGES_AT_ONCE]
    )  # fmt: skip
    return _tell([
        *(Notice(holder=one.holder, kind=Kind.ENDING, award=one, day=one.valid_until.date() if one.valid_until else None) for one in awards),
        *(Notice(holder_id=one.item.holder_id, kind=Kind.ENDING, item=one.item, day=one.ends_on) for one in looks),
    ])  # fmt: skip


@transaction.atomic
def plan_looks() -> int:
    """Give items that came in a first look in a day, and what they say of their end; how many."""
    new = list(Item.objects.filter(source=Source.BROUGHT, look__isnull=True)[:PLANNED_AT_ONCE])
    looks = [
        Look(
            item=one, due_at=(one.verified_at or timezone.now()) + EVERY, standing=_standing_in(one),
            ends_on=dt.date.fromisoformat(one.facts["until"]) if one.facts.get("until") else None,
        )
        for one in new
    ]  # fmt: skip
    Look.objects.bulk_create(looks, ignore_conflicts=True)
    return len(new)


def _standing_in(item: Item) -> Standing:
    try:
        return standing_of(typed.convert(item.report, Report)) if item.report else Standing.UNKNOWN
    except msgspec.ValidationError:  # a report of another version
        return Standing.UNKNOWN


def look_again() -> int:
    """Verify what is due as of now, asking other servers only where the operator allows it; how many were looked at."""
    now = timezone.now()
    with transaction.atomic():
        due = list(
            Look.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(due_at__lte=now)
            .select_related("item__holder")
            .order_by("due_at")[:LOOKS_AT_ONCE]
        )
        Look.objects.filter(pk__in=[one.pk for one in due]).update(due_at=now + EVERY)
    for look in due:
        _look_at(look)
    return len(due)


def _look_at(look: Look) -> None:
    item = look.item
    data = default_storage.open(item.file).read()
    language = item.holder.language
    with translation.override(language), library_language():
        report = report_on(data, item.name, item.where, (language, "en"))
    found = _known_here(item) or standing_of(report)
    with transaction.atomic():
        locked = Look.objects.select_for_update().filter(pk=look.pk).first()
        if locked is None:  # taken out meanwhile
            return
        if _is_news(Verdict(item.verdict), report.verdict):
            Item.objects.filter(pk=item.pk).update(
                report=msgspec.to_builtins(report), verdict=str(report.verdict), verified_at=timezone.now()
            )
        before = Standing(locked.standing)
        if found is Standing.UNKNOWN or found is before:
            return  # what could not be asked says nothing new
        locked.standing = found
        locked.save(update_fields=["standing"])
        if found is Standing.ACTIVE and before is Standing.UNKNOWN:
            return  # good from the start
        audit.record("wallet.changed", f"item:{item.id}", facts={"standing": str(found)})
        _tell([Notice(holder_id=item.holder_id, kind=_STANDINGS[found], item=item)])


def _known_here(item: Item) -> Standing | None:
    """How an award of this platform stands, which its own database knows better than its status list."""
    copy = (
        Copy.objects.filter(credential_id=item.facts.get("credential") or "-").select_related("award").first()
    )
    return _OWN.get(AwardState(copy.award.state)) if copy else None


_OWN = {
    AwardState.VALID: Standing.ACTIVE, AwardState.SUSPENDED: Standing.SUSPENDED, AwardState.REVOKED: Standing.REVOKED,
    AwardState.SUPERSEDED: Standing.REVOKED,
}  # fmt: skip


def _is_news(before: Verdict, now: Verdict) -> bool:
    """What was established stays, until something else is: a server that does not answer today takes nothing back."""
    return now is not Verdict.INDETERMINATE or before is Verdict.INDETERMINATE


def standing_of(report: Report) -> Standing:
    """How a report says that a credential stands; the worst of several forms."""
    states = {
        state
        for leaf in leaves(report)
        for one in leaf.checks
        if one.id == "status"
        for state in _states(one)
    }
    if Standing.REVOKED in states:
        return Standing.REVOKED
    if Standing.SUSPENDED in states:
        return Standing.SUSPENDED
    if report.verdict is Verdict.FAILED:
        return Standing.FAILED
    return Standing.ACTIVE if Standing.ACTIVE in states else Standing.UNKNOWN


def _states(check: Check) -> Iterable[str]:
    """What each status entry says; some formats have one alone."""
    entries = check.evidence.get("entries", [check.evidence])
    return (str(one.get("state", "")) for one in entries if isinstance(one, dict))


def _tell(notices: Iterable[Notice]) -> int:
    made = list(notices)
    silent = set(
        Wishes.objects.filter(person__in={one.holder_id for one in made}, mails=False).values_list(
            "person", flat=True
        )
    )
    for one in made:
        one.save(force_insert=True)
        if one.holder_id not in silent:
            letters.queue("notice", about=one.id)
    return len(made)


def read_all(*, by: Person) -> None:
    """The person has seen what was told."""
    Notice.objects.filter(holder=by, read_at__isnull=True).update(read_at=timezone.now())


@transaction.atomic
def set_wishes(*, by: Person, mails: bool) -> None:
    """Whether mails are welcome; in the wallet everything is told in any case."""
    Wishes.objects.update_or_create(person=by, defaults={"mails": mails})
    audit.record(
        "wallet.wishes", f"person:{audit.reference_of(by.id)}", actor_id=by.id, facts={"mails": mails}
    )
