"""Putting a page together, and freezing it to be shared."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.verdicts import Verdict
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.portfolio.models import Piece, Portfolio
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.domain.freezing import drop, frozen
from tessella_web.credentials.wallet.domain.rights import not_yours, own
from tessella_web.credentials.wallet.entries import entry_of
from tessella_web.credentials.wallet.models import Share, SharedFile, ShownKind

__all__ = ["MAX_FILE_BYTES", "add", "make", "move", "remove", "remove_piece", "show"]

MOST_PAGES = 20
"""Portfolios of one person: one for each thing they apply for in a year."""

MOST_PIECES = 50
"""Things on one page; nobody reads more."""

MAX_FILE_BYTES = 8_000_000
"""A file of one's own: a report with pictures. All of a page together fits where one is uploaded."""

MAX_TEXT_CHARS = 4_000
MAX_URL_CHARS = 500

_WORDED = (ShownKind.HEADING, ShownKind.TEXT, ShownKind.LINK, ShownKind.EVIDENCE)


@transaction.atomic
def make(*, by: Person, title: str) -> Portfolio:
    """A new empty page.

    Raises:
        RefusedError: ``portfolio.title``, ``portfolio.too-many``.
    """
    if not title.strip():
        raise RefusedError(_("It has no title."), code="portfolio.title", field="title", hint=_("Give it one; others read it."))  # fmt: skip
    if Portfolio.objects.filter(holder=by).count() >= MOST_PAGES:
        raise RefusedError(
            _("You have as many pages as there can be."), code="portfolio.too-many", hint=_("Delete one that you do not need.")
        )  # fmt: skip
    made = Portfolio.objects.create(holder=by, title=title.strip()[:200])
    audit.record("portfolio.made", f"portfolio:{made.id}", actor_id=by.id)
    return made


def add(
    *,
    by: Person,
    portfolio: Portfolio,
    kind: ShownKind,
    values: Mapping[str, Any],
    data: bytes = b"",
    languages: tuple[str, ...] = ("en",),
) -> Piece:
    """Put something at the end of the page.

    Args:
        values: ``key`` of an entry of the wallet; or ``title``, ``text``, ``url``; for a file its ``name``.
        data: the file, for evidence.

    Raises:
        RefusedError: ``wallet.not-yours``; ``portfolio.too-many``, ``portfolio.title``, ``portfolio.address``, ``portfolio.file``.
    """
    own(by, portfolio.holder_id)
    if portfolio.pieces.count() >= MOST_PIECES:
        raise RefusedError(
            _("There is too much on this page."), code="portfolio.too-many", hint=_("Take something off, or make a second page.")
        )  # fmt: skip
    piece = _piece(by, portfolio, kind, values, data, languages)
    try:
        with transaction.atomic():
            last = portfolio.pieces.aggregate(last=Max("number"))["last"] or 0
            piece.number = last + 1
            piece.save(force_insert=True)
    except BaseException:
        if piece.file:
            default_storage.delete(piece.file)
        raise
    return piece


def _piece(
    by: Person,
    portfolio: Portfolio,
    kind: ShownKind,
    values: Mapping[str, Any],
    data: bytes,
    languages: tuple[str, ...],
) -> Piece:
    piece = Piece(portfolio=portfolio, kind=kind, text=str(values.get("text", "")).strip()[:MAX_TEXT_CHARS])
    if kind not in _WORDED:
        entry = entry_of(by, str(values.get("key", "")), languages)
        if entry is None:
            raise not_yours()
        piece.key = entry.key
        piece.kind = ShownKind.DECLARED if entry.is_declared else ShownKind.CREDENTIAL
        return piece
    piece.title = str(values.get("title", "")).strip()[:200]
    if not (piece.text if kind is ShownKind.TEXT else piece.title):
        raise RefusedError(
            _("It says nothing."), code="portfolio.title", field="text" if kind is ShownKind.TEXT else "title",
            hint=_("Say in a few words what it is."),
        )  # fmt: skip
    if kind is ShownKind.LINK:
        piece.url = _address(str(values.get("url", "")).strip())
    if kind is ShownKind.EVIDENCE:
        if not 0 < len(data) <= MAX_FILE_BYTES:
            raise RefusedError(
                _("The file is empty, or larger than 8 MB."), code="portfolio.file", field="file",
                hint=_("Choose another, or put it somewhere and name its address."),
            )  # fmt: skip
        piece.name = str(values.get("name", "")).replace("\\", "/").rsplit("/", 1)[-1][-200:] or "file"
        piece.size, piece.sha256 = len(data), hashlib.sha256(data).hexdigest()
        piece.file = default_storage.save(f"portfolio/{by.id}/{new_id()}", ContentFile(data))
    return piece


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good or len(url) > MAX_URL_CHARS or any(one.isspace() for one in url):
        raise RefusedError(
            _("This is no address of a page."), code="portfolio.address", field="url",
            hint=_("Copy it from the browser, from https:// on."),
        )  # fmt: skip
    return url


