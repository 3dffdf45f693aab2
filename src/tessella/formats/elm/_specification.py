"""Writing what was learned: the specification with outcomes, workload, levels, quality assurance, stackability."""

from __future__ import annotations

from typing import Any

from tessella.formats.elm._concepts import fits
from tessella.formats.elm._nodes import Workshop, day, duration, several
from tessella.model import MicroCredential, Organisation, Outcome, QualityAssurance, QualitySide, StackEffect
from tessella.text import Text
from tessella.vocabulary import Concept, code_list

__all__ = ["awarding_bodies", "in_countries", "is_qualification", "quality_note", "specification"]

_KINDS = {"knowledge", "skill"}


def awarding_bodies(shop: Workshop, record: MicroCredential) -> list[dict[str, Any]]:
    """The awarding bodies with the accreditations that are about them."""
    made = []
    for body in record.awarding_bodies:
        own = [accreditation(shop, record, quality) for quality in record.quality if quality.covers == body]
        node = shop.organisation_with(body, accreditation=several(own))
        if node is not None:
            made.append(node)
    return made


def accreditation(
    shop: Workshop, record: MicroCredential, quality: QualityAssurance
) -> dict[str, Any] | None:
    """One piece of quality assurance; None when ELM cannot hold it (no type from the list, or no locatable agent)."""
    agent = shop.organisation(quality.body) if quality.body else None
    if agent is None and quality.side is QualitySide.INTERNAL and record.awarding_bodies:
        agent = shop.organisation(record.awarding_bodies[0])
    kind = shop.concept(quality.type, "Accreditation", "dcType")
    if agent is None or kind is None:
        return None
    number, scope = quality.identifier, quality.scope
    covers = quality.covers if quality.covers and quality.covers not in record.awarding_bodies else None
    return shop.node(
        "accreditation",
        "Accreditation",
        uri=number.value if number and number.value.startswith(("http://", "https://")) else "",
        identifier=shop.identifier(number),
        dcType=kind,
        title=shop.text(quality.title) or kind.get("prefLabel") or shop.required_text({}, "quality.title"),
        dateIssued=day(quality.decided_on),
        valid=day(quality.valid_from),
        expiryDate=day(quality.valid_until),
        reviewDate=day(quality.reviewed_on),
        accreditingAgent=agent,
        organisation=shop.organisation(covers) if covers else None,
        limitField=shop.concepts(scope.fields, "Accreditation", "limitField") if scope else None,
        limitEQFLevel=shop.concepts(scope.eqf, "Accreditation", "limitEQFLevel") if scope else None,
        limitJurisdiction=shop.concepts(in_countries(scope.countries), "Accreditation", "limitJurisdiction")
        if scope
        else None,
        report=shop.web(quality.report) if quality.report else None,
        additionalNote=several(shop.notes("accreditation", quality)),
    )


def in_countries(countries: tuple[Concept, ...]) -> tuple[Concept, ...]:
    """Countries as administrative units, which is how ELM states a jurisdiction."""
    units = code_list("atu")
    found = (units.get(country.uri.rpartition("/")[2]) for country in countries)
    return tuple(unit for unit in found if unit is not None)


def quality_note(quality: QualityAssurance) -> Text:
    """Quality assurance in words, for what cannot be an accreditation."""
    named = [quality.body.name] if quality.body else []
    kind = [quality.type.labels] if quality.type and not quality.title else []
    texts = [text for text in (quality.title, *kind, *named) if text]
    languages = dict.fromkeys(language for text in texts for language in text)
    made = {
        language: " · ".join(filter(None, (*(text.get(language, "") for text in texts), quality.scheme)))
        for language in languages
    }
    return made or ({"en": quality.scheme} if quality.scheme else {})


def is_qualification(record: MicroCredential, accredited: bool) -> bool:
    """Whether the specification must be a Qualification: only that class has levels and accreditation."""
    levels = record.levels
    return accredited or (
        levels is not None
        and (
            any(fits(level, "Qualification", "eqfLevel") for level in levels.eqf)
            or any(fits(level, "Qualification", "nqfLevel") for level in levels.nqf)
        )
    )


def specification(shop: Workshop, record: MicroCredential) -> dict[str, Any]:
    """The achievement's specification: what a person must have learned, whoever they are."""
    covered = [quality for quality in record.quality if quality.covers not in record.awarding_bodies]
    accreditations = [node for quality in covered if (node := accreditation(shop, record, quality))]
    owner = (
        "Qualification"
        if is_qualification(record, bool(accreditations))
        else "LearningAchievementSpecification"
    )
    qualification = owner == "Qualification"
    levels, learning, workload, stack = (
        record.levels,
        record.participation,
        record.workload,
        record.stackability,
    )
    others = [level for level in (levels.qf_ehea, levels.isced, *levels.sectoral) if level] if levels else []
    return shop.node(
        "qualification" if qualification else "learningAchievementSpec",
        owner,
        uri=record.id,
        identifier=several([*map(shop.identifier, record.identifiers), _version(shop, record)]),
        title=shop.required_text(record.title, "micro_credential.title"),
        description=shop.text(record.description),
        category={"en": record.record_type.value},
        dcType=shop.concept(record.type),
        thematicArea=shop.concepts(record.fields, owner, "thematicArea"),
        language=shop.concepts(learning.languages, owner, "language") if learning else None,
        learningSetting=shop.concept(learning.setting, owner, "learningSetting") if learning else None,
        mode=shop.concepts(learning.modes, owner, "mode") if learning else None,
        targetGroup=shop.concepts(record.target_groups, owner, "targetGroup"),
        eqfLevel=shop.concept(levels.eqf[0], owner, "eqfLevel")
        if levels and levels.eqf and qualification
        else None,
        nqfLevel=shop.concepts(levels.nqf, owner, "nqfLevel") if levels and qualification else None,
        educationLevel=shop.concepts(tuple(others), owner, "educationLevel"),
        creditPoint=several(map(shop.credit, workload.credits)) if workload else None,
        volumeOfLearning=_volume(record),
        learningOutcome=several(outcome(shop, item, number) for number, item in enumerate(record.outcomes)),
        learningOutcomeSummary=shop.note(record.outcome_summary),
        entryRequirement=_prerequisites(shop, record),
        isPartialQualification=stack.stackable if stack and qualification else None,
        isPartOf=several(_larger(shop, target, owner) for target in stack.targets) if stack else None,
        hasPart=several(_smaller(shop, part, owner) for part in stack.parts) if stack else None,
        entitlesTo=several(_access(shop, target) for target in stack.targets) if stack else None,
        accreditation=several(accreditations),
        homepage=shop.web(record.homepage),
        supplementaryDocument=several(map(shop.web, record.further_information)),
        additionalNote=several(
            [
                *shop.notes("specification", record),
                *(
                    shop.note(quality_note(q), f"quality-{q.side}", "Quality assurance")
                    for q in _untold(shop, record)
                ),
            ]
        ),
    )


