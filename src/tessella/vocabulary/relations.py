"""What connects the lists: cycles and levels, fields and their branch, regions and countries, Annex I."""

from __future__ import annotations

from typing import Literal

from tessella.vocabulary.concept import Concept
from tessella.vocabulary.lists import code_list, list_with

__all__ = [
    "CountryGroup",
    "annex_supervision",
    "broad_field",
    "country",
    "country_of",
    "cycle_of_eqf",
    "eqf_of_cycle",
    "in_group",
    "isced_f",
    "language",
    "members",
    "nqf_levels",
    "within",
]

CountryGroup = Literal["EU", "EEA", "EFTA", "EHEA"]
"""Groups of countries that rules refer to; EHEA are the 49 countries, whether or not represented at present."""

_LISTS_BY_COUNTRY = ("nqf", "nuts", "atu")
"""Lists whose branches begin with a country's code, or name their country in the facts of the top."""


def country(value: str) -> Concept:
    """The country with this ISO 3166-1 code of two or three letters, EU authority URI, or name in an EU language.

    ``XK``, ``XKX`` and ``1A0`` are Kosovo; ``EL`` and ``UK``, as the EU writes them, are Greece and the United
    Kingdom. Every `Concept` of the list has the two-letter code.

    Raises:
        VocabularyError: there is none.
    """
    return code_list("country").require(value)


def language(value: str) -> Concept:
    """The language with this BCP 47 tag, ISO 639 code, EU authority URI, or name in an EU language.

    Of a tag the primary subtag decides (``pt-BR`` is Portuguese). The code of the `Concept` is the primary subtag.

    Raises:
        VocabularyError: there is none.
    """
    codes = code_list("language")
    primary = value.partition("-")[0]
    found = codes.get(value) or (codes.get(primary) if 2 <= len(primary) <= 3 else None)
    return found or codes.require(value)


def isced_f(value: str) -> Concept:
    """The field of education with this ISCED-F 2013 code, EU URI or English label.

    Raises:
        VocabularyError: there is none; ``input.vocabulary.lost-zero`` when the code lacks its leading zero.
    """
    return code_list("isced-f").require(value)


def broad_field(field: Concept) -> Concept | None:
    """The broad ISCED-F field (``00`` to ``10``, ``99``) above a field, or itself; None for a foreign concept."""
    fields = code_list("isced-f")
    return fields.branch(field)[-1] if fields.in_list(field) else None


def within(narrow: Concept, broad: Concept) -> bool:
    """Whether the second concept is the first or lies above it in their list (0613 within 06; A within A)."""
    if narrow.uri == broad.uri:
        return True
    codes = list_with(narrow.uri)
    return codes is not None and any(above.uri == broad.uri for above in codes.branch(narrow))


def in_group(place: Concept, group: CountryGroup) -> bool:
    """Whether a country of the list belongs to the group; a foreign concept belongs to none."""
    return group in code_list("country").facts(place).get("groups", "").split()


def members(group: CountryGroup) -> tuple[Concept, ...]:
    """The countries of the group, by code."""
    return tuple(place for place in code_list("country") if in_group(place, group))


def country_of(concept: Concept) -> Concept | None:
    """The country of a region (NUTS, ATU) or of a national framework or its level; None for anything else.

    A country is its own country.
    """
    countries = code_list("country")
    if countries.in_list(concept):
        return countries.get(concept.uri)
    codes = list_with(concept.uri)
    if codes is None or codes.name not in _LISTS_BY_COUNTRY:
        return None
    top = codes.branch(concept)[-1]
    return countries.get(codes.facts(top).get("country") or top.code)


def nqf_levels(place: Concept) -> tuple[Concept, ...]:
    """The levels of the national qualifications frameworks of a country, in their order; empty if it has none.

    Belgium and the United Kingdom have three frameworks; `CodeList.branch` leads from a level to its framework.
    """
    codes = code_list("nqf")
    frameworks = {top.uri for top in codes if codes.facts(top).get("country") == place.code}
    return tuple(node for node in codes if node.broader in frameworks)


def eqf_of_cycle(cycle: Concept) -> Concept | None:
    """The EQF level a cycle of the QF-EHEA corresponds to: short 5, first 6, second 7, third 8 (EQF Annex III)."""
    level = code_list("qf-ehea").facts(cycle).get("eqf")
    return code_list("eqf").get(level) if level else None


def cycle_of_eqf(level: Concept) -> Concept | None:
    """The QF-EHEA cycle that corresponds to an EQF level; None below level 5."""
    return next((cycle for cycle in code_list("qf-ehea") if eqf_of_cycle(cycle) == level), None)


def annex_supervision(supervision: Concept) -> Concept | None:
    """The value of Annex I for a supervision and verification type, in the wording of Annex I.

    None when Annex I has none: the EU list also knows an identity check without supervision, and one that says
    nothing of supervision; they are shown as they are.
    """
    code = code_list("supervision").facts(supervision).get("annex")
    return code_list("annex-supervision").get(code) if code else None
