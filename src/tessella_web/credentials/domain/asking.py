"""What staff is told when a learner asks for a new claim link."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Membership, Role
from tessella_web.credentials.domain.claiming import ASKED_AGAIN
from tessella_web.credentials.models import Award

__all__ = ["asked_again"]


@writes(ASKED_AGAIN)
def asked_again(letter: Letter) -> Draft | None:
    """To whoever prepared the award, while they work there; else to an owner."""
    award = (
        Award.objects.select_related("organisation", "version", "row__batch").filter(pk=letter.about).first()
    )
    if award is None:
        return None
    working = Membership.objects.filter(
        Membership.standing(), organisation=award.organisation
    ).select_related("person")
    first = working.filter(person=award.row.batch.prepared_by_id).first() or working.filter(role=Role.OWNER).order_by("pk").first()  # fmt: skip
    if first is None:
        return None
    return Draft(first.person.email, (first.person.language,), lambda: _words(award))


def _words(award: Award) -> tuple[str, str]:
    address = settings.BASE_URL + reverse("staff-award", args=[award.organisation.slug, award.id])
    facts = {"what": " ".join(award.version.title.split()), "address": address}
    return (
        _("A learner asks for a new link: %(what)s") % facts,
        _("Hello,\n\nsomebody has opened the link to an award of yours and could not use it any more:\n%(what)s\n\nHere you see what became of it. You can send a new link to the same address, or correct the address first:\n%(address)s") % facts,
    )  # fmt: skip
