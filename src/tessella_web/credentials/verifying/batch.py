"""Many at once: each is verified in its turn, by the workers and with every look at the page, and all of it ends within the hour.

1. What is handed in is encrypted under a secret that the reader's browser gets (a cookie for this one page), and kept. For the workers the
   secret is kept too, encrypted under that of the installation, which is in no database.
2. A worker verifies some, then others get their turn; each look at the page does a little too. What was answered is erased at once; so a
   killed process or a closed browser loses nothing.
3. With the last answer the workers' copy of the secret is erased: from then on the reader's browser alone can open any of it.
4. After an hour, or when the reader says so, everything is deleted.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
import zlib
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from tessella import typed
from tessella.errors import KeyMaterialError
from tessella.keys.boxes import box, unbox
from tessella.rendering import ReportView
from tessella.verdicts import Verdict
from tessella_web.common.errors import DomainError, RefusedError
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.verifying.answers import Credential, Found, answer
from tessella_web.credentials.verifying.intake import Intake, Item, TableOf
from tessella_web.credentials.verifying.leads import Lead
from tessella_web.credentials.verifying.links import linked, without_person
from tessella_web.credentials.verifying.models import Pile, PileItem
from tessella_web.credentials.verifying.reports import digest_of

__all__ = [
    "KEPT",
    "Answered",
    "Line",
    "answered",
    "begin",
    "end_due",
    "erase",
    "lines",
    "opened",
    "table_of",
    "verify_some",
    "work",
]

KEPT = dt.timedelta(hours=1)
"""Long enough to read, download and come back from a meeting; short enough that nobody keeps files here."""

LEASE = dt.timedelta(seconds=30)
"""A single file takes seconds; a process that died in it lets go after this."""

SECRET_BYTES = 32

WORK_S = 2.0
"""How long a worker verifies before mails and others get their turn."""

T = TypeVar("T")

STORED_AT_ONCE = 50
"""Items written by one statement: some megabytes."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list: one credential, or one file in which there is none. Texts are for people.

    ``leads_to`` is where the code on a page leads that has no credential in it: what is recorded there, or whose address it is.
    ``file`` is its name and ``number`` its place among what was handed in, ``row`` that in the spreadsheet; ``where`` which credential
    in the file. ``registered`` is the name that registers know the issuer by; ``state`` what this installation knows of its own award.
    """

    number: int
    file: str
    verdict: Verdict
    row: int = 0
    where: str = ""
    who: str = ""
    what: str = ""
    by: str = ""
    registered: str = ""
    on: str = ""
    reason: str = ""
    state: str = ""
    leads_to: str = ""

    @property
    def day(self) -> dt.date | None:
        """When it was awarded."""
        return dt.date.fromisoformat(self.on) if self.on else None


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer about one item; ``found`` is None where there was nothing to verify, and ``problem`` says why."""

    item: Item
    sha256: str = ""
    size: int = 0
    found: Found | None = None
    problem: str = ""

    @property
    def reasons(self) -> list[str]:
        """Why it did not pass, each reason once."""
        if self.found is None:
            return [self.problem]
        return list(dict.fromkeys(reason for one in self.found.credentials for reason in _reasons(one.view)))


@transaction.atomic
def begin(*, intake: Intake, at: dt.datetime | None, language: str) -> tuple[Pile, str]:
    """Keep what was handed in, encrypted; the pile and its secret, which is not kept."""
    end_due()
    now, secret = timezone.now(), secrets.token_urlsafe(SECRET_BYTES)
    pile = Pile(
        digest=digest_of(secret.encode()),
        as_of=at or now,
        language=language,
        ends_at=now + KEPT,
        leased_until=now,
    )
    if intake.table is not None:
        pile.table = _closed(intake.table, secret, f"{pile.id} table")
    pile.lent = box(secret.encode(), secret=_own_secret(pile), bound_to=f"{pile.id} lent")
    pile.save()
    PileItem.objects.bulk_create(
        (
            PileItem(pile=pile, number=number, content=_closed(item, secret, f"{pile.id} {number}"))
            for number, item in enumerate(intake.items, 1)
        ),
        batch_size=STORED_AT_ONCE,
    )
    wake(Step.VERIFY)
    return pile, secret


def _own_secret(pile: Pile) -> bytes:
    return salted_hmac("verifying.lent", pile.id, algorithm="sha256").digest()


def work() -> bool:
    """Verify some of what waits; whether there was anything to do. For workers."""
    now = timezone.now()
    waiting = Pile.objects.filter(lent__isnull=False, ends_at__gt=now, leased_until__lte=now)
    pile = waiting.order_by("made_at").first()
    if pile is None:
        return False
    try:
        secret = unbox(bytes(pile.lent or b""), secret=_own_secret(pile), bound_to=f"{pile.id} lent").decode()
    except KeyMaterialError:  # the installation's secret is another one now: the reader's looks go on
        Pile.objects.filter(pk=pile.pk).update(lent=None)
        return True
    verify_some(pile, secret, seconds=WORK_S)
    return True


def opened(id: str, secret: str) -> Pile | None:
    """The pile, for whoever has its secret; None when there is none, or it has ended."""
    pile = Pile.objects.filter(pk=id, ends_at__gt=timezone.now()).first()
    fits = pile is not None and secrets.compare_digest(pile.digest, digest_of(secret.encode()))
    return pile if fits else None


