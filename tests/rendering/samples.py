"""Invented records: a complete one, and the awkward ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from tessella.model import (
    Assessment,
    Award,
    Credits,
    Decision,
    GradingScheme,
    Identifier,
    Learner,
    Levels,
    Link,
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

ISSUED = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


def concept(list_name: str, code: str) -> Concept:
    return code_list(list_name).require(code)


UNIVERSITY = Organisation(
    name={"en": "Westhaven University of Technology", "ga": "Ollscoil Theicneolaíochta Westhaven"},
    places=(Place(country=concept("country", "IE"), region="IE06"),),
    degree_awarding=True,
)

OUTCOMES = (
    "Analyse the water balance of a catchment from measured and modelled data",
    "Select and justify treatment processes for drinking water and waste water",
    "Design a monitoring plan that meets the Water Framework Directive",
    "Evaluate the effects of climate change on supply, demand and flood risk",
    "Communicate findings and their uncertainty to authorities and the public",
)

MICRO_CREDENTIAL = MicroCredential(
    id="https://westhaven.example/mc/water",
    title={"en": "Sustainable Water Management", "ga": "Bainistíocht Inbhuanaithe Uisce"},
    description={"en": "How to keep water clean, sufficient and fairly shared."},
    awarding_bodies=(UNIVERSITY,),
    fields=(concept("isced-f", "0732"),),
    outcomes=tuple(Outcome(id=f"lo{n}", title={"en": text}) for n, text in enumerate(OUTCOMES, 1)),
    workload=Workload(
        hours=Decimal(125),
        contact_hours=Decimal(40),
        credits=(Credits(points=Decimal(5), system=concept("credit-system", "ects")),),
    ),
    levels=Levels(
        eqf=(concept("eqf", "7"),),
        nqf=(concept("nqf", "ie-9"),),
        qf_ehea=concept("qf-ehea", "second"),
    ),
    participation=Participation(
        modes=(concept("mode", "blended"),),
        languages=(concept("language", "en"),),
        starts_on=dt.date(2026, 9, 7),
        ends_on=dt.date(2026, 11, 6),
    ),
    assessments=(
        Assessment(
            id="a1",
            type=concept("assessment", "project-work"),
            title={"en": "Catchment study"},
            supervision=concept("supervision", "supervised-with-id"),
            criteria={"en": "The study answers a real question with data, method and limits stated."},
            grading=GradingScheme(
                title={"en": "Irish percentage scale"}, minimum="0", maximum="100", passing="40"
            ),
        ),
        Assessment(id="a2", type=concept("assessment", "oral-exam"), mode=concept("mode", "online")),
    ),
    quality=(
        QualityAssurance(
            side=QualitySide.EXTERNAL,
            type=concept("accreditation", "institutional-quality-assurance"),
            body=Organisation(name={"en": "Agency for Quality in Learning"}),
            scheme="ESG 2015",
            decision=Decision.POSITIVE,
            valid_until=dt.date(2029, 6, 30),
        ),
        QualityAssurance(
            side=QualitySide.INTERNAL, title={"en": "reviewed every year by the academic council"}
        ),
    ),
    prerequisites=Prerequisites(text={"en": "A first degree in science or engineering"}),
    stackability=Stackability(
        stackable=True,
        targets=(
            StackTarget(
                title={"en": "Postgraduate Diploma in Environmental Engineering"}, decided_by=UNIVERSITY
            ),
        ),
    ),
    further_information=(Link(url="https://westhaven.example/water", title={"en": "Course page"}),),
)

AWARD = Award(
    id="urn:uuid:0c5d9a5e-2b54-4d4e-9a0b-7b1f0a8f3c11",
    micro_credential=MICRO_CREDENTIAL,
    learner=Learner(
        full_name="Aoife Ní Bhriain",
        birth_date=dt.date(1994, 3, 5),
        email="aoife@example.org",
        national_id=Identifier(value="1234567X"),
    ),
    assessed_on=dt.date(2026, 11, 4),
    awarded_on=dt.date(2026, 11, 12),
    issued_at=ISSUED,
    results=(Result(assessment="a1", grade="78"),),
    number="WH-2026-0417",
)


def changed(record: Any = MICRO_CREDENTIAL, **values: Any) -> Any:
    """A copy with other values."""
    return msgspec.structs.replace(record, **values)
