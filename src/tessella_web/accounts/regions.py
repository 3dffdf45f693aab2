"""What follows from where an organisation works: which qualifications framework levels come from, and what the clocks show.

Where a country has several systems of education, the region decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tessella.vocabulary import Concept, code_list

__all__ = ["REGIONS", "Region", "framework_of", "needs_region", "time_zone_of"]


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


TIME_ZONES: Mapping[str, str] = {
    code: f"{area}/{city}"
    for area, cities in {
        "Europe": "AD Andorra, AL Tirane, AT Vienna, BA Sarajevo, BE Brussels, BG Sofia, BY Minsk, CH Zurich, CZ Prague, DE Berlin, "
        "DK Copenhagen, EE Tallinn, ES Madrid, FI Helsinki, FR Paris, GB London, GR Athens, HR Zagreb, HU Budapest, IE Dublin, "
        "IT Rome, LI Vaduz, LT Vilnius, LU Luxembourg, LV Riga, MD Chisinau, ME Podgorica, MK Skopje, MT Malta, NL Amsterdam, "
        "NO Oslo, PL Warsaw, PT Lisbon, RO Bucharest, RS Belgrade, RU Moscow, SE Stockholm, SI Ljubljana, SK Bratislava, "
        "SM San_Marino, TR Istanbul, UA Kyiv, VA Vatican",
        "Asia": "AM Yerevan, AZ Baku, CY Nicosia, GE Tbilisi, IL Jerusalem, KZ Almaty, LB Beirut",
        "Atlantic": "IS Reykjavik, CV Cape_Verde",
        "Africa": "DZ Algiers, EG Cairo, ET Addis_Ababa, GH Accra, KE Nairobi, MA Casablanca, SN Dakar, TN Tunis, ZA Johannesburg",
    }.items()
    for code, city in (one.split() for one in cities.split(", "))
}
"""By country (ISO 3166-1 alpha-2) the IANA name of the clocks of its capital, of the European Higher Education Area and neighbours."""


def time_zone_of(country: str) -> str:
    """The IANA name of the time zone of a country; UTC where it is not known, or has several."""
    return TIME_ZONES.get(_code(country), "UTC")


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
