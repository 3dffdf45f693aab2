"""One invented micro-credential and award, with something in every element of the European standard."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from tessella.formats.openbadges3 import write
from tessella.model import (
    Achieved,
    Assessment,
    Award,
    Credits,
    Evidence,
    GradingScheme,
    Identifier,
    Learner,
    Levels,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
    OutcomeKind,
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
ESCO = Concept(
    uri="http://data.europa.eu/esco/skill/25f0ea33-b4a2-4f31-b7b4-7d20e827b180",
    labels={"en": "use data ethics", "fi": "soveltaa dataetiikkaa"},
)

LAKESIDE = Organisation(
    id="https://lakeside.example/#org",
    name={"en": "Lakeside University", "fi": "Järvenrannan yliopisto"},
    legal_id="NTRFI-1234567-8",
    identifiers=(Identifier(value="DEQARINST0001", scheme="DEQARINST"),),
    places=(Place(country=code_list("country").require("FI"), address={"fi": "Rantatie 1, Järvenranta"}),),
    homepage="https://lakeside.example/",
    email="registry@lakeside.example",
    degree_awarding=True,
)
SEALER = Organisation(id="https://seals.example", name={"en": "Campus Seals Ltd"})

MICRO = MicroCredential(
    id="https://lakeside.example/mc/data-ethics",
    version="2",
    language="en",
    title={"en": "Data ethics in practice", "fi": "Dataetiikka käytännössä"},
    description={"en": "How to weigh interests when data about people is used."},
    awarding_bodies=(LAKESIDE,),
    identifiers=(Identifier(value="DE-101", scheme="course code"),),
    fields=(code_list("isced-f").require("0611"),),
    outcomes=(
        Outcome(
            id="lo-1",
            title={"en": "Assess a use of data against ethical principles", "fi": "Arvioi datan käyttöä"},
            kind=OutcomeKind.SKILL,
            esco=(ESCO,),
        ),
        Outcome(
            id="lo-2", title={"en": "Explain informed consent"}, kind=OutcomeKind.KNOWLEDGE, required=False
        ),
    ),
    workload=Workload(
        hours=Decimal("67.5"),
        credits=(Credits(points=Decimal("2.5"), system=code_list("credit-system").require("ects")),),
    ),
    levels=Levels(eqf=(code_list("eqf").require("6"),), qf_ehea=code_list("qf-ehea").require("first")),
    participation=Participation(
        modes=(code_list("mode").require("online"),),
        starts_on=dt.date(2026, 2, 2),
        ends_on=dt.date(2026, 5, 15),
    ),
    assessments=(
        Assessment(
            id="a-1",
            title={"en": "Case report"},
            type=code_list("assessment").require("marked-assignment"),
            covers=("lo-1", "lo-2"),
            supervision=code_list("supervision").require("unsupervised-with-id"),
            criteria={"en": "The report names the interests at stake and weighs them."},
            grading=GradingScheme(title={"en": "0 to 5"}, minimum="0", maximum="5", passing="1"),
        ),
    ),
    quality=(
        QualityAssurance(
            side=QualitySide.EXTERNAL,
            type=code_list("accreditation").require("institutional-quality-assurance"),
            body=Organisation(name={"en": "Northern Agency for Quality"}),
            scheme="ESG 2015",
            report=Link(url="https://agency.example/reports/7"),
            valid_until=dt.date(2030, 1, 1),
        ),
    ),
    prerequisites=Prerequisites(text={"en": "None but curiosity"}, none_needed=True),
    stackability=Stackability(
        stackable=True, targets=(StackTarget(title={"en": "Certificate in data work"}),)
    ),
    further_information=(Link(url="https://lakeside.example/mc/data-ethics"),),
)
AWARD = Award(
    id="urn:uuid:8d1a1a52-6f0e-4d0e-9a52-0c9d6a2f7e11",
    micro_credential=MICRO,
    learner=Learner(
        full_name="Aino Esimerkki",
        given_name="Aino",
        family_name="Esimerkki",
        email="aino@post.example",
        birth_date=dt.date(1999, 12, 31),
        national_id=Identifier(value="311299-999X"),
        identifiers=(
            Identifier(value="urn:schac:personalUniqueCode:int:esi:lakeside.example:42", scheme="esi"),
        ),
    ),
    awarded_on=dt.date(2026, 6, 1),
    assessed_on=dt.date(2026, 5, 20),
    results=(Result(assessment="a-1", grade="4", assessed_on=dt.date(2026, 5, 20)),),
    achieved=(Achieved(outcome="lo-1"), Achieved(outcome="lo-2")),
    credits=MICRO.workload.credits if MICRO.workload else (),
    evidence=(
        Evidence(
            title={"en": "Case report"}, type="Report", links=(Link(url="https://portfolio.example/aino"),)
        ),
    ),
    number="2026-000042",
)


def written(award: Award = AWARD, **changes: Any) -> dict[str, Any]:
    """The sample as a badge, sealed by a company of its university's choice."""
    arguments: dict[str, Any] = {
        "credential_id": AWARD.id,
        "issued_at": ISSUED_AT,
        "issuer": SEALER,
        "issuer_id": "did:web:seals.example",
        "salt": "kfj38dhs",
    }
    return write(award, **(arguments | changes))


def with_micro(**changes: Any) -> Award:
    """The sample's award of a changed micro-credential."""
    return msgspec.structs.replace(AWARD, micro_credential=msgspec.structs.replace(MICRO, **changes))
