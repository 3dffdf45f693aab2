"""The questions reviewers work through, as versioned data: a review keeps the edition it was opened with.

An edition is shipped with the software (``2026-1``), or is an organisation's own (``own:…``, see `OwnChecklist`): begun as a
copy, with questions added, worded anew or not asked. What the shipped edition asks never disappears from an own one: a
question that is not asked stays with the reason, one that is worded anew keeps the shipped words beside its own.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

import msgspec
from django.utils.translation import gettext as _

from tessella import typed
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.models import OwnChecklist

__all__ = [
    "CONSIDERATIONS",
    "CURRENT",
    "Checklist",
    "Question",
    "Section",
    "checklist",
    "edition_for",
    "read_own",
]

CURRENT = "2026-1"
"""The shipped edition that new reviews use where an organisation has none of its own."""

CONSIDERATIONS = "considerations"
"""The section that follows no numbered standard."""

OWN = "own:"

_EDITION = re.compile(r"\d{4}-\d{1,3}")


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question: what it asks, what to look at, and which elements of the description it is about.

    ``is_own`` marks one that an organisation added; ``shipped`` holds the shipped words of one it worded anew; ``not_asked``
    says why a shipped one is not asked.
    """

    id: str
    asks: str
    look: str = ""
    elements: tuple[str, ...] = ()
    is_own: bool = False
    shipped: str = ""
    not_asked: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Questions under one standard (of part 1 of the European standards and guidelines) or one group of considerations."""

    id: str
    title: str
    questions: tuple[Question, ...]

    @property
    def asked(self) -> tuple[Question, ...]:
        """The questions that are asked."""
        return tuple(one for one in self.questions if not one.not_asked)

    @property
    def is_standard(self) -> bool:
        """Whether its id is the number of a European standard."""
        return self.id != CONSIDERATIONS


class Checklist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One edition."""

    id: str
    title: str
    about: str
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions that are asked, in order."""
        return tuple(question for section in self.sections for question in section.asked)

    @property
    def asked_sections(self) -> tuple[Section, ...]:
        """The sections of which something is asked."""
        return tuple(section for section in self.sections if section.asked)

    @property
    def not_asked(self) -> tuple[Question, ...]:
        """The shipped questions that are not asked, each with why."""
        return tuple(one for section in self.sections for one in section.questions if one.not_asked)

    @property
    def is_own(self) -> bool:
        """Whether an organisation made it."""
        return self.id.startswith(OWN)


def checklist(edition: str = CURRENT) -> Checklist:
    """An edition of the checklist, shipped or an organisation's own.

    Raises:
        FileNotFoundError: there is no such edition.
    """
    return _own(edition) if edition.startswith(OWN) else _shipped(edition)


def edition_for(organisation: Organisation) -> str:
    """The edition that new reviews of an organisation use."""
    own = OwnChecklist.objects.filter(
        organisation=organisation, used_from__isnull=False, used_until__isnull=True
    ).first()
    return own.edition if own else CURRENT


def read_own(found: OwnChecklist) -> Checklist:
    """An own edition, a draft too, as it is now."""
    base = checklist(found.base)
    title = (
        _("Checklist %(number)s of %(name)s") if found.number else _("Draft of a checklist of %(name)s")
    ) % {"number": found.number, "name": found.organisation.name}
    return Checklist(
        id=found.edition,
        title=title,
        about=base.about,
        sections=typed.convert(found.sections, tuple[Section, ...]),
    )


@functools.cache
def _shipped(edition: str) -> Checklist:
    if not _EDITION.fullmatch(edition):
        raise FileNotFoundError(edition)
    text = (resources.files(__package__) / "checklists" / f"{edition}.toml").read_text("utf-8")
    return typed.convert(tomllib.loads(text), Checklist)


def _own(edition: str) -> Checklist:
    found = OwnChecklist.objects.select_related("organisation").filter(pk=edition.removeprefix(OWN)).first()
    if found is None:
        raise FileNotFoundError(edition)
    return read_own(found)
