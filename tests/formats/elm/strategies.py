"""Hypothesis strategies for awards that ELM carries in full (what the field map calls lost or partial is left out)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from tessella.model import (
    Achieved,
    Assessment,
    Award,
    AwardedPart,
    Credits,
    Decision,
    GradingScheme,
    Identifier,
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
    RecordType,
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
from tests.formats.elm.awards import ISSUED

words = st.text(
    st.sampled_from("abc XYZ éßæ ΑΒγδ жщЯ العربية हिन्दी 漢字 \"'<&\\,;"), min_size=1, max_size=24
).filter(lambda text: bool(text.strip()) and text == text.strip())
tags = st.sampled_from(["en", "el", "lv", "ar", "sr-Latn", "uk"])
texts = st.dictionaries(tags, words, min_size=1, max_size=3)
maybe_texts = st.one_of(st.just({}), texts)
days = st.dates(dt.date(1930, 1, 1), dt.date(2035, 12, 31))
amounts = st.decimals(Decimal("0.25"), Decimal(400), places=2)
tokens = st.text("abcdefghij-0123456789", min_size=1, max_size=10)
uris = st.builds("urn:example:{}:{}".format, tokens, tokens)
urls = st.builds("https://{}.example/{}".format, st.sampled_from(["a", "b", "c"]), tokens)


def listed(name: str) -> st.SearchStrategy[Concept]:
    return st.sampled_from(code_list(name).concepts[:40])


def some(strategy, most: int = 3, key=str):
    return st.lists(strategy, max_size=most, unique_by=key).map(tuple)


def listed_many(name: str) -> st.SearchStrategy[tuple[Concept, ...]]:
    return some(listed(name), key=lambda concept: concept.uri)


foreign = st.builds(Concept, uri=uris, scheme=st.one_of(st.just(""), uris), labels=maybe_texts)
esco = st.builds(
    Concept,
    uri=st.builds("http://data.europa.eu/esco/skill/{}".format, tokens),
    scheme=st.just("http://data.europa.eu/esco/concept-scheme/skills"),
    labels=maybe_texts,
)
identifiers = st.builds(
    Identifier,
    value=words,
    scheme=st.sampled_from(["", "Course code", "ESI"]),
    country=st.one_of(st.none(), listed("country")),
)
links = st.builds(Link, url=urls, title=maybe_texts, language=st.sampled_from(["", "en", "el", "lv"]))
places = st.builds(
    Place,
    country=listed("country"),
    region=st.sampled_from(["", "LVA", "LV0", "Old town"]),
    address=maybe_texts,
)


@st.composite
def organisations(draw) -> Organisation:
    """Each with a name of its own: two with the same name would be one."""
    number = draw(st.integers(0, 10**9))
    country = draw(listed("country"))
    return Organisation(
        name={**draw(texts), "en": f"Organisation {number}"},
        id=draw(st.one_of(st.just(""), st.just(f"https://org{number}.example/#me"))),
        alternative_names=draw(maybe_texts),
        places=(draw(places), *draw(some(places, 1))),
        legal_id=draw(st.sampled_from(["", f"NTR{country.code}-{number}"])),
        registration=draw(
            st.one_of(st.none(), st.builds(Identifier, value=st.just(f"{number}"), country=listed("country")))
        ),
        identifiers=draw(some(identifiers, 2, key=lambda item: item.value)),
        degree_awarding=draw(st.sampled_from([None, True, False])),
        homepage=draw(st.one_of(st.just(""), urls)),
        email=draw(st.sampled_from(["", "office@example.org"])),
    )


credits = st.builds(Credits, points=amounts, system=listed("credit-system"))
parts = st.builds(
    AwardedPart,
    id=st.one_of(uris, tokens),
    credential=st.one_of(st.just(""), uris),
    title=texts,
    awarded_by=st.lists(organisations(), min_size=1, max_size=2).map(tuple),
    awarded_on=st.one_of(st.none(), days),
    credits=some(credits, 1),
    eqf=st.one_of(st.none(), listed("eqf")),
    sha256=st.sampled_from(["", "ab" * 32]),
    contains=some(tokens, 2),
)
rules = st.builds(
    RuleApplied,
    id=uris,
    version=st.sampled_from(["", "2026"]),
    title=maybe_texts,
    url=st.one_of(st.just(""), urls),
    decided_by=st.one_of(st.just(""), words),
    proof_sha256=st.sampled_from(["", "cd" * 32]),
)
outcomes = st.builds(
    Outcome,
    id=tokens,
    title=texts,
    kind=st.one_of(st.none(), st.sampled_from(OutcomeKind)),
    description=maybe_texts,
    esco=some(esco, 2, key=lambda item: item.uri),
    related=some(foreign, 2, key=lambda item: item.uri),
    reusability=st.one_of(st.none(), listed("skill-reuse-level")),
    required=st.booleans(),
)
gradings = st.builds(
    GradingScheme,
    title=texts,
    description=maybe_texts,
    minimum=st.sampled_from(["", "1"]),
    passing=st.sampled_from(["", "4"]),
)
assessments = st.builds(
    Assessment,
    id=tokens,
    title=maybe_texts,
    type=st.one_of(st.none(), listed("assessment")),
    covers=some(tokens, 2),
    mode=st.one_of(st.none(), listed("mode")),
    supervision=st.one_of(st.none(), listed("supervision")),
    criteria=maybe_texts,
    criteria_url=st.one_of(st.just(""), urls),
    grading=st.one_of(st.none(), gradings),
)
scopes = st.builds(
    Scope,
    eqf=listed_many("eqf"),
    fields=listed_many("isced-f"),
    countries=some(
        st.sampled_from([code_list("country").require(code) for code in ("LV", "EL", "DE")]),
        key=lambda c: c.uri,
    ),
    programmes=some(tokens, 2),
).filter(lambda scope: scope != Scope())
qualities = st.builds(
    QualityAssurance,
    side=st.just(QualitySide.EXTERNAL),
    type=listed("accreditation"),
    title=maybe_texts,
    body=organisations(),
    covers=st.one_of(st.none(), organisations()),
    scheme=st.sampled_from(["", "ESG 2015"]),
    decision=st.one_of(st.none(), st.sampled_from(Decision)),
    obligatory=st.sampled_from([None, True, False]),
    scope=st.one_of(st.none(), scopes),
    decided_on=st.one_of(st.none(), days),
    valid_from=st.one_of(st.none(), days),
    valid_until=st.one_of(st.none(), days),
    reviewed_on=st.one_of(st.none(), days),
    report=st.one_of(st.none(), links),
    identifier=st.one_of(st.none(), identifiers.filter(lambda item: not item.value.startswith("http"))),
)
own_quality = st.builds(
    QualityAssurance, side=st.just(QualitySide.INTERNAL), type=listed("accreditation"), title=maybe_texts
)
levels = st.builds(
    Levels,
    eqf=listed_many("eqf").map(lambda found: found[:1]),
    nqf=listed_many("nqf"),
    qf_ehea=st.one_of(st.none(), listed("qf-ehea")),
    isced=st.one_of(st.none(), listed("isced-level")),
    sectoral=some(foreign, 1, key=lambda item: item.uri),
    stated_status=st.sampled_from(LevelStatus),
    not_applicable=maybe_texts,
).filter(lambda made: made != Levels())
participations = st.builds(
    Participation,
    modes=listed_many("mode"),
    languages=listed_many("language"),
    activities=listed_many("learning-activity"),
    setting=st.one_of(st.none(), listed("learning-setting")),
    location=maybe_texts,
    starts_on=st.one_of(st.none(), days),
    ends_on=st.one_of(st.none(), days),
    hours_per_week=st.one_of(st.none(), amounts),
    accessibility=maybe_texts,
).filter(lambda made: made != Participation())
targets = st.builds(
    StackTarget,
    title=texts,
    id=st.one_of(st.just(""), uris),
    url=st.one_of(st.just(""), urls),
    effect=st.sampled_from(StackEffect),
    decided_by=st.one_of(st.none(), organisations()),
)
stacks = st.builds(
    Stackability,
    stackable=st.booleans(),
    targets=some(targets, 2, key=lambda item: str(item.title)).map(
        lambda found: tuple(sorted(found, key=lambda item: item.effect is StackEffect.ACCESS))
    ),
    parts=some(st.one_of(uris, words), 2),
)
prerequisites = st.builds(
    Prerequisites,
    text=maybe_texts,
    level=st.one_of(st.none(), listed("eqf")),
    language_level=st.one_of(st.none(), listed("cefr")),
    credentials=some(tokens, 2),
).filter(lambda made: made != Prerequisites())
workloads = st.builds(
    Workload,
    hours=st.one_of(st.none(), amounts),
    contact_hours=st.one_of(st.none(), amounts),
    credits=some(credits, 2, key=lambda c: c.points),
).filter(lambda made: made != Workload())


@st.composite
def micro_credentials(draw) -> MicroCredential:
    bodies = tuple(
        draw(st.lists(organisations(), min_size=1, max_size=2, unique_by=lambda item: item.name["en"]))
    )
    about = draw(some(qualities.map(lambda quality: quality), 1, key=lambda item: item.body.name["en"]))
    return MicroCredential(
        id=draw(st.one_of(st.just(""), urls)),
        version=draw(st.sampled_from(["1", "2.1"])),
        record_type=draw(st.sampled_from(RecordType)),
        language=draw(st.sampled_from(["en", "el", "lv"])),
        title=draw(texts),
        description=draw(maybe_texts),
        awarding_bodies=bodies,
        providers=draw(some(organisations(), 1, key=lambda item: item.name["en"])),
        identifiers=draw(some(identifiers, 2, key=lambda item: item.value)),
        type=draw(st.one_of(st.none(), listed("learning-opportunity"))),
        fields=draw(listed_many("isced-f")),
        outcomes=draw(some(outcomes, 3, key=lambda item: item.id)),
        outcome_summary=draw(maybe_texts),
        workload=draw(st.one_of(st.none(), workloads)),
        levels=draw(st.one_of(st.none(), levels)),
        participation=draw(st.one_of(st.none(), participations)),
        assessments=draw(some(assessments, 2, key=lambda item: item.id)),
        criteria=draw(maybe_texts),
        quality=(*about, *draw(some(own_quality, 1, key=str))),
        prerequisites=draw(st.one_of(st.none(), prerequisites)),
        stackability=draw(st.one_of(st.none(), stacks)),
        further_information=draw(some(links, 2, key=lambda item: item.url)),
        target_groups=draw(listed_many("target-group")),
        credit_bearing=draw(st.sampled_from([None, True, False])),
        leads_to_degree=draw(st.booleans()),
        relevance=draw(maybe_texts),
        homepage=draw(st.one_of(st.just(""), urls)),
        valid_for_months=draw(st.one_of(st.none(), st.integers(1, 120))),
        modified_on=draw(st.one_of(st.none(), days)),
    )


learners = st.builds(
    Learner,
    id=st.one_of(st.just(""), st.uuids().map("urn:uuid:{}".format)),
    full_name=st.one_of(st.just(""), words),
    given_name=st.one_of(st.just(""), words),
    family_name=st.one_of(st.just(""), words),
    birth_date=st.one_of(st.none(), days),
    national_id=st.one_of(st.none(), st.builds(Identifier, value=words, country=listed("country"))),
    identifiers=some(identifiers, 2, key=lambda item: item.value),
    email=st.sampled_from(["", "ada@example.org"]),
    citizenship=listed_many("country"),
    gender=st.sampled_from(["", "female", "male"]),
)


@st.composite
def awards(draw) -> Award:
    record = draw(micro_credentials())
    results = tuple(
        draw(
            st.builds(
                Result,
                assessment=st.just(item.id),
                title=maybe_texts,
                grade=words,
                status=st.one_of(st.none(), listed("grade-status")),
                distribution=st.one_of(st.just(""), words),
                assessed_on=st.one_of(st.none(), days),
                assessed_by=some(organisations(), 1, key=lambda org: org.name["en"]),
            )
        )
        for item in record.assessments
        if draw(st.booleans())
    )
    first = tuple(item for item in record.assessments if any(r.assessment == item.id for r in results))
    rest = tuple(item for item in record.assessments if item not in first)
    from msgspec.structs import replace

    return Award(
        id=draw(st.uuids().map("urn:uuid:{}".format)),
        micro_credential=replace(record, assessments=(*first, *rest)),
        learner=draw(learners),
        route=draw(st.sampled_from(Route)),
        awarded_on=draw(st.one_of(st.none(), days)),
        assessed_on=draw(st.one_of(st.none(), days)),
        issued_at=ISSUED,
        valid_from=draw(
            st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))
        ).replace(microsecond=0),
        results=results,
        achieved=draw(
            some(
                st.builds(Achieved, outcome=tokens, on=st.one_of(st.none(), days)),
                2,
                key=lambda item: item.outcome,
            )
        ),
        credits=draw(some(credits, 2, key=lambda item: item.points)),
        number=draw(st.one_of(st.just(""), tokens)),
        replaces=draw(st.one_of(st.just(""), uris)),
        parts=draw(some(parts, 2, key=lambda item: item.id)),
        rule=draw(st.one_of(st.none(), rules)),
    )
