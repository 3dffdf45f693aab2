"""Reads about descriptions, reviews and versions; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Concat

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import (
    Answer,
    Description,
    Edit,
    OwnChecklist,
    QualityReview,
    Version,
)

__all__ = [
    "answers_by_question",
    "checklists_of",
    "current_version",
    "descriptions_of",
    "edits_of",
    "review_with_everything",
    "reviews_of",
    "reviews_waiting",
    "version_at",
    "versions_of",
]

MOST = 500
"""Rows a list shows: more would not be read on one page."""


def descriptions_of(organisation: Organisation, only: Collection[str] | None = None) -> Sequence[Description]:
    """What the organisation describes, or describes with others, the last changed first; ``only`` these, if not None."""
    chosen = Q() if only is None else Q(pk__in=list(only))
    return list(
        Description.objects.filter(Q(organisation=organisation) | Q(partners=organisation))
        .filter(chosen)
        .distinct()
        .select_related("organisation")
        .annotate(number_of_versions=Count("versions", distinct=True))
        .order_by("-changed_at")[:MOST]
    )


def edits_of(description: Description) -> Sequence[Edit]:
    """The history, newest first."""
    return list(description.edits.select_related("person")[:MOST])


def reviews_of(description: Description) -> Sequence[QualityReview]:
    """All rounds of review, newest first, with their comments."""
    return list(description.reviews.select_related("decided_by").prefetch_related("comments__person"))


def review_with_everything(id: str) -> QualityReview | None:
    """A review by its id with description, partners, comments and who said what."""
    return (
        QualityReview.objects.select_related("description__organisation", "opened_by")
        .prefetch_related("description__partners", "comments__person", "comments__replied_by")
        .filter(pk=id)
        .first()
    )


def answers_by_question(review: QualityReview) -> dict[str, list[Answer]]:
    """The answers of all reviewers by question."""
    found: dict[str, list[Answer]] = {}
    for one in review.answers.select_related("person").order_by("at"):
        found.setdefault(one.question, []).append(one)
    return found


def reviews_waiting(organisation: Organisation) -> Sequence[QualityReview]:
    """The organisation's reviews: open ones first, then the last decided."""
    return list(
        QualityReview.objects.filter(description__organisation=organisation)
        .select_related("description", "opened_by")
        .annotate(
            is_waiting=Count("pk", filter=Q(decision="open")),
            number_of_answers=Count("answers__question", distinct=True),
        )
        .order_by("-is_waiting", "-made_at")[:MOST]
    )


def versions_of(description: Description) -> Sequence[Version]:
    """The published versions, newest first."""
    return list(description.versions.order_by("-number"))


def version_at(description_id: str, number: int) -> Version | None:
    """A version by its address, with its organisation and review."""
    found = Version.objects.filter(description_id=description_id, number=number)
    return found.select_related("organisation", "review", "description").first()


def current_version(description_id: str) -> Version | None:
    """The newest version that was not withdrawn, else the newest."""
    found = Version.objects.filter(description_id=description_id).order_by("-number")
    return found.filter(withdrawn_at__isnull=True).first() or found.first()


def checklists_of(organisation: Organisation) -> Sequence[OwnChecklist]:
    """The organisation's own checklists, a draft first, then the newest; ``number_of_reviews`` says how many used each."""
    reviews = QualityReview.objects.filter(checklist=Concat(Value("own:"), OuterRef("pk"))).order_by()
    return list(
        OwnChecklist.objects.filter(organisation=organisation)
        .select_related("organisation", "made_by")
        .annotate(number_of_reviews=Subquery(reviews.values("checklist").annotate(n=Count("pk")).values("n")))
        .order_by(Case(When(number=0, then=0), default=1), "-number")
    )
