"""Where codes and links in a file lead: to a record here, which is shown for comparison, or to somebody else, which is told.

Nothing is fetched.
"""

from __future__ import annotations

import datetime as dt
import enum
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.containers import PdfPage, pages_of
from tessella.errors import TessellaError
from tessella.rendering import printed_dates
from tessella.text import pick
from tessella.verification import stands_on
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.queries import public_award

__all__ = ["Behind", "Compared", "Handed", "Lead", "handed_in", "lead", "read_pages"]

MAX_SHOWN_LINES = 150
"""Lines of text on the pages that are shown: three pages of a certificate."""


class Handed(enum.StrEnum):
    """What somebody has handed in that a record can be compared with."""

    PDF = "pdf"
    PICTURE = "picture"
    ADDRESS = "address"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """A public value of a record, and whether the pages where it would stand show it; None where there is no text on them."""

    label: str
    value: str
    is_on_page: bool | None = None


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """The award of this platform that a code leads to: what its public page tells, and nothing about the person.

    ``handed``: in what the code stood.
    """

    award_id: str
    title: str
    issuer: str
    handed: Handed
    state: str
    is_test: bool
    since: dt.datetime | None
    rows: tuple[Compared, ...]


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """An address in a file. ``host`` is what a browser would ask, in ASCII; ``looks_like`` what people read, when that is another thing."""

    address: str
    host: str
    looks_like: str = ""
    is_here: bool = False
    is_issuers: bool = False
    behind: Behind | None = None


def lead(
    address: str,
    pages: Sequence[PdfPage] = (),
    issuer: Sequence[str] = (),
    handed: Handed = Handed.PDF,
) -> Lead:
    """Where an address leads; ``pages`` are what the file shows, to be compared with the record behind it.

    ``issuer`` are the hosts of the issuer whose seal holds.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").strip(".")
    except ValueError:
        return Lead(address=address, host=_("an address that cannot be read"))
    plain = _ascii(host)
    shown = _unicode(plain)
    here = urlsplit(settings.BASE_URL)
    is_here = (parts.scheme, parts.netloc) == (here.scheme, here.netloc)
    return Lead(
        address=address[:500],
        host=plain or _("an address that cannot be read"),
        looks_like=shown if shown != plain else "",
        is_here=is_here,
        is_issuers=bool(plain) and plain in issuer,
        behind=_behind(parts.path, pages, handed) if is_here else None,
    )


def handed_in(data: bytes) -> Handed:
    """What it is that a code or an address was found in."""
    if b"%PDF-" in data[:1024]:
        return Handed.PDF
    return Handed.ADDRESS if data.lstrip()[:4].lower() == b"http" else Handed.PICTURE


def read_pages(data: bytes) -> tuple[PdfPage, ...]:
    """What the pages show; nothing of what is no PDF or cannot be read."""
    if handed_in(data) is not Handed.PDF:
        return ()
    try:
        return pages_of(data)
    except TessellaError:
        return ()


def _ascii(host: str) -> str:
    """As it goes over the wire (RFC 5891): letters of other scripts cannot pass for Latin ones there."""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return unicodedata.normalize("NFKC", host).encode("ascii", "backslashreplace").decode("ascii")


def _unicode(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _behind(path: str, pages: Sequence[PdfPage], handed: Handed) -> Behind | None:
    try:
        route = resolve(path)
    except Resolver404:
        return None
    award = public_award(route.kwargs["id"]) if route.url_name == "award" else None
    return _record(award, pages, handed) if award else None


def _record(award: Award, pages: Sequence[PdfPage], handed: Handed) -> Behind:
    record = award.version.record()
    languages = (get_language() or "en", record.language)

    def row(label: str, value: str, *forms: str, within: Sequence[PdfPage] = pages[:1]) -> Compared:
        has_text = any(page.visible for page in within)
        return Compared(
            label=label, value=value, is_on_page=stands_on(within, value, *forms) if has_text else None
        )

    title = pick(record.title, languages)
    bodies = (name for body in record.awarding_bodies for name in body.name.values())
    rows = [
        row(_("Title"), title, *record.title.values()),
        row(_("Awarded by"), award.organisation.name, *bodies),
        row(_("Awarded"), _day(award.awarded_on), *printed_dates(award.awarded_on)),
    ]
    if award.valid_until:
        rows.append(row(_("Valid until"), _day(award.valid_until), *printed_dates(award.valid_until)))
    if record.workload and record.workload.hours:
        hours = f"{record.workload.hours.normalize():f}"
        rows.append(row(_("Workload"), _("%(hours)s hours") % {"hours": hours}, hours))
    rows += [
        row(_("Learning outcome"), pick(one.title, languages), *one.title.values(), within=pages)
        for one in record.outcomes
    ]
    changed = [one.at for one in award.changes.all() if one.state == award.state]
    return Behind(
        award_id=award.id,
        title=title,
        issuer=award.organisation.name,
        handed=handed,
        state=str(award.state),
        is_test=award.is_test,
        since=max(changed, default=None) if award.state != AwardState.VALID else None,
        rows=tuple(rows),
    )


def _day(value: dt.date | dt.datetime) -> str:
    return date_format(value, "DATE_FORMAT")
