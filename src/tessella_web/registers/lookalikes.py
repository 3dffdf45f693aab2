"""Bodies whose names could be taken for others'."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from tessella_web.registers.models import Body, BodyName
from tessella_web.registers.names import MAX_DISTANCE, distance, sketch, words

__all__ = ["lookalikes"]

LETTERS_PER_SLIP = 8
"""One letter may differ for every so many: short names differ by few letters without being alike."""


def lookalikes(names: Iterable[str], *, besides: Body | None = None) -> list[Body]:
    """Confirmed bodies with a name, present or past, that somebody could take for one of these; in order of their name.

    Three ways to be alike: the same to the eye (letters of other scripts, accents, spaces), the same words in another order,
    or up to `MAX_DISTANCE` letters apart. A name cut into one part more than letters may differ has a part that is whole
    in every name that near, so that the database finds the candidates.
    """
    found: dict[str, Body] = {}
    for name in names:
        seen, order = sketch(name), words(name)
        slips = min(MAX_DISTANCE, len(seen) // LETTERS_PER_SLIP)
        near = Q(sketch=seen) | Q(words=order) if order else Q(sketch=seen)
        for part in _parts(seen, slips + 1) if slips else ():
            near |= Q(sketch__contains=part)
        known = BodyName.objects.filter(near, body__is_confirmed=True).select_related("body")
        if besides is not None:
            known = known.exclude(body=besides)
        for one in known:
            if one.sketch == seen or one.words == order or distance(one.sketch, seen, limit=slips) <= slips:
                found[one.body_id] = one.body
    return sorted(found.values(), key=lambda body: (body.plain_name, body.id))


def _parts(text: str, count: int) -> list[str]:
    size = len(text) / count
    return [text[round(number * size) : round((number + 1) * size)] for number in range(count)]
