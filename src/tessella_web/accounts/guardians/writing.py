"""What the mails to guardians say, and the one to somebody who comes of age."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.guardians.domain import ANSWER_DAYS, key_of
from tessella_web.accounts.guardians.models import Guardian
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter

__all__ = ["asked", "ended", "ended_for_ward"]


@writes("guardian-asked")
def asked(letter: Letter) -> Draft | None:
    """None when they were asked anew, or it is over."""
    found = _found(letter)
    return (
        Draft(found.email, (found.language,), lambda: _asking(found))
        if found and not found.ended_at
        else None
    )


@writes("guardian-ended")
def ended(letter: Letter) -> Draft | None:
    """To the guardian of somebody who comes of age."""
    found = _found(letter)
    return Draft(found.email, (found.language,), lambda: _ending(found)) if found else None


@writes("guardian-ended-ward")
def ended_for_ward(letter: Letter) -> Draft | None:
    """To whoever comes of age."""
    found = _found(letter)
    if found is None:
        return None
    person = found.minority.person
    return Draft(person.email, (person.language,), _of_age)


def _found(letter: Letter) -> Guardian | None:
    return Guardian.objects.select_related("minority__person").filter(pk=letter.about).first()


def _asking(guardian: Guardian) -> tuple[str, str]:
    path = reverse("guardian", args=[guardian.id, key_of(guardian)])
    values = {
        "name": guardian.minority.person.name,
        "address": f"{settings.BASE_URL}{path}",
        "days": ANSWER_DAYS,
    }
    return (
        _("%(name)s asks for your consent") % values,
        _("Hello,\n\n%(name)s has made an account with which awards and certificates are kept, and names you as parent or guardian. At this age "
          "somebody with parental responsibility has to agree.\n\nWhat that means, and how you say yes or no:\n%(address)s\n\nKeep this mail: "
          "with the link you can change your mind. If nobody answers within %(days)s days, the account is erased.") % values,
    )  # fmt: skip


def _ending(guardian: Guardian) -> tuple[str, str]:
    values = {"name": guardian.minority.person.name}
    return (
        _("%(name)s decides alone from now on") % values,
        _("Hello,\n\n%(name)s comes of age. What you could decide for the account ends today, and your address is deleted here at the end of "
          "the month.") % values,
    )  # fmt: skip


def _of_age() -> tuple[str, str]:
    return (
        _("You decide alone from now on"),
        _("Hello,\n\nyou come of age this month. What your guardian could decide for your account has ended. Nothing that you have was changed."),
    )  # fmt: skip
