"""Reads about pathways; each a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from tessella.stacking import Rule
from tessella_web.accounts.models import Membership, Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.pathways.domain import credentials_of
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion
from tessella_web.common import audit
from tessella_web.common.models import AuditEntry

__all__ = [
    "Step",
    "counts_towards",
    "credentials_named",
    "history",
    "in_force",
    "of_organisation",
    "pathway_at",
    "published",
    "receivers",
    "search",
    "version",
    "version_at",
    "versions",
]

MOST_STEPS = 200
"""Of the history on one page."""


class Step(NamedTuple):
    """Who did what to a pathway; ``name`` is empty when nobody can tell any more."""

    at: dt.datetime
    verb: str
    name: str
    fields: tuple[str, ...]


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


def pathway_at(id: str) -> Pathway | None:
    """A pathway by its id, with its organisation."""
    return Pathway.objects.select_related("organisation").filter(pk=id).first()


def version_at(pathway: Pathway, number: int) -> PathwayVersion | None:
    """A version by its number."""
    return pathway.versions.select_related("pathway__organisation").filter(number=number).first()


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


def receivers(*, on: dt.date) -> QuerySet[Organisation]:
    """The organisations with a rule in force on the day, by name."""
    return (
        Organisation.objects.filter(pathways__versions__in=published(on=on).order_by())
        .distinct()
        .order_by("name", "pk")
    )


def counts_towards(
    version: Version, *, on: dt.date, addresses: Collection[str] = ()
) -> Sequence[PathwayVersion]:
    """The rules in force on the day that name this micro-credential: by a title, its identifier, or one of its addresses."""
    record = version.record()
    names = [*record.title.values(), version.title, version.description_id, record.id, *addresses]
    folded = {" ".join(name.split()).casefold() for name in names if name}
    return list(published(on=on).filter(named__name__in=folded).distinct())


def credentials_named(rule: Rule) -> dict[str, Version]:
    """The published micro-credentials that a rule names: by the name as the rule has it, of each the latest version."""
    names = {" ".join(name.split()).casefold() for name in credentials_of(rule)}
    if not names:
        return {}
    titled = Version.objects.annotate(small=Lower("title")).filter(
        Q(small__in=names) | Q(description_id__in=credentials_of(rule)), withdrawn_at__isnull=True
    )
    found: dict[str, Version] = {}
    for one in titled.select_related("organisation").order_by("number"):
        found[one.title.casefold()] = found[one.description_id.casefold()] = one
    return found


def history(pathway: Pathway) -> Sequence[Step]:
    """Who changed what, the latest first; by name as long as they work in the organisation."""
    about = [
        f"pathway:{pathway.id}",
        *(f"pathway-version:{id}" for id in pathway.versions.values_list("pk", flat=True)),
    ]
    entries = list(AuditEntry.objects.filter(about__in=about).order_by("-number")[:MOST_STEPS])
    members = Membership.objects.filter(organisation=pathway.organisation_id).values_list(
        "person_id", flat=True
    )
    people = audit.people_behind(set(members), pathway.organisation_id)
    names = dict(Person.objects.filter(pk__in=set(people.values())).values_list("pk", "name"))
    return [
        Step(one.at, one.verb, names.get(people.get(one.actor, ""), ""), tuple(one.facts.get("fields", ())))
        for one in entries
    ]


def _valid(on: dt.date) -> Q:
    return (
        Q(valid_from__lte=on)
        & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
        & (Q(withdrawn_from__isnull=True) | Q(withdrawn_from__gt=on))
    )
