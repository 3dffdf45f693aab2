"""Bodies, how organisations were shown to act for them, and what registers say about them."""

from __future__ import annotations

from tessella_web.registers.models.bodies import (
    Body,
    BodyIdentifier,
    BodyKind,
    BodyName,
    BodyRelation,
    Dated,
    RelationKind,
    Scheme,
)
from tessella_web.registers.models.identity import Claim, ClaimState, IdentityReviewer, Method
from tessella_web.registers.models.registers import (
    Decision,
    EntryChange,
    EntryStatus,
    Import,
    ImportChange,
    ImportKind,
    ImportState,
    LearningKind,
    QualityReport,
    Register,
    RegisterEntry,
    Snapshot,
)

__all__ = [
    "Body",
    "BodyIdentifier",
    "BodyKind",
    "BodyName",
    "BodyRelation",
    "Claim",
    "ClaimState",
    "Dated",
    "Decision",
    "EntryChange",
    "EntryStatus",
    "IdentityReviewer",
    "Import",
    "ImportChange",
    "ImportKind",
    "ImportState",
    "LearningKind",
    "Method",
    "QualityReport",
    "Register",
    "RegisterEntry",
    "RelationKind",
    "Scheme",
    "Snapshot",
]
