"""What the mail about a list says: that there is one, from whom, and where; nothing of what is in it."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.guidance.options.models import OptionList

__all__ = ["request"]


@writes("options")
def request(letter: Letter) -> Draft | None:
    """None when it was withdrawn, has ended, or was found in the account meanwhile."""
    found = OptionList.objects.select_related("organisation").filter(pk=letter.about).first()
    if found is None or not found.email or not found.is_open(timezone.now()):
        return None
    return Draft(found.email, (found.language,), lambda: _words(found))


def _words(found: OptionList) -> tuple[str, str]:
    values = {
        "who": " ".join(found.organisation.name.split()),
        "address": settings.BASE_URL + reverse("my-options"),
    }
    subject = _("%(who)s has put together options for you") % values
    said = _("A counsellor at %(who)s has put together options for you.\n\nSign in with this e-mail address to read and answer them:\n%(address)s\n\nIf you expect nothing of the kind, do nothing: it is erased by itself.") % values  # fmt: skip
    return subject, said
