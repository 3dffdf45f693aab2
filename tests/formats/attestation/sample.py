"""One invented award that has something for every claim of both profiles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from tessella.formats.attestation import Attestation, write
from tessella.model import (
    Achieved,
    Assessment,
    Award,
    Credits,
    Decision,
    GradingScheme,
    Identifier,
    Learner,
    Levels,
    MicroCredential,
    Organisation,
    Outcome,
    Participation,
    Place,
    Prerequisites,
    QualityAssurance,
    QualitySide,
    Result,
    Stackability,
    StackTarget,
    Workload,
)
from tessella.vocabulary import Concept, code_list

ISSUED_AT = dt.datetime(2026, 6, 3, 9, 30, tzinfo=dt.UTC)
EXPIRES_AT = dt.datetime(2031, 6, 3, tzinfo=dt.UTC)
ESCO = Concept(
    uri="http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180", labels={"en": "farm seaweed"}
)

ACADEMY = Organisation(
    id="https://fjord.example",
    name={"en": "Fjord Academy", "nb": "Fjordakademiet"},
    legal_id="NTRNO-987654321",
    places=(Place(country=code_list("country").require("NO")),),
    homepage="https://fjord.example/",
)


def listed(name: str, code: str) -> Concept:
    return code_list(name).require(code)


MICRO = MicroCredential(
    id="https://fjord.example/mc/seaweed",
    language="en",
    title={"en": "Seaweed farming", "nb": "Tangdyrking"},
    description={"en": "From line to harvest."},
    awarding_bodies=(ACADEMY,),
    fields=(listed("isced-f", "0831"),),
    outcomes=(
        Outcome(id="lo-1", title={"en": "Lays out lines"}, esco=(ESCO,)),
        Outcome(id="lo-2", title={"en": "Judges water quality"}),
        Outcome(id="lo-3", title={"en": "Sells the harvest"}, required=False),
    ),
    outcome_summary={"en": "Runs a small farm."},
    workload=Workload(
        hours=Decimal("67.5"),
        credits=(Credits(points=Decimal("2.5"), system=listed("credit-system", "ects")),),
    ),
    levels=Levels(eqf=(listed("eqf", "4"),), nqf=(code_list("nqf").concepts[1],)),
    participation=Participation(
        modes=(listed("mode", "online"),),
        languages=(listed("language", "nb"), listed("language", "en")),
        activities=(listed("learning-activity", "classroom"),),
    ),
    assessments=(
        Assessment(
            id="a-1",
            type=listed("assessment", "written-exam"),
            supervision=listed("supervision", "supervised-with-id"),
            grading=GradingScheme(title={"en": "A to F"}),
        ),
    ),
    quality=(
        QualityAssurance(
            side=QualitySide.EXTERNAL,
            type=listed("accreditation", "institutional-quality-assurance"),
            title={"en": "Review 2025"},
            body=Organisation(name={"en": "Agency of the North"}),
            decision=Decision.POSITIVE,
            decided_on=dt.date(2025, 1, 15),
            valid_until=dt.date(2031, 1, 15),
        ),
    ),
    prerequisites=Prerequisites(text={"en": "Can swim"}),
    stackability=Stackability(stackable=True, targets=(StackTarget(title={"en": "Diploma in aquaculture"}),)),
)
AWARD = Award(
    id="urn:uuid:8d1a1a52-6f0e-4d0e-9a52-0c9d6a2f7e11",
    micro_credential=MICRO,
    learner=Learner(
        id="did:example:ingrid",
        full_name="Ingrid Håkonsdatter",
        given_name="Ingrid",
        family_name="Håkonsdatter",
        birth_date=dt.date(1999, 12, 31),
        email="ingrid@post.example",
        national_id=Identifier(value="31129912345"),
        identifiers=(Identifier(value="S-4711", scheme="student number"),),
    ),
    awarded_on=dt.date(2026, 6, 1),
    valid_until=dt.datetime(2036, 6, 1, 23, 59, 59, tzinfo=dt.UTC),
    results=(Result(assessment="a-1", grade="B", assessed_by=(Organisation(name={"en": "Exam Office"}),)),),
    achieved=(Achieved(outcome="lo-1"), Achieved(outcome="lo-2")),
    number="2026-000042",
)


def written(award: Award = AWARD, **changes: Any) -> Attestation:
    given = {
        "issuer": ACADEMY,
        "issuer_id": "https://fjord.example/issuer",
        "issued_at": ISSUED_AT,
        "expires_at": EXPIRES_AT,
        "credential_id": "urn:uuid:0f2f6b0e-6a3c-4d53-9d0e-93b6c8f2a111",
    }
    return write(award, **(given | changes))


def with_micro(**changes: Any) -> Award:
    return msgspec.structs.replace(AWARD, micro_credential=msgspec.structs.replace(MICRO, **changes))


def with_learner(**changes: Any) -> Award:
    return msgspec.structs.replace(AWARD, learner=msgspec.structs.replace(AWARD.learner, **changes))
