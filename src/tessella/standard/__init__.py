"""The European standard as data: is a record complete, and what is still missing?

`check` applies a profile (``eu-2022`` is Annex I of the Council Recommendation) and the pack of the awarding country,
and answers with findings, a table of the elements and the standing of each level. `principles` goes through
the ten principles of Annex II, `definitions` through the definitions in use. Rules are files in ``packs/``; `rules_markdown` writes their reference page.
"""

from tessella.standard._frameworks import Basis, Framework, Referencing
from tessella.standard._markdown import rules_markdown
from tessella.standard._view import Audience, SealFacts
from tessella.standard.checking import CheckResult, ElementState, ElementStatus, check
from tessella.standard.known_definitions import (
    Condition,
    Definition,
    DefinitionStanding,
    all_definitions,
    definitions,
)
from tessella.standard.levels import LevelStanding, Standing
from tessella.standard.rulepack import (
    Country,
    Element,
    Kind,
    Missing,
    Pack,
    Rule,
    Source,
    country_packs,
    pack,
    profiles,
)
from tessella.standard.ten_principles import (
    Principle,
    PrincipleItem,
    PrincipleStanding,
    PrincipleStatus,
    Question,
    Statement,
    principle_questions,
    principles,
)

__all__ = [
    "Audience",
    "Basis",
    "CheckResult",
    "Condition",
    "Country",
    "Definition",
    "DefinitionStanding",
    "Element",
    "ElementState",
    "ElementStatus",
    "Framework",
    "Kind",
    "LevelStanding",
    "Missing",
    "Pack",
    "Principle",
    "PrincipleItem",
    "PrincipleStanding",
    "PrincipleStatus",
    "Question",
    "Referencing",
    "Rule",
    "SealFacts",
    "Source",
    "Standing",
    "Statement",
    "all_definitions",
    "check",
    "country_packs",
    "definitions",
    "pack",
    "principle_questions",
    "principles",
    "profiles",
    "rules_markdown",
]
