"""Reads about providers."""

from __future__ import annotations

from collections.abc import Iterable

from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.providers.models import Policy, Subject

__all__ = ["languages_of", "policies_of", "written_in"]


def policies_of(organisation: Organisation, languages: Iterable[str]) -> list[Policy]:
    """What it says, each subject in the first of these languages there is, else in any; in the order of `Subject`."""
    wanted = {language: place for place, language in enumerate(dict.fromkeys(languages))}
    found: dict[str, Policy] = {}
    for one in Policy.objects.filter(organisation=organisation).order_by("language"):
        known = found.get(one.subject)
        if known is None or wanted.get(one.language, len(wanted)) < wanted.get(known.language, len(wanted)):
            found[one.subject] = one
    return [found[subject] for subject in Subject.values if subject in found]


def written_in(organisation: Organisation, language: str) -> dict[str, Policy]:
    """By subject what it says in one language."""
    return {one.subject: one for one in Policy.objects.filter(organisation=organisation, language=language)}


def languages_of(organisation: Organisation) -> list[str]:
    """The languages in which it says anything."""
    return list(
        Policy.objects.filter(organisation=organisation)
        .order_by("language")
        .values_list("language", flat=True)
        .distinct()
    )
