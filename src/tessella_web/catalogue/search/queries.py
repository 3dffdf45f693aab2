"""Searching the catalogue: what is found, how it is ordered, and how many there are of what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import islice
from operator import or_

import msgspec
from django.conf import settings

from tessella_web.catalogue.search.bits import descending
from tessella_web.catalogue.search.engines import engine
from tessella_web.catalogue.search.facets import AS_OF_NOW, FACETS, Facet
from tessella_web.catalogue.search.models import Listing
from tessella_web.catalogue.search.question import Part, Question, read
from tessella_web.catalogue.search.snapshot import Snapshot, current
from tessella_web.catalogue.search.standing import Place, Sets

__all__ = [
    "MAX_CODES",
    "ORDERS",
    "PAGE",
    "Asked",
    "Choice",
    "FacetCounts",
    "Found",
    "listings_of",
    "newest",
    "search",
    "standing_of",
]

PAGE = 20
"""Results on a page."""

MAX_CODES = 50
"""Codes of one facet that are counted for people, the most frequent: nobody reads more."""

MAX_CHOSEN = 20
"""Codes of one facet that can be chosen at once."""

KEPT = 64
"""Questions whose answer is kept until the catalogue changes: 12 kB each for 100,000 listings."""

ORDERS = ("best", "newest", "soonest", "shortest")
"""How results can be ordered."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to see: words, codes by facet, an order, a page counted from 1."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = {}
    order: str = "best"
    page: int = 1


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A code of a facet, and how many results there would be with it."""

    code: str
    count: int
    is_chosen: bool = False


class FacetCounts(msgspec.Struct, frozen=True, kw_only=True):
    """A facet with its codes; ``more`` codes are not shown."""

    facet: Facet
    choices: tuple[Choice, ...]
    more: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: how many, the numbers on this page, counts by facet; for nothing found, what would find something."""

    question: Question
    total: int
    listed: int
    numbers: tuple[int, ...]
    page: int
    pages: int
    facets: tuple[FacetCounts, ...]
    without_words: tuple[tuple[Part, int, bool], ...] = ()
    without_choices: int = 0


