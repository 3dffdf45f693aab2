"""What the accounts know of a person beside the rows that go with theirs: mails that asked them to work somewhere."""

from __future__ import annotations

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part
from tessella_web.accounts.models import Invitation
from tessella_web.accounts.peers.models import Peer

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    person = leaver.person
    counts = {
        "addresses": EmailAddress.objects.filter(user=person).count(),
        "ways-to-sign-in": Authenticator.objects.filter(user=person).count()
        + SocialAccount.objects.filter(user=person).count(),
        "devices": person.devices.count(),
        "roles": person.memberships.count(),
        "programs": person.tokens.count(),
        "attested": person.attested.count(),
    }
    counts["invitations"] = int(Invitation.objects.filter(email__in=leaver.addresses).delete()[0])
    counts["invitations"] += Peer.objects.filter(email__in=leaver.addresses, person=None).delete()[0]
    for one in Peer.objects.filter(person=person):  # what they looked at stays seen, by nobody's address
        Peer.objects.filter(pk=one.pk).update(email=f"left-{one.pk[:12].lower()}@invalid.invalid")
    return counts


PART = Part(
    forget=_forget,
    labels={
        "addresses": _("E-mail addresses"),
        "ways-to-sign-in": _("Passkeys, apps, recovery codes and institutions"),
        "devices": _("Browsers that were signed in"),
        "sessions": _("Sessions"),
        "roles": _("Roles in organisations"),
        "programs": _("Tokens of programs"),
        "attested": _("What institutions said about you"),
        "invitations": _("Invitations to your addresses"),
    },
)
