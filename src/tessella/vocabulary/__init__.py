"""The EU code lists as typed look-ups: levels, fields, assessment, mode, quality assurance, countries."""

from tessella.vocabulary.codelist import CodeList
from tessella.vocabulary.concept import Concept
from tessella.vocabulary.lists import by_uri, code_list, code_lists, list_of, list_with
from tessella.vocabulary.relations import (
    CountryGroup,
    annex_supervision,
    broad_field,
    country,
    country_of,
    cycle_of_eqf,
    eqf_of_cycle,
    in_group,
    isced_f,
    language,
    members,
    nqf_levels,
    within,
)
from tessella.vocabulary.union import OFFICIAL_LANGUAGES

__all__ = [
    "OFFICIAL_LANGUAGES",
    "CodeList",
    "Concept",
    "CountryGroup",
    "annex_supervision",
    "broad_field",
    "by_uri",
    "code_list",
    "code_lists",
    "country",
    "country_of",
    "cycle_of_eqf",
    "eqf_of_cycle",
    "in_group",
    "isced_f",
    "language",
    "list_of",
    "list_with",
    "members",
    "nqf_levels",
    "within",
]
