"""Invented awards: one that says everything ELM carries, one that says the least, and some of the edges between."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tessella.formats.elm import SealIdentity
from tessella.model import (
    Achieved,
    Assessment,
    Award,
    AwardedPart,
    AwardStatus,
    Credits,
    Decision,
    GradingScheme,
    Identifier,
    Image,
    Learner,
    Levels,
    LevelStatus,
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
    Route,
    RuleApplied,
    Scope,
    Stackability,
    StackEffect,
    StackTarget,
    Workload,
)
from tessella.vocabulary import Concept, code_list

ISSUED = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
CREDENTIAL_ID = "urn:credential:6f2b9a40-53a5-4b5e-9d53-0b5a86f7a901"
PNG = Image(content=b"\x89PNG\r\n\x1a\n" + bytes(24), media_type="image/png")
SEAL = SealIdentity(
    organisation="Nordhavn Universitet",
    common_name="Nordhavn eSeal 2026",
    organization_identifier="NTRDK-99887766",
    country="DK",
)


def coded(name: str, value: str) -> Concept:
    return code_list(name).require(value)


UNIVERSITY = Organisation(
    id="https://nordhavn.example/#org",
    name={"en": "University of Nordhavn", "da": "Nordhavn Universitet"},
    alternative_names={"en": "UoN"},
    places=(
        Place(country=coded("country", "DK"), region="DNK", address={"en": "Quay 1, Nordhavn"}),
        Place(country=coded("country", "SE"), region="Somewhere north"),
    ),
    legal_id="NTRDK-99887766",
    registration=Identifier(value="99887766", scheme="CVR", country=coded("country", "DK")),
    identifiers=(Identifier(value="DEQARINST9999", scheme="DEQARINST"),),
    degree_awarding=True,
    homepage="https://nordhavn.example",
    email="study@nordhavn.example",
    logo=Image(content=b"\x89PNG logo", media_type="image/png", description={"en": "Logo"}),
)
COMPANY = Organisation(
    name={"en": "Harbour Skills Ltd"},
    places=(Place(country=coded("country", "IE")),),
    legal_id="NTRIE-123456",
)
AGENCY = Organisation(
    name={"en": "Quality Board of the North"},
    places=(Place(country=coded("country", "DK")),),
    homepage="https://q.example",
)
LEARNER = Learner(
    id="urn:uuid:1b0a6f7e-3f3c-4a51-8f0e-0000000000aa",
    full_name="Jørgen Østergård-Łukasz",
    given_name="Jørgen",
    family_name="Østergård-Łukasz",
    birth_date=dt.date(1999, 2, 28),
    national_id=Identifier(value="280299-1234", scheme="CPR", country=coded("country", "DK")),
    identifiers=(Identifier(value="urn:schac:personalUniqueCode:int:esi:nordhavn.example:77", scheme="ESI"),),
    email="jorgen@student.example",
    citizenship=(coded("country", "DK"), coded("country", "PL")),
    gender="male",
)
PORT = Assessment(
    id="a1",
    title={"en": "Port simulation", "da": "Havnesimulering"},
    type=coded("assessment", "practical") if code_list("assessment").get("practical") else None,
    covers=("lo-1", "lo-2"),
    mode=coded("mode", "on-site"),
    supervision=coded("supervision", "supervised-with-id"),
    criteria={"en": "All four ships berthed without contact."},
    criteria_url="https://nordhavn.example/criteria",
    grading=GradingScheme(
        title={"en": "7-point scale"},
        description={"en": "Danish scale"},
        minimum="-3",
        maximum="12",
        passing="2",
    ),
)
QUIZ = Assessment(id="a2", type=coded("assessment", "quiz"))
RICH_RECORD = MicroCredential(
    id="https://nordhavn.example/mc/harbour",
    version="3",
    language="en",
    title={"en": "Harbour logistics", "da": "Havnelogistik"},
    description={"en": "Plan and run a small harbour."},
    awarding_bodies=(UNIVERSITY,),
    providers=(COMPANY, Organisation(name={"en": "Volunteers without an address"})),
    identifiers=(Identifier(value="HL-301", scheme="Course code"),),
    type=coded("learning-opportunity", "short-learning-programme"),
    fields=(coded("isced-f", "1041"), coded("isced-f", "0413")),
    outcomes=(
        Outcome(
            id="lo-1",
            title={"en": "Plan berth allocation", "da": "Planlægge kajpladser"},
            kind=OutcomeKind.SKILL,
            description={"en": "For up to forty ships a day."},
            esco=(
                Concept(
                    uri="http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000001",
                    scheme="http://data.europa.eu/esco/concept-scheme/skills",
                    labels={"en": "plan port operations"},
                ),
            ),
            related=(
                Concept(
                    uri="urn:example:skill:berth", scheme="urn:example:skills", labels={"en": "Berthing"}
                ),
            ),
            reusability=coded("skill-reuse-level", "sector-specific"),
        ),
        Outcome(id="lo-2", title={"en": "Lead a shift"}, kind=OutcomeKind.AUTONOMY, required=False),
        Outcome(id="lo-3", title={"en": "Explain tides"}, kind=OutcomeKind.KNOWLEDGE),
    ),
    outcome_summary={"en": "Runs a small harbour."},
    workload=Workload(
        hours=Decimal("82.5"),
        contact_hours=Decimal(20),
        credits=(Credits(points=Decimal(3), system=coded("credit-system", "ects")),),
    ),
    levels=Levels(
        eqf=(coded("eqf", "6"),),
        nqf=(coded("nqf", "dk-6"),) if code_list("nqf").get("dk-6") else (),
        qf_ehea=coded("qf-ehea", "first"),
        isced=coded("isced-level", "6"),
        sectoral=(Concept(uri="urn:example:imo:2", labels={"en": "IMO level 2"}),),
        stated_status=LevelStatus.REFERENCED,
    ),
    participation=Participation(
        modes=(coded("mode", "blended"), coded("mode", "online")),
        languages=(coded("language", "en"), coded("language", "da")),
        activities=(coded("learning-activity", "e-learning"),),
        setting=coded("learning-setting", "formal"),
        location={"en": "Nordhavn, quay 1"},
        starts_on=dt.date(2026, 2, 1),
        ends_on=dt.date(2026, 5, 1),
        hours_per_week=Decimal("6.5"),
        accessibility={"en": "Step-free."},
    ),
    assessments=(PORT, QUIZ),
    criteria={"en": "Pass both assessments."},
    quality=(
        QualityAssurance(
            side=QualitySide.EXTERNAL,
            type=coded("accreditation", "institutional-quality-assurance"),
            title={"en": "Institutional review"},
            body=AGENCY,
            covers=UNIVERSITY,
            scheme="ESG 2015",
            decision=Decision.POSITIVE,
            obligatory=True,
            scope=Scope(
                eqf=(coded("eqf", "6"), coded("eqf", "7")),
                fields=(coded("isced-f", "10"),),
                countries=(coded("country", "DK"),),
                programmes=("Harbour BSc",),
            ),
            decided_on=dt.date(2023, 1, 1),
            valid_from=dt.date(2023, 2, 1),
            valid_until=dt.date(2029, 1, 1),
            reviewed_on=dt.date(2025, 1, 1),
            report=Link(url="https://q.example/report/9", title={"en": "Report"}, language="en"),
            identifier=Identifier(value="https://q.example/accreditation/9"),
            learners_involved=True,
        ),
        QualityAssurance(
            side=QualitySide.INTERNAL,
            type=coded("accreditation", "programme-quality-assurance"),
            learners_involved=False,
        ),
    ),
    prerequisites=Prerequisites(
        text={"en": "Basic seamanship"},
        level=coded("eqf", "4"),
        language_level=coded("cefr", "B2"),
        credentials=("urn:x:deck",),
    ),
    stackability=Stackability(
        stackable=True,
        targets=(
            StackTarget(
                title={"en": "BSc Harbour"},
                id="urn:example:bsc",
                url="https://nordhavn.example/bsc",
                decided_by=UNIVERSITY,
            ),
            StackTarget(
                title={"en": "Master"},
                effect=StackEffect.ACCESS,
                decided_by=COMPANY,
                url="https://h.example/m",
            ),
        ),
        parts=("urn:example:part:1", "Tides module"),
    ),
    further_information=(Link(url="https://nordhavn.example/more", title={"en": "More"}, language="da"),),
    target_groups=(next(iter(code_list("target-group"))),),
    credit_bearing=True,
    relevance={"en": "Ports need planners."},
    homepage="https://nordhavn.example/harbour",
    valid_for_months=36,
    modified_on=dt.date(2026, 1, 5),
)
RICH = Award(
    id="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-0000000000bb",
    micro_credential=RICH_RECORD,
    learner=LEARNER,
    route=Route.VALIDATION,
    awarded_on=dt.date(2026, 5, 30),
    assessed_on=dt.date(2026, 5, 20),
    issued_at=ISSUED,
    valid_from=dt.datetime(2026, 6, 2, tzinfo=dt.UTC),
    valid_until=dt.datetime(2029, 6, 2, tzinfo=dt.UTC),
    results=(
        Result(
            assessment="a1",
            title={"en": "Port simulation, spring"},
            grade="10",
            status=coded("grade-status", "pass"),
            distribution="Top third of the class",
            assessed_on=dt.date(2026, 5, 20),
            assessed_by=(COMPANY,),
        ),
    ),
    achieved=(Achieved(outcome="lo-1", on=dt.date(2026, 5, 20)), Achieved(outcome="lo-3")),
    credits=(Credits(points=Decimal(3), system=coded("credit-system", "ects")),),
    number="2026-000017",
    replaces="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-0000000000aa",
    parts=(
        AwardedPart(
            id="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-000000000001",
            credential="https://nordhavn.example/mc/tides",
            title={"en": "Tides", "da": "Tidevand"},
            awarded_by=(UNIVERSITY,),
            awarded_on=dt.date(2025, 5, 30),
            credits=(Credits(points=Decimal("1.5"), system=coded("credit-system", "ects")),),
            eqf=coded("eqf", "6"),
            sha256="ab" * 32,
            contains=("urn:example:knots", "urn:example:flags"),
        ),
        AwardedPart(
            id="badge 7",
            title={"en": "Volunteering at the quay"},
            awarded_by=(Organisation(name={"en": "Friends of the harbour"}),),
        ),
    ),
    rule=RuleApplied(
        id="https://nordhavn.example/rules/harbour",
        version="2026",
        title={"en": "Certificate in harbour logistics", "da": "Certifikat i havnelogistik"},
        url="https://nordhavn.example/rules",
        decided_by="Board of examiners",
        proof_sha256="cd" * 32,
    ),
    status=(
        AwardStatus(
            type="BitstringStatusListEntry",
            purpose="revocation",
            list_url="https://nordhavn.example/status/3",
            index=42,
        ),
    ),
)
MINIMAL = Award(
    id="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-0000000000cc",
    micro_credential=MicroCredential(
        title={"en": "First aid at work"},
        awarding_bodies=(COMPANY,),
        outcomes=(Outcome(id="lo-1", title={"en": "Revive"}),),
    ),
    learner=Learner(given_name="Ada"),
    issued_at=ISSUED,
    valid_from=ISSUED,
)
NON_LATIN = Award(
    id="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-0000000000dd",
    micro_credential=MicroCredential(
        language="el",
        title={"el": "Ψηφιακή ασφάλεια", "ar": "الأمن الرقمي", "uk": "Цифрова безпека"},
        awarding_bodies=(
            Organisation(name={"el": "Σχολή Αιγαίου"}, places=(Place(country=coded("country", "GR")),)),
        ),
        outcomes=(Outcome(id="lo-1", title={"el": "Αναγνωρίζει απάτες"}),),
        levels=Levels(not_applicable={"el": "Μη τυπική μάθηση"}),
    ),
    learner=Learner(full_name="Ἀρετή Παπαδοπούλου", birth_date=dt.date(2001, 12, 31)),
    issued_at=ISSUED,
    valid_from=ISSUED,
)
NON_FORMAL = Award(
    id="urn:uuid:9d9fbe0e-2c3c-4b0e-8f0e-0000000000ee",
    micro_credential=MicroCredential(
        title={"en": "Youth exchange leadership"},
        awarding_bodies=(
            Organisation(name={"en": "Youth House"}, places=(Place(country=coded("country", "EE")),)),
        ),
        outcomes=(Outcome(id="lo-1", title={"en": "Facilitate a group"}, kind=OutcomeKind.ATTITUDE),),
        participation=Participation(setting=coded("learning-setting", "non-formal")),
        assessments=(Assessment(type=coded("assessment", "portfolio")),),
        stackability=Stackability(stackable=False),
        prerequisites=Prerequisites(none_needed=True),
    ),
    learner=Learner(full_name="Sukarno", identifiers=(Identifier(value="YH-1"),)),
    issued_at=ISSUED,
    valid_from=ISSUED,
)
AWARDS = {"rich": RICH, "minimal": MINIMAL, "non-latin": NON_LATIN, "non-formal": NON_FORMAL}
