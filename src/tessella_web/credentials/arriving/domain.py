"""Taking in what a person hands in: files are stored as they come, then looked at one by one, here or by a worker."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tessella.adapters.clock import SystemClock
from tessella.adapters.http import SafeFetcher
from tessella.errors import AccessError, TessellaError
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.addresses import parts_of
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.common.waking import Step, wake
from tessella_web.credentials.arriving.models import Arrival, Became, Found, Upload
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES
from tessella_web.credentials.verifying.surroundings import around
from tessella_web.credentials.wallet.domain import keep
from tessella_web.credentials.wallet.domain.holding import too_large
from tessella_web.credentials.wallet.pieces import Piece, Unreadable, pieces
from tessella_web.ui.middleware import library_language

__all__ = ["MOST_FILES", "HandedIn", "fetch_link", "receive", "tidy", "work"]

MOST_FILES = 50
"""Files handed in at once: the downloads folder of somebody who never tidied it."""

MOST_WAITING = 200
"""Files of one person that wait to be looked at; more is somebody who fills disks."""

AT_ONCE_S = 1.0
"""Longer than this nobody waits for a page without being told how far it is: the rest is the worker's."""

QUICK_BYTES = 400_000
"""A larger file goes to the worker at once: opening it may take longer than that by itself."""

LEASE = dt.timedelta(minutes=5)
"""Ten times what the slowest file within the limits takes."""

MOST_ATTEMPTS = 3
"""A file at which three workers died is not tried a fourth time."""

KEPT = dt.timedelta(days=30)
"""How long it can be read what became of files, where nothing of them is kept here."""


class HandedIn(NamedTuple):
    """A file as it came."""

    name: str
    data: bytes


def receive(*, by: Person, files: Sequence[HandedIn], language: str) -> Arrival:
    """Take in files from anywhere; each is looked at by itself, so that good ones come in beside bad ones.

    What takes less than a second is through when this returns; for the rest the arrival's page says how far it is.

    Raises:
        RefusedError: ``wallet.no-file``, ``wallet.too-many``, ``wallet.waiting``.
    """
    if not files:
        raise RefusedError(_("Nothing was handed in."), code="wallet.no-file", field="file", hint=_("Choose a file, paste a text, or give a link."))  # fmt: skip
    if len(files) > MOST_FILES:
        raise RefusedError(
            _("These are too many files at once."), code="wallet.too-many", field="file",
            hint=_("Hand in up to %(most)s, or put them into one ZIP.") % {"most": MOST_FILES},
        )  # fmt: skip
    waiting = Upload.objects.filter(arrival__holder=by, is_done=False).count()
    if waiting + len(files) > MOST_WAITING:
        raise RefusedError(
            _("Many of your files still wait to be looked at."), code="wallet.waiting", field="file",
            hint=_("Wait until they are through."),
        )  # fmt: skip
    paths: list[str] = []
    try:
        with transaction.atomic():
            made = Arrival.objects.create(holder=by, language=language)
            for number, one in enumerate(files, 1):
                upload = _stored(made, number, one)
                paths.append(upload.file)
            audit.record("wallet.received", f"arrival:{made.id}", actor_id=by.id, facts={"files": len(files)})
            wake(Step.BRING)
    except BaseException:
        for path in filter(None, paths):
            default_storage.delete(path)
        raise
    _work_through(made.uploads.filter(size__lte=QUICK_BYTES))
    return made


def _stored(arrival: Arrival, number: int, one: HandedIn) -> Upload:
    upload = Upload(arrival=arrival, number=number, name=PurePosixPath(one.name.replace("\\", "/")).name[-200:] or "file", size=len(one.data))  # fmt: skip
    if len(one.data) > MAX_UPLOAD_BYTES:
        upload.is_done = True
        upload.save(force_insert=True)
        _refusal(upload, too_large()).save()
        return upload
    upload.sha256 = hashlib.sha256(one.data).hexdigest()
    upload.file = default_storage.save(f"wallet/{arrival.holder_id}/{new_id()}", ContentFile(one.data))
    upload.save(force_insert=True)
    return upload


