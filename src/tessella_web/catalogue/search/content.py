"""What the index holds of a version: its words by language, and the card that a result shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from tessella import typed
from tessella.model import MicroCredential, Organisation
from tessella.rendering import TileFacts, tile_facts
from tessella.standard import check
from tessella.text import Text, pick
from tessella.vocabulary import Concept, list_of
from tessella_web.catalogue.search.facets import hours_of
from tessella_web.catalogue.search.models import LANGUAGES_MOST
from tessella_web.catalogue.search.words import primary, stems, words, words_token

__all__ = ["Card", "Words", "card_of", "read_card", "words_of"]

MAX_WORDS = 8000
"""Words of one language: 16 pages; PostgreSQL tells places apart up to 16,383, and every word stands there twice."""

SUMMARY_LENGTH = 320
"""Characters of the description that a result shows."""


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A result as it is shown, so that a page of results needs no descriptions.

    ``missing``: how many things the European standard still asks for, None where it does not apply.
    """

    title: Text
    language: str
    summary: Text = {}
    number: int
    tile: TileFacts
    hours: Decimal | None = None
    credits: Decimal | None = None
    levels: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    price: Decimal | None = None
    currency: str = ""
    missing: int | None = None
    is_self_review: bool = False
    pilot: bool = False


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a record in one language, as tokens."""

    language: str
    title: str
    body: str
    words: str


def card_of(record: MicroCredential, *, number: int, codes: dict[str, list[str]], missing: int | None,
            is_self_review: bool, pilot: bool) -> Card:  # fmt: skip
    """The card of a version."""
    cost = record.cost
    return Card(
        title=record.title,
        language=record.language,
        summary={tag: _shortened(text) for tag, text in record.description.items()},
        number=number,
        tile=tile_facts(record),
        hours=hours_of(record),
        credits=tile_facts(record).credits,
        levels=tuple(codes.get("level", ())),
        modes=tuple(codes.get("mode", ())),
        languages=tuple(codes.get("language", ())),
        price=cost.price if cost else None,
        currency=cost.currency if cost and cost.price else "",
        missing=missing,
        is_self_review=is_self_review,
        pilot=pilot,
    )


def read_card(stored: Any) -> Card:
    """The card from the index."""
    return typed.convert(stored, Card, strict=False)


def missing_of(record: MicroCredential, on: dt.date) -> int | None:
    """How many things the European standard asks for that are not there; None for records that are no micro-credential."""
    if not record.is_micro_credential:
        return None
    result = check(record, on=on)
    return 0 if result.complete else max(1, sum(one.severity.value == "error" for one in result.findings))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= SUMMARY_LENGTH:
        return text
    return text[:SUMMARY_LENGTH].rsplit(" ", 1)[0].rstrip(".,;:–-") + " …"


def words_of(record: MicroCredential) -> list[Words]:
    """The words of the record, language by language, the primary language first."""
    tags = dict.fromkeys([record.language, *record.title, *record.description,
                          *(tag for one in record.outcomes for tag in one.title)])  # fmt: skip
    by_language: dict[str, list[str]] = {}
    for tag in tags:
        by_language.setdefault(primary(tag), []).append(tag)
    return [_entry(record, language, found) for language, found in list(by_language.items())[:LANGUAGES_MOST]]


def _entry(record: MicroCredential, language: str, tags: list[str]) -> Words:
    title = [word for tag in tags for word in words(record.title.get(tag, ""))][:MAX_WORDS]
    body: list[str] = []
    for text in _texts(record, language, tags):
        body += words(text)
        if len(body) >= MAX_WORDS:
            break
    body = body[: MAX_WORDS - len(title)]
    return Words(
        language=language,
        title=" ".join(stems(title, language)),
        body=" ".join(stems(body, language)),
        words=" ".join(map(words_token, [*title, *body])),
    )


def _texts(record: MicroCredential, language: str, tags: Iterable[str]) -> Iterator[str]:
    """What is said beside the title: in these languages; names also in another where they have none in these."""
    for one in (*record.awarding_bodies, *record.providers):
        yield _name(one, language)
    texts: list[Text] = [
        record.description, record.outcome_summary, record.relevance, record.criteria,
        *(text for one in record.outcomes for text in (one.title, one.description)),
        *(text for one in record.assessments for text in (one.title, one.criteria)),
    ]  # fmt: skip
    if record.participation:
        texts += [record.participation.location, record.participation.accessibility]
    if record.prerequisites:
        texts.append(record.prerequisites.text)
    if record.stackability:
        texts += [one.title for one in record.stackability.targets]
    for tag in tags:
        for text in texts:
            if said := text.get(tag):
                yield said
    skills = [one for outcome in record.outcomes for one in (*outcome.esco, *outcome.related)]
    for concept in (*record.fields, *skills, *record.target_groups):
        yield _label(concept, language)


def _name(body: Organisation, language: str) -> str:
    return " ".join(filter(None, (pick(body.name, (language,)), pick(body.alternative_names, (language,)))))


def _label(concept: Concept, language: str) -> str:
    """The concept's word in the language; nothing when it has none, rather than an English one in a Polish entry."""
    known = list_of(concept.scheme)
    if known is not None and (found := known.get(concept.uri)):
        concept = found
    return concept.labels.get(language, "")
