"""What the letters about cases say: to the learner in their language, to those who decide in theirs; nothing about a person in the subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Membership, Organisation, Person, Role
from tessella_web.accounts.permissions import CAPABILITIES
from tessella_web.recognition.stacking.domain.common import CAPABILITY, TO_LEARNER, TO_STAFF
from tessella_web.recognition.stacking.models import Case

__all__ = ["to_learner", "to_staff"]

Words = tuple[Any, Any]

LEARNER: Mapping[str, Words] = {
    "requested": (
        gettext_lazy("Something is asked of you"),
        gettext_lazy("%(who)s looks at what you handed in for “%(what)s”, and asks you for something. Read it and answer here:"),
    ),
    "decided": (
        gettext_lazy("It is decided"),
        gettext_lazy("%(who)s has decided on what you handed in for “%(what)s”. Read the decision and its reasons here:"),
    ),
    "awarded": (
        gettext_lazy("Your award is made"),
        gettext_lazy("%(who)s has awarded you “%(what)s”. The award, and the proof of how it was decided, are here:"),
    ),
    "remade": (
        gettext_lazy("Your award was made anew"),
        gettext_lazy("%(who)s has made your award “%(what)s” anew; it takes the place of the one before. It is here:"),
    ),
    "reopened": (
        gettext_lazy("A decision is open again"),
        gettext_lazy("Your award “%(what)s” of %(who)s could not be made, or a second person did not approve it. How it stands:"),
    ),
    "fallen": (
        gettext_lazy("Something that your award stands on has changed"),
        gettext_lazy("Your award “%(what)s” of %(who)s stands on a credential that changed. Your award stays as it is until a person there has decided. What happened, until when it is decided, and what you can do:"),
    ),
    "stands": (
        gettext_lazy("What your award stands on is good again"),
        gettext_lazy("The credential on which your award “%(what)s” of %(who)s stands is good again. Nothing changes for your award:"),
    ),
    "cascade": (
        gettext_lazy("It is decided what becomes of your award"),
        gettext_lazy("%(who)s has decided what becomes of your award “%(what)s”, now that something that it stands on has changed. Read it here:"),
    ),
}  # fmt: skip
"""By what happened the subject and the text to the learner."""

STAFF: Mapping[str, Words] = {
    "asked": (
        gettext_lazy("A learner asks for a decision"),
        gettext_lazy("A learner asks whether credentials meet your rule for “%(what)s”. The case:"),
    ),
    "added": (
        gettext_lazy("A learner has added something"),
        gettext_lazy("Something was added to a case about “%(what)s”. The case:"),
    ),
    "reopened": (
        gettext_lazy("A decision is open again"),
        gettext_lazy("The award “%(what)s” that was decided was not made: it was not approved, or could not be sealed. The case is open again:"),
    ),
    "fallen": (
        gettext_lazy("Something that an award stands on has changed"),
        gettext_lazy("An award “%(what)s” of yours stands on a credential that changed. The award stays as it is until one of you has decided. The case, with its grace period:"),
    ),
    "stands": (
        gettext_lazy("What an award stands on is good again"),
        gettext_lazy("The credential on which an award “%(what)s” of yours stands is good again. There is nothing to decide any more:"),
    ),
    "overdue": (
        gettext_lazy("A decision on an award is overdue"),
        gettext_lazy("An award “%(what)s” of yours stands on a credential that changed, and the grace period is over. Nothing happens by itself: the award stays as it is until one of you decides. The case:"),
    ),
}  # fmt: skip
"""By what happened the subject and the text to one who decides."""


@writes(TO_LEARNER)
def to_learner(letter: Letter) -> Draft | None:
    """None when they have left."""
    case = _case(letter)
    person = case.learner if case else None
    words = LEARNER.get(letter.facts.get("what", ""))
    if case is None or person is None or words is None:
        return None
    address = settings.BASE_URL + reverse("stacking-mine", args=[case.id])
    return Draft(person.email, (person.language,), lambda: _written(case, words, address))


@writes(TO_STAFF)
def to_staff(letter: Letter) -> Draft | None:
    """To whoever decided, while they may; else to somebody who decides there, an owner last."""
    case = _case(letter)
    words = STAFF.get(letter.facts.get("what", ""))
    person = _decider(case) if case else None
    if case is None or person is None or words is None:
        return None
    address = settings.BASE_URL + reverse("stacking-case", args=[case.organisation.slug, case.id])
    return Draft(
        person.email, (person.language, case.organisation.language), lambda: _written(case, words, address)
    )


def _case(letter: Letter) -> Case | None:
    return Case.objects.select_related("organisation", "version", "learner").filter(pk=letter.about).first()


def _decider(case: Case) -> Person | None:
    """Who is written to about a case; never the learner."""
    working = [one for one in _working(case.organisation) if one.person_id != case.learner_id]
    before = [one for one in working if one.person_id == case.decided_by_id]
    first = next(iter([*before, *sorted(working, key=lambda one: (one.role == Role.OWNER, one.pk))]), None)
    return first.person if first else None


def _working(organisation: Organisation) -> list[Membership]:
    found = Membership.objects.filter(
        Membership.standing(), organisation=organisation, role__in=CAPABILITIES[CAPABILITY]
    )
    return list(found.select_related("person").order_by("pk"))


def _written(case: Case, words: Words, address: str) -> tuple[str, str]:
    subject, text = words
    values = {"who": case.organisation.name, "what": " ".join(case.version.award.split())}
    return str(subject), _("Hello,\n\n%(text)s\n%(address)s") % {
        "text": str(text) % values,
        "address": address,
    }