def _work_through(uploads: QuerySet[Upload]) -> None:
    until = time.monotonic() + AT_ONCE_S
    while time.monotonic() < until and _next(uploads):
        pass


def work() -> bool:
    """Look at the next file that waits; False when there is none."""
    return _next(Upload.objects.all())


def _next(uploads: QuerySet[Upload]) -> bool:
    upload = _claimed(uploads)
    if upload is None:
        return False
    holder, language = upload.arrival.holder, upload.arrival.language
    with translation.override(language), library_language():
        if upload.attempts > MOST_ATTEMPTS:
            found = [_refusal(upload, _given_up())]
        else:
            found = list(_look_at(upload, holder, (language, "en")))
    with transaction.atomic():
        if not Upload.objects.select_for_update().filter(pk=upload.pk, is_done=False).exists():
            return True  # another one was faster, or the person has left
        Found.objects.bulk_create(found)
        upload.is_done = True
        path = upload.file
        if all(one.item is None or one.item.sha256 == upload.sha256 for one in found):
            upload.file = ""
            transaction.on_commit(lambda: default_storage.delete(path))
        upload.save(update_fields=["is_done", "file"])
    return True


@transaction.atomic
def _claimed(uploads: QuerySet[Upload]) -> Upload | None:
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    found = (
        uploads.filter(free, is_done=False)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("arrival__holder")
        .order_by("made_at", "number")
        .first()
    )
    if found is not None:
        found.leased_until, found.attempts = now + LEASE, found.attempts + 1
        found.save(update_fields=["leased_until", "attempts"])
    return found


def _look_at(upload: Upload, by: Person, languages: tuple[str, ...]) -> Iterator[Found]:
    data = default_storage.open(upload.file).read()
    own = _own_address(data)
    if own is not None:
        yield _leads_here(upload, by, own)
        return
    try:
        found = pieces(data, upload.name, around(timezone.now(), languages))
    except TessellaError as error:
        yield _refusal(upload, _nothing_in(error))
        return
    here = _held_awards(by, found)
    for one in found:
        yield _became(upload, by, one, here, languages)


def _became(
    upload: Upload, by: Person, one: Piece | Unreadable, here: dict[str, Award], languages: tuple[str, ...]
) -> Found:
    if isinstance(one, Unreadable):
        return _refusal(upload, _nothing_in(one.problem), title=one.name)
    award = here.get(str(one.opened.document.get("id", "")))
    if award is not None:
        return Found(
            upload=upload, became=Became.AGAIN, key=f"a-{award.id}", title=award.version.title, issuer=award.organisation.name,
            message=_("It was awarded to you here; its files are there."),
        )  # fmt: skip
    try:
        kept = keep(by=by, piece=one, languages=languages)
    except RefusedError as error:
        return _refusal(upload, error, title=one.name)
    item = kept.item
    became = Became.NEW if not item.group else Became.FORM
    found = Found(
        upload=upload, item=item, key=f"i-{item.id}", became=became if kept.is_new else Became.AGAIN,
        title=item.facts.get("title", "")[:300] or item.name, issuer=item.facts.get("issuer", "")[:300], verdict=item.verdict,
    )  # fmt: skip
    if kept.contradicts is not None:
        other = kept.contradicts.facts.get("title") or kept.contradicts.name
        found.message = _("It has the same number as “%(other)s”, which you have, and says something else. Both are kept; ask the issuer which is right.") % {"other": other}  # fmt: skip
    return found


def _held_awards(by: Person, found: Sequence[Piece | Unreadable]) -> dict[str, Award]:
    """By id of a credential the award made here that the person holds."""
    ids = {str(one.opened.document.get("id", "")) for one in found if isinstance(one, Piece)}
    copies = Copy.objects.filter(credential_id__in=ids - {""}, award__holder=by)
    return {
        one.credential_id: one.award for one in copies.select_related("award__organisation", "award__version")
    }


