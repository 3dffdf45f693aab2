"""From an assertion, with its badge class and issuer embedded or beside it, to the record."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.openbadges2._json import PART_GENRE, Note, Reading, is_iri, items, types
from tessella.formats.openbadges2.identity import read_recipient
from tessella.formats.openbadges2.linking import embed, is_assertion
from tessella.model import (
    Award,
    AwardedPart,
    Evidence,
    Image,
    Levels,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
    RecordType,
)
from tessella.text import say
from tessella.vocabulary import Concept, by_uri

__all__ = ["BadgeRead", "read"]

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_DATA_URI = re.compile(r"data:(image/(?:png|svg\+xml));base64,([A-Za-z0-9+/=]+)")
_EQF = "http://data.europa.eu/snb/eqf/"
_ISCED_F = "http://data.europa.eu/snb/isced-f/"


class BadgeRead(msgspec.Struct, frozen=True, kw_only=True):
    """A badge read into the record: the award, who issued it, how it is to be verified, and what was odd.

    ``hosted`` tells hosted badges from signed ones; ``creator`` is the key of a signed one, ``image`` the address of the picture.
    """

    award: Award
    issuer: Organisation
    issuer_id: str
    hosted: bool
    creator: str = ""
    image: str = ""
    notes: tuple[Note, ...] = ()


def read(document: Mapping[str, Any], objects: Mapping[str, Mapping[str, Any]] | None = None) -> BadgeRead:
    """An assertion as an award. ``objects`` are linked documents by address; what is neither there nor embedded stays empty.

    Nothing is invented: what cannot be used is left out and noted. Whether it is a valid badge is the business of `validate`.

    Raises:
        SchemaError: ``openbadges2.type`` it is no assertion of Open Badges 2.0.
    """
    if not is_assertion(document):
        raise SchemaError(
            say("This is not an assertion of Open Badges 2.0."),
            code="openbadges2.type",
            got=", ".join(types(document)),
            expected="Assertion",
            hint=say("Give the assertion, not the badge class or the issuer's profile."),
        )
    reading = Reading()
    whole = embed(document, objects or {})
    badge = reading.node(whole.get("badge"), "$.badge")
    profile = reading.node(badge.get("issuer"), "$.badge.issuer")
    language = _language(whole, badge, reading)
    issuer = _organisation(profile, language, reading)
    verification = reading.node(whole.get("verification"), "$.verification")
    award = Award(
        id=reading.string(whole, "id", "$"),
        micro_credential=_micro_credential(badge, issuer, language, reading),
        learner=read_recipient(reading.node(whole.get("recipient"), "$.recipient"), reading),
        issued_at=reading.instant(whole, "issuedOn", "$"),
        valid_until=reading.instant(whole, "expires", "$"),
        evidence=_evidence(whole, language, reading),
        parts=_parts(whole, language, reading),
    )
    if not badge.keys() - {"id"}:
        reading.notes.append(
            Note(
                code="openbadges2.not-embedded",
                message=say("What was achieved stands in another document, which was not at hand."),
                place="$.badge",
            )
        )
    image = reading.node(badge.get("image"), "$.badge.image")
    return BadgeRead(
        award=award,
        issuer=issuer,
        issuer_id=issuer.id,
        hosted=not {"SignedBadge", "signed"}.intersection(types(verification)),
        creator=reading.string(verification, "creator", "$.verification"),
        image=reading.string(image, "id", "$.badge.image"),
        notes=tuple(dict.fromkeys(reading.notes)),
    )


def _language(assertion: Mapping[str, Any], badge: Mapping[str, Any], reading: Reading) -> str:
    """The language of the badge's texts; one that names none is taken to be in English, as its standard is."""
    for node, place in ((badge, "$.badge"), (assertion, "$")):
        if stated := reading.string(node, "@language", place):
            if _LANGUAGE.fullmatch(stated):
                return stated
            reading.unusable(f"{place}.@language")
    return "en"


def _text(value: str, language: str) -> dict[str, str]:
    return {language: value} if value else {}


