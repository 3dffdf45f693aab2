"""The description of a micro-credential, and of the other record types."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated

from tessella.model.base import CodeListName, Identifier, Link, Part
from tessella.model.course import Assessment, Cost, Outcome, Participation, Prerequisites, Workload
from tessella.model.organisation import Organisation
from tessella.model.quality import Levels, QualityAssurance, Stackability
from tessella.text import Text
from tessella.vocabulary import Concept

__all__ = ["MicroCredential", "RecordType"]


class RecordType(enum.StrEnum):
    """What kind of achievement a record is about; only the first may be shown as a micro-credential."""

    MICRO_CREDENTIAL = "micro-credential"
    ACHIEVEMENT = "achievement"
    PARTICIPATION = "participation"
    MEMBERSHIP = "membership"
    MOTIVATION = "motivation"
    CONTRIBUTION = "contribution"
    RECOGNITION_DECISION = "recognition-decision"


class MicroCredential(Part, frozen=True, kw_only=True):
    """What is taught, assessed and quality-assured, in one version.

    ``id`` is a URI that stays the same across versions. ``language`` is the primary language (BCP 47) of the texts.
    Provider, awarding body and technical issuer are three roles: ``providers`` empty means that the awarding bodies
    provide it; ``technical_issuer`` is set when another organisation seals by mandate. Volumes, levels and quality
    assurance are claims; ``tessella.standard`` says what they are worth.
    """

    id: str = ""
    version: str = "1"
    record_type: RecordType = RecordType.MICRO_CREDENTIAL
    language: str = "en"
    title: Text = {}
    description: Text = {}
    awarding_bodies: tuple[Organisation, ...] = ()
    providers: tuple[Organisation, ...] = ()
    technical_issuer: Organisation | None = None
    identifiers: tuple[Identifier, ...] = ()
    type: Annotated[Concept, CodeListName("learning-opportunity")] | None = None
    fields: tuple[Annotated[Concept, CodeListName("isced-f")], ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    outcome_summary: Text = {}
    workload: Workload | None = None
    levels: Levels | None = None
    participation: Participation | None = None
    assessments: tuple[Assessment, ...] = ()
    criteria: Text = {}
    quality: tuple[QualityAssurance, ...] = ()
    prerequisites: Prerequisites | None = None
    stackability: Stackability | None = None
    further_information: tuple[Link, ...] = ()
    target_groups: tuple[Annotated[Concept, CodeListName("target-group")], ...] = ()
    credit_bearing: bool | None = None
    leads_to_degree: bool = False
    relevance: Text = {}
    cost: Cost | None = None
    research: tuple[Identifier, ...] = ()
    homepage: str = ""
    valid_for_months: int | None = None
    modified_on: dt.date | None = None

    def outcome(self, id: str) -> Outcome | None:
        """The outcome with this id, or None."""
        return next((outcome for outcome in self.outcomes if outcome.id == id), None)

    @property
    def is_micro_credential(self) -> bool:
        """Whether the record claims to be a micro-credential (the other types are never shown as one)."""
        return self.record_type is RecordType.MICRO_CREDENTIAL