def _nothing_in(error: TessellaError) -> RefusedError:
    """Why nothing could be read, and what to do about it; a link that may not be followed says what to do instead."""
    if isinstance(error, AccessError) or error.code == "unsupported.container":
        hint = _("Open the link yourself, download the certificate there, and bring in that file.")
        return RefusedError(error.message, code="wallet.link", hint=hint)
    return RefusedError(error.message, code="wallet.nothing", hint=error.hint or _("Bring in the file that the issuer gave you."))  # fmt: skip


def _given_up() -> RefusedError:
    return RefusedError(
        _("This file could not be looked at: the work stopped three times."), code="wallet.given-up",
        hint=_("Take the certificates out of it and bring them in one by one."),
    )  # fmt: skip


def _refusal(upload: Upload, error: RefusedError, *, title: str = "") -> Found:
    return Found(
        upload=upload, became=Became.REFUSED, title=title[:300], code=error.code, message=error.message, hint=error.hint
    )  # fmt: skip


# --- links -------------------------------------------------------------------------------------------


def fetch_link(url: str) -> HandedIn:
    """What is at an address that a person pasted, where the operator allows that other servers are asked; SSRF-safe.

    An address of this platform comes back as the text that it is: `receive` knows what stands there.

    Raises:
        RefusedError: ``wallet.link``: not allowed, not reachable, or nothing to keep; the hint says what to do instead.
    """
    if parts_of(url)[:2] == urlsplit(settings.BASE_URL)[:2]:
        return HandedIn("link.txt", url.encode())
    instead = _("Open the link yourself, download the certificate there, and bring in that file.")
    if not settings.VERIFY_ONLINE:
        raise RefusedError(_("This platform asks no other servers, so it does not open links."), code="wallet.link", field="link", hint=instead)  # fmt: skip
    try:
        found = SafeFetcher(SystemClock()).fetch(url, max_bytes=MAX_UPLOAD_BYTES, accept=_ACCEPT)
    except AccessError as error:
        raise RefusedError(error.message, code="wallet.link", field="link", hint=instead) from error
    if found.media_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml"):
        raise RefusedError(_("At this address is a page for people, not a certificate."), code="wallet.link", field="link", hint=instead)  # fmt: skip
    return HandedIn(PurePosixPath(parts_of(url).path).name or "link", found.body)


_ACCEPT = "application/vc, application/vp, application/ld+json, application/json, application/pdf, image/*;q=0.9, */*;q=0.5"


def _own_address(data: bytes) -> str | None:
    """The path, when the data are an address of this platform."""
    if len(data) > 2_000:
        return None
    text = data.decode("ascii", "replace").strip()
    return (
        parts_of(text).path
        if " " not in text and parts_of(text)[:2] == urlsplit(settings.BASE_URL)[:2]
        else None
    )


def _leads_here(upload: Upload, by: Person, path: str) -> Found:
    try:
        route = resolve(path)
    except Resolver404:
        route = None
    if route is not None and route.url_name == "award":
        award = Award.objects.filter(pk=route.kwargs.get("id"), holder=by).select_related("organisation", "version").first()  # fmt: skip
        if award is not None:
            return Found(
                upload=upload, became=Became.AGAIN, key=f"a-{award.id}", title=award.version.title, issuer=award.organisation.name
            )  # fmt: skip
    return _refusal(upload, RefusedError(
        _("This is an address of this platform, not a certificate."), code="wallet.own-link",
        hint=_("If it was awarded to you, open the link in the mail that told you of it."),
    ))  # fmt: skip


def tidy() -> bool:
    """Forget what became of files of which nothing is kept here; whether there were any."""
    old = Arrival.objects.filter(made_at__lt=timezone.now() - KEPT).exclude(uploads__is_done=False)
    kept = (
        Upload.objects.filter(found__item__isnull=False)
        .exclude(file="")
        .exclude(found__item__sha256=F("sha256"))
    )
    ids = list(old.exclude(uploads__in=kept).values_list("pk", flat=True)[:100])
    for arrival in Arrival.objects.filter(pk__in=ids):
        arrival.delete()
    return bool(ids)
