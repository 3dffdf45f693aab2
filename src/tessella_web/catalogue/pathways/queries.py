"""Reads about pathways; each a constant number of queries."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion

__all__ = ["in_force", "of_organisation", "published", "search", "version", "versions"]


def published(*, on: dt.date) -> QuerySet[PathwayVersion]:
    """The versions in force on a day, of each pathway the latest, with pathway and organisation; by title."""
    newer = PathwayVersion.objects.filter(
        _valid(on), pathway=OuterRef("pathway"), number__gt=OuterRef("number")
    )
    return (
        PathwayVersion.objects.filter(_valid(on), ~Exists(newer))
        .select_related("pathway__organisation")
        .order_by("title", "pk")
    )


def search(*, on: dt.date, words: str = "", receiver: str = "") -> QuerySet[PathwayVersion]:
    """Of those in force on the day the ones that have every word, of the organisation with this slug."""
    found = published(on=on)
    for word in words.casefold().split()[:10]:
        found = found.filter(words__contains=word)
    return found.filter(pathway__organisation__slug=receiver) if receiver else found


def version(id: str) -> PathwayVersion | None:
    """A version by its id, in force or not, with pathway and organisation."""
    return PathwayVersion.objects.select_related("pathway__organisation").filter(pk=id).first()


def versions(pathway: Pathway) -> QuerySet[PathwayVersion]:
    """All versions of a pathway, the latest first."""
    return PathwayVersion.objects.filter(pathway=pathway).order_by("-number")


def in_force(pathway: Pathway, *, on: dt.date) -> PathwayVersion | None:
    """The version of a pathway that decides on a day: of those valid then the latest; None when there is none."""
    found = PathwayVersion.objects.filter(_valid(on), pathway=pathway)
    return found.select_related("pathway__organisation").order_by("-number").first()


def of_organisation(organisation: Organisation) -> QuerySet[Pathway]:
    """Everything the organisation writes and has published, what changed last first."""
    return Pathway.objects.filter(organisation=organisation).order_by("-changed_at", "pk")


def _valid(on: dt.date) -> Q:
    return (
        Q(valid_from__lte=on)
        & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
        & (Q(withdrawn_from__isnull=True) | Q(withdrawn_from__gt=on))
    )
