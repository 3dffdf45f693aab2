"""What the mail to somebody who applied says, once it is decided."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella.text import pick
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.credentials.assessment.models import Enrolment, State

__all__ = ["decision"]


@writes("decision")
def decision(letter: Letter) -> Draft | None:
    """In the applicant's language, as it stands when it leaves; none when they have withdrawn meanwhile."""
    found = (
        Enrolment.objects.select_related("organisation", "offer__version", "person")
        .filter(pk=letter.about, state__in=(State.ACCEPTED, State.DECLINED))
        .first()
    )
    if found is None:
        return None
    own = found.person.language if found.person else ""
    return Draft(found.email, (found.language, own, found.organisation.language), lambda: _words(found))


def _words(found: Enrolment) -> tuple[str, str]:
    record = found.offer.version.record()
    values = {
        "name": found.name,
        "who": found.organisation.name,
        "what": " ".join(pick(record.title, (translation.get_language() or "en",)).split()),
        "begins": date_format(found.offer.starts_on) if found.offer.starts_on else "",
        "reason": found.reason,
        "address": settings.BASE_URL + reverse("my-enrolment", args=[found.id]),
    }
    if found.state == State.ACCEPTED:
        subject = _("You have a place: %(what)s") % values
        said = [_("Hello %(name)s,\n\n%(who)s has accepted your application for:\n%(what)s") % values]
        said += [_("It begins on %(begins)s.") % values] if values["begins"] else []
        said += [_("They write:\n%(reason)s") % values] if found.reason else []
    else:
        subject = _("About your application: %(what)s") % values
        said = [
            _("Hello %(name)s,\n\n%(who)s has not accepted your application for:\n%(what)s") % values,
            _("Their reason:\n%(reason)s") % values,
        ]
    return subject, "\n\n".join([*said, _("Here you see where it stands:\n%(address)s") % values])
