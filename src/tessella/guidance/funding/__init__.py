"""Funding schemes as data: whether somebody could get one, from what they declare, and what would be left to pay.

Nothing here decides: the answer is *eligible as declared*, *not eligible as declared* (by which condition) or *unknown* (which fact is
asked), and whoever runs the scheme decides. What is declared is used for the answer and kept nowhere.
"""

from __future__ import annotations

from tessella.guidance.funding.assessing import (
    Answer,
    Combination,
    Eligibility,
    Price,
    Question,
    Reason,
    assess,
    combinations,
    questions,
)
from tessella.guidance.funding.facts import FACTS, Fact, read_facts
from tessella.guidance.funding.schemes import (
    Benefit,
    Cap,
    Condition,
    Scheme,
    Source,
    load_scheme,
    published_scheme,
    published_schemes,
    scheme_data,
)
from tessella.guidance.funding.words import explain

__all__ = [
    "FACTS",
    "Answer",
    "Benefit",
    "Cap",
    "Combination",
    "Condition",
    "Eligibility",
    "Fact",
    "Price",
    "Question",
    "Reason",
    "Scheme",
    "Source",
    "assess",
    "combinations",
    "explain",
    "load_scheme",
    "published_scheme",
    "published_schemes",
    "questions",
    "read_facts",
    "scheme_data",
]
