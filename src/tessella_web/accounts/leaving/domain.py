"""Saying that one leaves, changing one's mind, and being gone: the only code that erases people."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
from collections import Counter
from collections.abc import Iterator, Sequence

from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, OperationalError, transaction
from django.db.models import Model
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.leaving import ledger, scrubbing
from tessella_web.accounts.leaving.models import Departure, Erasure, Export
from tessella_web.accounts.leaving.parts import Leaver, Stay, delete_file, parts
from tessella_web.accounts.leaving.reporting import signed_report
from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "COOLING_DAYS",
    "REPORT_DAYS",
    "announce",
    "ask",
    "cancel",
    "departure_of",
    "erase",
    "handed_over_first",
    "is_key",
    "key_of",
    "leave_due",
    "leaver_of",
    "note_export",
    "replay",
    "stays",
    "tidy",
]

COOLING_DAYS = (0, 7, 30)
"""What people may choose: at once, a week, a month."""

REPORT_DAYS = 30
"""How long the report can be fetched by its link: it is nobody's, and goes."""

_log = logging.getLogger(__name__)


def leaver_of(person: Person) -> Leaver:
    """The person with all addresses that were confirmed."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return Leaver(person=person, addresses=tuple({person.email, *(one.lower() for one in confirmed)}))


def stays(person: Person) -> list[Stay]:
    """What is not erased, of whom and until when."""
    leaver = leaver_of(person)
    return [one for part in parts() for one in part.stays(leaver)]


def handed_over_first(person: Person) -> list[Organisation]:
    """Organisations in which nobody else is owner without an end: another one has to be made owner before this person leaves."""
    owned = Organisation.objects.filter(
        memberships__person=person, memberships__role=Role.OWNER, memberships__until=None
    )
    others = Membership.objects.filter(role=Role.OWNER, until=None).exclude(person=person)
    return list(owned.exclude(pk__in=others.values("organisation")).order_by("name"))


def departure_of(person: Person) -> Departure | None:
    """The departure that waits."""
    return Departure.objects.filter(person=person, done_at=None).first()


@transaction.atomic
def ask(*, by: Person, days: int) -> Departure:
    """Leave in ``days`` days (0: the caller goes on to `leave_due`). Asked again, the new day counts, and only its links.

    Raises:
        FreshSignInError: ``accounts.sign-in-again``.
        RefusedError: ``leaving.days``; ``leaving.last-owner``, an organisation would be nobody's.
    """
    require_fresh_sign_in()
    if days not in COOLING_DAYS:
        raise RefusedError(
            _("Choose when."), code="leaving.days", field="days", hint=_("One of the offered times.")
        )
    _require_handed_over(by)
    return announce(person=by, days=days)


@transaction.atomic
def announce(*, person: Person, days: int) -> Departure:
    """Have somebody's account end in ``days`` days, and tell them: they asked, or who decides for them does not agree."""
    Departure.objects.filter(person=person).delete()
    made = Departure.objects.create(person=person, due_at=timezone.now() + dt.timedelta(days=days))
    audit.record(
        "person.leaving", f"person:{audit.reference_of(person.id)}", actor_id=person.id, facts={"days": days}
    )
    if days:
        letters.queue("leaving", about=made.id)
    return made


@transaction.atomic
def cancel(*, departure: Departure) -> None:
    """Stay after all. Who asks has the link's key, or is the person.

    Raises:
        RefusedError: ``leaving.cancel``: it is done, or was cancelled.
    """
    one = Departure.objects.select_for_update().filter(pk=departure.pk, done_at=None).first()
    if one is None or one.person_id is None:
        raise RefusedError(
            _("There is nothing to cancel."),
            code="leaving.cancel",
            hint=_("The account stays as it is, or it is gone already."),
        )
    audit.record("person.staying", f"person:{audit.reference_of(one.person_id)}", actor_id=one.person_id)
    one.delete()


def key_of(departure: Departure) -> str:
    """The secret of the departure's links, made from the installation's secret: no copy of the database holds it."""
    return salted_hmac("accounts.leaving", departure.id, algorithm="sha256").hexdigest()


def is_key(departure: Departure, key: str) -> bool:
    """Whether this opens the departure's links."""
    return hmac.compare_digest(key_of(departure).encode(), key.encode())


def leave_due() -> int:
    """Erase those whose day has come, and reports that are old; how many people. One who became the last owner meanwhile stays."""
    now, gone = timezone.now(), 0
    old = Departure.objects.filter(done_at__lt=now - dt.timedelta(days=REPORT_DAYS))
    if old.exists():  # nobody waits for a lock when there is nothing to delete
        old.delete()
    due = Departure.objects.filter(due_at__lte=now, done_at=None, person__isnull=False)
    for one in due.select_related("person"):
        if one.person is None or handed_over_first(one.person):
            continue
        erase(person=one.person, departure=one)
        gone += 1
    return gone


