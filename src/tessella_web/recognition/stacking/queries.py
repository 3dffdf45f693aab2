"""Reads about cases, each with a constant number of queries."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Description, Version
from tessella_web.credentials.models import Award
from tessella_web.recognition.stacking.models import OPEN, Cascade, CascadeState, Case, CaseState

__all__ = [
    "case_of",
    "case_of_award",
    "cases_of",
    "counts_towards",
    "fallen",
    "has_open_case",
    "inbox",
    "overdue",
    "publishable",
    "to_decide",
]

_FULL = (
    "organisation",
    "pathway__organisation",
    "version",
    "decided_version",
    "learner",
    "decided_by",
    "award",
    "batch",
)


def cases_of(person: Person) -> QuerySet[Case]:
    """What a person asked, the latest first."""
    open_ones = Cascade.objects.filter(case=OuterRef("pk"), state=CascadeState.OPEN)
    return (
        Case.objects.filter(learner=person)
        .select_related("organisation", "version")
        .annotate(has_fallen=Exists(open_ones))
    )


def case_of(organisation: Organisation, id: str) -> Case | None:
    """One case of an organisation's inbox."""
    return Case.objects.filter(organisation=organisation, pk=id).select_related(*_FULL).first()


def inbox(organisation: Organisation, state: str = "") -> QuerySet[Case]:
    """The cases of an organisation, those that wait for it first and the oldest of them first; of one state, or all."""
    found = Case.objects.filter(organisation=organisation).select_related("organisation", "version", "learner").annotate(
        has_fallen=Exists(Cascade.objects.filter(case=OuterRef("pk"), state=CascadeState.OPEN)),
        waits=ExpressionWrapper(Q(state=CaseState.ASKED), BooleanField()),
    )  # fmt: skip
    if state in CaseState.values:
        found = found.filter(state=state)
    return found.order_by("-waits", "made_at", "pk")


def to_decide(organisation: Organisation) -> int:
    """How many cases wait for the organisation."""
    return Case.objects.filter(organisation=organisation, state=CaseState.ASKED).count()


def fallen(organisation: Organisation) -> QuerySet[Cascade]:
    """What has fallen and waits for a decision of the organisation, what is due first."""
    found = Cascade.objects.filter(case__organisation=organisation, state=CascadeState.OPEN)
    return found.select_related("case__version", "case__award", "part").order_by("due_at", "pk")


def overdue(organisation: Organisation) -> int:
    """How many decisions are overdue."""
    return fallen(organisation).filter(due_at__lte=timezone.now()).count()


def case_of_award(award: Award) -> Case | None:
    """The case that led to an award, if one did."""
    return (
        Case.objects.filter(award=award).select_related("organisation", "version", "decided_version").first()
    )


def publishable(organisation: Organisation) -> QuerySet[Description]:
    """Descriptions of the organisation of which a version stands."""
    standing = Version.objects.filter(description=OuterRef("pk"), withdrawn_at=None)
    return Description.objects.filter(Exists(standing), organisation=organisation).order_by("pk")


def has_open_case(person: Person, pathway_id: str) -> Case | None:
    """The open case of a person about a pathway."""
    return Case.objects.filter(learner=person, pathway=pathway_id, state__in=OPEN).first()


def counts_towards(award: Award) -> QuerySet[Case]:
    """The decisions of its holder that an award made here is a part of."""
    found = Case.objects.filter(
        parts__own=award,
        parts__counts=True,
        parts__replaced_at=None,
        state=CaseState.GRANTED,
        learner=award.holder_id,
    )
    return found.select_related("organisation", "version").distinct()
