"""The verbs about what words mean: a person confirms, and takes back."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.catalogue.esco import queries as esco
from tessella_web.catalogue.esco.models import Concept, Kind
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.skills.models import TEXT_LENGTH, Method, SkillMapping
from tessella_web.guidance.skills.queries import words_of
from tessella_web.guidance.skills.suggesting import suggested

__all__ = ["MOST_MAPPINGS", "confirm", "take_back"]

MOST_MAPPINGS = 500
"""Statements of one person: more words than a wallet holds."""


@transaction.atomic
def confirm(*, by: Person, text: str, skill: str, languages: tuple[str, ...]) -> SkillMapping:
    """Say that words of an own credential mean a skill, for own use. How it had been suggested is worked out here, not taken from whoever asks.

    Raises:
        RefusedError: ``guidance.words``: the words stand in no credential of the wallet without a skill; ``guidance.skill``: there is no such
            skill; ``guidance.too-many``.
    """
    text = " ".join(text.split())[:TEXT_LENGTH]
    if text not in words_of(by, languages):
        raise RefusedError(
            _("No certificate in your wallet says this in words of its own."), code="guidance.words", field="text",
            hint=_("Choose one of the texts that are listed."),
        )  # fmt: skip
    release = esco.current_release()
    known = Concept.objects.filter(uri=skill, kind=Kind.SKILL, is_retired=False).exists()
    if release is None or not known:
        raise RefusedError(
            _("This skill is not in the list."), code="guidance.skill", field="skill",
            hint=_("Choose one that is suggested, or look for another."),
        )  # fmt: skip
    Person.objects.select_for_update().get(pk=by.pk)
    own = SkillMapping.objects.filter(holder=by)
    if (found := own.filter(text=text, skill=skill).first()) is not None:
        return found
    if own.count() >= MOST_MAPPINGS:
        raise RefusedError(
            _("You have said this of %(most)s texts.") % {"most": MOST_MAPPINGS}, code="guidance.too-many",
            hint=_("Take one back first."),
        )  # fmt: skip
    (suggestions,) = suggested([text], languages)
    proposed = next((one for one in suggestions if one.skill == skill), None)
    title = esco.named([skill], languages=languages)[skill].label
    return SkillMapping.objects.create(
        holder=by, text=text, skill=skill, title=title, release=release.version,
        method=proposed.method if proposed else Method.CHOSEN, score=proposed.score if proposed else None,
    )  # fmt: skip


def take_back(*, by: Person, id: str) -> bool:
    """Forget a statement of one's own; whether there was one."""
    return SkillMapping.objects.filter(holder=by, pk=id).delete()[0] > 0
