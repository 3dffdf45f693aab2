"""Levels: which apply, which contradict each other; fields of education."""

from __future__ import annotations

from typing import Any

from tessella.standard._view import Hit, View, code, fact, has_content
from tessella.standard.facts.roles import awarding_country_codes
from tessella.text import say
from tessella.vocabulary import code_list

__all__ = ["nqf_country"]

_COUNTRY_OF_NQF = {
    "gb-eng": "GB",
    "gb-sct": "GB",
    "gb-wls": "GB",
    "be-de": "BE",
    "be-fr": "BE",
    "be-nl": "BE",
}
_DETAILED = 4  # digits of a detailed field of ISCED-F 2013
_BROAD = 2


def nqf_country(nqf: str) -> str:
    """The country (ISO 3166-1 alpha-2) of a national level's code such as ``nl-6``."""
    known = next((country for prefix, country in _COUNTRY_OF_NQF.items() if nqf.startswith(prefix)), "")
    return known or nqf.split("-")[0].upper()


@fact("level-stated")
def level_stated(view: View) -> tuple[Any, ...]:
    """Levels stated in the EQF, a national framework or the QF-EHEA."""
    return tuple(
        concept
        for path in ("levels.eqf", "levels.nqf", "levels.qf_ehea")
        for concept in view.values(path)
        if has_content(concept)
    )


@fact("level-summary")
def level_summary(view: View) -> tuple[Any, ...]:
    """The levels in words, for tables."""
    eqf = (say("EQF %(level)s", level=code("eqf", c) or c.label("en")) for c in view.values("levels.eqf"))
    return (*eqf, *view.values("levels.nqf"), *view.values("levels.qf_ehea"))


@fact("credit-bearing")
def credit_bearing(view: View) -> tuple[Any, ...]:
    """True when the record says that it bears credit, or states ECTS without saying that it does not."""
    stated = view.record.credit_bearing
    bears = bool(view.values("@ects")) if stated is None else stated
    return (bears,)


@fact("level-applies")
def level_applies(view: View) -> tuple[Any, ...]:
    """True when a level is stated, or the learning bears credit or belongs to higher education."""
    reason = view.record.levels is not None and has_content(view.record.levels.not_applicable)
    expected = bool(view.values("@higher-education")) and not reason
    return (bool(view.values("@level-stated")) or view.first("@credit-bearing") or expected,)


@fact("cycle-contradicts-eqf")
def cycle_contradicts_eqf(view: View) -> tuple[Any, ...]:
    """The cycle, when it belongs to another EQF level than the one stated (short 5, first 6, second 7, third 8)."""
    cycle, eqf = view.first("levels.qf_ehea"), view.values("@eqf-level")
    listed = code_list("qf-ehea")
    known = listed.get(cycle.uri) if cycle else None
    if known is None or not eqf:
        return ()
    return () if int(listed.facts(known)["eqf"]) in eqf else (known,)


@fact("nqf-of-another-country")
def nqf_of_another_country(view: View) -> tuple[Any, ...]:
    """National levels of a country in which no awarding body sits."""
    countries = awarding_country_codes(view)
    return tuple(
        concept
        for concept in view.values("levels.nqf")
        if countries and (known := code("nqf", concept)) and nqf_country(known) not in countries
    )


@fact("nqf-contradicts-eqf")
def nqf_contradicts_eqf(view: View) -> tuple[Any, ...]:
    """National levels that the country's referencing puts at another EQF level than the one stated."""
    stated = view.values("@eqf-level")
    return tuple(
        Hit(
            say("%(national)s is EQF level %(level)s", national=concept.label("en"), level=equivalent),
            "levels.nqf",
        )
        for concept in view.values("levels.nqf")
        for framework in view.frameworks
        if stated and (equivalent := framework.eqf_of(code("nqf", concept))) and equivalent not in stated
    )


@fact("eqf-without-referencing")
def eqf_without_referencing(view: View) -> tuple[Any, ...]:
    """EQF levels, when we know the country's framework and it was not referenced on the day."""
    known = view.frameworks
    return (
        view.values("@eqf-level")
        if known and not any(f.referenced.holds(view.on.year) for f in known)
        else ()
    )


@fact("cycle-without-self-certification")
def cycle_without_self_certification(view: View) -> tuple[Any, ...]:
    """The cycle, when we know the country's framework and it was not self-certified on the day."""
    known = view.frameworks
    if not known or any(f.self_certified.holds(view.on.year) for f in known):
        return ()
    return view.values("levels.qf_ehea")


@fact("isced-differs")
def isced_differs(view: View) -> tuple[Any, ...]:
    """The ISCED level, when it is not the one that usually goes with the EQF level (5 to 8)."""
    isced, eqf = code("isced-level", view.first("levels.isced")), view.first("@eqf-level")
    if not isced or eqf is None or eqf < 5:
        return ()
    return () if int(isced) == eqf else (view.first("levels.isced"),)


@fact("fields-unknown")
def fields_unknown(view: View) -> tuple[Any, ...]:
    """Fields of education that ISCED-F does not have."""
    return tuple(
        Hit(concept.code or concept.label("en"), f"fields[{number}]")
        for number, concept in enumerate(view.record.fields)
        if not code("isced-f", concept)
    )


@fact("fields-broad")
def fields_broad(view: View) -> tuple[Any, ...]:
    """Broad fields (two digits), when no detailed field is given with them."""
    codes = [code("isced-f", concept) for concept in view.record.fields]
    return tuple(
        broad
        for broad in codes
        if len(broad) == _BROAD and not any(other != broad and other.startswith(broad) for other in codes)
    )


@fact("fields-misplaced")
def fields_misplaced(view: View) -> tuple[Any, ...]:
    """Fields whose stated broader field is not the one they belong to."""
    listed = code_list("isced-f")
    return tuple(
        concept
        for concept in view.record.fields
        if concept.broader
        and (known := listed.get(concept.uri))
        and known.broader
        and not _under(concept.broader, known.code)
    )


def _under(broader: str, child: str) -> bool:
    parent = code_list("isced-f").get(broader)
    return parent is not None and child.startswith(parent.code) and len(parent.code) < len(child) <= _DETAILED
