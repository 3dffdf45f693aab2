"""Which schemes there are, and what an offer says of itself that schemes ask about."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tessella.adapters.descriptions import parse_description
from tessella.guidance.funding import Price, Scheme, load_scheme, published_scheme, published_schemes
from tessella.model import MicroCredential
from tessella.vocabulary import Concept, code_list
from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.guidance.funding.models import KeptFacts, StoredScheme

__all__ = ["facts_of", "kept", "price_of", "scheme", "schemes"]


def schemes() -> list[Scheme]:
    """All that are shown: those that come along, and the operator's, which go before. One query."""
    found = {name: _shipped(name) for name in published_schemes()}
    for one in StoredScheme.objects.all():
        if one.is_withdrawn:
            found.pop(one.key, None)
        else:
            found[one.key] = load_scheme(one.data)
    return [found[key] for key in sorted(found)]


def scheme(key: str) -> Scheme | None:
    """One of them."""
    return next((one for one in schemes() if one.id == key), None)


@functools.cache
def _shipped(name: str) -> Scheme:
    return load_scheme(parse_description(published_scheme(name), name), place=name)


def facts_of(offer: Offer) -> Mapping[str, Any]:
    """What the offer and the record of its version say, by name of the fact; what they do not say is not there."""
    record: MicroCredential = offer.version.record()
    levels = [_code("eqf", one) for one in record.levels.eqf] if record.levels else []
    ects = (
        [one.points for one in record.workload.credits if _code("credit-system", one.system) == "ects"]
        if record.workload
        else []
    )
    fields = [_code("isced-f", one) for one in record.fields]
    found: dict[str, Any] = {
        "level": Decimal(levels[0]) if len(levels) == 1 and levels[0].isdigit() else None,
        "ects": ects[0] if ects else None,
        "field": fields[0] if fields else None,
        "country": _country(offer.organisation.country),
        "provider": offer.organisation.name,
        "starts-on": offer.starts_on,
        "ends-on": offer.ends_on,
    }
    return {name: value for name, value in found.items() if value}


def price_of(offer: Offer) -> Price | None:
    """What it costs without help; None when the offer does not say."""
    if offer.is_free:
        return Price(Decimal(0), offer.currency)
    return Price(offer.price, offer.currency) if offer.price is not None else None


def kept(person: Person) -> Mapping[str, str]:
    """What somebody keeps of what they declared."""
    found = KeptFacts.objects.filter(person=person).first()
    return found.facts if found else {}


def _code(name: str, concept: Concept | None) -> str:
    found = code_list(name).get(concept.uri) if concept else None
    return (found.code if found else "").lower()


def _country(code: str) -> str | None:
    found = code_list("country").get(code)
    return found.code if found else None
