"""An organisation's own checklist: begun as a copy, edited, taken into use; from then on it does not change."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.checklist import CURRENT, Question, Section, checklist, edition_for, read_own
from tessella_web.catalogue.models import OwnChecklist
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "MAX_OWN_QUESTIONS",
    "add_question",
    "adopt_checklist",
    "ask_again",
    "do_not_ask",
    "draft_checklist",
    "drop_draft",
    "require_to_edit_checklist",
    "return_to_shipped",
    "reword_question",
]

MAX_OWN_QUESTIONS = 60
"""More questions than this nobody answers with care."""

MAX_CHARACTERS = 600


def require_to_edit_checklist(*, by: Person, organisation: Organisation) -> None:
    """Go on only for those who may edit the checklist.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, organisation, "checklist.edit")


@transaction.atomic
def draft_checklist(*, by: Person, organisation: Organisation) -> OwnChecklist:
    """The draft there is, or a new one: a copy of what is in use."""
    require_to_edit_checklist(by=by, organisation=organisation)
    found = OwnChecklist.objects.filter(organisation=organisation, number=0).first()
    if found is not None:
        return found
    edition = edition_for(organisation)
    now = checklist(edition)
    return OwnChecklist.objects.get_or_create(
        organisation=organisation, number=0,
        defaults={
            "made_by": by, "base": CURRENT if not now.is_own else _own(edition).base,
            "sections": msgspec.to_builtins(now.sections),
        },
    )[0]  # fmt: skip


@transaction.atomic
def add_question(*, draft: OwnChecklist, by: Person, section: str, asks: str, look: str = "") -> Question:
    """One more question in a section."""
    found = _locked(draft, by)
    sections = read_own(found).sections
    if section not in {one.id for one in sections}:
        raise _refused(_("There is no such section."), "section")
    if sum(one.is_own for part in sections for one in part.questions) >= MAX_OWN_QUESTIONS:
        raise _refused(
            _("There are %(most)s questions of your own already.") % {"most": MAX_OWN_QUESTIONS}, "asks"
        )
    made = Question(
        id=f"own-{secrets.token_hex(4)}",
        asks=_words(asks, "asks"),
        look=look.strip()[:MAX_CHARACTERS],
        is_own=True,
    )
    _write(found, [
        msgspec.structs.replace(one, questions=(*one.questions, made)) if one.id == section else one for one in sections
    ])  # fmt: skip
    return made


def reword_question(*, draft: OwnChecklist, by: Person, question: str, asks: str, look: str = "") -> None:
    """Other words for a question; what was shipped stays beside them."""

    def worded(one: Question) -> Question:
        shipped = _shipped_words(draft, one)
        words = _words(asks, "asks")
        return msgspec.structs.replace(
            one,
            asks=words,
            look=look.strip()[:MAX_CHARACTERS],
            shipped=shipped if shipped and words != shipped else "",
        )

    _change(draft, by, question, worded)


def do_not_ask(*, draft: OwnChecklist, by: Person, question: str, because: str = "") -> None:
    """Leave a question out. One of your own is gone; a shipped one stays readable with the reason, which it needs."""
    _change(
        draft, by, question,
        lambda one: None if one.is_own else msgspec.structs.replace(one, not_asked=_words(because, "because")),
    )  # fmt: skip


def ask_again(*, draft: OwnChecklist, by: Person, question: str) -> None:
    """Ask a shipped question again."""
    _change(draft, by, question, lambda one: msgspec.structs.replace(one, not_asked=""))