def _untold(shop: Workshop, record: MicroCredential) -> list[QualityAssurance]:
    return [quality for quality in record.quality if accreditation(shop, record, quality) is None]


def _version(shop: Workshop, record: MicroCredential) -> dict[str, Any] | None:
    return shop.named("Version", record.version) if record.version != "1" else None


def _volume(record: MicroCredential) -> str | None:
    hours = record.workload.hours if record.workload else None
    return duration(hours) if hours is not None and hours.is_finite() and hours >= 0 else None


def _prerequisites(shop: Workshop, record: MicroCredential) -> dict[str, Any] | None:
    needed = record.prerequisites
    if needed is None:
        return None
    if not needed.text and needed.none_needed:
        return shop.note({"en": "None"}, "none-needed", "No prerequisites")
    return shop.note(needed.text)


def outcome(shop: Workshop, item: Outcome, number: int) -> dict[str, Any]:
    kind = item.kind.value if item.kind else ""
    return shop.node(
        "learningOutcome",
        "LearningOutcome",
        identifier=shop.named("Outcome", item.id),
        title=shop.required_text(item.title, f"micro_credential.outcomes[{number}].title"),
        dcType=shop.code("skill-type", kind) if kind in _KINDS else None,
        reusabilityLevel=shop.concept(item.reusability, "LearningOutcome", "reusabilityLevel"),
        relatedESCOSkill=shop.concepts(item.esco, "LearningOutcome", "relatedESCOSkill"),
        relatedSkill=shop.concepts(item.related, "LearningOutcome", "relatedSkill"),
        additionalNote=several(shop.notes("outcome", item)),
    )


def _larger(shop: Workshop, target: Any, owner: str) -> dict[str, Any] | None:
    """A larger credential in which this one gives credit."""
    if target.effect is not StackEffect.CREDIT:
        return None
    decider = shop.agent(target.decided_by) if target.decided_by else None
    return shop.node(
        "stackTarget",
        owner,
        uri=target.id,
        title=shop.required_text(target.title, "micro_credential.stackability.targets.title"),
        homepage=shop.web(target.url),
        awardingOpportunity=shop.node("awardingOpportunity", "AwardingOpportunity", awardingBody=decider)
        if decider
        else None,
    )


def _access(shop: Workshop, target: Any) -> dict[str, Any] | None:
    """Access to a programme, as the prospect it is: the receiver decides."""
    if target.effect is not StackEffect.ACCESS:
        return None
    return shop.node(
        "entitlementSpec",
        "LearningEntitlementSpecification",
        uri=target.id,
        title=shop.required_text(target.title, "micro_credential.stackability.targets.title"),
        dcType=shop.code("entitlement", "learning-opportunity"),
        entitlementStatus=shop.code("entitlement-status", "prospective"),
        limitOrganisation=shop.organisation(target.decided_by) if target.decided_by else None,
        homepage=shop.web(target.url),
    )


def _smaller(shop: Workshop, part: str, owner: str) -> dict[str, Any]:
    """A credential that is a part of this one, known by its id alone."""
    return shop.node("part", owner, identifier=shop.named("Part", part), title=shop.text(part))


def activity(shop: Workshop, record: MicroCredential, process: dict[str, Any]) -> dict[str, Any] | None:
    """The learning activity, when something is known of it."""
    learning, workload = record.participation, record.workload
    contact = workload.contact_hours if workload else None
    directors: list[Organisation] = list(record.providers)
    if learning is None and contact is None and not directors:
        return None
    title = shop.required_text(record.title, "micro_credential.title")
    owner = "LearningActivitySpecification"
    return shop.node(
        "activity",
        "LearningActivity",
        title=title,
        awardedBy=process,
        temporal=shop.node(
            "period", "PeriodOfTime", startDate=day(learning.starts_on), endDate=day(learning.ends_on)
        )
        if learning and (learning.starts_on or learning.ends_on)
        else None,
        directedBy=several(map(shop.agent, directors)),
        specifiedBy=shop.node(
            "learningActivitySpec",
            owner,
            title=title,
            dcType=shop.concepts(learning.activities, owner, "dcType") if learning else None,
            mode=shop.concepts(learning.modes, owner, "mode") if learning else None,
            language=shop.concepts(learning.languages, owner, "language") if learning else None,
            contactHour=f"{contact:f}" if contact is not None else None,
        ),
    )
