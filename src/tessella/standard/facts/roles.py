"""Who stands behind the record: awarding bodies, issuer, countries."""

from __future__ import annotations

from typing import Any

from tessella.model import Organisation
from tessella.standard._view import Hit, View, code, fact, has_content
from tessella.text import pick
from tessella.vocabulary import Concept

__all__ = ["awarding_country_codes"]

_REGIONAL_SYSTEMS = {"BE", "GB"}
"""Countries with several education systems, where the region decides the national framework."""

_MANDATE = ("mandate", "c_18016257")


def _named(view: View) -> list[tuple[int, Organisation]]:
    return [(n, body) for n, body in enumerate(view.record.awarding_bodies) if has_content(body.name)]


def _countries(bodies: tuple[Organisation, ...]) -> tuple[Concept, ...]:
    return tuple(country for body in bodies for country in body.countries if has_content(country))


def awarding_country_codes(view: View) -> tuple[str, ...]:
    """The codes (ISO 3166-1 alpha-2) of the countries of the awarding bodies, each once."""
    codes = (code("country", country) for country in _countries(view.record.awarding_bodies))
    return tuple(dict.fromkeys(filter(None, codes)))


@fact("issuer-countries")
def issuer_countries(view: View) -> tuple[Any, ...]:
    """The countries of the awarding bodies, and of the organisation that seals by mandate."""
    issuer = view.record.technical_issuer
    return _countries((*view.record.awarding_bodies, *((issuer,) if issuer else ())))


@fact("countries-unknown")
def countries_unknown(view: View) -> tuple[Any, ...]:
    """Countries that are not in the country list."""
    return tuple(country for country in view.values("@issuer-countries") if not code("country", country))


@fact("regions-needed")
def regions_needed(view: View) -> tuple[Any, ...]:
    """Countries with several systems for which the record names no region."""
    return tuple(
        place.country
        for body in view.record.awarding_bodies
        for place in body.places
        if place.country is not None
        and code("country", place.country) in _REGIONAL_SYSTEMS
        and not has_content(place.region)
    )


@fact("bodies-unidentified")
def bodies_unidentified(view: View) -> tuple[Any, ...]:
    """Awarding bodies with a name and nothing to look them up by: no identifier, registration or homepage."""
    return tuple(
        Hit(pick(body.name, (view.record.language,)), f"awarding_bodies[{number}]")
        for number, body in _named(view)
        if not (body.id or body.legal_id or body.registration or body.identifiers or body.homepage)
    )


@fact("issuer-without-mandate")
def issuer_without_mandate(view: View) -> tuple[Any, ...]:
    """The technical issuer, when it is no awarding body and neither award nor credential carries a mandate."""
    issuer = view.record.technical_issuer
    if issuer is None or view.award is None or (view.seal and view.seal.mandate):
        return ()
    same = any(
        (body.id and body.id == issuer.id)
        or (body.legal_id and body.legal_id == issuer.legal_id)
        or body.name == issuer.name
        for body in view.record.awarding_bodies
    )
    mandated = any(word in evidence.type.lower() for evidence in view.award.evidence for word in _MANDATE)
    return () if same or mandated else (issuer,)


@fact("higher-education")
def higher_education(view: View) -> tuple[Any, ...]:
    """Awarding bodies that say they are higher education institutions with degree-awarding power."""
    return tuple(body for body in view.record.awarding_bodies if body.degree_awarding is True)


@fact("outside-higher-education")
def outside_higher_education(view: View) -> tuple[Any, ...]:
    """The awarding bodies, when every one says that it is not a higher education institution."""
    bodies = view.record.awarding_bodies
    return bodies if all(body.degree_awarding is False for body in bodies) else ()


@fact("sector-not-stated")
def sector_not_stated(view: View) -> tuple[Any, ...]:
    """Awarding bodies that do not say, when none says that it is a higher education institution."""
    if view.values("@higher-education"):
        return ()
    return tuple(body for body in view.record.awarding_bodies if body.degree_awarding is None)


@fact("joint-bodies-without-country")
def joint_bodies_without_country(view: View) -> tuple[Any, ...]:
    """In a joint award: awarding bodies without a country."""
    bodies = _named(view)
    if len(bodies) < 2:
        return ()
    return tuple(
        Hit(pick(body.name, (view.record.language,)), f"awarding_bodies[{n}]")
        for n, body in bodies
        if not _countries((body,))
    )


@fact("joint-bodies-without-quality")
def joint_bodies_without_quality(view: View) -> tuple[Any, ...]:
    """In a joint award: awarding bodies that no quality assurance names as covered."""
    bodies = _named(view)
    if len(bodies) < 2 or not view.record.quality:
        return ()
    covered = [quality.covers for quality in view.record.quality if quality.covers is not None]
    return tuple(
        Hit(pick(body.name, (view.record.language,)), f"awarding_bodies[{n}]")
        for n, body in bodies
        if not any((body.id and body.id == other.id) or body.name == other.name for other in covered)
    )


@fact("providers-without-country")
def providers_without_country(view: View) -> tuple[Any, ...]:
    """Providers that do not say their country; the awarding bodies provide when no provider is named."""
    return tuple(body for body in view.record.providers if has_content(body.name) and not _countries((body,)))


@fact("providers")
def providers(view: View) -> tuple[Any, ...]:
    """Names of the providers, or of the awarding bodies when they provide themselves."""
    bodies = view.record.providers or view.record.awarding_bodies
    return tuple(body.name for body in bodies if has_content(body.name))