def search(asked: Asked, *, on: dt.date) -> Found:
    """Everything listed that has all words, and of each facet one of the chosen codes. The number of queries is constant but for an
    empty answer, which tries the question without each of its words.
    """
    snapshot = current()
    question = read(asked.words)
    sets = snapshot.facets(on)
    matching = _matching(question, snapshot)
    chosen = {
        name: _union(sets.get(name, {}), codes[:MAX_CHOSEN]) for name, codes in asked.chosen.items() if codes
    }
    result = _without(chosen, matching)
    total = result.bit_count()
    pages = -(-total // PAGE)
    page = max(1, min(asked.page, pages))
    start = (page - 1) * PAGE
    return Found(
        question=question,
        total=total,
        listed=len(snapshot.places),
        numbers=tuple(_ordered(asked, question, snapshot, result, on, start)) if start < total else (),
        page=page,
        pages=pages,
        facets=tuple(_counts(one, sets, asked.chosen, _without(chosen, matching, one.id)) for one in FACETS),
        without_words=() if total else _helping(question, snapshot, chosen),
        without_choices=0 if total else matching.bit_count(),
    )


def newest(asked: Asked, *, on: dt.date, count: int) -> list[int]:
    """The numbers of what was published last of what is asked for."""
    snapshot = current()
    sets = snapshot.facets(on)
    chosen = {
        name: _union(sets.get(name, {}), codes[:MAX_CHOSEN]) for name, codes in asked.chosen.items() if codes
    }
    return list(islice(descending(_without(chosen, _matching(read(asked.words), snapshot))), count))


def listings_of(numbers: Sequence[int]) -> list[Listing]:
    """The listings with their organisation, in this order; without those that are gone meanwhile."""
    found = Listing.objects.filter(number__in=numbers).select_related("organisation").in_bulk()
    return [found[one] for one in numbers if one in found]


def standing_of(numbers: Iterable[int], *, on: dt.date) -> dict[int, dict[str, str]]:
    """By number what holds today: the code of each facet of `AS_OF_NOW`."""
    sets = current().facets(on)
    return {
        number: {
            name: next((code for code, bits in sets.get(name, {}).items() if bits >> number & 1), "")
            for name in AS_OF_NOW
        }
        for number in numbers
    }


def _matching(question: Question, snapshot: Snapshot) -> int:
    if not question.parts:
        return snapshot.live
    return _engine_matching(settings.SEARCH_ENGINE, question, snapshot) & snapshot.live


@lru_cache(maxsize=KEPT)
def _engine_matching(name: str, question: Question, snapshot: Snapshot) -> int:
    """Whoever opens a filter or the next page asks the same words again."""
    return engine().matching(question, snapshot)


def _union(sets: Mapping[str, int], codes: Iterable[str]) -> int:
    return reduce(or_, (sets.get(one, 0) for one in codes), 0)


def _without(chosen: Mapping[str, int], found: int, facet: str = "") -> int:
    """What is in all chosen facets but this one: what a facet counts does not depend on what is chosen in it."""
    for name, bits in chosen.items():
        if name != facet:
            found &= bits
    return found


def _counts(facet: Facet, sets: Sets, chosen: Mapping[str, tuple[str, ...]], base: int) -> FacetCounts:
    mine = chosen.get(facet.id, ())[:MAX_CHOSEN]
    counts = {code: (base & bits).bit_count() for code, bits in sets.get(facet.id, {}).items()}
    shown = [code for code, count in counts.items() if count or code in mine]
    shown += [code for code in mine if code not in counts]
    place = {code: number for number, code in enumerate(facet.codes)}
    shown.sort(key=lambda code: (place.get(code, len(place)), -counts.get(code, 0), code))
    kept = shown[:MAX_CODES] + [code for code in shown[MAX_CODES:] if code in mine]
    choices = (Choice(code=code, count=counts.get(code, 0), is_chosen=code in mine) for code in kept)
    return FacetCounts(facet=facet, choices=tuple(choices), more=len(shown) - len(kept))


def _ordered(
    asked: Asked, question: Question, snapshot: Snapshot, result: int, on: dt.date, start: int
) -> Iterable[int]:
    key = _KEYS.get(asked.order)
    if key is not None:
        places = snapshot.places
        ordered = sorted(((key(places[one], on), place, one) for place, one in enumerate(descending(result))))
        return [one for _key, _place, one in ordered[start : start + PAGE]]
    if not question.parts or asked.order == "newest":
        return islice(descending(result), start, start + PAGE)
    best = engine().best(question, snapshot, result)
    if start + PAGE <= len(best):
        return best[start : start + PAGE]
    ranked = set(best)
    rest = (one for one in descending(result) if one not in ranked)
    return islice((*best, *islice(rest, start + PAGE - len(best))), start, start + PAGE)


_NEVER = dt.date.max

_KEYS: Mapping[str, Callable[[Place, dt.date], dt.date | float]] = {
    "soonest": lambda place, on: min((one for one in place.starts if one >= on), default=_NEVER),
    "shortest": lambda place, on: place.hours,
}
"""By order what to sort by; what is equal stays in the order of publication."""


def _helping(
    question: Question, snapshot: Snapshot, chosen: Mapping[str, int]
) -> tuple[tuple[Part, int, bool], ...]:
    """Parts without which there are results, how many, and whether with what was chosen; without that only if nothing helps."""
    if len(question.parts) < 2:
        return ()
    found = [(one, _matching(question.without(one), snapshot)) for one in question.parts]
    kept = tuple((one, count, True) for one, bits in found if (count := _without(chosen, bits).bit_count()))
    return kept or tuple((one, bits.bit_count(), False) for one, bits in found if bits)
