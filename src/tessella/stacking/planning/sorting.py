"""Sorting offers out by what a learner wishes, before anything is solved; and saying how many each wish left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from tessella.stacking.planning.answers import LeftOut
from tessella.stacking.planning.offers import Objective, Offer, Wishes
from tessella.text import say

__all__ = ["SORTING", "Wish", "comparable", "sorted_out", "wish_words"]


class Wish(msgspec.Struct, frozen=True):
    """A wish that offers are sorted out by: whether one fits (None: it does not say), and how to say that it is in the way."""

    test: Callable[[Offer, Wishes], bool | None]
    message: str


def _meets(wanted: Collection[str], stated: Collection[str] | None) -> bool | None:
    if not wanted:
        return True
    if not stated:
        return None
    return bool({word.casefold() for word in wanted} & {word.casefold() for word in stated})


SORTING: Mapping[str, Wish] = {
    "without": Wish(
        lambda offer, wishes: not {offer.id, offer.award.credential, offer.provider} & {*wishes.without},
        "Without what you named",
    ),
    "not_before": Wish(
        lambda offer, wishes: wishes.not_before is None or offer.starts_on >= wishes.not_before,
        "Not before %(not_before)s",
    ),
    "finish_by": Wish(
        lambda offer, wishes: wishes.finish_by is None or offer.ends_on <= wishes.finish_by,
        "Finished by %(finish_by)s",
    ),
    "languages": Wish(
        lambda offer, wishes: _meets(wishes.languages, offer.award.languages), "In these languages: %(languages)s"
    ),
    "modes": Wish(lambda offer, wishes: _meets(wishes.modes, offer.award.modes), "Taken part in so: %(modes)s"),
    "countries": Wish(
        lambda offer, wishes: _meets(wishes.countries, offer.award.countries), "In these countries: %(countries)s"
    ),
    "places": Wish(
        lambda offer, wishes: _meets(wishes.places, (offer.place,) if offer.place else None), "At these places: %(places)s"
    ),
    "only_times": Wish(
        lambda offer, wishes: _meets(wishes.only_times, offer.times), "Only at these times: %(only_times)s"
    ),
    "budget": Wish(
        lambda offer, wishes: wishes.budget is None
        or (None if offer.price is None else offer.price == 0 or offer.currency == wishes.currency),
        "For at most %(budget)s %(currency)s",
    ),
    "weekly_hours": Wish(
        lambda offer, wishes: wishes.weekly_hours is None or (None if offer.load is None else True),
        "At most %(weekly_hours)s hours a week",
    ),
    "most_providers": Wish(
        lambda offer, wishes: wishes.most_providers is None or (True if offer.provider else None),
        "From at most %(most_providers)s providers",
    ),
}  # fmt: skip
"""By field of `Wishes` how it sorts offers; budget, hours and providers also bound all offers of a plan together."""


def wish_words(name: str, wishes: Wishes) -> str:
    """A wish, as the learner has it."""
    values = {
        field: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for field, value in msgspec.structs.asdict(wishes).items()
    }
    return say(SORTING[name].message, **values)


def comparable(offer: Offer, objective: Objective, wishes: Wishes) -> bool:
    """Whether the offer says what plans are compared by."""
    if objective is Objective.PRICE:
        return offer.price is not None and (offer.price == 0 or offer.currency == wishes.currency)
    if objective is Objective.WORKLOAD:
        return offer.award.hours is not None
    return objective is not Objective.PROVIDERS or bool(offer.provider)


def sorted_out(
    offers: Sequence[Offer], wishes: Wishes, objectives: Sequence[Objective]
) -> tuple[dict[str, str], tuple[LeftOut, ...]]:
    """By offer the first wish that leaves it out, and the counts to tell."""
    unwanted: dict[str, str] = {}
    counts: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for offer in offers:
        for name, wish in SORTING.items():
            fits = wish.test(offer, wishes)
            if fits is not True:
                unwanted[offer.id] = name
                counts[name] += 1
                unknown[name] += fits is None
                break
        else:
            if not all(comparable(offer, one, wishes) for one in objectives):
                unwanted[offer.id] = _COMPARED
                counts[_COMPARED] += 1
                unknown[_COMPARED] += 1
    messages: Mapping[str, str] = {
        name: say("Does not state what plans are compared by")
        if name == _COMPARED
        else wish_words(name, wishes)
        for name in counts
    }
    return unwanted, tuple(
        LeftOut(wish=name, message=messages[name], count=count, unknown=unknown[name])
        for name, count in counts.most_common()
    )


_COMPARED = "compared-by"
