"""Comprehensive Learner Record 2.0 (1EdTech CLR Standard): one signed document around the credentials of many issuers.

::

    detect      whether a JSON value is a ClrCredential
    validate    what the standard finds wrong with the record itself
    read        record → `LearnerRecord`: its achievements, associations, and the credentials in it
    doubts      what the standard allows and is odd: a credential about another person, an association that leads nowhere

The credentials inside are sealed by their own issuers: they are handed on as they stand, for whoever verifies them. The record's own
seal says who put them together and nothing about whether they are true.
"""

from tessella.formats.clr.reading import (
    Association,
    Doubt,
    Embedded,
    LearnerRecord,
    ListedAchievement,
    detect,
    doubts,
    read,
)
from tessella.formats.clr.validation import Violation, validate

__all__ = [
    "Association",
    "Doubt",
    "Embedded",
    "LearnerRecord",
    "ListedAchievement",
    "Violation",
    "detect",
    "doubts",
    "read",
    "validate",
]
