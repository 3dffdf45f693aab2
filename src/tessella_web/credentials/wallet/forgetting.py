"""The wallet and what was shown from it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, delete_file
from tessella_web.credentials.wallet.models import Item, Share, SharedFile, Source

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    items = Item.objects.filter(holder=leaver.person)
    shares = Share.objects.filter(holder=leaver.person)
    shown = SharedFile.objects.filter(share__in=shares)
    counts = {
        "brought": items.exclude(source=Source.DECLARED).count(),
        "declared": items.filter(source=Source.DECLARED).count(),
        "shares": shares.count(),
        "shown-files": shown.exclude(file="").count(),
    }
    for path in [*items.values_list("file", flat=True), *shown.values_list("file", flat=True)]:
        delete_file(path)
    items.delete()
    shares.delete()
    return counts


PART = Part(
    forget=_forget,
    labels={
        "brought": _("Credentials brought in, with their files"),
        "declared": _("Things you said about yourself"),
        "shares": _("What you showed to others"),
        "shown-files": _("Files kept for those"),
    },
)
