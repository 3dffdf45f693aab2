"""What the mail to somebody says who is about to leave: it is also how somebody learns that another one sits at their desk."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella_web.accounts.leaving.domain import key_of
from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter

__all__ = ["announcement"]


@writes("leaving")
def announcement(letter: Letter) -> Draft | None:
    """None when they stay, or are gone."""
    found = Departure.objects.filter(pk=letter.about, done_at=None).select_related("person").first()
    if found is None or found.person is None:
        return None
    return Draft(found.person.email, (found.person.language,), lambda: _words(found))


def _words(departure: Departure) -> tuple[str, str]:
    path = reverse("left", args=[departure.id, key_of(departure)])
    values = {"day": date_format(departure.due_at), "address": f"{settings.BASE_URL}{path}"}
    return (
        _("Your account ends on %(day)s") % values,
        _("Hello,\n\nyou asked to leave. On %(day)s everything in your account is erased.\n\nIf you want to stay, or if this was not "
          "you, cancel it here:\n%(address)s\n\nAfter that day the same link shows the report on what was erased, for a month.") % values,
    )  # fmt: skip