def verify_some(pile: Pile, secret: str, *, seconds: float) -> int:
    """Verify what is left for about so long, at least one; returns how many are left. While somebody else is at it, only that.

    Raises:
        BusyError: too many verify at this moment; nothing is lost.
    """
    left = pile.items.filter(is_done=False)
    if _leased(pile):
        try:
            until = time.monotonic() + seconds
            while (item := left.first()) is not None:
                with override(pile.language):
                    _verify(pile, item, secret)
                if time.monotonic() >= until or not _leased(pile, again=True):
                    break
        finally:
            Pile.objects.filter(pk=pile.pk).update(leased_until=timezone.now())
    rest = left.count()
    if not rest:
        Pile.objects.filter(pk=pile.pk, lent__isnull=False).update(lent=None)
    return rest


def _leased(pile: Pile, *, again: bool = False) -> bool:
    """Whether this request works on the pile from now on (or still)."""
    now = timezone.now()
    free = (
        Pile.objects.filter(pk=pile.pk) if again else Pile.objects.filter(pk=pile.pk, leased_until__lte=now)
    )
    return bool(free.update(leased_until=now + LEASE))


def _verify(pile: Pile, stored: PileItem, secret: str) -> None:
    item = _opened(stored.content, Item, secret, f"{pile.id} {stored.number}")
    done = _answer(item, pile)
    bound = f"{pile.id} {stored.number}"
    PileItem.objects.filter(pk=stored.pk, is_done=False).update(
        is_done=True,
        content=None,
        rows=_closed(list(_lines(done, stored.number)), secret, f"{bound} rows"),
        answer=_closed(done, secret, f"{bound} answer"),
    )


def _answer(item: Item, pile: Pile) -> Answered:
    kept = msgspec.structs.replace(item, data=b"")
    if item.problem:
        return Answered(item=kept, problem=item.problem)
    try:
        behind = linked(item.data)
    except DomainError as error:
        return Answered(item=kept, problem=f"{error.message} {error.hint}".strip())
    data = behind.data if behind else item.data
    found = answer(data, name=item.name, languages=(pile.language, "en"), at=pile.as_of)
    if behind and behind.is_anonymous:
        found = without_person(found)
    return Answered(item=kept, sha256=digest_of(data), size=len(data), found=found)


def _lines(done: Answered, number: int) -> Iterable[Line]:
    base: dict[str, Any] = {"number": number, "file": done.item.name, "row": done.item.row}
    if done.found is None:
        yield Line(**base, verdict=Verdict.INDETERMINATE, reason=done.problem)
        return
    for one in done.found.credentials:
        yield Line(**base, **_line(one))


def _line(one: Credential) -> dict[str, Any]:
    facts = dict(zip(one.facts, (value for _label, value in one.view.facts), strict=True))
    reasons = _reasons(one.view)
    return {
        "verdict": one.view.verdict,
        "where": facts.get("where", ""),
        "who": facts.get("holder", ""),
        "what": one.title,
        "by": facts.get("issuer", "") or facts.get("issuer_id", ""),
        "registered": one.quality.name if one.quality else "",
        "on": one.awarded_on.isoformat() if one.awarded_on else "",
        "reason": reasons[0] if reasons else "",
        "state": one.own.state if one.own else "",
        "leads_to": "; ".join(_led(lead) for lead in one.leads) if len(one.checks) == 1 else "",
    }


def _led(lead: Lead) -> str:
    """A record here by what it is and who awarded it; anything else by whose address it is."""
    behind = lead.behind
    return f"{behind.title} ({behind.issuer})" if behind else lead.host


def _reasons(view: ReportView) -> list[str]:
    """What the deciding checks found, first what was edited on the page; nothing of what passed."""
    if view.verdict is Verdict.PASSED:
        return []
    deciding = [check for check in view.checks if check.decides and check.verdict is view.verdict]
    return [check.explanation for check in sorted(deciding, key=lambda check: check.id != "page")]


def lines(pile: Pile, secret: str) -> list[Line]:
    """Every line so far, in the order in which the files were handed in."""
    stored = pile.items.filter(is_done=True).values_list("number", "rows")
    return [
        line
        for number, rows in stored
        for line in _opened(rows, list[Line], secret, f"{pile.id} {number} rows")
    ]


def answered(pile: Pile, secret: str, number: int | None = None) -> list[tuple[int, Answered]]:
    """The whole answers, or the one of a number; empty where there is none yet."""
    stored = pile.items.filter(is_done=True)
    if number is not None:
        stored = stored.filter(number=number)
    return [
        (one, _opened(data, Answered, secret, f"{pile.id} {one} answer"))
        for one, data in stored.values_list("number", "answer")
    ]


def table_of(pile: Pile, secret: str) -> TableOf | None:
    """The spreadsheet that it came in; None when it came as files."""
    return _opened(pile.table, TableOf, secret, f"{pile.id} table") if pile.table else None


def erase(pile: Pile) -> None:
    """Delete everything at once."""
    pile.delete()


def end_due() -> bool:
    """Delete what has ended; whether there was anything."""
    found, _per_model = Pile.objects.filter(ends_at__lte=timezone.now()).delete()
    return found > 0


def _closed(value: object, secret: str, bound_to: str) -> bytes:
    packed = zlib.compress(msgspec.msgpack.encode(value), 1)
    return box(packed, secret=secret.encode(), bound_to=bound_to)


def _opened(data: bytes | memoryview | None, type: type[T], secret: str, bound_to: str) -> T:
    """What `_closed` took.

    Raises:
        RefusedError: ``verify.gone``, it is not readable with this secret.
    """
    try:
        packed = unbox(bytes(data or b""), secret=secret.encode(), bound_to=bound_to)
    except KeyMaterialError as error:
        raise RefusedError(
            _("This cannot be read any more."), code="verify.gone", hint=_("Hand the files in again.")
        ) from error
    return typed.unpack(zlib.decompress(packed), type)
