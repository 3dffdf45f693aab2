"""What the mail to somebody who is invited says."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella_web.accounts.domain.invitations import secret_of
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Invitation, Role

__all__ = ["invitation"]


@writes("invitation")
def invitation(letter: Letter) -> Draft | None:
    """In the language of the page that it was asked for on; none when it was withdrawn or taken up meanwhile."""
    found = (
        Invitation.objects.select_related("organisation", "invited_by").filter(pk=letter.about).first()
    )  # fmt: skip
    if found is None or not found.is_open:
        return None
    return Draft(found.email, (found.organisation.language,), lambda: _words(found))


def _words(found: Invitation) -> tuple[str, str]:
    values = {
        "inviter": found.invited_by.name if found.invited_by else "",
        "organisation": found.organisation.name,
        "roles": ", ".join(str(Role(one).label) for one in found.roles),
        "until": date_format(timezone.localtime(found.expires_at)),
        "address": f"{settings.BASE_URL}{reverse('invitation')}?key={secret_of(found)}",
    }
    return (
        _("%(organisation)s invites you") % values,
        _("Hello,\n\n%(inviter)s asks you to work with %(organisation)s as: %(roles)s.\n\nOpen this link and sign in, with this address or any other of yours:\n%(address)s\n\n") % values
        + _("It works once, until %(until)s.") % values
        + " " + _("If you do not know them, ignore this mail."),
    )  # fmt: skip
