"""The record: what is taught, assessed and quality-assured (`MicroCredential`), who achieved it (`Award`).

Everything is a frozen struct. A record may be incomplete: a draft, or what a foreign credential happened to
say; whether it meets a standard is the business of ``tessella.standard``. Fields that are not known here are kept in
``extra``, so reading and writing loses nothing. Every wire format is derived from the record.
"""

from tessella.model.award import (
    Achieved,
    Award,
    AwardedPart,
    AwardStatus,
    Evidence,
    Learner,
    Result,
    Route,
    RuleApplied,
    part_of,
)
from tessella.model.base import CodeListName, Identifier, Image, Link, concept_list
from tessella.model.course import (
    Assessment,
    Cost,
    Credits,
    Funding,
    GradingScheme,
    Outcome,
    OutcomeKind,
    Participation,
    Prerequisites,
    Workload,
)
from tessella.model.description import Loaded, Problem, describe, load, unknown_fields
from tessella.model.microcredential import MicroCredential, RecordType
from tessella.model.organisation import Organisation, Place
from tessella.model.quality import (
    Decision,
    LevelClaim,
    Levels,
    LevelStatus,
    QualityAssurance,
    QualitySide,
    Scope,
    Stackability,
    StackEffect,
    StackTarget,
)

__all__ = [
    "Achieved",
    "Assessment",
    "Award",
    "AwardStatus",
    "AwardedPart",
    "CodeListName",
    "Cost",
    "Credits",
    "Decision",
    "Evidence",
    "Funding",
    "GradingScheme",
    "Identifier",
    "Image",
    "Learner",
    "LevelClaim",
    "LevelStatus",
    "Levels",
    "Link",
    "Loaded",
    "MicroCredential",
    "Organisation",
    "Outcome",
    "OutcomeKind",
    "Participation",
    "Place",
    "Prerequisites",
    "Problem",
    "QualityAssurance",
    "QualitySide",
    "RecordType",
    "Result",
    "Route",
    "RuleApplied",
    "Scope",
    "StackEffect",
    "StackTarget",
    "Stackability",
    "Workload",
    "concept_list",
    "describe",
    "load",
    "part_of",
    "unknown_fields",
]