def erase(*, person: Person, departure: Departure | None = None) -> dict[str, int]:
    """Erase somebody in every app, for good; how much of what. With ``departure``, the signed report is stored there.

    The ledger is written first, and down to the disk: whatever fails afterwards is made up for by `replay`.

    Raises:
        RefusedError: ``leaving.last-owner``.
        OSError: the ledger cannot be written; nothing was erased.
    """
    _require_handed_over(person)
    now = timezone.now()
    digest = ledger.digest_of(person.id)
    ledger.add({digest: now})
    return _erase(person, digest, now, departure)


def _erase(person: Person, digest: str, at: dt.datetime, departure: Departure | None) -> dict[str, int]:
    leaver = leaver_of(person)
    exported = [(one.at, one.sha256, one.entries) for one in person.exports.all()]
    needles = _needles(leaver)
    counts: Counter[str] = Counter()
    with transaction.atomic():
        for part in parts():
            counts.update(part.forget(leaver))
        counts["sessions"] += _end_sessions(needles)
        audit.record("person.left", f"person:{audit.reference_of(person.id)}", facts=dict(counts))
        audit.forget(person.id)
        for path in _files_of(person):
            delete_file(path)
        id = person.id
        _total, rows = person.delete()
        Erasure.objects.update_or_create(digest=digest, defaults={"at": at, "counts": dict(counts)})
        folder = f"wallet/{id}"
        transaction.on_commit(lambda: _delete_folder(folder))
    is_rewritten = _scrubbed()
    Erasure.objects.filter(digest=digest).update(is_rewritten=is_rewritten)
    if departure is not None:
        report = signed_report(
            id=id,
            needles=needles,
            counts=counts,
            rows=rows,
            exported=exported,
            left_at=at,
            is_rewritten=is_rewritten,
        )
        Departure.objects.filter(pk=departure.pk).update(done_at=at, report=report)
    return dict(counts)


def replay() -> int:
    """Erase again whoever is in the ledger and not yet erased in this database: it came out of an older backup. How many people.

    Cheap when there is nothing to do: it belongs before anything is served. What the database knows and the file does not (the file is
    new on this machine) is written there.
    """
    told = ledger.read()
    done = dict(Erasure.objects.values_list("digest", "at"))
    ledger.add({digest: at for digest, at in done.items() if digest not in told})
    missing = {digest: at for digest, at in told.items() if digest not in done}
    if not missing:
        return 0
    again = 0
    for person in Person.objects.iterator():
        digest = ledger.digest_of(person.id)
        if digest in missing:
            _erase(person, digest, missing[digest], None)
            again += 1
    Erasure.objects.bulk_create(
        [Erasure(digest=digest, at=at) for digest, at in missing.items()], ignore_conflicts=True
    )
    return again


def tidy() -> bool:
    """What is due of leaving; whether there was anything to do."""
    gone = leave_due() + replay()
    waiting = Erasure.objects.filter(is_rewritten=False)
    if waiting.exists() and _scrubbed():
        waiting.update(is_rewritten=True)
    return gone > 0


def note_export(*, by: Person, data: bytes, entries: int) -> None:
    """Remember that an archive was taken along."""
    Export.objects.create(person=by, sha256=hashlib.sha256(data).hexdigest(), entries=entries)


def _require_handed_over(person: Person) -> None:
    alone = handed_over_first(person)
    if alone:
        raise RefusedError(
            _("You are the only owner of: %(names)s.") % {"names": ", ".join(one.name for one in alone)},
            code="leaving.last-owner",
            hint=_("Make somebody else owner there first, or ask who runs this platform to close it."),
        )


def _needles(leaver: Leaver) -> tuple[str, ...]:
    """What is looked for: the identifier, the addresses, and a name that has at least two words."""
    name = leaver.person.name.strip()
    return (leaver.person.id, *leaver.addresses, *([name] if " " in name else []))


def _end_sessions(needles: Sequence[str]) -> int:
    """Delete every session in which any of these stands: signed in, half signed in, or with an address typed in."""
    found = [
        one.session_key
        for one in Session.objects.iterator()
        if any(needle.lower() in str(one.get_decoded()).lower() for needle in needles)
    ]
    return int(Session.objects.filter(session_key__in=found).delete()[0])


def _files_of(person: Person) -> Iterator[str]:
    """The stored files of all rows that go with the person's row."""
    collector = Collector(using=DEFAULT_DB_ALIAS)
    collector.collect([person])
    for model, found in collector.data.items():
        if _has_file(model):
            yield from (getattr(one, "file") for one in found)  # noqa: B009 -- no model says that it has one
    for rows in collector.fast_deletes:
        if _has_file(rows.model):
            yield from rows.values_list("file", flat=True)


def _has_file(model: type[Model]) -> bool:
    return any(one.name == "file" for one in model._meta.concrete_fields)


def _delete_folder(path: str) -> None:
    """What lies in the person's folder and no row knows: it came with a backup, or an upload was cut off."""
    try:
        _folders, files = default_storage.listdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in files:
        default_storage.delete(f"{path}/{name}")


def _scrubbed() -> bool:
    """Whether the database's file was written anew just now; if it is in use, `tidy` does it."""
    try:
        scrubbing.scrub()
    except OperationalError as error:
        _log.warning("the database's file was not written anew: %s", type(error).__name__)
        return False
    return True
