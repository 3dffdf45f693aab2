"""What the mail to somebody whose outside view is asked for says."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Person
from tessella_web.accounts.peers.models import Peer, PeerState

__all__ = ["request"]


@writes("peer")
def request(letter: Letter) -> Draft | None:
    """In the peer's own language; none when they answered or are not asked any more."""
    peer = Peer.objects.select_related("organisation").filter(pk=letter.about, state=PeerState.ASKED).first()
    if peer is None:
        return None
    person = Person.objects.filter(email=peer.email).first()
    languages = (person.language if person else "", peer.organisation.language)
    return Draft(peer.email, languages, lambda: _words(peer, letter.facts["what"]))


def _words(peer: Peer, what: str) -> tuple[str, str]:
    values = {
        "who": peer.organisation.name,
        "what": what,
        "address": f"{settings.BASE_URL}{reverse('peer', args=[peer.id])}",
    }
    return (
        _("%(who)s asks for your outside view") % values,
        _("Hello,\n\n%(who)s has nobody else who could look at this:\n%(what)s\n\nSign in with this mail address to see it:\n"
          "%(address)s\n\nIf you have no account here or no time, ignore this mail.") % values,
    )  # fmt: skip
