"""Reads about enrolments and records; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, QuerySet

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.credentials.assessment.models import (
    HAVE,
    TAKING_PART,
    Enrolment,
    OutcomeRecord,
    State,
)

__all__ = [
    "counts",
    "current_records",
    "enrolment_at",
    "history_of",
    "own_enrolment",
    "own_enrolments",
    "own_in",
    "participants",
    "taken",
    "to_assess",
]

_AWARDED = Q(row__award__state__in=HAVE)


def taken(offer: Offer) -> int:
    """How many have a place."""
    return offer.enrolments.filter(state__in=TAKING_PART).count()


def participants(offer: Offer, *, state: str = "", words: str = "") -> QuerySet[Enrolment]:
    """The people of an offer, those in one state or whose name or address has the words; each with the award, if any."""
    found = Enrolment.objects.filter(offer=offer).select_related("row__batch", "row__award")
    if state == State.AWARDED:
        found = found.filter(_AWARDED)
    elif state:
        found = found.filter(state=state).exclude(_AWARDED)
    for word in words.split()[:5]:
        found = found.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(email__icontains=word)
        )
    return found.order_by("family_name", "given_name", "made_at")


def counts(offer: Offer) -> dict[str, int]:
    """By state how many people; states that nobody is in are not there."""
    found: dict[str, int] = {}
    rows = offer.enrolments.values_list("state", "row__award__state")
    for state, award in rows:
        name = State.AWARDED.value if award in HAVE else state
        found[name] = found.get(name, 0) + 1
    return {name: found[name] for name in State.values if name in found}


def to_assess(offer: Offer) -> QuerySet[Enrolment]:
    """Those who have a place, in the order of a class list."""
    return participants(offer).filter(state__in=TAKING_PART)


def current_records(enrolments: Sequence[Enrolment]) -> Mapping[str, OutcomeRecord]:
    """What stands of each, by the enrolment's id."""
    found = OutcomeRecord.objects.filter(enrolment__in=[one.pk for one in enrolments], is_current=True)
    return {one.enrolment_id: one for one in found}


def history_of(enrolment: Enrolment) -> list[OutcomeRecord]:
    """Everything that was recorded, the latest first."""
    return list(enrolment.records.order_by("-number"))


def enrolment_at(organisation: Organisation, id: str) -> Enrolment | None:
    """An enrolment of an organisation with everything that staff sees of it."""
    return (
        Enrolment.objects.filter(pk=id, organisation=organisation)
        .select_related(
            "offer__version__organisation", "organisation", "person", "decided_by", "listed_by", "row__batch", "row__award"
        )
        .prefetch_related("evidence")
        .first()
    )  # fmt: skip


def _own(person: Person) -> QuerySet[Enrolment]:
    """By account, or by the address with which one signs in where staff has listed it."""
    return Enrolment.objects.filter(
        Q(person=person) | Q(person=None, email=person.email.lower())
    ).select_related("offer__version", "organisation", "row__batch", "row__award")


def own_in(offer: Offer, person: Person) -> Enrolment | None:
    """The person's own enrolment in an offer, unless it was given up."""
    return _own(person).filter(offer=offer).exclude(state=State.WITHDRAWN).first()


def own_enrolments(person: Person) -> QuerySet[Enrolment]:
    """Everything somebody takes or took part in, the latest first."""
    return _own(person).order_by("-made_at")


def own_enrolment(person: Person, id: str) -> Enrolment | None:
    """One of them with what was handed in."""
    return _own(person).filter(pk=id).prefetch_related("evidence").first()