def _organisation(profile: Mapping[str, Any], language: str, reading: Reading) -> Organisation:
    at = "$.badge.issuer"
    image = reading.node(profile.get("image"), f"{at}.image")
    return Organisation(
        id=reading.string(profile, "id", at),
        name=_text(reading.string(profile, "name", at), language),
        homepage=reading.string(profile, "url", at),
        email=reading.string(profile, "email", at),
        logo=_logo(reading.string(image, "id", f"{at}.image")),
    )


def _logo(address: str) -> Image | None:
    match = _DATA_URI.fullmatch(address)
    if match is None:
        return None
    try:
        return Image(content=base64.b64decode(match[2], validate=True), media_type=match[1])
    except binascii.Error:
        return None


def _micro_credential(
    badge: Mapping[str, Any], issuer: Organisation, language: str, reading: Reading
) -> MicroCredential:
    at = "$.badge"
    name, description = (reading.string(badge, member, at) for member in ("name", "description"))
    criteria = reading.node(badge.get("criteria"), f"{at}.criteria")
    page = reading.string(criteria, "id", f"{at}.criteria")
    aligned = _alignments(badge, language, reading)
    return MicroCredential(
        id=reading.string(badge, "id", at),
        version=reading.string(badge, "version", at) or "1",
        record_type=RecordType.ACHIEVEMENT,
        language=language,
        title=_text(name, language),
        description=_text("" if description == name else description, language),
        awarding_bodies=(issuer,) if issuer.id or issuer.name else (),
        criteria=_text(reading.string(criteria, "narrative", f"{at}.criteria"), language),
        homepage=page if is_iri(page) else "",
        levels=Levels(eqf=tuple(aligned[_EQF])) if aligned[_EQF] else None,
        fields=tuple(aligned[_ISCED_F]),
        outcomes=tuple(Outcome(title=one.labels, esco=(one,)) for one in aligned[""]),
    )


def _alignments(badge: Mapping[str, Any], language: str, reading: Reading) -> dict[str, list[Concept]]:
    """Levels, subjects and, all the rest, skills: a concept of a list we have is the list's own."""
    found: dict[str, list[Concept]] = {_EQF: [], _ISCED_F: [], "": []}
    for n, value in enumerate(items(badge.get("alignment"))):
        at = f"$.badge.alignment[{n}]"
        node = reading.node(value, at)
        uri, name = reading.string(node, "targetUrl", at), reading.string(node, "targetName", at)
        if not is_iri(uri):
            reading.unusable(at)
            continue
        concept = by_uri(uri) or Concept(uri=uri, labels=_text(name, language))
        kind = next((one for one in (_EQF, _ISCED_F) if uri.startswith(one) and by_uri(uri)), "")
        found[kind].append(concept)
    return found


def _is_part(node: Mapping[str, Any]) -> bool:
    """Whether evidence is a credential that was counted towards this one: it has the genre and says which."""
    genre = node.get("genre")
    return isinstance(genre, str) and genre.casefold() == PART_GENRE and is_iri(node.get("id"))


def _parts(assertion: Mapping[str, Any], language: str, reading: Reading) -> tuple[AwardedPart, ...]:
    nodes = (
        reading.node(value, f"$.evidence[{n}]") for n, value in enumerate(items(assertion.get("evidence")))
    )
    return tuple(
        AwardedPart(id=node["id"], title=_text(reading.string(node, "name", "$.evidence"), language))
        for node in nodes
        if _is_part(node)
    )


def _evidence(assertion: Mapping[str, Any], language: str, reading: Reading) -> tuple[Evidence, ...]:
    made = []
    for n, value in enumerate(items(assertion.get("evidence"))):
        at = f"$.evidence[{n}]"
        node = reading.node(value, at)
        address = reading.string(node, "id", at)
        if _is_part(node):
            continue
        told = reading.string(node, "narrative", at) or reading.string(node, "description", at)
        made.append(
            Evidence(
                title=_text(reading.string(node, "name", at), language),
                description=_text(told, language),
                type=reading.string(node, "genre", at),
                links=(Link(url=address),) if is_iri(address) else (),
            )
        )
    return tuple(made)