@transaction.atomic
def adopt_checklist(*, draft: OwnChecklist, by: Person) -> OwnChecklist:
    """Take the draft into use for reviews that begin from now on; it does not change any more.

    Raises:
        RefusedError: ``checklist.empty``: it asks nothing; ``checklist.unchanged``: it is what is in use.
    """
    found = _locked(draft, by)
    edition = edition_for(found.organisation)
    asked = read_own(found)
    if not asked.questions:
        raise RefusedError(
            _("It asks nothing."), code="checklist.empty", hint=_("A review needs at least one question.")
        )
    if asked.sections == checklist(edition).sections:
        raise RefusedError(
            _("It is the same as what is in use."),
            code="checklist.unchanged",
            hint=_("Change something first."),
        )
    now = timezone.now()
    _in_use(found.organisation).update(used_until=now)
    last = OwnChecklist.objects.filter(organisation=found.organisation).aggregate(last=Max("number"))["last"]
    found.number, found.used_from, found.made_by = (last or 0) + 1, now, by
    found.save(update_fields=["number", "used_from", "made_by"])
    _note(
        "checklist.adopted",
        found,
        by=by,
        not_asked=len(asked.not_asked),
        own=sum(one.is_own for one in asked.questions),
    )
    return found


@transaction.atomic
def drop_draft(*, draft: OwnChecklist, by: Person) -> None:
    """Forget a draft that was never in use."""
    _locked(draft, by).delete()


@transaction.atomic
def return_to_shipped(*, by: Person, organisation: Organisation) -> None:
    """Use the shipped edition again for reviews that begin from now on; earlier reviews keep theirs."""
    require_to_edit_checklist(by=by, organisation=organisation)
    found = _in_use(organisation).first()
    if found is None:
        raise RefusedError(
            _("The shipped edition is in use."), code="checklist.unchanged", hint=_("Nothing is left to do.")
        )
    found.used_until = timezone.now()
    found.save(update_fields=["used_until"])
    _note("checklist.returned", found, by=by)


def _in_use(organisation: Organisation) -> Any:
    return OwnChecklist.objects.filter(
        organisation=organisation, used_from__isnull=False, used_until__isnull=True
    )


def _own(edition: str) -> OwnChecklist:
    return OwnChecklist.objects.get(pk=edition.partition(":")[2])


def _locked(draft: OwnChecklist, by: Person) -> OwnChecklist:
    """The draft, kept from other writers.

    Raises:
        RefusedError: ``checklist.in-use``: it is none any more.
    """
    found = (
        OwnChecklist.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=draft.pk)
    )
    require_to_edit_checklist(by=by, organisation=found.organisation)
    if not found.is_draft:
        raise RefusedError(
            _("This checklist is or was in use and does not change."),
            code="checklist.in-use",
            hint=_("Make a new one from it."),
        )
    return found


@transaction.atomic
def _change(
    draft: OwnChecklist, by: Person, question: str, verb: Callable[[Question], Question | None]
) -> None:
    found = _locked(draft, by)
    sections = read_own(found).sections
    if question not in {one.id for section in sections for one in section.questions}:
        raise RefusedError(
            _("The checklist has no such question."),
            code="catalogue.question",
            hint=_("Choose one of the list."),
        )
    _write(found, [
        msgspec.structs.replace(section, questions=tuple(
            made for one in section.questions if (made := verb(one) if one.id == question else one) is not None
        ))
        for section in sections
    ])  # fmt: skip


def _write(found: OwnChecklist, sections: list[Section]) -> None:
    found.sections = msgspec.to_builtins(tuple(sections))
    found.save(update_fields=["sections"])


def _shipped_words(draft: OwnChecklist, one: Question) -> str:
    shipped = (each for section in checklist(draft.base).sections for each in section.questions)
    return "" if one.is_own else next((each.asks for each in shipped if each.id == one.id), "")


def _words(text: str, field: str) -> str:
    text = text.strip()[:MAX_CHARACTERS]
    if not text:
        raise _refused(_("This needs a few words."), field)
    return text


def _refused(message: str, field: str) -> RefusedError:
    return RefusedError(message, code="checklist.words", hint=_("They stay readable."), field=field)


def _note(verb: str, found: OwnChecklist, *, by: Person, **facts: object) -> None:
    audit.record(verb, f"checklist:{found.id}", actor_id=by.id, organisation=found.organisation_id,
                 facts={"number": found.number, **facts})  # fmt: skip
