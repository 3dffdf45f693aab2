"""From one file to the credentials in it, each with the bytes that carry it alone, as far as it can be taken out unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from tessella.canonical import jcs
from tessella.containers import Extracted, Kind, detect, extract, read_mail, read_zip
from tessella.errors import AccessError, TessellaError, UnsupportedError
from tessella.formats import clr
from tessella.text import say
from tessella.verification import Opened, Surroundings, open_credentials, with_linked

__all__ = ["Piece", "Unreadable", "pieces"]

MOST_PIECES = 500
"""Entries made of one file: a study record with all its courses has a hundred."""

MAX_LEVELS = 4
"""Packages within packages that are taken apart: a mail, the mail forwarded in it, an archive, an archive in that."""

_PICTURES = (Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.SVG, Kind.PDF)
"""Kinds of which a person expects that there is a credential in each; letters and tables beside them are passed over."""

_SUFFIXES = {
    Kind.JSON: ".json", Kind.JADES_JSON: ".json", Kind.JWS_COMPACT: ".jwt", Kind.SD_JWT: ".sd-jwt", Kind.PNG: ".png",
    Kind.SVG: ".svg", Kind.PDF: ".pdf", Kind.XML: ".xml",
}  # fmt: skip

_MAX_LINK_BYTES = 12_000_000
"""As much as may be handed in."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One credential of a file. ``data`` carries it and is part of the file unchanged; ``where`` says which it is in ``data`` when that
    carries several. ``is_whole``: ``data`` is the file itself. ``is_record``: it holds others, and is no award itself."""

    data: bytes
    name: str
    opened: Opened
    where: str = ""
    is_whole: bool = False
    is_record: bool = False


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a file that is or should be a credential and cannot be read, and why."""

    name: str
    problem: TessellaError


def pieces(data: bytes, name: str, around: Surroundings) -> list[Piece | Unreadable]:
    """Every credential of a file.

    The library opens the whole first, within its limits: bombs end there. Links are followed once, where ``around`` allows it.

    Raises:
        TessellaError: there is nothing in it that can be read; code and hint say why.
    """
    found: list[Piece | Unreadable] = []
    for one in _taken_apart(data, name, around, 0):
        if len(found) >= MOST_PIECES:
            break
        found.append(one)
    if len(found) == 1 and isinstance(found[0], Unreadable):
        raise found[0].problem
    return found


def _taken_apart(data: bytes, name: str, around: Surroundings, level: int) -> Iterator[Piece | Unreadable]:
    kind = detect(data)
    if kind in (Kind.ZIP, Kind.MAIL) and level < MAX_LEVELS:
        seen = {one.where.split(" > ")[0] for one in extract(data)}
        parts = read_zip(data) if kind is Kind.ZIP else ((one.name, one.data) for one in read_mail(data))
        within = list(_inside(parts, seen, around, level))
        if not within:
            open_credentials(data, name)  # says why there is none
        yield from within
    else:
        yield from _leaf(data, name, around, is_whole=not level)


def _inside(
    parts: Iterable[tuple[str, bytes | TessellaError]], seen: set[str], around: Surroundings, level: int
) -> Iterator[Piece | Unreadable]:
    """What is in each part; a part that cannot be read does not stop the others, and letters beside credentials are passed over."""
    for name, content in parts:
        plain = name.replace("\\", "/").rsplit("/", 1)[-1] or name
        if not isinstance(content, bytes):
            yield Unreadable(name=plain, problem=content)
            continue
        try:
            within = list(_taken_apart(content, plain, around, level + 1))
        except TessellaError as error:
            if name in seen or _is_picture(content):
                yield Unreadable(name=plain, problem=error)
            continue
        yield from within


def _is_picture(data: bytes) -> bool:
    try:
        return detect(data) in _PICTURES
    except TessellaError:
        return False


