"""The wallet and what was shown from it. What an organisation has taken into a case stays with it until the time ends that it promised;
whoever took it may let go of it earlier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, Stay, delete_file
from tessella_web.credentials.wallet.models import Item, Share, SharedFile, Source

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    items = Item.objects.filter(holder=leaver.person)
    taken = _taken(leaver).update(holder=None)
    shares = Share.objects.filter(holder=leaver.person)
    shown = SharedFile.objects.filter(share__in=shares)
    counts = {
        "brought": items.exclude(source=Source.DECLARED).count(),
        "declared": items.filter(source=Source.DECLARED).count(),
        "shares": shares.count(),
        "shown-files": shown.exclude(file="").count(),
        "taken-shares": taken,
    }
    for path in [*items.values_list("file", flat=True), *shown.values_list("file", flat=True)]:
        delete_file(path)
    items.delete()
    shares.delete()
    return counts


def _taken(leaver: Leaver) -> QuerySet[Share]:
    """What was handed in and something rests on, which the organisation may still keep."""
    found = Share.objects.filter(holder=leaver.person, organisation__isnull=False, taken_at__isnull=False)
    return found.filter(erased_at=None, ends_at__gt=timezone.now())


def _stays(leaver: Leaver) -> Sequence[Stay]:
    return [
        Stay(
            what=_("what you handed in and they work with, for “%(purpose)s”") % {"purpose": one.purpose},
            who=one.recipient, until=one.ends_at.date(),
        )
        for one in _taken(leaver)
    ]  # fmt: skip


PART = Part(
    forget=_forget,
    stays=_stays,
    labels={
        "brought": _("Credentials brought in, with their files"),
        "declared": _("Things you said about yourself"),
        "shares": _("What you showed to others"),
        "shown-files": _("Files kept for those"),
        "taken-shares": _(
            "What you handed in and an organisation works with: deleted there at the latest when its time ends"
        ),
    },
    keeps=frozenset(
        {
            "wallet.Share.shown_as",
            "wallet.Share.purpose",
            "wallet.SharedFile.facts",
            "wallet.SharedFile.name",
            "wallet.SharedFile.report",
        }
    ),
)
