"""Countries with several systems of education: the region decides which qualifications framework levels come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tessella.vocabulary import Concept, code_list

__all__ = ["REGIONS", "Region", "framework_of", "needs_region"]


class Region(NamedTuple):
    """A part of a country with a framework of its own. ``code`` is NUTS in the Union, ISO 3166-2 elsewhere."""

    code: str
    name: Any
    framework: str


REGIONS: Mapping[str, Sequence[Region]] = {
    "BE": (
        Region("BE2", _("Flanders, and Flemish institutions in Brussels"), "be-nl"),
        Region("BE3", _("Wallonia and Brussels: French Community"), "be-fr"),
        Region("BE336", _("German-speaking Community"), "be-de"),
    ),
    "GB": (
        Region("GB-EAW", _("England or Northern Ireland"), "gb-eng"),
        Region("GB-SCT", _("Scotland"), "gb-sct"),
        Region("GB-WLS", _("Wales"), "gb-wls"),
    ),
}
"""By country (ISO 3166-1 alpha-2); the framework by its code in the list “nqf”."""


def needs_region(country: str) -> bool:
    """Whether a country's name alone does not say which framework applies."""
    return _code(country) in REGIONS


def framework_of(country: str, region: str = "") -> Concept | None:
    """The qualifications framework of a country or region; None where it is not known, or not known which."""
    code = _code(country)
    frameworks = [one for one in code_list("nqf") if code_list("nqf").facts(one).get("country") == code]
    if code in REGIONS:
        own = next((one.framework for one in REGIONS[code] if one.code == region), "")
        return next((one for one in frameworks if one.code == own), None)
    return frameworks[0] if len(frameworks) == 1 else None


def _code(country: str) -> str:
    found = code_list("country").get(country) if country else None
    return found.code if found else country