def _leaf(data: bytes, name: str, around: Surroundings, *, is_whole: bool) -> Iterator[Piece | Unreadable]:
    opened = [_complete(one, around) for one in open_credentials(data, name)]
    awards = [one for one in opened if one.award is not None]
    records = [one for one in opened if one.format == "clr" and one.problem is None]
    groups: dict[str, list[Opened]] = {}
    for one in awards:
        groups.setdefault(_identity(one), []).append(one)
    for one in records[:1]:
        yield Piece(data=data, name=name, opened=one, is_whole=is_whole, is_record=True)
    if len(groups) == 1 and not records:
        yield Piece(data=data, name=name, opened=awards[0], is_whole=is_whole)
    elif groups:
        alone = dict(_alone(data, records))
        for several in groups.values():
            yield _part(several, data, name, alone)
    for one in opened:
        if one.award is None and one not in records:
            yield Unreadable(name=name, problem=one.problem or _no_award(one))


def _part(several: list[Opened], data: bytes, name: str, alone: dict[str, bytes]) -> Piece:
    """One of several credentials of a file: what carries it alone, or the whole file and its place there."""
    first = several[0]
    own = alone.get(first.where)
    if own is None:
        return Piece(data=data, name=name, opened=first, where=first.where)
    number = f"-{list(alone).index(first.where) + 1}"
    stem = name.rsplit(".", 1)[0] if "." in name else name
    return Piece(data=own, name=f"{stem}{number}{_SUFFIXES.get(detect(own), '')}", opened=first)


def _alone(data: bytes, records: list[Opened]) -> Iterator[tuple[str, bytes]]:
    """By place the credentials that can be taken out byte for byte; of a learner record those that it embeds, as their JSON."""
    parts: tuple[Extracted, ...] = extract(data)
    yield from (
        (one.where, one.data)
        for one in parts
        if one.problem is None and one.kind is not Kind.XML and one.where
    )
    for record in records:
        for one in clr.read(record.document).credentials:
            if isinstance(one.value, str):
                yield one.path, one.value.strip().encode()
            elif isinstance(one.value, dict):
                yield one.path, msgspec.json.encode(one.value)


def _complete(one: Opened, around: Surroundings) -> Opened:
    """With what stands elsewhere: the badge class of an old badge, or the credential behind a link; as it is where that cannot be had."""
    if one.award is not None:
        return with_linked(one, around)
    link = one.problem.got if isinstance(one.problem, UnsupportedError) else None
    if not isinstance(link, str) or not link.startswith("https://"):
        return one
    try:
        body = around.fetch(link, max_bytes=_MAX_LINK_BYTES).body
        found = next(
            (with_linked(inner, around) for inner in open_credentials(body, link) if inner.award), None
        )
    except AccessError as error:
        return msgspec.structs.replace(one, problem=error)
    except TessellaError:
        found = None
    return msgspec.structs.replace(found, where=one.where) if found else _leads_nowhere(one, link)


def _leads_nowhere(one: Opened, link: str) -> Opened:
    problem = AccessError(
        say("What is at %(url)s is no credential.", url=link),
        code="access.no-credential", got=link, hint=say("Open the link and look for a file to download."),
    )  # fmt: skip
    return msgspec.structs.replace(one, problem=problem)


def _identity(one: Opened) -> str:
    """What tells awards apart within one file."""
    stated = (one.award.id if one.award else "") or one.document.get("id")
    if isinstance(stated, str) and stated:
        return stated
    content = {name: value for name, value in one.document.items() if not isinstance(value, bytes)}
    return hashlib.sha256(jcs(content)).hexdigest() + one.where


def _no_award(one: Opened) -> TessellaError:
    said = " ".join((*one.notes, *(finding.message for finding in one.findings[:1])))
    return UnsupportedError(
        said or say("It is no award to a learner."),
        code="wallet.no-award",
        got=one.format,
        hint=say("Bring in the award itself, as its issuer gave it to you."),
    )
