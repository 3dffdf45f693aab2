"""Reading what was learned: the specification, assessments and quality assurance of a claim as a description."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from tessella.formats.elm._nodes import OWN_URI
from tessella.formats.elm._notes import SCHEME
from tessella.formats.elm._parties import same_organisation
from tessella.formats.elm._views import View, country_of_unit, hours_of, subject_of, unique
from tessella.model import (
    Assessment,
    Credits,
    GradingScheme,
    Identifier,
    Levels,
    MicroCredential,
    Organisation,
    Outcome,
    OutcomeKind,
    Participation,
    Prerequisites,
    QualityAssurance,
    QualitySide,
    RecordType,
    Result,
    Scope,
    Stackability,
    StackEffect,
    StackTarget,
    Workload,
)
from tessella.text import pick, say
from tessella.vocabulary import Concept

__all__ = ["Learned", "credits_of", "quality_of"]

_EHEA = "urn:tessella:qf-ehea"
_ISCED = "urn:tessella:isced-level"


def credits_of(view: View, key: str) -> tuple[Credits, ...]:
    """Credit points; a number that is none stays in ``extra``."""
    made = []
    for point in view.nodes(key):
        try:
            points = Decimal(point.string("point").replace(",", "."))
        except InvalidOperation:
            view.put_back(key, dict(point.data))
            continue
        if points.is_finite():
            made.append(Credits(points=points, system=point.concept("framework"), extra=point.left()))
        else:
            view.put_back(key, dict(point.data))
    return tuple(made)


def quality_of(view: View, bodies: tuple[Organisation, ...], covers: Organisation | None) -> QualityAssurance:
    """An accreditation. Who assures their own quality does it internally."""
    noted, _ = view.notes("accreditation")
    agent = view.node("accreditingAgent")
    body = agent.organisation() if agent else None
    own = body is not None and any(same_organisation(body, other) for other in bodies)
    side = noted.pop("side", QualitySide.INTERNAL if own else QualitySide.EXTERNAL)
    reviewed = view.node("organisation")
    kind, title = view.concept("dcType"), view.text("title")
    units = view.concepts("limitJurisdiction")
    scope = Scope(
        eqf=view.concepts("limitEQFLevel"),
        fields=view.concepts("limitField"),
        countries=tuple(country_of_unit(unit) or unit for unit in units),
        programmes=noted.pop("scope.programmes", ()),
    )
    identifiers = [item for item in view.identifiers() if item.scheme != OWN_URI]
    if not identifiers and view.own_id:
        identifiers = [Identifier(value=view.own_id)]
    return QualityAssurance(
        side=side,
        type=kind,
        title={} if kind and title == kind.labels else title,
        body=None if own and side is QualitySide.INTERNAL else body,
        covers=covers or (reviewed.organisation() if reviewed else None),
        scope=scope if scope != Scope() else None,
        decided_on=view.day("dateIssued"),
        valid_from=view.day("valid"),
        valid_until=view.day("expiryDate"),
        reviewed_on=view.day("reviewDate"),
        report=view.link("report"),
        identifier=identifiers[0] if identifiers else None,
        extra=view.left(),
        **noted,
    )


class Learned:
    """Collects the description from the parts of a claim. Call `record` last."""

    def __init__(self, claim: View, bodies: tuple[Organisation, ...]) -> None:
        self.source = claim.source
        self.bodies = bodies
        self.claim_types = claim.types
        self.title = claim.text("title")
        self.spec = claim.node("specifiedBy") or View(claim.source, {}, f"{claim.path}.specifiedBy")
        self.assessments: list[Assessment] = []
        self.quality: list[QualityAssurance] = []
        self.stated: list[str] = []
        self.contact_hours: Decimal | None = None
        self.hours: Decimal | None = None
        self.learning: dict[str, Any] = {}
        self.providers: tuple[Organisation, ...] = ()

    # --- parts -----------------------------------------------------------------------------------------------------

    def duration(self, view: View, key: str) -> Decimal | None:
        """A duration in hours; one in days, months or years is kept as stated and remarked on."""
        text = view.string(key)
        hours = hours_of(text) if text else None
        if text and hours is None:
            self.stated.append(text)
            self.source.remark(
                f"{view.path}.{key}",
                "duration",
                say(
                    "A workload of “%(text)s” is not in hours: in ISO 8601 P60M is 60 months and PT60M 60 minutes.",
                    text=text,
                ),
            )
        return hours

    def activity(self, view: View) -> None:
        """The learning activity: participation, who directed it, contact hours."""
        spec = view.node("specifiedBy") or View(view.source, {}, view.path)
        period = view.node("temporal")
        start, end = period.period() if period else (None, None)
        for given in (view, spec):
            if given.data.get("title") in (self.title, self.spec.data.get("title")):
                given.values("title")
        self.providers = tuple(agent.organisation() for agent in view.nodes("directedBy"))
        view.values("awardedBy")
        hours = [self.duration(view, "workload"), self.duration(spec, "volumeOfLearning")]
        self.hours = next((found for found in hours if found is not None), None)
        try:
            contact = Decimal(text) if (text := spec.string("contactHour")) else None
            self.contact_hours = contact if contact is not None and contact.is_finite() else None
        except InvalidOperation:
            spec.put_back("contactHour", text)
        self.learning = {
            "starts_on": start,
            "ends_on": end,
            "activities": spec.concepts("dcType"),
            "modes": spec.concepts("mode"),
            "languages": spec.concepts("language"),
            "extra": {**view.left(), **({"specifiedBy": spec.left()} if spec.left() else {})},
        }

    def assessment(self, view: View, *, one_of_many: bool) -> Result | None:
        """One assessment: its description joins the others, its result is returned if there is one.

        Among several, a description without an identifier gets its local id, so that the result can name it.
        """
        spec = view.node("specifiedBy")
        supervision, title = view.concept("idVerification"), view.text("title")
        link = next((item.value for item in view.identifiers() if item.scheme == "Assessment"), "")
        grade = view.node("grade")
        graded = grade is not None and subject_of(grade) != f"{SCHEME}:no-grade"
        view.values("awardedBy")
        needs_id = one_of_many and graded and not link
        described = self.described(spec, supervision, spec.id if needs_id else "") if spec else None
        repeated = (
            spec.data.get("title") if spec else None,
            spec and described and _label(described.type),
            self.title,
        )
        result = Result(
            assessment=link or (described.id if described and needs_id else ""),
            title={} if title in repeated else title,
            grade=pick(grade.text("noteLiteral"), (self.source.language,)) if grade and graded else "",
            status=view.concept("gradeStatus"),
            distribution=_distribution(view),
            assessed_on=view.day("dateIssued"),
            assessed_by=tuple(agent.organisation() for agent in view.nodes("assessedBy")),
            supervision=None if spec else supervision,
            extra=view.left(),
        )
        return None if result in (Result(), Result(assessment=link)) else result

    def described(self, spec: View, supervision: Concept | None, ident: str) -> Assessment:
        noted, _ = spec.notes("assessment")
        kind, title = spec.concept("dcType"), spec.text("title")
        scheme = spec.node("gradingScheme")
        ident = next((item.value for item in spec.identifiers() if item.scheme == "Assessment"), ident)
        page = spec.link("supplementaryDocument")
        made = Assessment(
            id=ident,
            title={} if title in (_label(kind), self.title) else title,
            type=kind,
            covers=noted.get("covers", ()),
            mode=spec.concept("mode"),
            supervision=supervision,
            criteria=spec.text("description"),
            criteria_url=page.url if page else "",
            grading=GradingScheme(
                title=scheme.text("title"),
                description=scheme.text("description"),
                extra=scheme.left(),
                **{key.removeprefix("grading."): value for key, value in noted.items() if key != "covers"},
            )
            if scheme
            else None,
            extra=spec.left(),
        )
        self.assessments.append(made)
        return made

    def outcome(self, view: View) -> Outcome:
        noted, _ = view.notes("outcome")
        kind = view.concept("dcType")
        known = kind.code if kind and kind.code in OutcomeKind.__members__.values() else ""
        if kind and not known:
            view.put_back("dcType", view.data.get("dcType"))
        identifiers = view.identifiers()
        ident = next((item.value for item in identifiers if item.scheme == "Outcome"), "") or view.own_id
        return Outcome(
            id=ident,
            title=view.text("title"),
            esco=view.concepts("relatedESCOSkill"),
            related=view.concepts("relatedSkill"),
            reusability=view.concept("reusabilityLevel"),
            extra=view.left(),
            **({"kind": OutcomeKind(known)} if known else {}) | noted,
        )

    # --- the whole ---------------------------------------------------------------------------------------------------

    def record(self, *, language: str, display: View | None, sponsor: Organisation | None) -> MicroCredential:
        """The description; ``sponsor`` is the issuer when it is not an awarding body."""
        spec = self.spec
        noted, others = spec.notes("specification")
        self.quality += [quality_of(view, self.bodies, None) for view in spec.nodes("accreditation")]
        self.quality += [made for view in others if (made := _told(view))]
        if any(map(_told, others)):
            spec.values("additionalNote")
        identifiers = spec.identifiers()
        named = {item.scheme: item.value for item in identifiers}
        text = {key: noted.pop(key) for key in ("criteria", "relevance") if key in noted}
        plain = {key: noted.pop(key) for key in tuple(noted) if "." not in key}
        title = spec.text("title")
        description = spec.text("description")
        kind = self.record_type(display)
        summary = spec.note("learningOutcomeSummary")
        return MicroCredential(
            id=named.get(OWN_URI, "") or spec.own_id,
            version=named.get("Version", "1"),
            record_type=kind,
            language=language,
            title=title or self.title,
            description=description,
            awarding_bodies=self.bodies,
            providers=self.providers,
            technical_issuer=sponsor,
            identifiers=tuple(item for item in identifiers if item.scheme not in (OWN_URI, "Version")),
            type=spec.concept("dcType"),
            fields=spec.concepts("thematicArea"),
            outcomes=tuple(map(self.outcome, spec.nodes("learningOutcome"))),
            outcome_summary=summary,
            workload=self.workload(),
            levels=self.levels(noted),
            participation=self.participation(noted),
            assessments=tuple(unique(self.assessments)),
            quality=tuple(unique(self.quality)),
            prerequisites=self.prerequisites(noted),
            stackability=self.stackability(noted),
            further_information=tuple(spec.links("supplementaryDocument")),
            target_groups=spec.concepts("targetGroup"),
            homepage=_first_url(spec),
            extra=spec.left(),
            **text,
            **plain,
        )

    def record_type(self, display: View | None) -> RecordType:
        """The type our writer states, else whether the credential calls itself a micro-credential."""
        spec = self.spec
        category = pick(spec.text("category"))
        if category in RecordType.__members__.values():
            return RecordType(category)
        if category:
            spec.put_back("category", spec.data.get("category"))
        if "LearningActivity" in self.claim_types:
            return RecordType.PARTICIPATION
        titles = [
            self.title,
            display.text("title") if display else {},
            display.text("description") if display else {},
        ]
        said = " ".join(text for item in titles for text in item.values()).lower()
        if any(
            word in said.replace("-", "").replace(" ", "") for word in ("microcredential", "microcredenti")
        ):
            return RecordType.MICRO_CREDENTIAL
        self.source.remark(
            spec.path, "record-type", say("The credential does not say that it is a micro-credential.")
        )
        return RecordType.ACHIEVEMENT

    def workload(self) -> Workload | None:
        hours = self.duration(self.spec, "volumeOfLearning")
        made = Workload(
            hours=self.hours if hours is None else hours,
            contact_hours=self.contact_hours,
            credits=credits_of(self.spec, "creditPoint"),
            stated=tuple(unique(self.stated)),
        )
        return made if made != Workload() else None

    def levels(self, noted: dict[str, Any]) -> Levels | None:
        others = self.spec.concepts("educationLevel")
        made = Levels(
            eqf=self.spec.concepts("eqfLevel"),
            nqf=self.spec.concepts("nqfLevel"),
            qf_ehea=next((level for level in others if level.scheme == _EHEA), None),
            isced=next((level for level in others if level.scheme == _ISCED), None),
            sectoral=tuple(level for level in others if level.scheme not in (_EHEA, _ISCED)),
            **_below("levels", noted),
        )
        return made if made != Levels() else None

    def participation(self, noted: dict[str, Any]) -> Participation | None:
        spec, learning = self.spec, dict(self.learning)
        for field, term in (("modes", "mode"), ("languages", "language")):
            learning[field] = tuple(unique((*spec.concepts(term), *learning.get(field, ()))))
        made = Participation(
            setting=spec.concept("learningSetting"), **learning, **_below("participation", noted)
        )
        return made if made != Participation() else None

    def prerequisites(self, noted: dict[str, Any]) -> Prerequisites | None:
        view = self.spec.node("entryRequirement")
        nothing = view is not None and subject_of(view) == f"{SCHEME}:none-needed"
        fields = _below("prerequisites", noted)
        if view is None and not fields:
            return None
        text = {} if view is None or nothing else view.text("noteLiteral")
        return Prerequisites(text=text, **({"none_needed": True} if nothing else {}) | fields)

    def stackability(self, noted: dict[str, Any]) -> Stackability | None:
        spec = self.spec
        larger = [_target(view, StackEffect.CREDIT) for view in spec.nodes("isPartOf")]
        access = [_target(view, StackEffect.ACCESS) for view in spec.nodes("entitlesTo")]
        parts = tuple(_part(view) for view in spec.nodes("hasPart"))
        partial = spec.take(
            "isPartialQualification", lambda value: value if isinstance(value, bool) else None
        )
        said = _below("stackability", noted).get("stackable", partial[0] if partial else None)
        if said is None and not (larger or access or parts):
            return None
        targets = (*larger, *access)
        return Stackability(stackable=bool(targets) if said is None else said, targets=targets, parts=parts)


def _below(prefix: str, noted: dict[str, Any]) -> dict[str, Any]:
    return {key.partition(".")[2]: value for key, value in noted.items() if key.startswith(prefix + ".")}


def _label(kind: Concept | None) -> dict[str, str] | None:
    return kind.labels if kind else None


def _distribution(view: View) -> str:
    found = view.node("resultDistribution")
    if found is None:
        return ""
    text = pick(found.text("description"), (view.source.language,))
    if found.left():
        view.put_back("resultDistribution", dict(found.data))
    return text


def _first_url(view: View) -> str:
    link = view.link("homepage")
    return link.url if link else ""


def _told(note: View) -> QualityAssurance | None:
    """Quality assurance that stands in words only."""
    subject = subject_of(note)
    side = subject.removeprefix(f"{SCHEME}:quality-")
    if subject == side or side not in QualitySide.__members__.values():
        return None
    return QualityAssurance(
        side=QualitySide(side), title=View(note.source, note.data, note.path).text("noteLiteral")
    )


def _target(view: View, effect: StackEffect) -> StackTarget:
    """A larger credential, or a programme to which there is access."""
    if effect is StackEffect.CREDIT:
        opportunity = view.node("awardingOpportunity")
        decider = opportunity.node("awardingBody") if opportunity else None
    else:
        decider = view.node("limitOrganisation")
        view.values("dcType")
        view.values("entitlementStatus")
    own = next((item.value for item in view.identifiers() if item.scheme == OWN_URI), "")
    return StackTarget(
        title=view.text("title"),
        id=own or view.own_id,
        url=_first_url(view),
        effect=effect,
        decided_by=decider.organisation() if decider else None,
        extra=view.left(),
    )


def _part(view: View) -> str:
    named = next((item.value for item in view.identifiers() if item.scheme == "Part"), "")
    return named or view.own_id or pick(view.text("title"))
