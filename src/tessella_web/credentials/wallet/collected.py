"""All that one share shows as one document, and how each thing stands since it was shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.rendering import PortfolioEntry, portfolio_pdf, verdict_words
from tessella.rendering.portfolio import MAX_EMBEDDED_BYTES
from tessella.verdicts import Verdict
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.wallet.models import Share, SharedFile, ShownKind

__all__ = ["Standing", "collected", "standing"]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever awarded it says now, since when, and which award took its place; empty while it stands."""

    word: str = ""
    since: dt.datetime | None = None
    successor_id: str = ""


def standing(award: Award | None) -> Standing:
    """How an award made here stands now. The award's changes and successor should be fetched with it."""
    if award is None or award.state in (AwardState.PLANNED, AwardState.VALID):
        return Standing()
    successor = getattr(award, "replaced_by", None)
    since = max((one.at for one in award.changes.all() if one.state == award.state), default=None)
    return Standing(
        word=str(AwardState(award.state).label),
        since=since,
        successor_id=successor.id if successor else "",
    )


def collected(share: Share, languages: tuple[str, ...]) -> bytes:
    """Everything of a share as a PDF/A-3 with the files that were shown embedded as they are, as far as there is room.

    Raises:
        RefusedError: ``wallet.document``, it cannot be set.
    """
    files = list(share.files.select_related("award__replaced_by").prefetch_related("award__changes"))
    attachments = _embedded(files)
    try:
        return portfolio_pdf(
            title=(share.shown_as and _("Shown by %(name)s") % {"name": share.shown_as}) or _("Shown by its holder"),
            rows=list(_rows(share)),
            entries=[_entry(one, (number in attachments and attachments[number][0]) or "") for number, one in enumerate(files)],
            notices=[
                _("Certificates were checked on the day that stands with each. How they stand today: check the embedded files, or open the link again."),
                _("What its holder says or brings is marked; nobody has certified it."),
            ],
            made_at=timezone.now(),
            attachments=dict(attachments.values()),
            language=languages[0],
        )  # fmt: skip
    except TessellaError as error:
        raise RefusedError(error.message, code="wallet.document", hint=error.hint) from error


def _rows(share: Share) -> Iterable[tuple[str, str]]:
    yield _("For"), share.recipient
    if share.purpose:
        yield _("What for"), share.purpose
    yield _("Shown until"), _day(share.ends_at)
    yield _("This document was made on"), _day(timezone.now())


def _embedded(files: list[SharedFile]) -> dict[int, tuple[str, bytes]]:
    """By place the name and bytes of what is embedded: each name once, and no more than there is room for."""
    found: dict[int, tuple[str, bytes]] = {}
    room = MAX_EMBEDDED_BYTES
    for number, one in enumerate(files):
        if not one.file:
            continue
        with default_storage.open(one.file) as file:
            data = file.read(room + 1)
        if len(data) <= room:
            room -= len(data)
            found[number] = (f"{number + 1:02d}-{_plain(one.name)}", data)
    return found


def _entry(one: SharedFile, attachment: str) -> PortfolioEntry:
    is_credential = one.kind == ShownKind.CREDENTIAL
    verdict = Verdict(one.verdict) if is_credential and one.verdict else None
    return PortfolioEntry(
        kind=ShownKind(one.kind).value,
        title=str(one.facts.get("title", "")),
        label=_label(one),
        verdict=verdict,
        word=verdict_words(verdict).word if verdict else "",
        facts=tuple(_facts(one)),
        text=str(one.facts.get("text") or ""),
        attachment=attachment,
    )


def _label(one: SharedFile) -> str:
    if one.kind == ShownKind.CREDENTIAL:
        return _("Shown in part: its holder left things out") if one.withheld else ""
    return str(ShownKind(one.kind).label)


def _facts(one: SharedFile) -> Iterable[tuple[str, str]]:
    facts = one.facts
    if facts.get("issuer"):
        yield (_("Awarded by") if one.kind == ShownKind.CREDENTIAL else _("With")), str(facts["issuer"])
    if facts.get("day"):
        yield (
            (_("Awarded on") if one.kind == ShownKind.CREDENTIAL else _("On")),
            _day(dt.date.fromisoformat(facts["day"])),
        )
    if facts.get("url"):
        yield _("Address"), str(facts["url"])
    if facts.get("said"):
        yield _("Its holder says"), str(facts["said"])
    if one.kind == ShownKind.CREDENTIAL and one.verified_at:
        yield _("Checked on"), _day(one.verified_at)
        now = standing(one.award)
        if now.word:
            yield _("Since then"), now.word + (", " + _day(now.since) if now.since else "")
    if one.file and one.sha256:
        yield "SHA-256", one.sha256


def _day(day: dt.date | dt.datetime) -> str:
    return date_format(day, "DATE_FORMAT")


def _plain(name: str) -> str:
    return (
        "".join(one if one.isascii() and (one.isalnum() or one in ".-_") else "-" for one in name)[
            -60:
        ].lstrip(".")
        or "file"
    )
