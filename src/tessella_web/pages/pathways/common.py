"""What the pages of pathways share: the rule at an address, the way here, problems with a link to where they are mended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.pathways import queries
from tessella_web.catalogue.pathways.drafting import Problem
from tessella_web.catalogue.pathways.models import Pathway
from tessella_web.pages.pathways.language import section_of
from tessella_web.pages.pathways.showing import place_of

__all__ = ["Mend", "crumbs", "mends", "own"]


class Mend(NamedTuple):
    """A problem with the page on which it is mended."""

    problem: Problem
    section: Any
    url: str


def own(organisation: Organisation, id: str) -> Pathway:
    """The organisation's pathway, or nothing is there."""
    found = queries.pathway_at(id)
    if found is None or found.organisation_id != organisation.id:
        raise Http404
    return found


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Rules for larger awards"), reverse("own-pathways", args=[organisation.slug])),
        *others,
    ]


def mends(pathway: Pathway, problems: Iterable[Problem]) -> list[Mend]:
    """Each problem with the address of the section, at the place."""
    found = []
    for one in problems:
        section = section_of(one.place)
        address = reverse("pathway-section", args=[pathway.organisation.slug, pathway.id, section.id])
        found.append(Mend(one, section.name, f"{address}#{place_of(one.place)}" if one.place else address))
    return found
