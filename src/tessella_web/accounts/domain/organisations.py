"""Founding an organisation, and what its owners change about it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tessella_web.accounts import terms
from tessella_web.accounts.models import Membership, Organisation, OrganisationKind, Person, Role
from tessella_web.accounts.permissions import require
from tessella_web.accounts.regions import REGIONS, needs_region
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "accept_terms",
    "change_organisation",
    "establish",
    "found_organisation",
    "free_slug",
    "hold",
    "release",
    "rename",
    "unestablish",
]

RESERVED = frozenset({"new"})
"""Short names that addresses use for something else."""


@transaction.atomic
def found_organisation(
    *,
    founder: Person,
    name: str,
    slug: str,
    country: str,
    region: str = "",
    kind: OrganisationKind = OrganisationKind.OTHER,
    language: str = "en",
    languages: Sequence[str] = (),
    legal_id: str = "",
    website: str = "",
    accepts_terms: bool = True,
) -> Organisation:
    """A new workspace; whoever founds it owns it, and says yes to the terms unless ``accepts_terms`` is False.

    Raises:
        RefusedError: ``accounts.slug-taken``.
    """
    if slug in RESERVED or Organisation.objects.filter(slug=slug).exists():
        raise RefusedError(
            _("This short name is taken."),
            code="accounts.slug-taken",
            hint=_("Choose another."),
            field="slug",
        )
    organisation = Organisation.objects.create(
        name=name, slug=slug, country=country, region=region, kind=kind, language=language,
        languages=_ordered(language, languages), legal_id=legal_id, website=website,
    )  # fmt: skip
    Membership.objects.create(person=founder, organisation=organisation, role=Role.OWNER)
    _tell("organisation.founded", organisation, founder.id)
    if accepts_terms:
        terms.record_acceptance(by=founder, organisation=organisation, version=terms.binding().version)
    return organisation


def free_slug(name: str) -> str:
    """A short name for addresses that nobody has yet, from a name."""
    start = slugify(name)[:50].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=start).values_list("slug", flat=True)) | RESERVED
    candidates = (start, *(f"{start}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in candidates if one not in taken)


@transaction.atomic
def change_organisation(
    *,
    by: Person,
    organisation: Organisation,
    kind: OrganisationKind,
    country: str,
    region: str,
    website: str,
    language: str,
    languages: Sequence[str] = (),
) -> Organisation:
    """Everything about a workspace but its name, which is a matter of who it is (`registers`).

    Raises:
        RefusedError: ``accounts.region``: the country has several systems of education and the region is none of its.
    """
    require(by, organisation, "organisation.manage")
    require_region(country, region)
    found = Organisation.objects.select_for_update().get(pk=organisation.pk)
    new = {
        "kind": str(kind), "country": country, "region": region, "website": website, "language": language,
        "languages": _ordered(language, languages),
    }  # fmt: skip
    changed = sorted(field for field, value in new.items() if getattr(found, field) != value)
    for field in changed:
        setattr(found, field, new[field])
    if changed:
        found.save(update_fields=changed)
        _tell("organisation.changed", found, by.id, fields=changed)
    return found


def require_region(country: str, region: str) -> None:
    """Go on only if the region is one of the country's, where the country alone does not say which framework applies.

    Raises:
        RefusedError: ``accounts.region``.
    """
    if needs_region(country) and region not in {one.code for one in REGIONS.get(country, ())}:
        raise RefusedError(
            _("In this country education is a matter of the region."),
            code="accounts.region",
            hint=_("Choose the region, so that levels are those of the right framework."),
            field="region",
        )


@transaction.atomic
def accept_terms(*, by: Person, organisation: Organisation, version: str) -> None:
    """An owner says yes to the terms for the organisation.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``accounts.terms-version``.
    """
    require(by, organisation, "organisation.manage")
    terms.record_acceptance(by=by, organisation=organisation, version=version)


@transaction.atomic
def rename(*, organisation: Organisation, name: str, actor_id: str = "") -> None:
    """Give the workspace another name; ``registers`` decides what that means for who it is."""
    organisation.name = name
    organisation.save(update_fields=["name"])
    _tell("organisation.renamed", organisation, actor_id)


@transaction.atomic
def hold(*, organisation: Organisation, actor_id: str = "") -> None:
    """The name could be taken for another's: nothing is published or awarded until a reviewer has looked."""
    organisation.is_held = True
    organisation.save(update_fields=["is_held"])
    _tell("organisation.held", organisation, actor_id)


@transaction.atomic
def release(*, organisation: Organisation, actor_id: str = "") -> None:
    """A reviewer looked, or the name is another one now."""
    organisation.is_held = False
    organisation.save(update_fields=["is_held"])
    _tell("organisation.released", organisation, actor_id)


@transaction.atomic
def establish(*, organisation: Organisation, by_method: str, legal_id: str = "", actor_id: str = "") -> None:
    """It was shown who stands behind it; ``registers`` decides when. ``legal_id`` is the body's, when it has one."""
    organisation.established_by, organisation.established_at = by_method, timezone.now()
    organisation.legal_id, organisation.is_held = legal_id, False
    organisation.save(update_fields=["established_by", "established_at", "legal_id", "is_held"])
    _tell("organisation.established", organisation, actor_id, by=by_method)


@transaction.atomic
def unestablish(*, organisation: Organisation, actor_id: str = "") -> None:
    """What was shown does not hold any more: from now on it issues tests only."""
    organisation.established_by, organisation.established_at = "", None
    organisation.save(update_fields=["established_by", "established_at"])
    _tell("organisation.unestablished", organisation, actor_id)


def _ordered(first: str, others: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([first, *others]))


def _tell(verb: str, organisation: Organisation, actor_id: str, **facts: object) -> None:
    audit.record(
        verb,
        f"organisation:{organisation.id}",
        actor_id=actor_id,
        organisation=organisation.id,
        facts=facts,
    )