@transaction.atomic
def move(*, by: Person, piece: Piece, up: bool) -> None:
    """Change places with the one above or below; at the end of the page nothing happens.

    Raises:
        RefusedError: ``wallet.not-yours``.
    """
    own(by, piece.portfolio.holder_id)
    others = Piece.objects.select_for_update().filter(portfolio=piece.portfolio)
    found = others.filter(number__lt=piece.number) if up else others.filter(number__gt=piece.number)
    other = found.order_by("-number" if up else "number").first()
    if other is not None:
        Piece.objects.filter(pk=other.pk).update(number=piece.number)
        Piece.objects.filter(pk=piece.pk).update(number=other.number)


@transaction.atomic
def remove_piece(*, by: Person, piece: Piece) -> None:
    """Take something off the page; what was shared before stays as it was until that ends.

    Raises:
        RefusedError: ``wallet.not-yours``.
    """
    own(by, piece.portfolio.holder_id)
    _delete_files([piece])
    piece.delete()


@transaction.atomic
def remove(*, by: Person, portfolio: Portfolio) -> None:
    """Delete the page and the files that are only on it.

    Raises:
        RefusedError: ``wallet.not-yours``.
    """
    own(by, portfolio.holder_id)
    _delete_files(list(portfolio.pieces.all()))
    audit.record("portfolio.removed", f"portfolio:{portfolio.id}", actor_id=by.id)
    portfolio.delete()


def show(*, by: Person, portfolio: Portfolio, languages: tuple[str, ...], **details: Any) -> Share:
    """Freeze the page as it is now, as a draft that its holder looks at before it is sent.

    Args:
        details: as for `tessella_web.credentials.wallet.domain.put_together`.

    Raises:
        RefusedError: ``wallet.not-yours``; ``portfolio.empty``; and as for ``put_together``.
    """
    own(by, portfolio.holder_id)
    files: list[SharedFile] = []
    try:
        for piece in portfolio.pieces.all():
            one = _frozen(by, piece, languages)
            if one is not None:
                files.append(one)
    except BaseException:
        drop(files)
        raise
    if not files:
        raise RefusedError(_("There is nothing on this page."), code="portfolio.empty", hint=_("Put something on it first."))  # fmt: skip
    return wallet.put_together(by=by, files=files, **details)


def _frozen(by: Person, piece: Piece, languages: tuple[str, ...]) -> SharedFile | None:
    """None for an entry that is no longer in the wallet."""
    if piece.key:
        entry = entry_of(by, piece.key, languages)
        if entry is None:
            return None
        shown = frozen(entry, languages=languages, parts=wallet.sparing(entry))
        if piece.text:
            shown.facts = {**shown.facts, "said": piece.text}
        return shown
    path = ""
    if piece.file:
        path = default_storage.save(
            f"shared/{new_id()}", ContentFile(default_storage.open(piece.file).read())
        )
    return SharedFile(
        kind=piece.kind, name=piece.name, file=path, sha256=piece.sha256, verdict=str(Verdict.NOT_APPLICABLE),
        verified_at=timezone.now(),
        facts={"title": piece.title, "text": piece.text, **({"url": piece.url} if piece.url else {})},
    )  # fmt: skip


def _delete_files(pieces: list[Piece]) -> None:
    for one in pieces:
        if one.file:
            transaction.on_commit(functools.partial(default_storage.delete, one.file))
